package io.github.rmap4j.benchmarks.table;

import java.util.Locale;

/** Numbers as text, with about three digits. */
final class Format {
    private Format() {}

    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value).replace(',', ' ');
    }

    static String interval(Estimate estimate) {
        if (Double.isNaN(estimate.error())) {
            return "unknown";
        }
        return number(estimate.low()) + " .. " + number(estimate.high());
    }
}
