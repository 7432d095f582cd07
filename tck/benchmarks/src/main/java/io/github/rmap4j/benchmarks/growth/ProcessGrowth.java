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
    public static class Family extends ManagerState {
        /** Parent and children. */
        @Param({"1", "100", "10000"})
        public int processes;

        private Folio unrelated;
        private Folio copied;

        @Override
        protected void fill() {
            Pages.mapScattered(process(), VMAS);
            AddressSpace youngest = process();
            for (int i = 1; i < processes; i++) {
                youngest = process().fork();
            }
            Pages.map(process(), UNRELATED, 1);
            Pages.touch(process(), UNRELATED, 1);
            unrelated = process().folioAt(Pages.address(UNRELATED));
            Pages.touch(youngest, 0, 1);
            copied = youngest.folioAt(Pages.address(0));
        }

        WalkOutcome walk(Folio folio) {
            return manager().rmapWalker().walk(folio, (vma, address) -> true);
        }
    }

    @Benchmark
    public void fork_exit(Family state) {
        state.process().fork().exit();
    }

    /** The parent's page in a VMA that is younger than all forks. */
    @Benchmark
    public WalkOutcome walk_unrelated_page(Family state) {
        return state.walk(state.unrelated);
    }

    /** The page that the youngest child got when it wrote to an inherited VMA. */
    @Benchmark
    public WalkOutcome walk_copied_page(Family state) {
        return state.walk(state.copied);
    }
}
