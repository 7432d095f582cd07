package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import org.jspecify.annotations.Nullable;

/**
 * Linux's reverse map: answers the engine's events with the steps of mm/rmap.c. The structures and their life are in
 * {@link AnonVmaLinks}; here is when which of them happens, and the walk.
 *
 * <p>Lock order: the root's lock (class {@code anon_vma}), then page_table_lock. Walks stay right because whoever
 * changes the range of a VMA that is in a tree holds the root's lock from taking it out to putting it back.
 */
final class AnonVmaStrategy implements RmapStrategy {
    private final AnonVmaLinks links;
    private final Slot<Vma, VmaChains> chainsOf;
    private final Slot<Folio, AnonVma> ownerOf;
    /** Whose root this thread has locked for the length of a split. */
    private final ThreadLocal<AnonVma> splitting = new ThreadLocal<>();

    AnonVmaStrategy(StrategyContext context) {
        this.chainsOf = context.vmaSlot(VmaChains.class);
        this.ownerOf = context.folioSlot(AnonVma.class);
        this.links = new AnonVmaLinks(context, chainsOf);
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        AnonVma owner = ownerOf.get(walk.folio());
        if (owner != null && walk.purpose() != WalkPurpose.INSPECT && isSplitting(owner)) {
            return visitAll(owner, walk);
        }
        RwLock lock = owner == null ? null : owner.rootLockIfAlive();
        if (owner == null || lock == null) {
            return WalkOutcome.COMPLETE;
        }
        if (walk.mode() == WalkMode.BLOCK) {
            lock.lockRead();
        } else if (!lock.tryLockRead()) {
            return WalkOutcome.CONTENDED;
        }
        try {
            // Until the lock was held the last mapping could go away and the anon_vma with it, even to be born again as
            // another one. The owner of a folio that is still mapped lives, and changes only under the folio lock.
            if (walk.folio().mapcount() == 0 && walk.purpose() != WalkPurpose.RESTORE) {
                return WalkOutcome.COMPLETE;
            }
            return visitAll(owner, walk);
        } finally {
            lock.unlockRead();
        }
    }

