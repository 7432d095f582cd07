package io.github.rmap4j.benchmarks.growth;

import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The first write to each page of one VMA, and its munmap, for VMAs of very different sizes; time for all pages. */
public class PageGrowth extends Growth {
    /** A process with room for one VMA. */
    public abstract static class OneVma extends ManagerState {
        /** Pages of the VMA. */
        @Param({"1000", "100000", "10000000"})
        public int pages;
    }

    /** The VMA has no pages. */
    public static class Untouched extends OneVma {
        @Setup(Level.Invocation)
        public void map() {
            Pages.map(process(), 0, pages);
        }

        @TearDown(Level.Invocation)
        public void unmap() {
            Pages.unmap(process(), 0, pages);
        }
    }

    /** The VMA has all its pages. */
    public static class Touched extends OneVma {
        @Setup(Level.Invocation)
        public void mapAndTouch() {
            Pages.map(process(), 0, pages);
            Pages.touch(process(), 0, pages);
        }
    }

    @Benchmark
    public void fault_all_pages(Untouched state) {
        Pages.touch(state.process(), 0, state.pages);
    }

    @Benchmark
    public void munmap_all_pages(Touched state) {
        Pages.unmap(state.process(), 0, state.pages);
    }
}
