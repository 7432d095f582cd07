package com.example.rmap;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** A folio names the family of processes that it was born in, and a walk scans the page tables of all of them. */
class FamilyScanStrategy implements RmapStrategy {
    /** Processes that are related by fork, by number: a child's is greater than its parent's. */
    static final class Family {
        private final ConcurrentSkipListMap<Integer, AddressSpace> members = new ConcurrentSkipListMap<>();
    }

    private final Slot<AddressSpace, Family> familyOf;
    private final Slot<Folio, Family> ownerOf;

    FamilyScanStrategy(StrategyContext context) {
        familyOf = context.spaceSlot(Family.class);
        ownerOf = context.folioSlot(Family.class);
    }

    @Override
    public void spaceCreated(AddressSpace space) {
        join(space, new Family());
    }

    /** Before the first entry is copied: a walk that comes by later finds the copy. */
    @Override
    public void forkBegin(AddressSpace parent, AddressSpace child) {
        familyOf.get(child).members.remove(child.id());
        join(child, familyOf.get(parent));
    }

    final void join(AddressSpace space, Family family) {
        familyOf.set(space, family);
        family.members.put(space.id(), space);
    }

    @Override
    public void spaceExited(AddressSpace space) {
        familyOf.get(space).members.remove(space.id());
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        ownerOf.set(folio, familyOf.get(vma.addressSpace()));
    }

    @Override
    public void folioMappedShared(Folio folio, Vma vma) {
        folioMapped(folio, vma);
    }

    @Override
    public void folioMerged(Folio folio) {
        ownerOf.set(folio, null);
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        Family family = ownerOf.get(walk.folio());
        return family == null ? WalkOutcome.COMPLETE : scan(walk, family);
    }

    private static WalkOutcome scan(FolioWalk walk, Family family) {
        Map.Entry<Integer, AddressSpace> next = family.members.firstEntry();
        while (next != null) {
            walk.context();
            if (!walk.candidate(next.getValue())) {
                return WalkOutcome.STOPPED;
            }
            next = family.members.higherEntry(next.getKey());
        }
        return WalkOutcome.COMPLETE;
    }

    @Override
    public Object retain(Vma vma) {
        return familyOf.get(vma.addressSpace());
    }

    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        for (KsmItem item : items) {
            WalkOutcome outcome = scan(walk, (Family) item.retained());
            if (outcome != WalkOutcome.COMPLETE) {
                return outcome;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    @Override
    public boolean mayMerge(MergeQuery query) {
        return true;
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        return true;
    }
}