    /** rmap_walk_anon. */
    private static WalkOutcome visitAll(AnonVma owner, FolioWalk walk) {
        long first = walk.index();
        long last = walk.lastIndex();
        walk.context();
        for (AnonVmaChain chain = owner.tree.first(first, last, walk);
                chain != null;
                chain = IntervalTree.next(chain, first, last, walk)) {
            Vma vma = chain.vma();
            if (!walk.candidate(vma, vma.start() + ((first - vma.pgoff()) << 12))) {
                return WalkOutcome.STOPPED;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    /** folio_get_anon_vma. */
    @Override
    public @Nullable Object retain(Folio folio) {
        AnonVma owner = ownerOf.get(folio);
        if (owner == null || !owner.getUnlessFree()) {
            return null;
        }
        if (folio.mapcount() == 0) {
            links.put(owner);
            return null;
        }
        return owner;
    }

    @Override
    public void release(Object retained) {
        links.put((AnonVma) retained);
    }

    @Override
    public void beginSplit(Folio folio) {
        AnonVma owner = ownerOf.get(folio);
        if (owner != null) {
            owner.rootLock().lockWrite();
            splitting.set(owner);
        }
    }

    @Override
    public void endSplit(Folio folio) {
        AnonVma owner = splitting.get();
        if (owner != null) {
            splitting.remove();
            owner.rootLock().unlockWrite();
        }
    }

    private boolean isSplitting(AnonVma owner) {
        return splitting.get() == owner;
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        ownerOf.set(folio, links.ownerFor(vma));
    }

    /** The oldest anon_vma: the tree of each process that has the swap entry is linked to it. */
    @Override
    public void folioMappedShared(Folio folio, Vma vma) {
        ownerOf.set(folio, links.ownerFor(vma).root());
    }

    @Override
    public void folioReused(Folio folio, Vma vma) {
        ownerOf.set(folio, links.ownerFor(vma));
    }

    @Override
    public void prepare(PrepareRequest request) {
        links.prepare(request);
    }

    /** is_mergeable_anon_vma. */
    @Override
    public boolean mayMerge(MergeQuery query) {
        VmaChains target = chainsOf.get(query.target());
        Vma sourceVma = query.source();
        VmaChains source = sourceVma == null ? null : chainsOf.get(sourceVma);
        if (target == null && source != null) {
            // The target will be linked to everything the source is linked to; not worth it for a long chain, unless
            // the source grows and keeps its chain anyway.
            return query.origin() == MergeQuery.Origin.EXTENDED || !isForkChild(source);
        }
        if (target != null && source == null) {
            return !isForkChild(target);
        }
        return ownAnonVma(target) == ownAnonVma(source);
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        VmaChains below = chainsOf.get(previous);
        VmaChains above = chainsOf.get(next);
        return below == null || above == null || below.anonVma == above.anonVma;
    }

    private static boolean isForkChild(VmaChains chains) {
        return !chains.isSingular();
    }

    private static @Nullable AnonVma ownAnonVma(@Nullable VmaChains chains) {
        return chains == null ? null : chains.anonVma;
    }

    @Override
    public void prepareChange(LayoutChange change) {
        Vma created = change.created();
        if (created != null) {
            links.cloneChains(change.vma(), created);
        }
        Vma heir = change.heir();
        Vma inheritedFrom = change.inheritedFrom();
        if (heir != null && inheritedFrom != null) {
            links.cloneChains(inheritedFrom, heir);
        }
    }

    @Override
    public void abortChange(LayoutChange change) {
        Vma created = change.created();
        if (created != null) {
            links.unlink(created);
        }
        Vma heir = change.heir();
        if (heir != null) {
            links.unlink(heir);
        }
    }

    /** vma_prepare: the VMAs leave the trees, whose keys their ranges are. */
    @Override
    public void beginChange(LayoutChange change) {
        AnonVma anonVma = anonVmaOf(change);
        if (anonVma != null) {
            anonVma.rootLock().lockWrite();
            links.removeFromTrees(change.vma());
            if (change.adjacent() != null) {
                links.removeFromTrees(change.adjacent());
            }
        }
    }

    /** vma_complete. */
    @Override
    public void endChange(LayoutChange change) {
        AnonVma anonVma = anonVmaOf(change);
        if (anonVma != null) {
            links.insertIntoTrees(change.vma());
            if (change.adjacent() != null) {
                links.insertIntoTrees(change.adjacent());
            }
            anonVma.rootLock().unlockWrite();
        }
        for (Vma removed : change.removed()) {
            links.unlink(removed);
        }
    }

    private @Nullable AnonVma anonVmaOf(LayoutChange change) {
        AnonVma anonVma = ownAnonVma(chainsOf.get(change.vma()));
        Vma adjacent = change.adjacent();
        return anonVma != null || adjacent == null ? anonVma : ownAnonVma(chainsOf.get(adjacent));
    }

    @Override
    public void vmaCopied(Vma source, Vma copy) {
        links.cloneChains(source, copy);
    }

    /** take_rmap_locks. */
    @Override
    public void beginMove(PageMove move) {
        AnonVma anonVma = anonVmaLockedFor(move);
        if (anonVma != null) {
            anonVma.rootLock().lockWrite();
        }
    }

    @Override
    public void endMove(PageMove move) {
        AnonVma anonVma = anonVmaLockedFor(move);
        if (anonVma != null) {
            anonVma.rootLock().unlockWrite();
        }
    }

    /**
     * A walk visits VMAs in the order of their page offsets. A copy made for the move sorts behind its source, so a walk
     * meets an entry at its old or its new place; a VMA that existed before may sort in front of the source, and then a
     * walk could miss both (need_rmap_locks in copy_vma).
     */
    private @Nullable AnonVma anonVmaLockedFor(PageMove move) {
        boolean mayOvertakeWalk = move.mergedIntoDestination()
                && move.destination().pgoff() <= move.source().pgoff();
        return mayOvertakeWalk ? ownAnonVma(chainsOf.get(move.source())) : null;
    }

    @Override
    public void vmaUnlinked(Vma vma) {
        links.unlink(vma);
    }

    @Override
    public void vmaForked(Vma parentVma, Vma childVma) {
        links.fork(parentVma, childVma);
    }

    @Override
    public void verify(Iterable<AddressSpace> spaces) {
        new AnonVmaInvariants(chainsOf).verify(spaces);
    }
}
