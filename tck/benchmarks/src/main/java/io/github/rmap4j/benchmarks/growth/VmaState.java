package io.github.rmap4j.benchmarks.growth;

import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Shuffle;
import org.openjdk.jmh.annotations.Param;

/**
 * One address space with many VMAs of one page each: VMA i is page 4i. Invocations go through the VMAs in batches, in
 * random order, so that a VMA is met again only after all the others.
 */
public abstract class VmaState extends ManagerState {
    static final int BATCH = 100;
    static final int STRIDE = 4;

    /** How many VMAs there are. */
    @Param({"1000", "30000", "1000000"})
    public int vmas;

    private int[] order;
    private int batchStart;

    @Override
    protected void fill() {
        for (int i = 0; i < vmas; i++) {
            Pages.map(process(), (long) STRIDE * i, 1);
        }
        order = Shuffle.of(vmas);
    }

    void nextBatch() {
        batchStart = batchStart + 2 * BATCH <= vmas ? batchStart + BATCH : 0;
    }

    boolean isFirstBatch() {
        return batchStart == 0;
    }

    /** First page of the i-th VMA of the batch. */
    long page(int i) {
        return (long) STRIDE * order[batchStart + i];
    }
}
