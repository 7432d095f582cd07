package io.github.rmap4j.cowctx;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioSlot;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.StrategyContext;
import io.github.rmap4j.spi.StrategyOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * CoW contexts: answers the engine's events. VMAs, splits and merges need nothing, but where a VMA was moved its offset
 * follows it.
 */
class CowContextStrategy implements RmapStrategy {
    /** Which numbers the pages of a private mapping of a file have. */
    enum Index {
        /** Where they were faulted (the anonymous page offset of the follow-on proposal). */
        ADDRESS,
        /** Where they are in the file, as in the proof of concept: pages of all files share the numbers from 0 on. */
        FILE
    }

    /** Where a folio names its context. */
    enum Pointer {
        /** In a word of its own ({@code folio->cow_context} of the proof of concept). */
        EXTRA_WORD,
        /** In {@code folio->mapping}, of which anonymous folios use nothing else. */
        MAPPING
    }

    /** struct list_head of the anon_vma_chains, which a VMA no longer has. */
    private static final int VMA_BYTES = -16;

    private static final int POINTER_BYTES = 8;

    final FolioSlot<CowContext> ownerOf;
    final CowCounters counters;
    final ContextTree contexts;
    final VmaOffsets offsets;
    private final Index index;

    CowContextStrategy(StrategyContext context, CowCounters counters, ContextTree contexts, Index index) {
        this(context, counters, contexts, new VmaOffsets(context, contexts, counters), index);
    }

    CowContextStrategy(
            StrategyContext context, CowCounters counters, ContextTree contexts, VmaOffsets offsets, Index index) {
        context.growVma(VMA_BYTES);
        this.ownerOf = context.folioSlot(CowContext.class);
        this.counters = counters;
        this.contexts = contexts;
        this.offsets = offsets;
        this.index = index;
    }

    /** As the author of the design intends it, with the choices that are open. */
    static CowContextStrategy asDesigned(StrategyContext context) {
        Index index = context.option(
                        "index",
                        "What the index of a page in a private mapping of a file is.",
                        Index.ADDRESS,
                        StrategyOption.Change.AT_CREATION)
                .value();
        Pointer pointer = context.option(
                        "pointer",
                        "Where a folio names its context.",
                        Pointer.EXTRA_WORD,
                        StrategyOption.Change.AT_CREATION)
                .value();
        if (pointer == Pointer.EXTRA_WORD) {
            context.growFolio(POINTER_BYTES);
        }
        CowCounters counters = new CowCounters(context);
        return new CowContextStrategy(context, counters, new ContextTree(context, counters), index);
    }

    @Override
    public long index(Vma vma, long address) {
        return (address >> 12) - offsets.of(vma);
    }

    @Override
    public void spaceCreated(AddressSpace space) {
        contexts.create(space);
    }

    /** Linked before anything is copied: a walk that comes by later finds the copies. */
    @Override
    public void forkBegin(AddressSpace parent, AddressSpace child) {
        contexts.adopt(parent, child);
    }

    @Override
    public void vmaForked(Vma parentVma, Vma childVma) {
        long offset = offsets.of(parentVma);
        if (offset != 0) {
            offsets.set(childVma, offset);
        }
    }

    @Override
    public void spaceExited(AddressSpace space) {
        contexts.exit(space);
    }

    @Override
    public void folioMapped(Folio folio, Vma vma) {
        ownerOf.set(folio, contexts.of(vma.addressSpace()));
    }

    /** Any process of the family may have a swap entry for it: only the oldest context is above them all. */
    @Override
    public void folioMappedShared(Folio folio, Vma vma) {
        ownerOf.set(folio, oldest(contexts.of(vma.addressSpace())));
    }

    static CowContext oldest(CowContext context) {
        CowContext oldest = context;
        for (CowContext parent = oldest.parent(); parent != null; parent = oldest.parent()) {
            oldest = parent;
        }
        return oldest;
    }

    @Override
    public void folioReused(Folio folio, Vma vma) {
        CowContext own = contexts.of(vma.addressSpace());
        if (ownerOf.get(folio) != own) {
            ownerOf.set(folio, own);
            counters.rehomed.increment();
        }
    }

    @Override
    public void folioMerged(Folio folio) {
        ownerOf.set(folio, null);
    }

    /** Whoever maps a folio is in the subtree of the folio's context, and keeps it. */
    @Override
    public @Nullable Object retain(Folio folio) {
        CowContext owner = held(folio);
        if (owner != null && folio.mapcount() == 0) {
            contexts.put(owner);
            return null;
        }
        return owner;
    }

    @Override
    public Object retain(Vma vma) {
        CowContext own = contexts.of(vma.addressSpace());
        own.get();
        return own;
    }

    @Override
    public void release(Object retained) {
        contexts.put((CowContext) retained);
    }

