package io.github.rmap4j.benchmarks.table;

/**
 * What a number must reach. It is met when the whole 99 % interval is within 1.05 of it.
 *
 * @param bound the limit itself
 * @param upper whether the number may be at most {@code bound}, or must be at least that
 */
record Limit(double bound, boolean upper) {
    private static final double TOLERANCE = 1.05;

    static Limit atMost(double bound) {
        return new Limit(bound, true);
    }

    static Limit atLeast(double bound) {
        return new Limit(bound, false);
    }

    boolean isMetBy(Estimate estimate) {
        return upper ? estimate.high() <= bound * TOLERANCE : estimate.low() >= bound / TOLERANCE;
    }

    String verdict(Estimate estimate) {
        if (Double.isNaN(estimate.error())) {
            return "too few runs";
        }
        return isMetBy(estimate) ? "yes" : "**no**";
    }
}
