package io.github.rmap4j.cowctx;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import org.jspecify.annotations.Nullable;

/**
 * How far each faulted VMA is from where its pages were faulted first, in pages: page A of it has the index A - offset. Splits,
 * merges and resizes do not change it, mremap does. 0 for a VMA that was never moved, or moved home.
 *
 * <p>Indices are virtual page numbers also in private mappings of files (the anonymous page offset of the proposal): in file
 * offsets, pages of all files would collide.
 *
 * <p>Guarded by the mmap lock. First faults have it for reading: two of one VMA set the same offset.
 */
class VmaOffsets {
    private final Slot<Vma, Long> offsetOf;
    private final ContextTree contexts;
    private final CowCounters counters;

    VmaOffsets(StrategyContext context, ContextTree contexts, CowCounters counters) {
        this.offsetOf = context.vmaSlot(Long.class);
        this.contexts = contexts;
        this.counters = counters;
    }

    long of(Vma vma) {
        Long offset = offsetOf.get(vma);
        return offset == null ? 0 : offset;
    }

    /** By how many pages the range of a VMA is away from its page offsets (vm_start - vm_pgoff). */
    static long base(Vma vma) {
        return (vma.start() >> 12) - vma.pgoff();
    }

    /** The offset that pages of one VMA will have in another one, which continues its page offsets elsewhere. */
    long afterMove(Vma source, Vma destination) {
        return of(source) + base(destination) - base(source);
    }

    /** A VMA has an offset from now on that is published already. */
    void assign(Vma vma, long offset) {
        offsetOf.set(vma, offset == 0 ? null : (Long) offset);
    }

    /**
     * A VMA has an offset from now on, and pages of its range may be found there.
     *
     * @throws AllocationRefusedException if refused; nothing has changed
     */
    void set(Vma vma, long offset) {
        publish(vma, vma.start(), vma.end(), offset);
        assign(vma, offset);
    }

    /** Pages of a range may be found at the offset of a VMA that will cover it. */
    void publish(Vma vma, long start, long end, long offset) {
        if (offset != 0) {
            RemapTree remaps = contexts.of(vma.addressSpace()).remaps();
            counters.remaps.add(remaps.add((start >> 12) - offset, (end >> 12) - 1 - offset, offset));
        }
    }

    /** No entry is left in the range of a VMA, which goes away or is as good as new. */
    void retire(Vma vma) {
        retire(vma, vma.start(), vma.end(), of(vma));
        offsetOf.set(vma, null);
    }

    /** No entry is left in a range. */
    void retire(Vma vma, long start, long end, long offset) {
        if (offset != 0 && start < end) {
            RemapTree remaps = contexts.of(vma.addressSpace()).remaps();
            counters.remaps.add(remaps.remove((start >> 12) - offset, (end >> 12) - 1 - offset, offset));
        }
    }

    /** A VMA takes over a range that pages with an offset are in already. */
    void inherit(Vma vma, Vma from) {
        offsetOf.set(vma, offsetOf.get(from));
    }

    /** The VMA is no longer there; its pages are another one's. */
    void forget(@Nullable Vma vma) {
        if (vma != null) {
            offsetOf.set(vma, null);
        }
    }
}
