package io.github.rmap4j.lab.report;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * One number of a replay.
 *
 * @param name its name, parts separated by dots
 * @param value the number
 * @param unit what it counts
 * @param description one sentence
 */
public record Metric(String name, BigDecimal value, String unit, String description) {
    private static final int DECIMALS = 3;

    /**
     * A whole number.
     *
     * @param name its name
     * @param value the number
     * @param unit what it counts
     * @param description one sentence
     * @return the metric
     */
    public static Metric of(String name, long value, String unit, String description) {
        return new Metric(name, BigDecimal.valueOf(value), unit, description);
    }

    /**
     * A number with decimals.
     *
     * @param name its name
     * @param value the number
     * @param unit what it counts
     * @param description one sentence
     * @return the metric
     */
    public static Metric of(String name, double value, String unit, String description) {
        return new Metric(
                name, BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_EVEN), unit, description);
    }

    /**
     * The number in words.
     *
     * @return digits and a point, whatever the locale
     */
    public String text() {
        return value.toPlainString();
    }
}