    /** The folio's context with a reference, or null if there is none any more. */
    final @Nullable CowContext held(Folio folio) {
        while (true) {
            CowContext owner = ownerOf.get(folio);
            if (owner == null) {
                return null;
            }
            if (owner.getUnlessFree()) {
                // What the folio names now was alive meanwhile, unless the last mapping has gone.
                if (ownerOf.get(folio) == owner) {
                    return owner;
                }
                contexts.put(owner);
            } else if (ownerOf.get(folio) == owner) {
                return null;
            }
        }
    }

    @Override
    public WalkOutcome walk(FolioWalk walk) {
        CowContext top = held(walk.folio());
        if (top == null) {
            return WalkOutcome.COMPLETE;
        }
        try {
            int mapcount = walk.folio().mapcount();
            if (mapcount == 0 && walk.purpose() != WalkPurpose.RESTORE) {
                return WalkOutcome.COMPLETE;
            }
            // The design's only shortcut: a folio that is mapped once has no other place.
            End end = mapcount == 1 ? End.WHEN_ALL_IS_FOUND : End.NOT_EARLY;
            return walkBelow(top, Descent.EVERYWHERE, context -> visit(walk, context, end));
        } finally {
            contexts.put(top);
        }
    }

    /** Looks at one context. */
    @FunctionalInterface
    interface Visit {
        /** What becomes of the walk. */
        enum Result {
            /** There may be more below. */
            GO_ON,
            /** There is nothing left to be found. */
            ALL_FOUND,
            /** The walk was ended. */
            STOPPED
        }

        Result at(CowContext context);
    }

