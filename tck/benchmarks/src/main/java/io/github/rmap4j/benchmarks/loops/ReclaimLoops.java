package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What users of the reverse map pay for a page: swap-out and back, and migration, alone and with 16 sharers. */
public class ReclaimLoops extends Timed {
    private static final int PAGES = 8192;
    private static final int SHARED_PAGES = 512;
    private static final int SHARERS = 16;

    /** A VMA whose pages are all present. */
    public static class Present extends ManagerState {
        @Setup(Level.Invocation)
        public void map() {
            Pages.map(process(), 0, PAGES);
            Pages.touch(process(), 0, PAGES);
        }

        @TearDown(Level.Invocation)
        public void unmap() {
            Pages.unmap(process(), 0, PAGES);
        }
    }

    /** A VMA whose pages are all swapped out. */
    public static class SwappedOut extends Present {
        @Setup(Level.Invocation)
        public void swapOut() {
            process().madvise(Pages.address(0), PAGES * Pages.PAGE, Advice.PAGEOUT);
        }
    }

    /** A VMA that a process and its 15 children map. */
    public static class Shared extends ManagerState {
        private final List<AddressSpace> children = new ArrayList<>();

        @Override
        protected void fill() {
            Pages.map(process(), 0, SHARED_PAGES);
            Pages.touch(process(), 0, SHARED_PAGES);
            while (children.size() < SHARERS - 1) {
                children.add(process().fork());
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public void swap_out_page(Present state) {
        state.process().madvise(Pages.address(0), PAGES * Pages.PAGE, Advice.PAGEOUT);
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long swap_in_page(SwappedOut state) {
        long sum = 0;
        for (int page = 0; page < PAGES; page++) {
            sum += state.process().read(Pages.address(page));
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int migrate_page(Present state) {
        return state.process().migrate(Pages.address(0), PAGES * Pages.PAGE);
    }

    @Benchmark
    @OperationsPerInvocation(SHARED_PAGES)
    public int migrate_page_of_16(Shared state) {
        return state.process().migrate(Pages.address(0), SHARED_PAGES * Pages.PAGE);
    }
}
