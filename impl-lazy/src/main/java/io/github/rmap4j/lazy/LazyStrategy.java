package io.github.rmap4j.lazy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.ForkObserver;
import io.github.rmap4j.spi.ForkedRun;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * ANON_VMA_LAZY: answers the engine's events. What states there are and how they change is in {@link Topology}; here is
 * when.
 */
final class LazyStrategy implements RmapStrategy {
    /** What a space has done that matters. */
    private enum History {
        FORKED
    }

    private final LazyRules rules;
    private final LazyCounters counters;
    private final Slot<AddressSpace, History> historyOf;
    private final Slot<Vma, AnonVmaTree> treeOf;
    private final Slot<Folio, AnonRmap> ownerOf;
    private final AnonVmaLinks links;
    private final RootVmas roots;
    private final Topology topology;
    private final LazyWalks walks;

    LazyStrategy(StrategyContext context, LazyRules rules) {
        this.rules = rules;
        this.counters = new LazyCounters(context);
        this.historyOf = context.spaceSlot(History.class);
        this.treeOf = context.vmaSlot(AnonVmaTree.class);
        this.ownerOf = context.folioSlot(AnonRmap.class);
        this.links = new AnonVmaLinks(context, rules, counters);
        this.roots = new RootVmas(context, rules, counters, links);
        this.topology = new Topology(context, rules, counters, treeOf, links, roots);
        this.walks = new LazyWalks(rules, counters, ownerOf, roots);
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        return walks.walk(walk);
    }

    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        return walks.walkKsm(walk, items);
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        ownerOf.set(folio, topology.preparedTreeOf(vma).owner());
    }

    @Override
    public void folioMappedShared(Folio folio, Vma vma) {
        ownerOf.set(folio, topology.sharedOwnerIn(vma));
    }

    /**
     * A folio that was in the swap cache while its root was upgraded still names it. The root dies with the parent's last
     * VMA, the folio lives on in children. While the VMA is lazy with that root the folio is nobody else's, and stays lazy.
     */
    @Override
    public void folioMappedFromSwapCache(Folio folio, Vma vma) {
        if (ownerOf.get(folio) instanceof RootVma root && !topology.isLazyWith(root, vma) && rules.repairsAtSwapIn()) {
            AnonRmap owner = topology.sharedOwnerIn(vma);
            if (!(owner instanceof AnonVma)) {
                throw new IllegalStateException("a folio of another root is mapped in " + vma);
            }
            ownerOf.set(folio, owner);
            counters.repaired.increment();
        }
    }

    @Override
    public void folioReused(Folio folio, Vma vma) {
        ownerOf.set(folio, topology.preparedTreeOf(vma).owner());
    }

    @Override
    public void folioMerged(Folio folio) {
        ownerOf.set(folio, null);
    }

    /** folio_trylock_get_anon_rmap: never waits for the VMA lock, under which folio locks are waited for. */
    @Override
    public @Nullable Object retain(Folio folio) {
        while (folio.mapcount() > 0) {
            AnonRmap owner = ownerOf.get(folio);
            if (owner == null) {
                return null;
            }
            if (owner instanceof AnonVma anonVma) {
                return retain(anonVma, folio);
            }
            RootVma root = ((RootVma) owner).get();
            if (root != null) {
                AnonVma upgraded = root.anonVma();
                if (upgraded == null) {
                    if (!rules.tryLockForMigration(root)) {
                        counters.failedTrylocks.increment();
                        roots.put(root);
                        return null;
                    }
                    upgraded = root.anonVma();
                    if (upgraded == null && root == root.current()) {
                        return root;
                    }
                    rules.unlockAfterMigration(root);
                }
                roots.put(root);
                if (upgraded != null) {
                    // Its migration entries may be copied: they must not lead to a root that dies before the child.
                    ownerOf.set(folio, upgraded);
                    counters.repaired.increment();
                }
            }
        }
        return null;
    }

    private @Nullable Object retain(AnonVma anonVma, Folio folio) {
        if (!links.hold(anonVma)) {
            return null;
        }
        if (folio.mapcount() == 0) {
            links.drop(anonVma);
            return null;
        }
        return anonVma;
    }

    @Override
    public @Nullable Object retain(Vma vma) {
        AnonVmaTree tree = topology.preparedTreeOf(vma);
        if (!topology.tryUpgrade(tree)) {
            return null;
        }
        AnonVma own = Objects.requireNonNull(tree.anonVma());
        if (!links.hold(own)) {
            throw new IllegalStateException(vma + " has an anon_vma that was freed");
        }
        return own;
    }

    /** anon_rmap_unlock_put. */
    @Override
    public void release(Object retained) {
        if (retained instanceof RootVma root) {
            rules.unlockAfterMigration(root);
            roots.put(root);
        } else {
            links.drop((AnonVma) retained);
        }
    }

    /** A folio that names a root needs nothing more: its VMA lock is held since it was retained. */
    @Override
    public void beginSplit(Folio folio) {
        if (ownerOf.get(folio) instanceof AnonVma owner) {
            owner.rootLock().lockWrite();
        }
    }

    @Override
    public void endSplit(Folio folio) {
        if (ownerOf.get(folio) instanceof AnonVma owner) {
            owner.rootLock().unlockWrite();
        }
    }

    @Override
    public void beginCollapse(Vma vma) {
        AnonVmaTree tree = topology.preparedTreeOf(vma);
        if (!tree.isFull()) {
            tree.presentRoot().current().lockVma();
        }
        AnonVma any = tree.anyAnonVma();
        if (any != null) {
            any.rootLock().lockWrite();
        }
    }

    @Override
    public void endCollapse(Vma vma) {
        AnonVmaTree tree = topology.preparedTreeOf(vma);
        AnonVma any = tree.anyAnonVma();
        if (any != null) {
            any.rootLock().unlockWrite();
        }
        if (!tree.isFull()) {
            tree.presentRoot().current().unlockVma();
        }
    }

    @Override
    public void prepare(PrepareRequest request) {
        Vma vma = request.vma();
        if (treeOf.get(vma) != null) {
            return;
        }
        AddressSpace space = vma.addressSpace();
        if (rules.mayBeLazy(space, historyOf.get(space) == History.FORKED)) {
            topology.prepareLazily(vma);
        } else {
            topology.prepareFully(request);
        }
    }

    @Override
    public boolean mayMerge(MergeQuery query) {
        AnonVmaTree target = treeOf.get(query.target());
        AnonVmaTree source = topology.treeOf(query.source());
        boolean may = rules.mayMerge(target, source, query);
        if (!may && query.origin() != MergeQuery.Origin.COPIED) {
            countIfMissed(target, source);
        }
        return may;
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        AnonVmaTree below = treeOf.get(previous);
        AnonVmaTree above = treeOf.get(next);
        boolean may = below == null || above == null || rules.areFamily(below, above);
        if (!may) {
            countIfMissed(below, above);
        }
        return may;
    }

    private void countIfMissed(@Nullable AnonVmaTree a, @Nullable AnonVmaTree b) {
        if (a != null && b != null && rules.misses(a, b)) {
            counters.missedMerges.increment();
        }
    }

    @Override
    public void prepareChange(LayoutChange change) {
        Vma created = change.created();
        AnonVmaTree source = treeOf.get(change.vma());
        if (created != null && source != null) {
            topology.copy(source, created);
        }
        Vma heir = change.heir();
        AnonVmaTree inherited = topology.treeOf(change.inheritedFrom());
        if (heir != null && inherited != null) {
            if (isPartOf(change, inherited.vma)) {
                topology.copy(inherited, heir);
            } else {
                topology.move(inherited, heir);
            }
        }
    }

    private static boolean isPartOf(LayoutChange change, Vma vma) {
        return vma == change.vma()
                || vma == change.adjacent()
                || change.removed().contains(vma);
    }

    @Override
    public void abortChange(LayoutChange change) {
        topology.drop(topology.treeOf(change.created()));
        topology.drop(topology.treeOf(change.heir()));
    }

    /** vma_prepare: the VMA lock (vma_start_write), then the VMAs leave the trees, whose keys their ranges are. */
    @Override
    public void beginChange(LayoutChange change) {
        AnonVmaTree tree = treeOf(change);
        if (tree == null) {
            return;
        }
        topology.unite(tree, topology.treeOf(change.adjacent()));
        for (Vma removed : change.removed()) {
            topology.unite(tree, treeOf.get(removed));
        }
        RootVma root = lockedRoot(tree);
        if (root != null) {
            root.lockVma();
        }
        AnonVma any = tree.anyAnonVma();
        if (any != null) {
            any.rootLock().lockWrite();
            links.removeFromTrees(treeOf.get(change.vma()));
            links.removeFromTrees(topology.treeOf(change.adjacent()));
        }
    }

    /** vma_complete. */
    @Override
    public void endChange(LayoutChange change) {
        AnonVmaTree tree = treeOf(change);
        if (tree != null) {
            AnonVma any = tree.anyAnonVma();
            if (any != null) {
                links.insertIntoTrees(treeOf.get(change.vma()));
                links.insertIntoTrees(topology.treeOf(change.adjacent()));
                any.rootLock().unlockWrite();
            }
            RootVma root = lockedRoot(tree);
            if (root != null) {
                RootVmas.rebase(tree);
                root.unlockVma();
            }
        }
        for (Vma removed : change.removed()) {
            topology.drop(treeOf.get(removed));
        }
    }

    /** The state that all faulted VMAs of a change have; the same before and after it. */
    private @Nullable AnonVmaTree treeOf(LayoutChange change) {
        AnonVmaTree tree = treeOf.get(change.vma());
        return tree != null ? tree : topology.treeOf(change.adjacent());
    }

    /** Whose VMA lock keeps migrations away; that of a FULL VMA is not needed. */
    private static @Nullable RootVma lockedRoot(AnonVmaTree tree) {
        return tree.isFull() ? null : tree.presentRoot().current();
    }

    @Override
    public void vmaCopied(Vma source, Vma copy) {
        AnonVmaTree tree = treeOf.get(source);
        if (tree != null) {
            topology.move(tree, copy);
        }
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
     * A walk of an interval tree meets a copy made for the move behind its source, but perhaps not a VMA that existed
     * before (need_rmap_locks in copy_vma). Only exec moves a VMA that is lazy, and nobody can walk its folios then.
     */
    private @Nullable AnonVma anonVmaLockedFor(PageMove move) {
        boolean mayOvertakeWalk = move.mergedIntoDestination()
                && move.destination().pgoff() <= move.source().pgoff();
        AnonVmaTree tree = mayOvertakeWalk ? treeOf.get(move.source()) : null;
        return tree == null ? null : tree.anonVma();
    }

    @Override
    public void vmaUnlinked(Vma vma) {
        topology.drop(treeOf.get(vma));
    }

    @Override
    public void forkBegin(AddressSpace parent, AddressSpace child) {
        historyOf.set(parent, History.FORKED);
    }

    @Override
    public void vmaForked(Vma parentVma, Vma childVma) {
        AnonVmaTree parent = treeOf.get(parentVma);
        if (parent != null) {
            topology.fork(parent, childVma);
        }
    }

    @Override
    public @Nullable ForkObserver forkObserver(Vma parentVma) {
        AnonVmaTree tree = treeOf.get(parentVma);
        return tree != null && tree.mapsUnrepaired && rules.repairsAtFork() ? new Repair(tree) : null;
    }

    /**
     * try_dup_anon_rmap: folios that name the root name the anon_vma from now on. The folio lock is not held: a walk that has
     * read the root already finds the same anon_vma through it.
     */
    private final class Repair implements ForkObserver {
        private final AnonVmaTree tree;
        private final RootVma root;
        private final AnonVma upgraded;
        private long repaired;

        Repair(AnonVmaTree tree) {
            this.tree = tree;
            this.root = tree.presentRoot().current();
            this.upgraded = Objects.requireNonNull(root.anonVma());
        }

        @Override
        public void entriesForked(ForkedRun run) {
            repaired += run.replaceOwner(root, upgraded);
            for (RootVma absorbed = root.firstAbsorbed(); absorbed != null; absorbed = absorbed.nextAbsorbed()) {
                repaired += run.replaceOwner(absorbed, upgraded);
            }
        }

        @Override
        public void vmaDone() {
            tree.mapsUnrepaired = false;
            counters.repaired.add(repaired);
        }
    }

    @Override
    public void verify(Iterable<AddressSpace> spaces) {
        new LazyInvariants(treeOf, links.holds()).verify(spaces);
    }
}
