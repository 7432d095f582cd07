package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One page mapped and unmapped over and over in a process that has no other memory. */
public class MappingLoops extends Timed {
    private static final int ROUNDS = 2000;

    /** A process without memory. */
    public static class Empty extends ManagerState {}

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void mmap_munmap(Empty state) {
        for (int i = 0; i < ROUNDS; i++) {
            Pages.map(state.process(), 0, 1);
            Pages.unmap(state.process(), 0, 1);
        }
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void mmap_touch_munmap(Empty state) {
        for (int i = 0; i < ROUNDS; i++) {
            Pages.map(state.process(), 0, 1);
            Pages.touch(state.process(), 0, 1);
            Pages.unmap(state.process(), 0, 1);
        }
    }
}
