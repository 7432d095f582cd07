package io.github.rmap4j.lazy;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state machine: which state a VMA gets, and what leads from one to the next.
 *
 * <pre>
 * NONE   -> LAZY    first anonymous folio
 *        -> FULL    the same, where the rules do not want it lazy
 *        -> any     takes over from a neighbour (merge), a VMA that is split or moved, or its parent's (PARENT, FULL)
 * LAZY   -> FULL    fork, mremap or KSM, together with all VMAs of the same root
 * PARENT -> FULL    the same
 * any    -> NONE    unmapped, merged away, or moved with MREMAP_DONTUNMAP
 * </pre>
 */
final class Topology {
    private final StrategyContext context;
    private final LazyRules rules;
    private final LazyCounters counters;
    private final Slot<Vma, AnonVmaTree> treeOf;
    private final AnonVmaLinks links;
    private final RootVmas roots;

    Topology(
            StrategyContext context,
            LazyRules rules,
            LazyCounters counters,
            Slot<Vma, AnonVmaTree> treeOf,
            AnonVmaLinks links,
            RootVmas roots) {
        this.context = context;
        this.rules = rules;
        this.counters = counters;
        this.treeOf = treeOf;
        this.links = links;
        this.roots = roots;
    }

    @Nullable
    AnonVmaTree treeOf(@Nullable Vma vma) {
        return vma == null ? null : treeOf.get(vma);
    }

    AnonVmaTree preparedTreeOf(Vma vma) {
        AnonVmaTree tree = treeOf.get(vma);
        if (tree == null) {
            throw new IllegalStateException(vma + " was not prepared");
        }
        return tree;
    }

    /** What a folio names that other processes may map as well: the oldest anon_vma, to which all of them are linked. */
    AnonRmap sharedOwnerIn(Vma vma) {
        AnonVmaTree tree = preparedTreeOf(vma);
        AnonVma any = tree.anyAnonVma();
        return any == null ? tree.owner() : any.root();
    }

    /** Whether folios that name a root belong to a VMA, which has not been upgraded since. */
    boolean isLazyWith(RootVma root, Vma vma) {
        AnonVmaTree tree = preparedTreeOf(vma);
        RootVma own = tree.root();
        return !tree.isFull() && own != null && own.current() == root.current();
    }

    /** vma_prepare_anon_vma_lazy: allocates nothing. Other threads may do the same for this VMA. */
    void prepareLazily(Vma vma) {
        AnonVmaTree tree = AnonVmaTree.ofNew(vma);
        Mutex pageTableLock = context.pageTableLock(vma.addressSpace());
        pageTableLock.lock();
        if (treeOf.get(vma) == null) {
            becomeLazy(tree);
            treeOf.set(vma, tree);
        }
        pageTableLock.unlock();
    }

    /** The state LAZY or PARENT of a VMA that is its own root. */
    private void becomeLazy(AnonVmaTree tree) {
        roots.becomeRoot(tree);
        AnonVma parent = tree.parent;
        tree.setOwner(parent != null && rules.copiesNameParent() ? parent : tree.presentRoot());
    }

    /** anon_vma_prepare of today's Linux. */
    void prepareFully(PrepareRequest request) {
        Vma vma = request.vma();
        AnonVmaChain chain = Objects.requireNonNull(links.allocateChains(1));
        AnonVmaTree neighbour = shareable(request);
        RootVma root = neighbour == null || neighbour.root() == null
                ? null
                : neighbour.presentRoot().current();
        if (root != null && !root.tryLockVma()) {
            // KSM upgrades its family at this moment, and counts the members.
            neighbour = null;
            root = null;
        }
        AnonVma fresh = null;
        if (neighbour == null) {
            try {
                fresh = links.newRoot();
            } catch (AllocationRefusedException e) {
                links.freeChains(chain);
                throw e;
            }
        }
        AnonVma anonVma =
                neighbour == null ? Objects.requireNonNull(fresh) : Objects.requireNonNull(neighbour.anonVma());
        RwLock lock = anonVma.rootLock();
        Mutex pageTableLock = context.pageTableLock(vma.addressSpace());
        lock.lockWrite();
        pageTableLock.lock();
        boolean won = treeOf.get(vma) == null;
        if (won) {
            AnonVmaTree tree = AnonVmaTree.ofNew(vma);
            links.share(tree, anonVma, chain);
            if (neighbour != null) {
                // So that two VMAs with one anon_vma always have one root, too.
                roots.join(tree, neighbour);
            }
            treeOf.set(vma, tree);
        }
        pageTableLock.unlock();
        lock.unlockWrite();
        if (root != null) {
            root.unlockVma();
        }
        if (!won) {
            if (fresh != null) {
                links.put(fresh);
            }
            links.freeChains(chain);
        } else if (neighbour != null) {
            counters.shared.increment();
        }
    }

