package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * No reverse map at all: every walk scans the page tables of every address space. The least that a strategy can do, and
 * so a lower bound for memory and an upper bound for the length of walks.
 */
public final class ScanAllStrategy implements RmapStrategy {
    private final ConcurrentSkipListMap<Integer, AddressSpace> spaces = new ConcurrentSkipListMap<>();

    /** Creates scan-all strategies. */
    public static final class Provider implements RmapStrategyProvider {
        @Override
        public String name() {
            return "scan-all";
        }

        @Override
        public String description() {
            return "Scans all page tables of all address spaces on every walk.";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return new ScanAllStrategy();
        }
    }

    private ScanAllStrategy() {}

    @Override
    public void spaceCreated(AddressSpace space) {
        spaces.put(space.id(), space);
    }

    @Override
    public void spaceExited(AddressSpace space) {
        spaces.remove(space.id());
    }

    /**
     * A child's number is greater than its parent's, and it is known before the first entry is copied into it. So a
     * copy of an entry that was not yet seen is still ahead; an iterator would promise that only for the spaces that
     * existed when it was made.
     */
    @Override
    public WalkOutcome walk(FolioWalk walk) {
        for (Map.Entry<Integer, AddressSpace> next = spaces.firstEntry();
                next != null;
                next = spaces.higherEntry(next.getKey())) {
            walk.context();
            if (!walk.candidate(next.getValue())) {
                return WalkOutcome.STOPPED;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    /** Everything is looked at anyway. */
    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        return walk(walk);
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
