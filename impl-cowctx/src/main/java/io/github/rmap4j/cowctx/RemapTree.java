package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Mutex;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * By how much pages of a space were moved (remap_mt): for ranges of indices, the offsets at which pages with these indices
 * may be now, in pages. An offset of 0 is never here: it is always looked at.
 *
 * <p>Written under a lock, read without. Every change keeps what was there before visible until what takes its place is
 * there, so a reader finds too much at worst.
 */
class RemapTree {
    /** Offsets of the indices from a key on; sorted, none twice. Never changes. */
    private record Range(long last, long[] offsets) {}

    private final ConcurrentSkipListMap<Long, Range> ranges = new ConcurrentSkipListMap<>();
    private final RemapNodes.Account nodes;
    private final Mutex lock;
    private volatile boolean everUsed;

    RemapTree(RemapNodes nodes, Mutex lock) {
        this.nodes = nodes.account();
        this.lock = lock;
    }

    int size() {
        return everUsed ? ranges.size() : 0;
    }

    /**
     * Pages of these indices may be found at an offset from now on.
     *
     * @param first first index
     * @param last last index, inclusive
     * @param offset in pages, not 0
     * @return how many ranges there are more
     * @throws AllocationRefusedException if refused; nothing has changed
     */
    int add(long first, long last, long offset) {
        lock.lock();
        try {
            if (covers(first, last, offset)) {
                return 0;
            }
            int before = ranges.size();
            // A range in the middle of another one makes three of it, and one beside each gap.
            nodes.reserve(ranges.size() + 2 + overlapping(first, last));
            everUsed = true;
            splitAt(first);
            splitAt(last + 1);
            long at = first;
            while (at <= last) {
                Map.Entry<Long, Range> next = ranges.ceilingEntry(at);
                if (next == null || next.getKey() > last) {
                    ranges.put(at, new Range(last, new long[] {offset}));
                    break;
                }
                if (next.getKey() > at) {
                    ranges.put(at, new Range(next.getKey() - 1, new long[] {offset}));
                }
                Range there = next.getValue();
                ranges.put(next.getKey(), new Range(there.last, with(there.offsets, offset)));
                at = there.last + 1;
            }
            join(first - 1, last + 1);
            return ranges.size() - before;
        } finally {
            nodes.shrinkTo(ranges.size());
            lock.unlock();
        }
    }

    private boolean covers(long first, long last, long offset) {
        Map.Entry<Long, Range> entry = ranges.floorEntry(first);
        while (entry != null && entry.getValue().last >= first) {
            Range range = entry.getValue();
            if (Arrays.binarySearch(range.offsets, offset) < 0) {
                return false;
            }
            if (range.last >= last) {
                return true;
            }
            Range next = ranges.get(range.last + 1);
            entry = next == null ? null : Map.entry(range.last + 1, next);
        }
        return false;
    }

    private int overlapping(long first, long last) {
        Map.Entry<Long, Range> before = ranges.floorEntry(first);
        int n = before != null && before.getValue().last >= first ? 1 : 0;
        return n + ranges.subMap(first, false, last, true).size();
    }

    /**
     * No page of these indices is at an offset any more. Cannot fail: the node that a range cut in two may need more is
     * accounted with the next change.
     *
     * @return how many ranges there are more
     */
    int remove(long first, long last, long offset) {
        if (!everUsed) {
            return 0;
        }
        lock.lock();
        try {
            int before = ranges.size();
            splitAt(first);
            splitAt(last + 1);
            for (Map.Entry<Long, Range> entry :
                    ranges.subMap(first, true, last, true).entrySet()) {
                long[] left = without(entry.getValue().offsets, offset);
                if (left.length == 0) {
                    ranges.remove(entry.getKey());
                } else {
                    ranges.put(entry.getKey(), new Range(entry.getValue().last, left));
                }
            }
            join(first - 1, last + 1);
            return ranges.size() - before;
        } finally {
            nodes.shrinkTo(ranges.size());
            lock.unlock();
        }
    }

