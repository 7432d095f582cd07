package io.github.rmap4j.cowctx;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.Slot;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a walk learns from the page tables of a child that it has entered in vain: which pages around the folio's the child
 * has inherited and may still map. Whatever is not present with an owner above, nor swapped out, nor migrating, will not be
 * inherited any more, so the answer stays true while everything else goes on.
 */
final class Survey {
    /** Entries to look at in each direction, so that it costs no more than a few walks. */
    private static final int ENTRIES = 1024;

    /** Where to begin if there is too much below the folio, in pages. */
    private static final int BELOW = 2 * ENTRIES;

    /** Beyond all indices. */
    private static final long END = 1L << 60;

    /** With more moved ranges it is not worth the effort to guess what a swapped-out page was. */
    private static final int RANGES = 16;

    private final FolioWalk walk;
    private final AddressSpace space;
    private final CowContext context;
    private final Slot<Folio, CowContext> ownerOf;
    /** Bits of inherited pages by block. */
    private final TreeMap<Long, Long> marks = new TreeMap<>();

    private int left;
    private int entries;
    private long reached;
    private boolean failed;

    Survey(FolioWalk walk, AddressSpace space, CowContext context, Slot<Folio, CowContext> ownerOf) {
        this.walk = walk;
        this.space = space;
        this.context = context;
        this.ownerOf = ownerOf;
    }

    /** How many entries were looked at. */
    int entries() {
        return entries;
    }

    /**
     * Looks around.
     *
     * @param known what is known already
     * @param mostBlocks how many blocks may be kept
     * @return what is known now, or null if nothing new
     */
    @Nullable
    Inheritance learn(Inheritance known, int mostBlocks) {
        int moves = walk.moves(space);
        long index = walk.index();
        long to = scan(index, MemoryManager.TASK_SIZE >> MemoryManager.PAGE_SHIFT, ENTRIES) ? END : reached;
        long from = 0;
        if (!scan(0, index, ENTRIES)) {
            from = Math.max(0, index - BELOW);
            scan(from, index, BELOW);
        }
        long first = from;
        boolean complete = context.remaps()
                .forEach(
                        first,
                        to,
                        (low, high, offset) ->
                                scan(Math.max(low, first) + offset, Math.min(high, to) + 1 + offset, ENTRIES));
        if (!complete || failed || walk.moves(space) != moves) {
            return null;
        }
        return summary(known, from, to, mostBlocks);
    }

    private boolean scan(long fromPage, long toPage, int most) {
        left = most;
        return walk.scan(space, fromPage << MemoryManager.PAGE_SHIFT, toPage << MemoryManager.PAGE_SHIFT, this::entry);
    }

    private boolean entry(long address, @Nullable Folio folio, int page) {
        entries++;
        reached = address >> MemoryManager.PAGE_SHIFT;
        if (folio == null) {
            swappedOut(reached);
        } else if (ownerOf.get(folio) != context) {
            mark(folio.index() + page);
        }
        return --left > 0;
    }

    /** Which page that was, nobody knows: any that may be here. */
    private void swappedOut(long page) {
        mark(page);
        int[] ranges = {0};
        boolean all = context.remaps().forEach(0, END, (low, high, offset) -> {
            if (low <= page - offset && page - offset <= high) {
                mark(page - offset);
            }
            return ++ranges[0] < RANGES;
        });
        failed |= !all;
    }

    private void mark(long index) {
        marks.merge(index >> Inheritance.BLOCK_SHIFT, 1L << index, (had, more) -> had | more);
    }

    private @Nullable Inheritance summary(Inheritance known, long from, long to, int mostBlocks) {
        long lowest = next(from);
        long highest = previous(to);
        boolean nothing = lowest > to || highest < from;
        long first = from > 0 ? known.first() : nothing ? to + 1 : lowest;
        long last = to < END ? known.last() : nothing ? from - 1 : highest;
        first = Math.max(first, known.first());
        last = Math.min(last, known.last());
        if (walk.lastIndex() < first || walk.index() > last) {
            return new Inheritance(first, last, known.from(), known.to(), known.blocks(), known.pages());
        }
        return around(first, last, from, to, mostBlocks);
    }

    /** Page by page, as far around the folio as there is room for blocks. */
    private @Nullable Inheritance around(long first, long last, long from, long to, int mostBlocks) {
        long low = walk.index();
        long high = walk.lastIndex();
        long before = previous(low - 1);
        long after = next(high + 1);
        if (next(low) <= high) {
            return null;
        }
        TreeMap<Long, Long> kept = new TreeMap<>();
        // Alternately on both sides, so that the folio is in the middle.
        boolean goOn = true;
        while (goOn) {
            goOn = false;
            if (before >= from && keep(before, kept, mostBlocks)) {
                before = previous((before >> Inheritance.BLOCK_SHIFT << Inheritance.BLOCK_SHIFT) - 1);
                goOn = true;
            }
            if (after <= to && keep(after, kept, mostBlocks)) {
                after = next(((after >> Inheritance.BLOCK_SHIFT) + 1) << Inheritance.BLOCK_SHIFT);
                goOn = true;
            }
        }
        return new Inheritance(
                first,
                last,
                Math.max(from, before + 1),
                Math.min(to, after - 1),
                kept.keySet().stream().mapToLong(Long::longValue).toArray(),
                kept.values().stream().mapToLong(Long::longValue).toArray());
    }

    private boolean keep(long index, TreeMap<Long, Long> kept, int mostBlocks) {
        long block = index >> Inheritance.BLOCK_SHIFT;
        if (!kept.containsKey(block) && kept.size() >= mostBlocks) {
            return false;
        }
        kept.put(block, marks.getOrDefault(block, 0L));
        return true;
    }

    /** The first marked index from one on, or the largest number. */
    private long next(long index) {
        Map.Entry<Long, Long> entry = marks.floorEntry(index >> Inheritance.BLOCK_SHIFT);
        if (entry != null && entry.getKey() == index >> Inheritance.BLOCK_SHIFT) {
            long bits = entry.getValue() & (-1L << index);
            if (bits != 0) {
                return (entry.getKey() << Inheritance.BLOCK_SHIFT) + Long.numberOfTrailingZeros(bits);
            }
        }
        entry = marks.higherEntry(index >> Inheritance.BLOCK_SHIFT);
        return entry == null
                ? Long.MAX_VALUE
                : (entry.getKey() << Inheritance.BLOCK_SHIFT) + Long.numberOfTrailingZeros(entry.getValue());
    }

    /** The last marked index up to one, or -1. */
    private long previous(long index) {
        if (index < 0) {
            return -1;
        }
        Map.Entry<Long, Long> entry = marks.floorEntry(index >> Inheritance.BLOCK_SHIFT);
        if (entry != null && entry.getKey() == index >> Inheritance.BLOCK_SHIFT) {
            long bits = entry.getValue() & (-1L >>> (Inheritance.BLOCK - 1 - (index & (Inheritance.BLOCK - 1))));
            if (bits != 0) {
                return (entry.getKey() << Inheritance.BLOCK_SHIFT)
                        + (Inheritance.BLOCK - 1 - Long.numberOfLeadingZeros(bits));
            }
            entry = marks.lowerEntry(entry.getKey());
        }
        return entry == null
                ? -1
                : (entry.getKey() << Inheritance.BLOCK_SHIFT)
                        + (Inheritance.BLOCK - 1 - Long.numberOfLeadingZeros(entry.getValue()));
    }
}
