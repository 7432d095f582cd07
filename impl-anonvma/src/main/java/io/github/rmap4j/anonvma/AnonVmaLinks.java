package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.KernelVersion;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.EventCounter;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Links VMAs with anon_vmas and takes the links down again: the life of both kinds of objects (mm/rmap.c). */
final class AnonVmaLinks {
    /** sizeof(struct anon_vma) is 96, but its slab slot is 104: the free pointer lies outside of the object. */
    private static final int ANON_VMA_BYTES = 104;

    private final StrategyContext context;
    private final AnonVmaRules rules;
    private final IndexDesign indexes;
    private final Slot<Vma, VmaChains> chainsOf;
    private final Slab<AnonVma> anonVmas;
    private final Slab<AnonVmaChain> chains;
    private final StrategyContext.LockClass lockClass;
    private final CloneOrder order;
    private final LongAdder holds = new LongAdder();
    private final EventCounter shared;
    private final EventCounter reused;

    AnonVmaLinks(StrategyContext context, AnonVmaRules rules, IndexDesign indexes, Slot<Vma, VmaChains> chainsOf) {
        this.context = context;
        this.rules = rules;
        this.indexes = indexes;
        this.chainsOf = chainsOf;
        this.anonVmas = context.slab("anon_vma", ANON_VMA_BYTES, () -> new AnonVma(indexes.newIndex()));
        this.chains = context.slab("anon_vma_chain", indexes.chainBytes(), AnonVmaChain::new);
        this.order = context.kernelVersion() == KernelVersion.V7_0 ? CloneOrder.NEWEST_FIRST : CloneOrder.OLDEST_FIRST;
        this.lockClass = context.lockClass("anon_vma");
        this.shared = context.counter(
                "anon_vma_shared", "VMAs", "VMAs that took a neighbour's anon_vma at their first anonymous page.");
        this.reused = context.counter(
                "anon_vma_reused",
                "VMAs",
                "VMAs of a child that took an idle ancestor's anon_vma instead of a new one.");
    }

    /** The anon_vma that folios get when they become anonymous in a VMA. */
    AnonVma ownerFor(Vma vma) {
        VmaChains own = chainsOf.get(vma);
        if (own == null) {
            throw new IllegalStateException(vma + " was not prepared");
        }
        return own.owner();
    }

    /** anon_vma_prepare. Other threads may do the same for this VMA or its neighbours. */
    void prepare(PrepareRequest request) {
        Vma vma = request.vma();
        if (chainsOf.get(vma) != null) {
            return;
        }
        VmaChains own = new VmaChains(indexes.vmaLinked());
        AnonVmaChain chain = null;
        AnonVma allocated = null;
        AnonVma anonVma = reusableOf(request);
        boolean won = false;
        try {
            chain = chains.allocate();
            if (anonVma == null) {
                allocated = newRoot();
                anonVma = allocated;
            }
            won = linkFirst(vma, own, chain, anonVma);
        } finally {
            if (!won) {
                undo(own, chain, allocated);
            }
        }
        if (won && allocated == null) {
            shared.increment();
        }
    }

    /** Links a VMA unless another thread was faster. */
    private boolean linkFirst(Vma vma, VmaChains own, AnonVmaChain chain, AnonVma anonVma) {
        RwLock lock = anonVma.rootLock();
        lock.lockWrite();
        try {
            anonVma.tree.reserve();
            Mutex pageTableLock = context.pageTableLock(vma.addressSpace());
            pageTableLock.lock();
            boolean won = chainsOf.get(vma) == null;
            if (won) {
                own.anonVma = anonVma;
                link(vma, own, chain, anonVma);
                anonVma.numActiveVmas++;
                chainsOf.set(vma, own);
            }
            pageTableLock.unlock();
            return won;
        } finally {
            anonVma.tree.unreserve();
            lock.unlockWrite();
        }
    }

    private void undo(VmaChains own, @Nullable AnonVmaChain chain, @Nullable AnonVma allocated) {
        if (allocated != null) {
            put(allocated);
        }
        if (chain != null) {
            chains.free(chain);
        }
        indexes.vmaUnlinked(own.id);
    }

    /** find_mergeable_anon_vma: the next neighbour's comes first. */
    private @Nullable AnonVma reusableOf(PrepareRequest request) {
        AnonVma next = reusableOf(request.compatibleNext());
        return next != null ? next : reusableOf(request.compatiblePrevious());
    }

    private @Nullable AnonVma reusableOf(@Nullable Vma neighbour) {
        VmaChains its = neighbour == null ? null : chainsOf.get(neighbour);
        return its != null && rules.mayShare(its) ? its.anonVma : null;
    }

