package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
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
    private final KernelVersion version;
    private final IndexDesign indexes;
    private final AnonVmaLinks links;
    private final Slot<Vma, VmaChains> chainsOf;
    private final Slot<Folio, AnonVma> ownerOf;

    AnonVmaStrategy(StrategyContext context) {
        this(context, new AnonVmaRules());
    }

    AnonVmaStrategy(StrategyContext context, AnonVmaRules rules) {
        this(context, rules, new IntervalTrees());
    }

    AnonVmaStrategy(StrategyContext context, AnonVmaRules rules, IndexDesign indexes) {
        this.version = context.kernelVersion();
        this.chainsOf = context.vmaSlot(VmaChains.class);
        this.ownerOf = context.folioSlot(AnonVma.class);
        this.indexes = indexes;
        this.links = new AnonVmaLinks(context, rules, indexes, chainsOf);
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        AnonVma owner = ownerOf.get(walk.folio());
        if (owner != null && walk.isSplitting()) {
            return visitAll(owner, walk);
        }
        RwLock lock = owner == null ? null : owner.rootLockIfAlive();
        if (owner == null || lock == null) {
            return WalkOutcome.COMPLETE;
        }
        if (!lockRead(lock, walk)) {
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

    /** Takes a root's lock as the walk wants it; false if it would have to wait. */
    private static boolean lockRead(RwLock lock, FolioWalk walk) {
        if (walk.mode() == WalkMode.TRY) {
            return lock.tryLockRead();
        }
        lock.lockRead();
        return true;
    }

    /** rmap_walk_anon. */
    private static WalkOutcome visitAll(AnonVma owner, FolioWalk walk) {
        walk.context();
        return owner.tree.offer(walk, walk.index(), walk.lastIndex(), AnonVmaStrategy::offer);
    }

    private static boolean offer(FolioWalk walk, Vma vma) {
        return walk.candidate(vma, vma.start() + ((walk.index() - vma.pgoff()) << 12));
    }

    /** folio_get_anon_vma. */
    @Override
    public @Nullable Object retain(Folio folio) {
        AnonVma owner = ownerOf.get(folio);
        if (owner == null || !links.hold(owner)) {
            return null;
        }
        if (folio.mapcount() == 0) {
            links.drop(owner);
            return null;
        }
        return owner;
    }

    @Override
    public @Nullable Object retain(Vma vma) {
        AnonVma owner = links.ownerFor(vma);
        if (!links.hold(owner)) {
            throw new IllegalStateException(vma + " has an anon_vma that was freed");
        }
        return owner;
    }

    @Override
    public void folioMerged(Folio folio) {
        ownerOf.set(folio, null);
    }

    /** Whose mappings a pass of {@link #walkKsm} looks for. */
    private enum Pass {
        /** Those of the processes whose pages were merged. */
        ITEMS,
        /** Those of the processes that inherited them. */
        FORKS
    }

    /** rmap_walk_ksm. */
    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        for (Pass pass : Pass.values()) {
            for (KsmItem item : items) {
                WalkOutcome outcome = visitItem(walk, item, pass);
                if (outcome != WalkOutcome.COMPLETE) {
                    return outcome;
                }
            }
        }
        return WalkOutcome.COMPLETE;
    }

    private static WalkOutcome visitItem(FolioWalk walk, KsmItem item, Pass pass) {
        AnonVma owner = (AnonVma) item.retained();
        RwLock lock = owner.rootLock();
        if (!lockRead(lock, walk)) {
            return WalkOutcome.CONTENDED;
        }
        try {
            walk.context();
            return owner.tree.offer(walk, 0, Long.MAX_VALUE, (ksmWalk, vma) -> {
                boolean covers = vma.start() <= item.address() && item.address() < vma.end();
                Pass wanted = vma.addressSpace() == item.space() ? Pass.ITEMS : Pass.FORKS;
                return !covers || wanted != pass || ksmWalk.candidate(vma, item.address());
            });
        } finally {
            lock.unlockRead();
        }
    }

    @Override
    public void release(Object retained) {
        links.drop((AnonVma) retained);
    }

    @Override
    public void beginSplit(Folio folio) {
        AnonVma owner = ownerOf.get(folio);
        if (owner != null) {
            owner.rootLock().lockWrite();
        }
    }

    @Override
    public void endSplit(Folio folio) {
        AnonVma owner = ownerOf.get(folio);
        if (owner != null) {
            owner.rootLock().unlockWrite();
        }
    }

    @Override
    public void beginCollapse(Vma vma) {
        links.ownerFor(vma).rootLock().lockWrite();
    }

    @Override
    public void endCollapse(Vma vma) {
        links.ownerFor(vma).rootLock().unlockWrite();
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
        if (version == KernelVersion.V6_15) {
            return mayMergeBefore616(target, source);
        }
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

    /** The rule that looked only at the chain of the VMA that stays: one without anonymous pages never got any by a merge. */
    private static boolean mayMergeBefore616(@Nullable VmaChains target, @Nullable VmaChains source) {
        boolean oneIsUnfaulted = target == null || source == null;
        return (oneIsUnfaulted && target != null && target.isSingular()) || ownAnonVma(target) == ownAnonVma(source);
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

    private @Nullable AnonVma anonVmaLockedFor(PageMove move) {
        return indexes.mayOvertakeWalk(move) ? ownAnonVma(chainsOf.get(move.source())) : null;
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
        new AnonVmaInvariants(chainsOf, links.holds()).verify(spaces);
    }
}
