package io.github.rmap4j.lazy;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Links VMAs with anon_vmas and takes the links down again: the life of both kinds of objects. */
final class AnonVmaLinks {
    /** sizeof(struct anon_vma) is 96, but its slab slot is 104: the free pointer lies outside of the object. */
    private static final int ANON_VMA_BYTES = 104;

    private static final int ANON_VMA_CHAIN_BYTES = 64;

    private final StrategyContext context;
    private final LazyRules rules;
    private final LazyCounters counters;
    private final Slab<AnonVma> anonVmas;
    private final Slab<AnonVmaChain> chains;
    private final StrategyContext.LockClass lockClass;
    private final LongAdder holds = new LongAdder();

    AnonVmaLinks(StrategyContext context, LazyRules rules, LazyCounters counters) {
        this.context = context;
        this.rules = rules;
        this.counters = counters;
        this.anonVmas = context.slab("anon_vma", ANON_VMA_BYTES, AnonVma::new);
        this.chains = context.slab("anon_vma_chain", ANON_VMA_CHAIN_BYTES, AnonVmaChain::new);
        this.lockClass = context.lockClass("anon_vma");
    }

    /** An anon_vma that nobody knows yet, of a VMA that was never forked. Freed with {@link #put} if it is not used. */
    AnonVma newRoot() {
        AnonVma root = anonVmas.allocate();
        root.initRoot(lockClass.newRwLock());
        return root;
    }

    /** Like {@link #newRoot}, for a child; not yet counted at its parent. */
    AnonVma newChild(AnonVma parent) {
        AnonVma child = anonVmas.allocate();
        child.initChild(parent);
        child.root().get();
        return child;
    }

    /** As many chain entries as are asked for, in a list; all or none. */
    @Nullable
    AnonVmaChain allocateChains(int n) {
        AnonVmaChain list = null;
        for (int i = 0; i < n; i++) {
            AnonVmaChain fresh;
            try {
                fresh = chains.allocate();
            } catch (AllocationRefusedException e) {
                freeChains(list);
                throw e;
            }
            fresh.next = list;
            list = fresh;
        }
        return list;
    }

    void freeChains(@Nullable AnonVmaChain list) {
        AnonVmaChain chain = list;
        while (chain != null) {
            AnonVmaChain next = chain.next;
            chains.free(chain);
            chain = next;
        }
    }

    private static int length(AnonVmaTree tree) {
        int n = 0;
        for (AnonVmaChain chain = tree.oldest; chain != null; chain = chain.next) {
            n++;
        }
        return n;
    }

    /** anon_vma_chain_link. The root's lock is held for writing. */
    private void link(AnonVmaTree tree, AnonVmaChain chain, AnonVma anonVma) {
        chain.init(tree, anonVma);
        tree.append(chain);
        anonVma.tree.insert(chain);
        context.work(1);
    }

    /** anon_vma_clone: links a VMA to all that another one is linked to; with its own anon_vma if it has one. */
    void copy(AnonVmaTree from, AnonVmaTree to) {
        AnonVma any = Objects.requireNonNull(from.anyAnonVma());
        AnonVmaChain fresh = allocateChains(length(from));
        RwLock lock = any.rootLock();
        lock.lockWrite();
        linkAll(from, to, fresh);
        AnonVma own = from.anonVma();
        if (own != null) {
            own.activeVmas++;
            to.setAnonVma(own);
        }
        lock.unlockWrite();
    }

    /** Links a child's VMA to all that its parent's is linked to, and gives it no anon_vma. */
    void inherit(AnonVmaTree from, AnonVmaTree to) {
        AnonVma own = Objects.requireNonNull(from.anonVma());
        AnonVmaChain fresh = allocateChains(length(from));
        RwLock lock = own.rootLock();
        lock.lockWrite();
        linkAll(from, to, fresh);
        lock.unlockWrite();
    }

    private void linkAll(AnonVmaTree from, AnonVmaTree to, @Nullable AnonVmaChain allocated) {
        AnonVmaChain fresh = allocated;
        for (AnonVmaChain chain = from.oldest; chain != null; chain = chain.next) {
            AnonVmaChain unused = Objects.requireNonNull(fresh).next;
            link(to, fresh, chain.anonVma());
            fresh = unused;
        }
    }

    /** The VMA that takes a neighbour's anon_vma. Under page_table_lock, which makes sure that nobody else prepares it. */
    void share(AnonVmaTree tree, AnonVma anonVma, AnonVmaChain chain) {
        link(tree, chain, anonVma);
        anonVma.activeVmas++;
        tree.setAnonVma(anonVma);
    }

