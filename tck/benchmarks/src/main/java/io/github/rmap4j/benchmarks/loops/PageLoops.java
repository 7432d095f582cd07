package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The first write to each page of one VMA, and the munmap of that VMA, per page. */
public class PageLoops extends Timed {
    private static final int PAGES = 8192;

    /** A VMA without pages. */
    public static class Untouched extends ManagerState {
        @Setup(Level.Invocation)
        public void map() {
            Pages.map(process(), 0, PAGES);
        }

        @TearDown(Level.Invocation)
        public void unmap() {
            Pages.unmap(process(), 0, PAGES);
        }
    }

    /** A VMA with all its pages. */
    public static class Touched extends ManagerState {
        @Setup(Level.Invocation)
        public void mapAndTouch() {
            Pages.map(process(), 0, PAGES);
            Pages.touch(process(), 0, PAGES);
        }
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public void write_fault(Untouched state) {
        Pages.touch(state.process(), 0, PAGES);
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public void munmap_page(Touched state) {
        Pages.unmap(state.process(), 0, PAGES);
    }
}
