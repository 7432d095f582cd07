package io.github.rmap4j.lab.cli;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;

/** A strategy whose walks find nothing. No test finds it by accident: it is on nobody's list of services. */
public final class BlindStrategy implements RmapStrategy {
    private BlindStrategy() {}

    /** Creates blind strategies. */
    public static final class Provider implements RmapStrategyProvider {
        @Override
        public String name() {
            return "blind";
        }

        @Override
        public String description() {
            return "Finds nothing.";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return new BlindStrategy();
        }
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        return WalkOutcome.COMPLETE;
    }

    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        return WalkOutcome.COMPLETE;
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {}

    @Override
    public void folioMappedShared(Folio folio, Vma vma) {}

    @Override
    public boolean mayMerge(MergeQuery query) {
        return true;
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        return true;
    }
}
