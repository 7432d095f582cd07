package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.EntryObserver;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.Slab;
import io.github.rmap4j.spi.SlabObject;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
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
    private final ThreadLocal<Deque<PteChain>> reserved = ThreadLocal.withInitial(ArrayDeque::new);

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

        void append(PteChain link) {
            links.put(++numbers, link);
        }

        PteChain remove(AddressSpace space, long address) {
            for (Map.Entry<Long, PteChain> entry : links.entrySet()) {
                PteChain link = entry.getValue();
                if (link.address == address && link.space == space) {
                    links.remove(entry.getKey());
                    return link;
                }
            }
            throw new IllegalStateException("no link for an entry that was mapped");
        }
    }

    /** What a link said when it was read. */
    private record Entry(long number, AddressSpace space, long address) {
        static Entry of(long number, PteChain link) {
            return new Entry(number, Objects.requireNonNull(link.space), link.address);
        }
    }

    private PteChainsStrategy(StrategyContext context) {
        chains = context.folioSlot(Chain.class);
        slab = context.slab("pte_chain", 16, PteChain::new);
        chainLocks = context.lockClass("pte_chain");
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
    public void folioMappedShared(Folio folio, Vma vma) {
        folioMapped(folio, vma);
    }

    @Override
    public void reserve(int entries) {
        Deque<PteChain> links = reserved.get();
        try {
            while (links.size() < entries) {
                links.push(slab.allocate());
            }
        } catch (AllocationRefusedException e) {
            release();
            throw e;
        }
    }

    @Override
    public void release() {
        Deque<PteChain> links = reserved.get();
        while (!links.isEmpty()) {
            slab.free(links.pop());
        }
    }

    @Override
    public void mapped(Vma vma, long address, Folio folio, int page) {
        PteChain link = reserved.get().pop();
        link.space = vma.addressSpace();
        link.address = address;
        Chain chain = chain(folio);
        chain.lock.lock();
        chain.append(link);
        chain.lock.unlock();
    }

    @Override
    public void unmapped(Vma vma, long address, Folio folio, int page) {
        Chain chain = chain(folio);
        chain.lock.lock();
        PteChain link = chain.remove(vma.addressSpace(), address);
        chain.lock.unlock();
        slab.free(link);
    }

    @Override
    public void folioReplaced(Folio source, Folio destination) {
        chains.set(destination, new Chain(chainLocks.newMutex()));
    }

    @Override
    public void replaced(Vma vma, long address, Folio from, int fromPage, Folio to, int toPage) {
        Chain chain = chain(from);
        chain.lock.lock();
        PteChain link = chain.remove(vma.addressSpace(), address);
        chain.lock.unlock();
        Chain next = chain(to);
        next.lock.lock();
        next.append(link);
        next.lock.unlock();
    }

    /** The link goes to the end: a walk that no longer finds the entry at its old place will come to the new one. */
    @Override
    public void moved(Vma source, long from, Vma destination, long to, Folio folio, int page) {
        Chain chain = chain(folio);
        chain.lock.lock();
        PteChain link = chain.remove(source.addressSpace(), from);
        link.address = to;
        chain.append(link);
        chain.lock.unlock();
    }

    /**
     * Copies that fork makes of entries still ahead are appended, so they are ahead, too. A walk may have to follow a
     * family whose members fork and exit while it looks.
     */
    @Override
    public WalkOutcome walk(FolioWalk walk) {
        Chain chain = chains.get(walk.folio());
        if (chain == null) {
            // The last mapping went away while the walk began.
            return WalkOutcome.COMPLETE;
        }
        for (Entry entry = entryAfter(0, chain); entry != null; entry = entryAfter(entry.number(), chain)) {
            walk.indexNode();
            if (!walk.candidate(entry.space(), entry.address())) {
                return WalkOutcome.STOPPED;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    /** Every entry is known, whatever made it. */
    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        return walk(walk);
    }

    private static @Nullable Entry entryAfter(long number, Chain chain) {
        chain.lock.lock();
        Map.Entry<Long, PteChain> next = chain.links.higherEntry(number);
        Entry entry = next == null ? null : Entry.of(next.getKey(), next.getValue());
        chain.lock.unlock();
        return entry;
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
}
