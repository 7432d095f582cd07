package io.github.rmap4j.lab.diff;

import io.github.rmap4j.lab.diff.WrittenComparison.Number;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A number of one run in both comparisons.
 *
 * @param name name of the number
 * @param before in the first one, or null if it has none
 * @param after in the second one, or null if it has none
 */
record Change(
        String name, @Nullable Number before, @Nullable Number after) {
    /** The largest change first; what only one comparison has comes before all others. */
    static final Comparator<Change> LARGEST_FIRST =
            Comparator.comparing(Change::size).reversed().thenComparing(Change::name);

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    /** Larger than any change that is a ratio. */
    private static final BigDecimal BOUNDLESS = new BigDecimal("1E+1000");

    /** Whether the number differs by more than a share of it. */
    boolean isMoreThan(BigDecimal percent) {
        return size().compareTo(percent) > 0;
    }

    /** By how many percent of the first it differs. */
    private BigDecimal size() {
        if (before == null || after == null) {
            return BOUNDLESS;
        } else if (before.value().compareTo(after.value()) == 0) {
            return BigDecimal.ZERO;
        } else if (before.value().signum() == 0) {
            return BOUNDLESS;
        }
        return percent(before.value(), after.value()).abs();
    }

    private static BigDecimal percent(BigDecimal from, BigDecimal to) {
        return to.subtract(from).multiply(HUNDRED).divide(from, MathContext.DECIMAL64);
    }

    String unit() {
        Number known = before == null ? after : before;
        return known == null ? "" : known.unit();
    }

    static String text(@Nullable Number number) {
        return number == null ? "-" : number.value().toPlainString();
    }

    /** The change in words. */
    String difference() {
        if (before == null) {
            return "new";
        } else if (after == null) {
            return "gone";
        } else if (before.value().signum() == 0) {
            return after.value().signum() == 0 ? "" : "from 0";
        }
        BigDecimal percent = percent(before.value(), after.value()).setScale(1, RoundingMode.HALF_EVEN);
        if (before.value().compareTo(after.value()) == 0) {
            return "";
        }
        return (percent.signum() >= 0 ? "+" : "") + percent.toPlainString() + " %";
    }
}
