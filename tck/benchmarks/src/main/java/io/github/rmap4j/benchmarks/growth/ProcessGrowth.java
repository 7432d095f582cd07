package io.github.rmap4j.benchmarks.growth;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** One more fork, and walks of folios that only one process maps, among many related processes. */
public class ProcessGrowth extends Growth {
    private static final int VMAS = 10;
    private static final int UNRELATED = 1000;

    /** A parent with 10 touched VMAs of one page and its children, all alive. */
    public abstract static class Relatives extends ManagerState {
        private Folio walked;

        abstract int processes();

        @Override
        protected void fill() {
            Pages.mapScattered(process(), VMAS);
            AddressSpace youngest = process();
            for (int i = 1; i < processes(); i++) {
                youngest = process().fork();
            }
            walked = folioToWalk(youngest);
        }

        abstract Folio folioToWalk(AddressSpace youngest);

        WalkOutcome walk() {
            return manager().rmapWalker().walk(walked, (vma, address) -> true);
        }
    }

    /** The parent touches a page in a VMA that is younger than all forks. */
    public static class Family extends Relatives {
        /** Parent and children. */
        @Param({"1", "100", "10000"})
        public int processes;

        @Override
        int processes() {
            return processes;
        }

        @Override
        Folio folioToWalk(AddressSpace youngest) {
            Pages.map(process(), UNRELATED, 1);
            Pages.touch(process(), UNRELATED, 1);
            return process().folioAt(Pages.address(UNRELATED));
        }
    }

    /** The youngest child, of which there is always one, writes to an inherited VMA and gets a page of its own. */
    public static class FamilyWithCopy extends Relatives {
        /** Parent and children. */
        @Param({"2", "100", "10000"})
        public int processes;

        @Override
        int processes() {
            return processes;
        }

        @Override
        Folio folioToWalk(AddressSpace youngest) {
            Folio inherited = youngest.folioAt(Pages.address(0));
            Pages.touch(youngest, 0, 1);
            Folio copied = youngest.folioAt(Pages.address(0));
            if (copied == inherited) {
                throw new IllegalStateException("the child has no copy");
            }
            return copied;
        }
    }

    @Benchmark
    public void fork_exit(Family state) {
        state.process().fork().exit();
    }

    @Benchmark
    public WalkOutcome walk_unrelated_page(Family state) {
        return state.walk();
    }

    @Benchmark
    public WalkOutcome walk_copied_page(FamilyWithCopy state) {
        return state.walk();
    }
}