    private AnonVma newRoot() {
        AnonVma root = anonVmas.allocate();
        root.initRoot(lockClass.newRwLock());
        return root;
    }

    /** anon_vma_chain_link. The root's lock is held for writing. */
    private static void link(Vma vma, VmaChains own, AnonVmaChain chain, AnonVma anonVma) {
        chain.init(vma, own.id, anonVma);
        own.addNewest(chain);
        anonVma.tree.add(chain);
    }

    /** anon_vma_clone, not for fork: the copy gets the same anon_vma and is linked to all that the source is linked to. */
    void cloneChains(Vma source, Vma copy) {
        VmaChains from = chainsOf.get(source);
        if (from == null) {
            return;
        }
        VmaChains to = new VmaChains(indexes.vmaLinked());
        AnonVmaChain fresh = allocateFor(from, to);
        RwLock lock = from.owner().rootLock();
        lock.lockWrite();
        reserve(from, to, fresh, lock);
        AnonVma owner = rules.ownerOfCopy(from);
        to.anonVma = owner;
        linkAll(from, copy, to, fresh);
        owner.numActiveVmas++;
        lock.unlockWrite();
        chainsOf.set(copy, to);
    }

    /** Room for a VMA in all trees that another one is in, or nothing, not even the lock. */
    private void reserve(VmaChains from, VmaChains to, @Nullable AnonVmaChain allocated, RwLock lock) {
        try {
            for (AnonVmaChain chain = from.oldest; chain != null; chain = chain.nextNewer) {
                chain.anonVma().tree.reserve();
            }
        } catch (AllocationRefusedException e) {
            for (AnonVmaChain chain = from.oldest; chain != null; chain = chain.nextNewer) {
                chain.anonVma().tree.unreserve();
            }
            lock.unlockWrite();
            freeAll(allocated);
            indexes.vmaUnlinked(to.id);
            throw e;
        }
    }

    /** As many chain entries as a VMA has, linked by {@code nextOlder}; all or none. */
    private @Nullable AnonVmaChain allocateFor(VmaChains from, VmaChains to) {
        AnonVmaChain allocated = null;
        for (AnonVmaChain chain = from.oldest; chain != null; chain = chain.nextNewer) {
            AnonVmaChain fresh;
            try {
                fresh = chains.allocate();
            } catch (AllocationRefusedException e) {
                freeAll(allocated);
                indexes.vmaUnlinked(to.id);
                throw e;
            }
            fresh.nextOlder = allocated;
            allocated = fresh;
        }
        return allocated;
    }

    private void freeAll(@Nullable AnonVmaChain first) {
        AnonVmaChain chain = first;
        while (chain != null) {
            AnonVmaChain next = chain.nextOlder;
            chains.free(chain);
            chain = next;
        }
    }

    /** In which order a clone goes through the chain of its source; what it links last comes first in the copy's. */
    private enum CloneOrder {
        /** The copy's chain has the same order. */
        OLDEST_FIRST {
            @Override
            @Nullable
            AnonVmaChain first(VmaChains chains) {
                return chains.oldest;
            }

            @Override
            @Nullable
            AnonVmaChain next(AnonVmaChain chain) {
                return chain.nextNewer;
            }
        },
        /** The copy's chain has the opposite order (since 7.0). */
        NEWEST_FIRST {
            @Override
            @Nullable
            AnonVmaChain first(VmaChains chains) {
                return chains.newest;
            }

            @Override
            @Nullable
            AnonVmaChain next(AnonVmaChain chain) {
                return chain.nextOlder;
            }
        };

        abstract @Nullable AnonVmaChain first(VmaChains chains);

        abstract @Nullable AnonVmaChain next(AnonVmaChain chain);
    }

    /** Links a VMA to all anon_vmas of another one. */
    private void linkAll(VmaChains from, Vma copy, VmaChains to, @Nullable AnonVmaChain allocated) {
        AnonVmaChain fresh = allocated;
        for (AnonVmaChain chain = order.first(from); chain != null; chain = order.next(chain)) {
            AnonVmaChain next = Objects.requireNonNull(fresh).nextOlder;
            link(copy, to, fresh, chain.anonVma());
            context.work(1);
            fresh = next;
        }
    }

