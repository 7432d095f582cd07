package io.github.rmap4j.benchmarks;

import java.util.SplittableRandom;

/** Random order, the same in every run. */
public final class Shuffle {
    private static final long SEED = 42;

    private Shuffle() {}

    /** The numbers below {@code n} in random order. */
    public static int[] of(int n) {
        int[] order = new int[n];
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
