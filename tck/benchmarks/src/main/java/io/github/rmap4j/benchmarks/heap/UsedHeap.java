package io.github.rmap4j.benchmarks.heap;

/** The heap that live objects take up. */
final class UsedHeap {
    private UsedHeap() {}

    /** Bytes that are left after garbage collection. */
    static long bytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
