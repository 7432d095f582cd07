package io.github.rmap4j.benchmarks.walk;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.RmapWalker;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.benchmarks.ManagerState;
import io.github.rmap4j.benchmarks.Pages;
import io.github.rmap4j.benchmarks.Shuffle;
import io.github.rmap4j.benchmarks.Timed;
import org.openjdk.jmh.annotations.Benchmark;

/** Walks of a million exclusive folios in random order: hardly anything a walk touches is in a cache. */
public class ColdWalks extends Timed {
    private static final int FOLIOS = 1_000_000;

    /** A process with a million touched VMAs of one page, each with reverse-map objects of its own. */
    public static class ManyFolios extends ManagerState {
        private final Folio[] folios = new Folio[FOLIOS];
        private RmapWalker walker;
        private int next;
        private long found;
        private final RmapVisitor visitor = (vma, address) -> {
            found += address;
            return true;
        };

        @Override
        protected void fill() {
            Pages.mapScattered(process(), FOLIOS);
            int[] order = Shuffle.of(FOLIOS);
            for (int i = 0; i < FOLIOS; i++) {
                folios[i] = process().folioAt(Pages.address(2L * order[i]));
            }
            walker = manager().rmapWalker();
        }

        Folio next() {
            next = next + 1 < FOLIOS ? next + 1 : 0;
            return folios[next];
        }
    }

    @Benchmark
    public WalkOutcome walk_cold(ManyFolios state) {
        return state.walker.walk(state.next(), state.visitor);
    }
}