    /** find_mergeable_anon_vma: the next neighbour comes first. */
    private @Nullable AnonVmaTree shareable(PrepareRequest request) {
        AnonVmaTree next = treeOf(request.compatibleNext());
        if (next != null && rules.mayShare(next)) {
            return next;
        }
        AnonVmaTree previous = treeOf(request.compatiblePrevious());
        return previous != null && rules.mayShare(previous) ? previous : null;
    }

    /** A VMA takes over the state of another one, with a part of its range or all of it. */
    void copy(AnonVmaTree source, Vma vma) {
        AnonVmaTree tree = AnonVmaTree.ofCopy(vma, source);
        if (source.oldest != null) {
            links.copy(source, tree);
        }
        roots.join(tree, source);
        if (!tree.isFull()) {
            AnonRmap named = source.owner();
            tree.setOwner(named instanceof AnonVma ? named : tree.presentRoot());
        }
        treeOf.set(vma, tree);
    }

    /** A VMA is moved by mremap, and leaves its old range to its source. */
    void move(AnonVmaTree source, Vma vma) {
        if (rules.upgradesBeforeMove()) {
            upgrade(source);
        }
        copy(source, vma);
    }

    /** A child inherits a VMA. */
    void fork(AnonVmaTree parent, Vma childVma) {
        upgrade(parent);
        AnonVma parentsOwn = Objects.requireNonNull(parent.anonVma());
        AnonVmaTree child = AnonVmaTree.ofChild(childVma, parentsOwn);
        links.inherit(parent, child);
        if (rules.inheritsLazily()) {
            becomeLazy(child);
        } else {
            try {
                giveOwn(child);
            } catch (AllocationRefusedException e) {
                links.unlink(child);
                throw e;
            }
        }
        treeOf.set(childVma, child);
    }

    /**
     * vma_upgrade_anon_vma_lazy: a VMA, and all that have the same root, become FULL. The mmap lock is held for writing.
     */
    void upgrade(AnonVmaTree tree) {
        if (tree.isFull()) {
            return;
        }
        RootVma current = tree.presentRoot().current();
        // A migration under way puts its entries back before there is a child that could inherit them.
        current.lockVma();
        try {
            upgradeFamily(tree, current);
        } finally {
            current.unlockVma();
        }
    }

    /**
     * Like {@link #upgrade}, with the mmap lock held for reading, for KSM: with a handle on the root instead, a root VMA
     * would stay allocated as long as any of its pages is merged, and children would not be found.
     *
     * @return false if the VMA lock was not free
     */
    boolean tryUpgrade(AnonVmaTree tree) {
        if (tree.isFull()) {
            return true;
        }
        RootVma root = tree.presentRoot().current();
        if (!root.tryLockVma()) {
            counters.failedTrylocks.increment();
            return false;
        }
        try {
            if (!tree.isFull()) {
                upgradeFamily(tree, root);
            }
        } finally {
            root.unlockVma();
        }
        return true;
    }

    private void upgradeFamily(AnonVmaTree tree, RootVma root) {
        AnonVma own;
        try {
            own = giveOwn(tree);
        } catch (AllocationRefusedException e) {
            counters.refusedUpgrades.increment();
            throw e;
        }
        own.get();
        root.forwardTo(own);
        counters.upgrades.increment();
        AnonVmaTree member = tree;
        do {
            member.mapsUnrepaired = true;
            member = member.nextMember;
        } while (member != tree);
    }

    /** An anon_vma for all VMAs of a ring: an idle ancestor's or a new one. */
    private AnonVma giveOwn(AnonVmaTree ring) {
        AnonVma idle = links.reuse(ring);
        if (idle != null) {
            return idle;
        }
        int members = 0;
        AnonVmaTree member = ring;
        do {
            members++;
            member = member.nextMember;
        } while (member != ring);
        AnonVmaChain fresh = links.allocateChains(members);
        AnonVma parent = ring.parent;
        AnonVma own;
        try {
            own = parent == null ? links.newRoot() : links.newChild(parent);
        } catch (AllocationRefusedException e) {
            links.freeChains(fresh);
            throw e;
        }
        links.giveOwn(ring, own, fresh);
        return own;
    }

    /** A VMA becomes NONE. All its entries are gone, or another VMA has them. */
    void drop(@Nullable AnonVmaTree tree) {
        if (tree != null) {
            links.unlink(tree);
            roots.leave(tree);
            treeOf.set(tree.vma, null);
        }
    }

    /** Two VMAs will be one, whose state is that of both. The mmap lock is held for writing. */
    void unite(@Nullable AnonVmaTree a, @Nullable AnonVmaTree b) {
        if (a == null || b == null || a == b) {
            return;
        }
        boolean unrepaired = a.mapsUnrepaired || b.mapsUnrepaired;
        a.mapsUnrepaired = unrepaired;
        b.mapsUnrepaired = unrepaired;
        if (a.state() == AnonVmaTree.State.LAZY) {
            roots.unite(a, b);
        }
    }
}