    final WalkOutcome walkBelow(CowContext top, Descent descent, Visit visit) {
        top.get();
        for (CowContext at = top; at != null; at = contexts.next(at, top, descent)) {
            Visit.Result result = visit.at(at);
            if (result != Visit.Result.GO_ON) {
                contexts.put(at);
                return result == Visit.Result.ALL_FOUND ? WalkOutcome.COMPLETE : WalkOutcome.STOPPED;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    /** When a walk ends. */
    enum End {
        /** When every mapping is found, and nobody can have been missed. */
        WHEN_ALL_IS_FOUND,
        /** When it has been everywhere. */
        NOT_EARLY
    }

    final Visit.Result visit(FolioWalk walk, CowContext context, End end) {
        AddressSpace space = context.space();
        if (space == null) {
            return Visit.Result.GO_ON;
        }
        walk.context();
        long before = walk.hits();
        int moves = walk.moves(space);
        while (true) {
            Visit.Result result = probe(walk, space, context, end);
            if (result != Visit.Result.GO_ON) {
                return result;
            }
            int now = walk.moves(space);
            if (now == moves) {
                if (walk.hits() == before) {
                    counters.falseContexts.increment();
                }
                return Visit.Result.GO_ON;
            }
            // Pages may have gone from a place that was still to come to one that was looked at.
            moves = now;
            counters.rewalks.increment();
        }
    }

    private Visit.Result probe(FolioWalk walk, AddressSpace space, CowContext context, End end) {
        counters.probes.increment();
        Visit.Result result = probe(walk, space, 0, end);
        long[] moved = context.remaps().offsets(walk.index(), walk.lastIndex());
        for (int i = 0; moved != null && i < moved.length && result == Visit.Result.GO_ON; i++) {
            counters.remapProbes.increment();
            walk.indexNode();
            result = probe(walk, space, moved[i], end);
        }
        return result;
    }

    private static Visit.Result probe(FolioWalk walk, AddressSpace space, long offset, End end) {
        long before = walk.hits();
        if (!walk.candidate(space, (walk.index() + offset) << 12)) {
            return Visit.Result.STOPPED;
        }
        boolean all = end == End.WHEN_ALL_IS_FOUND && walk.hits() > before && walk.allFound();
        return all ? Visit.Result.ALL_FOUND : Visit.Result.GO_ON;
    }

    /** Merged pages stay where they are: mremap undoes the merge first. */
    @Override
    public WalkOutcome walkKsm(FolioWalk walk, Iterable<? extends KsmItem> items) {
        for (KsmItem item : items) {
            WalkOutcome outcome = walkBelow((CowContext) item.retained(), Descent.EVERYWHERE, context -> {
                AddressSpace space = context.space();
                if (space != null) {
                    walk.context();
                }
                return space == null || walk.candidate(space, item.address())
                        ? Visit.Result.GO_ON
                        : Visit.Result.STOPPED;
            });
            if (outcome != WalkOutcome.COMPLETE) {
                return outcome;
            }
        }
        return WalkOutcome.COMPLETE;
    }

    /** Page offsets are contiguous; in a file, the distance to where the pages were faulted must be the same, too. */
    @Override
    public boolean mayMerge(MergeQuery query) {
        Vma source = query.source();
        Vma target = query.target();
        if (source == null || !source.isFaulted() || !target.isFaulted()) {
            return true;
        }
        long offset =
                query.origin() == MergeQuery.Origin.COPIED ? offsets.afterMove(source, target) : offsets.of(source);
        boolean may = offset == offsets.of(target);
        if (may && source != target) {
            counters.merges.increment();
        }
        return may;
    }

    @Override
    public boolean mayUnite(Vma previous, Vma next) {
        return !previous.isFaulted() || !next.isFaulted() || offsets.of(previous) == offsets.of(next);
    }

    @Override
    public void prepare(PrepareRequest request) {
        Vma vma = request.vma();
        long offset = vma.isAnonymous() || index == Index.FILE ? VmaOffsets.base(vma) : 0;
        if (offset != 0) {
            offsets.set(vma, offset);
        }
    }

    @Override
    public void prepareChange(LayoutChange change) {
        Vma vma = change.vma();
        Vma created = change.created();
        if (created != null) {
            offsets.inherit(created, vma);
        }
        Vma heir = change.heir();
        Vma from = change.inheritedFrom();
        Vma adjacent = change.adjacent();
        if (heir != null && from != null) {
            long offset = isPartOf(change, from) ? offsets.of(from) : offsets.afterMove(from, heir);
            offsets.publish(heir, heirStart(change, heir), heirEnd(change, heir), offset);
            offsets.assign(heir, offset);
        } else if (vma.isFaulted()) {
            offsets.publish(vma, change.newStart(), change.newEnd(), newOffset(change));
        } else if (adjacent != null && adjacent.isFaulted() && change.newEnd() < vma.end()) {
            // The upper part of an unfaulted VMA goes to the one above.
            offsets.publish(adjacent, change.newEnd(), adjacent.end(), offsets.of(adjacent));
        }
    }

    private static long heirStart(LayoutChange change, Vma heir) {
        return Math.min(change.newStart(), heir.start());
    }

    private static long heirEnd(LayoutChange change, Vma heir) {
        return Math.max(change.newEnd(), heir.end());
    }

    private static boolean isPartOf(LayoutChange change, Vma vma) {
        return vma == change.vma()
                || vma == change.adjacent()
                || change.removed().contains(vma);
    }

    /** Only exec moves a VMA and keeps its page offset. */
    private long newOffset(LayoutChange change) {
        Vma vma = change.vma();
        long moved = (change.newStart() >> 12) - change.newPgoff() - VmaOffsets.base(vma);
        return offsets.of(vma) + (change.created() == null ? moved : 0);
    }

    @Override
    public void abortChange(LayoutChange change) {
        offsets.forget(change.created());
        Vma heir = change.heir();
        Vma from = change.inheritedFrom();
        if (heir != null && from != null) {
            long offset = offsets.of(heir);
            long start = heirStart(change, heir);
            long end = heirEnd(change, heir);
            if (isPartOf(change, from)) {
                // Its pages have had that offset before.
                offsets.retire(heir, start, Math.max(start, from.start()), offset);
                offsets.retire(heir, Math.min(end, from.end()), end, offset);
            } else {
                offsets.retire(heir, start, end, offset);
            }
            offsets.forget(heir);
        } else if (change.vma().isFaulted() && change.created() == null) {
            Vma vma = change.vma();
            offsets.retire(vma, change.newStart(), vma.start(), newOffset(change));
            offsets.retire(vma, vma.end(), change.newEnd(), newOffset(change));
        }
    }

    @Override
    public void beginChange(LayoutChange change) {
        Vma vma = change.vma();
        if (vma.isFaulted() && change.adjacent() == null && change.created() == null) {
            long offset = offsets.of(vma);
            if (change.newStart() > vma.start()) {
                offsets.retire(vma, vma.start(), change.newStart(), offset);
            }
            if (change.newEnd() < vma.end()) {
                offsets.retire(vma, change.newEnd(), vma.end(), offset);
            }
            offsets.assign(vma, newOffset(change));
        }
    }

    @Override
    public void endChange(LayoutChange change) {
        change.removed().forEach(offsets::forget);
    }

    @Override
    public void vmaCopied(Vma source, Vma copy) {
        if (source.isFaulted()) {
            offsets.set(copy, offsets.afterMove(source, copy));
        }
    }

    @Override
    public void vmaUnlinked(Vma vma) {
        offsets.retire(vma);
    }

    /** The invariant, entry by entry. */
    @Override
    public void verify(Iterable<AddressSpace> spaces) {
        for (AddressSpace space : spaces) {
            CowContext own = contexts.of(space);
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                Folio folio = entry.folio();
                CowContext owner = folio == null ? null : ownerOf.get(folio);
                if (folio != null && owner != null) {
                    check(isAbove(owner, own), "a folio names a context that is not above that of " + space);
                    long index = folio.index() + entry.page();
                    long offset = (entry.address() >> 12) - index;
                    check(
                            offset == 0 || contains(own.remaps().offsets(index, index), offset),
                            "page " + Long.toHexString(entry.address()) + " of " + space + " was moved by " + offset
                                    + " pages, which its context does not know");
                }
            });
        }
    }

    static boolean isAbove(CowContext above, CowContext below) {
        CowContext at = below;
        while (at != null && at != above) {
            at = at.parent();
        }
        return at == above;
    }

    private static boolean contains(long @Nullable [] offsets, long offset) {
        return offsets != null && Arrays.binarySearch(offsets, offset) >= 0;
    }

    static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalStateException("cowctx: " + violation);
        }
    }
}
