package io.github.rmap4j.api;

/**
 * A distribution of non-negative values. Values below 64 are exact, larger ones are kept with an error of at most 1/32.
 *
 * @since 0.1
 */
public final class Distribution {
    private static final int EXACT = 64;
    private static final int SUB_BITS = 5;
    private static final int SUB = 1 << SUB_BITS;
    /** Enough buckets for every long. */
    private static final int BUCKETS = EXACT + (63 - 6) * SUB;

    private final long[] buckets = new long[BUCKETS];
    private long count;
    private long sum;
    private long max;

    /** An empty distribution. */
    public Distribution() {}

    /**
     * Adds a value.
     *
     * @param value the value, at least 0
     */
    public void record(long value) {
        buckets[bucketOf(value)]++;
        count++;
        sum += value;
        if (value > max) {
            max = value;
        }
    }

    /**
     * Adds all values of another distribution.
     *
     * @param other the other, unchanged
     */
    public void addAll(Distribution other) {
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] += other.buckets[i];
        }
        count += other.count;
        sum += other.sum;
        max = Math.max(max, other.max);
    }

    /**
     * How many values.
     *
     * @return the count
     */
    public long count() {
        return count;
    }

    /**
     * Their sum.
     *
     * @return the exact sum
     */
    public long sum() {
        return sum;
    }

    /**
     * The largest.
     *
     * @return the exact maximum; 0 without values
     */
    public long max() {
        return max;
    }

    /**
     * The mean.
     *
     * @return sum / count; 0 without values
     */
    public double mean() {
        return count == 0 ? 0 : (double) sum / count;
    }

    /**
     * A quantile.
     *
     * @param q between 0 and 1
     * @return the smallest recorded value (lower bound of its bucket) that at least {@code q} of all values do not
     *     exceed; 0 without values
     */
    public long quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("a quantile lies between 0 and 1: " + q);
        }
        long rank = Math.max(1, (long) Math.ceil(q * count));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += buckets[i];
            if (seen >= rank && buckets[i] > 0) {
                return Math.min(lowerBound(i), max);
            }
        }
        return 0;
    }

    private static int bucketOf(long value) {
        if (value < EXACT) {
            if (value < 0) {
                throw new IllegalArgumentException("negative value: " + value);
            }
            return (int) value;
        }
        int exponent = 63 - Long.numberOfLeadingZeros(value);
        int sub = (int) (value >>> (exponent - SUB_BITS)) & (SUB - 1);
        return EXACT + (exponent - 6) * SUB + sub;
    }

    private static long lowerBound(int bucket) {
        if (bucket < EXACT) {
            return bucket;
        }
        int exponent = (bucket - EXACT) / SUB + 6;
        long sub = (bucket - EXACT) % SUB;
        return (SUB + sub) << (exponent - SUB_BITS);
    }
}