    /**
     * Gives all VMAs of a ring an ancestor's anon_vma that is idle. They are linked to it already.
     *
     * @return it, or null if none is idle
     */
    @Nullable
    AnonVma reuse(AnonVmaTree ring) {
        AnonVma parent = ring.parent;
        if (parent == null) {
            return null;
        }
        RwLock lock = parent.rootLock();
        lock.lockWrite();
        AnonVma idle = idleAncestor(ring);
        if (idle != null) {
            AnonVmaTree member = ring;
            do {
                idle.activeVmas++;
                member.setAnonVma(idle);
                counters.reused.increment();
                member = member.nextMember;
            } while (member != ring);
        }
        lock.unlockWrite();
        return idle;
    }

    private @Nullable AnonVma idleAncestor(AnonVmaTree tree) {
        for (AnonVmaChain chain = tree.oldest; chain != null; chain = chain.next) {
            if (rules.mayReuse(chain.anonVma(), tree.vma.addressSpace())) {
                return chain.anonVma();
            }
        }
        return null;
    }

    /** Gives all VMAs of a ring a new anon_vma; there is a chain entry for each. */
    void giveOwn(AnonVmaTree ring, AnonVma own, @Nullable AnonVmaChain allocated) {
        if (own.root() == own) {
            // Nobody knows it yet, or its lock.
            linkRing(ring, own, allocated);
        } else {
            RwLock lock = own.rootLock();
            lock.lockWrite();
            own.parent().children++;
            linkRing(ring, own, allocated);
            lock.unlockWrite();
        }
        AnonVmaTree member = ring;
        do {
            if (rules.upgradesWithFamily(ring, member)) {
                member.setAnonVma(own);
            }
            member = member.nextMember;
        } while (member != ring);
    }

    private void linkRing(AnonVmaTree ring, AnonVma own, @Nullable AnonVmaChain allocated) {
        AnonVmaChain fresh = allocated;
        AnonVmaTree member = ring;
        do {
            AnonVmaChain unused = Objects.requireNonNull(fresh).next;
            if (rules.upgradesWithFamily(ring, member)) {
                link(member, fresh, own);
                own.activeVmas++;
            } else {
                chains.free(fresh);
            }
            fresh = unused;
            member = member.nextMember;
        } while (member != ring);
    }

    /** unlink_anon_vmas: anon_vmas that lose their last VMA are freed, but only outside of the lock. */
    void unlink(AnonVmaTree tree) {
        AnonVmaChain chain = tree.oldest;
        if (chain == null) {
            return;
        }
        AnonVmaChain emptied = null;
        RwLock lock = chain.anonVma().rootLock();
        lock.lockWrite();
        while (chain != null) {
            AnonVmaChain next = chain.next;
            AnonVma anonVma = chain.anonVma();
            anonVma.tree.remove(chain);
            context.work(1);
            if (anonVma.tree.isEmpty()) {
                anonVma.parent().children--;
                chain.next = emptied;
                emptied = chain;
            } else {
                chains.free(chain);
            }
            chain = next;
        }
        AnonVma own = tree.anonVma();
        if (own != null) {
            own.activeVmas--;
        }
        tree.clearChain();
        lock.unlockWrite();
        while (emptied != null) {
            AnonVmaChain next = emptied.next;
            put(emptied.anonVma());
            chains.free(emptied);
            emptied = next;
        }
    }

    /** A reference for somebody who keeps it beyond the life of VMAs; false if the object is being freed. */
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

    /** References that neither VMAs nor roots nor descendants explain. */
    long holds() {
        return holds.sum();
    }

    /** put_anon_vma. */
    void put(AnonVma anonVma) {
        AnonVma root = anonVma.root();
        if (anonVma.put()) {
            anonVmas.free(anonVma);
            if (root != anonVma && root.put()) {
                anonVmas.free(root);
            }
        }
    }

    /** anon_vma_interval_tree_pre_update_vma. */
    void removeFromTrees(@Nullable AnonVmaTree tree) {
        if (tree != null) {
            for (AnonVmaChain chain = tree.oldest; chain != null; chain = chain.next) {
                chain.anonVma().tree.remove(chain);
                context.work(1);
            }
        }
    }

    /** anon_vma_interval_tree_post_update_vma. */
    void insertIntoTrees(@Nullable AnonVmaTree tree) {
        if (tree != null) {
            for (AnonVmaChain chain = tree.oldest; chain != null; chain = chain.next) {
                chain.anonVma().tree.insert(chain);
                context.work(1);
            }
        }
    }
}
