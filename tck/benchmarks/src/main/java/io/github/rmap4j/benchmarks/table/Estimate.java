package io.github.rmap4j.benchmarks.table;

import org.openjdk.jmh.util.ListStatistics;

/**
 * A mean and half the width of its 99 % confidence interval (Student's t over all iterations of all forks).
 *
 * @param mean the mean
 * @param error half the width of the interval; NaN for too few samples
 */
record Estimate(double mean, double error) {
    private static final double CONFIDENCE = 0.99;

    static Estimate of(double[] samples) {
        ListStatistics statistics = new ListStatistics(samples);
        return new Estimate(statistics.getMean(), statistics.getMeanErrorAt(CONFIDENCE));
    }

    static Estimate exactly(double value) {
        return new Estimate(value, 0);
    }

    double low() {
        return mean - error;
    }

    double high() {
        return mean + error;
    }

    Estimate minus(Estimate other) {
        return new Estimate(mean - other.mean, Math.hypot(error, other.error));
    }

    Estimate dividedBy(double divisor) {
        return new Estimate(mean / divisor, error / divisor);
    }

    /** The quotient of two independent estimates, to first order. */
    Estimate dividedBy(Estimate other) {
        double quotient = mean / other.mean;
        return new Estimate(quotient, Math.abs(quotient) * Math.hypot(error / mean, other.error / other.mean));
    }
}
