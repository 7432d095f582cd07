package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.EntryObserver;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.SlabObject;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The first reverse map of Linux (2.5): each folio has the list of the page-table entries that map it. Walks visit
 * nothing but hits; every fault, fork and exit pays for each entry, in time and in memory.
 */
public final class PteChainsStrategy implements RmapStrategy, EntryObserver {
    private final Slot<Folio, Chain> chains;
    private final Slab<PteChain> slab;
    private final StrategyContext.LockClass chainLocks;
    /**
     * Held by a walk for reading and around each run of entries that mremap moves for writing: an entry that moved
     * between being read from the chain and being looked at would be missed, or be reported at both places.
     */
    private final RwLock moves;

    /** Creates pte_chains strategies. */
    public static final class Provider implements RmapStrategyProvider {
        @Override
        public String name() {
            return "pte-chains";
        }

        @Override
        public String description() {
            return "Keeps one list of page-table entries per folio, as Linux 2.5 did.";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return new PteChainsStrategy(context);
        }
    }

    /** One link: a page-table entry. */
    private static final class PteChain extends SlabObject {
        private @Nullable AddressSpace space;
        private long address;

        @Override
        protected void poison() {
            space = null;
            address = -1;
        }
    }

    /** The links of one folio. The lock is taken inside page-table locks, so a walk must not hold it when it looks. */
    private static final class Chain {
        private final Mutex lock;
        /** By a number that only grows: a walk goes on behind the last link it saw, even if that one is gone. */
        private final TreeMap<Long, PteChain> links = new TreeMap<>();

        private long numbers;

        Chain(Mutex lock) {
            this.lock = lock;
        }

        @Nullable
        Entry after(long number) {
            lock.lock();
            try {
                Map.Entry<Long, PteChain> next = links.higherEntry(number);
                return next == null ? null : new Entry(next.getKey(), next.getValue().space, next.getValue().address);
            } finally {
                lock.unlock();
            }
        }
    }

    /** What a link said when it was read. */
    private record Entry(long number, AddressSpace space, long address) {}

    private PteChainsStrategy(StrategyContext context) {
        chains = context.folioSlot(Chain.class);
        slab = context.slab("pte_chain", 16, PteChain::new);
        chainLocks = context.lockClass("pte_chain");
        moves = context.lockClass("pte_chain_moves").newRwLock();
    }

    @Override
    public EntryObserver entryObserver() {
        return this;
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        chains.set(folio, new Chain(chainLocks.newMutex()));
    }

    @Override
    public void mapped(Vma vma, long address, Folio folio) {
        PteChain link = slab.allocate();
        link.space = vma.addressSpace();
        link.address = address;
        Chain chain = chain(folio);
        chain.lock.lock();
        chain.links.put(++chain.numbers, link);
        chain.lock.unlock();
    }

    @Override
    public void unmapped(Vma vma, long address, Folio folio) {
        Chain chain = chain(folio);
        chain.lock.lock();
        PteChain link = find(chain, vma.addressSpace(), address);
        chain.links.values().remove(link);
        chain.lock.unlock();
        slab.free(link);
    }

    @Override
    public void moved(Vma source, long from, Vma destination, long to, Folio folio) {
        Chain chain = chain(folio);
        chain.lock.lock();
        find(chain, source.addressSpace(), from).address = to;
        chain.lock.unlock();
    }

    @Override
    public void beginMove(PageMove move) {
        moves.lockWrite();
    }

    @Override
    public void endMove(PageMove move) {
        moves.unlockWrite();
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        if (walk.mode() == WalkMode.BLOCK) {
            moves.lockRead();
        } else if (!moves.tryLockRead()) {
            return WalkOutcome.CONTENDED;
        }
        try {
            Chain chain = chain(walk.folio());
            // Copies that fork makes of entries still ahead are appended, so they are ahead, too.
            for (Entry entry = chain.after(0); entry != null; entry = chain.after(entry.number())) {
                walk.indexNode();
                if (!walk.candidate(entry.space(), entry.address())) {
                    return WalkOutcome.STOPPED;
                }
            }
            return WalkOutcome.COMPLETE;
        } finally {
            moves.unlockRead();
        }
    }

    @Override
    public boolean mayMerge(MergeQuery query) {
        return true;
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        return true;
    }

    private Chain chain(Folio folio) {
        Chain chain = chains.get(folio);
        if (chain == null) {
            throw new IllegalStateException("a folio without a chain");
        }
        return chain;
    }

    private static PteChain find(Chain chain, AddressSpace space, long address) {
        for (PteChain link : chain.links.values()) {
            if (link.address == address && link.space == space) {
                return link;
            }
        }
        throw new IllegalStateException("no link for an entry that was mapped");
    }
}
