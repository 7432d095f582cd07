package io.github.rmap4j.benchmarks.walk;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.RmapWalker;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A walk of one folio over and over, so that everything it touches is in the caches. */
public class Walks extends Timed {
    /** A process with 16 touched pages and as many children as are needed to map each page that often. */
    public static class Family extends ManagerState {
        /** How many processes map the folio. */
        @Param({"1", "2", "16", "256"})
        public int mappers;

        private RmapWalker walker;
        private Folio folio;
        private long found;
        private final RmapVisitor visitor = (vma, address) -> {
            found += address;
            return true;
        };

        @Override
        protected void fill() {
            Pages.map(process(), 0, 16);
            Pages.touch(process(), 0, 16);
            for (int i = 1; i < mappers; i++) {
                process().fork();
            }
            walker = manager().rmapWalker();
            folio = process().folioAt(Pages.address(0));
        }
    }

    @Benchmark
    public WalkOutcome walk(Family state) {
        return state.walker.walk(state.folio, state.visitor);
    }
}