    /** anon_vma_fork. */
    void fork(Vma parentVma, Vma childVma) {
        VmaChains from = chainsOf.get(parentVma);
        if (from == null) {
            return;
        }
        VmaChains to = new VmaChains(indexes.vmaForked(from.id));
        to.anonVma = rules.ownerBeforeChoice(from);
        AnonVmaChain fresh = allocateFor(from, to);
        RwLock lock = from.owner().rootLock();
        lock.lockWrite();
        reserve(from, to, fresh, lock);
        linkAll(from, childVma, to, fresh);
        AnonVma idle = idleAncestor(from);
        if (idle != null) {
            to.anonVma = idle;
            idle.numActiveVmas++;
        }
        lock.unlockWrite();
        chainsOf.set(childVma, to);
        if (idle != null) {
            reused.increment();
        } else {
            try {
                giveOwn(from.owner(), childVma, to);
            } catch (AllocationRefusedException e) {
                unlink(childVma);
                throw e;
            }
        }
    }

    /** The first linked anon_vma that the child may take over. */
    private @Nullable AnonVma idleAncestor(VmaChains from) {
        for (AnonVmaChain chain = order.first(from); chain != null; chain = order.next(chain)) {
            AnonVma ancestor = chain.anonVma();
            if (rules.mayReuse(ancestor, from)) {
                return ancestor;
            }
        }
        return null;
    }

    private void giveOwn(AnonVma parent, Vma childVma, VmaChains to) {
        AnonVma own = anonVmas.allocate();
        AnonVmaChain chain;
        own.initChild(parent);
        try {
            own.tree.reserve();
            chain = chains.allocate();
        } catch (AllocationRefusedException e) {
            own.tree.unreserve();
            anonVmas.free(own);
            throw e;
        }
        own.root().get();
        RwLock lock = own.rootLock();
        lock.lockWrite();
        to.anonVma = own;
        own.numActiveVmas++;
        parent.numChildren++;
        link(childVma, to, chain, own);
        lock.unlockWrite();
    }

    /** unlink_anon_vmas: anon_vmas that lose their last VMA are freed, but only outside of the lock. */
    void unlink(Vma vma) {
        VmaChains own = chainsOf.get(vma);
        if (own == null) {
            return;
        }
        AnonVmaChain emptied = null;
        AnonVmaChain newest = Objects.requireNonNull(own.newest);
        RwLock lock = newest.anonVma().rootLock();
        lock.lockWrite();
        AnonVmaChain chain = newest;
        while (chain != null) {
            AnonVmaChain next = chain.nextOlder;
            AnonVma anonVma = chain.anonVma();
            anonVma.tree.delete(chain);
            context.work(1);
            if (anonVma.tree.hasNoVmas()) {
                anonVma.parent().numChildren--;
                chain.nextOlder = emptied;
                emptied = chain;
            } else {
                chains.free(chain);
            }
            chain = next;
        }
        if (own.anonVma != null) {
            own.anonVma.numActiveVmas--;
        }
        chainsOf.set(vma, null);
        lock.unlockWrite();
        indexes.vmaUnlinked(own.id);
        freeEmptied(emptied);
    }

    private void freeEmptied(@Nullable AnonVmaChain first) {
        AnonVmaChain chain = first;
        while (chain != null) {
            AnonVmaChain next = chain.nextOlder;
            put(chain.anonVma());
            chains.free(chain);
            chain = next;
        }
    }

    /** get_anon_vma for somebody who keeps it beyond the life of its VMAs; false if it is being freed. */
    boolean hold(AnonVma anonVma) {
        boolean held = anonVma.getUnlessFree();
        if (held) {
            holds.increment();
        }
        return held;
    }

    /** Ends {@link #hold}. */
    void drop(AnonVma anonVma) {
        holds.decrement();
        put(anonVma);
    }

    /** References that neither VMAs nor descendants explain. */
    long holds() {
        return holds.sum();
    }

    /** put_anon_vma. */
    private void put(AnonVma anonVma) {
        AnonVma root = anonVma.root();
        if (anonVma.put()) {
            anonVmas.free(anonVma);
            if (root != anonVma && root.put()) {
                anonVmas.free(root);
            }
        }
    }

    /** anon_vma_interval_tree_pre_update_vma. */
    void removeFromTrees(Vma vma) {
        VmaChains own = chainsOf.get(vma);
        if (own != null) {
            for (AnonVmaChain chain = own.newest; chain != null; chain = chain.nextOlder) {
                chain.anonVma().tree.beforeChange(chain);
                context.work(1);
            }
        }
    }

    /** anon_vma_interval_tree_post_update_vma. */
    void insertIntoTrees(Vma vma) {
        VmaChains own = chainsOf.get(vma);
        if (own != null) {
            for (AnonVmaChain chain = own.newest; chain != null; chain = chain.nextOlder) {
                chain.anonVma().tree.afterChange(chain);
                context.work(1);
            }
        }
    }
}
