package io.github.rmap4j.benchmarks.loops;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.PageEntry;
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

    /** A VMA whose pages are all present before, and must all be of one kind afterwards. */
    public abstract static class Present extends ManagerState {
        private final PageEntry.Kind afterwards;

        Present(PageEntry.Kind afterwards) {
            this.afterwards = afterwards;
        }

        @Setup(Level.Invocation)
        public void map() {
            Pages.map(process(), 0, PAGES);
            Pages.touch(process(), 0, PAGES);
        }

        @TearDown(Level.Invocation)
        public void checkAndUnmap() {
            requireAll(afterwards);
            Pages.unmap(process(), 0, PAGES);
        }

        void requireAll(PageEntry.Kind kind) {
            int[] found = new int[1];
            process().forEachPage(Pages.address(0), Pages.address(PAGES), entry -> {
                if (entry.kind() == kind) {
                    found[0]++;
                }
            });
            if (found[0] != PAGES) {
                throw new IllegalStateException(found[0] + " of " + PAGES + " pages are " + kind);
            }
        }
    }

    /** Its pages go to swap. */
    public static class SwappingOut extends Present {
        public SwappingOut() {
            super(PageEntry.Kind.SWAP);
        }
    }

    /** Its pages are all swapped out, and come back. */
    public static class SwappingIn extends Present {
        public SwappingIn() {
            super(PageEntry.Kind.ANON);
        }

        @Setup(Level.Invocation)
        public void swapOut() {
            process().madvise(Pages.address(0), PAGES * Pages.PAGE, Advice.PAGEOUT);
            requireAll(PageEntry.Kind.SWAP);
        }
    }

    /** Its pages get other frames. */
    public static class Migrating extends Present {
        private int failures;

        public Migrating() {
            super(PageEntry.Kind.ANON);
        }

        @TearDown(Level.Iteration)
        public void check() {
            requireNone(failures);
        }
    }

    /** A VMA that a process and its 15 children map. */
    public static class Shared extends ManagerState {
        private final List<AddressSpace> children = new ArrayList<>();
        private int failures;

        @Override
        protected void fill() {
            Pages.map(process(), 0, SHARED_PAGES);
            Pages.touch(process(), 0, SHARED_PAGES);
            while (children.size() < SHARERS - 1) {
                children.add(process().fork());
            }
        }

        @TearDown(Level.Iteration)
        public void check() {
            requireNone(failures);
        }
    }

    private static void requireNone(int failures) {
        if (failures > 0) {
            throw new IllegalStateException(failures + " folios could not be migrated");
        }
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public void swap_out_page(SwappingOut state) {
        state.process().madvise(Pages.address(0), PAGES * Pages.PAGE, Advice.PAGEOUT);
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long swap_in_page(SwappingIn state) {
        long sum = 0;
        for (int page = 0; page < PAGES; page++) {
            sum += state.process().read(Pages.address(page));
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public void migrate_page(Migrating state) {
        state.failures += state.process().migrate(Pages.address(0), PAGES * Pages.PAGE);
    }

    @Benchmark
    @OperationsPerInvocation(SHARED_PAGES)
    public void migrate_page_of_16(Shared state) {
        state.failures += state.process().migrate(Pages.address(0), SHARED_PAGES * Pages.PAGE);
    }
}