    /** Makes a range end before an index, and another one with the same offsets begin there. */
    private void splitAt(long index) {
        Map.Entry<Long, Range> entry = ranges.lowerEntry(index);
        if (entry != null && entry.getValue().last >= index) {
            // The second half first: a reader may see it twice, but never not at all.
            ranges.put(index, new Range(entry.getValue().last, entry.getValue().offsets));
            ranges.put(entry.getKey(), new Range(index - 1, entry.getValue().offsets));
        }
    }

    /** Makes neighbours with equal offsets one, so that moving to and fro does not leave a range for each step. */
    private void join(long from, long to) {
        Map.Entry<Long, Range> entry = ranges.floorEntry(from);
        if (entry == null) {
            entry = ranges.ceilingEntry(from);
        }
        while (entry != null && entry.getKey() <= to) {
            Range range = entry.getValue();
            Range next = ranges.get(range.last + 1);
            if (next != null && Arrays.equals(range.offsets, next.offsets)) {
                Range joined = new Range(next.last, range.offsets);
                ranges.put(entry.getKey(), joined);
                ranges.remove(range.last + 1);
                entry = Map.entry(entry.getKey(), joined);
            } else {
                entry = ranges.higherEntry(entry.getKey());
            }
        }
    }

    /** Offsets with one more. Makes a new array: readers may have the old one. */
    long[] with(long[] offsets, long offset) {
        int at = Arrays.binarySearch(offsets, offset);
        if (at >= 0) {
            return offsets;
        }
        int place = -at - 1;
        long[] more = new long[offsets.length + 1];
        System.arraycopy(offsets, 0, more, 0, place);
        more[place] = offset;
        System.arraycopy(offsets, place, more, place + 1, offsets.length - place);
        return more;
    }

    /** Offsets with one less. Makes a new array: readers may have the old one. */
    long[] without(long[] offsets, long offset) {
        return Arrays.stream(offsets).filter(other -> other != offset).toArray();
    }

    /** Is told of ranges that were moved. */
    @FunctionalInterface
    interface RangeVisitor {
        /** Pages from the first index to the last, inclusive, may be at an offset; false to hear of no more. */
        boolean moved(long first, long last, long offset);
    }

    /**
     * Visits what there is of some indices, in ascending order; of ranges that change meanwhile some indices twice. False if the
     * visitor ended it.
     */
    boolean forEach(long first, long last, RangeVisitor visitor) {
        if (!everUsed) {
            return true;
        }
        long at = first;
        while (at <= last) {
            // By index, not from node to node: the range that was read last may have become one with the next
            // meanwhile, and
            // the part that was not read yet lies in it.
            Map.Entry<Long, Range> entry = covering(at);
            if (entry == null) {
                entry = ranges.higherEntry(at);
            }
            if (entry == null || entry.getKey() > last) {
                return true;
            }
            Range range = entry.getValue();
            for (long offset : range.offsets) {
                if (!visitor.moved(entry.getKey(), range.last, offset)) {
                    return false;
                }
            }
            at = range.last + 1;
        }
        return true;
    }

    /**
     * The offsets of some indices.
     *
     * @param first first index
     * @param last last index, inclusive
     * @return each offset once, or null if there is none
     */
    long @Nullable [] offsets(long first, long last) {
        if (!everUsed) {
            return null;
        }
        long[] found = null;
        Map.Entry<Long, Range> entry = covering(first);
        if (entry == null) {
            entry = ranges.higherEntry(first);
        }
        while (entry != null && entry.getKey() <= last) {
            for (long offset : entry.getValue().offsets) {
                found = found == null ? new long[] {offset} : with(found, offset);
            }
            entry = ranges.higherEntry(entry.getKey());
        }
        return found;
    }

    /** The range that an index is in, or null. */
    private Map.@Nullable Entry<Long, Range> covering(long index) {
        Map.Entry<Long, Range> entry = ranges.floorEntry(index);
        while (entry != null && entry.getValue().last < index) {
            // It may have been split between its key and its value: then the part with the index is there by now.
            Map.Entry<Long, Range> again = ranges.floorEntry(index);
            if (again == null || again.getKey().equals(entry.getKey()) && again.getValue().last < index) {
                return null;
            }
            entry = again;
        }
        return entry;
    }

    /** Forgets everything: the context is freed. */
    void clear() {
        if (everUsed) {
            ranges.clear();
            nodes.shrinkTo(0);
        }
    }
}
