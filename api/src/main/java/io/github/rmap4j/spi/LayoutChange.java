package io.github.rmap4j.spi;

import io.github.rmap4j.api.Vma;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One atomic change of the ranges of VMAs of one address space (vma_prepare and vma_complete in mm/vma.c), announced in
 * four steps: {@link RmapStrategy#prepareChange} allocates and may be refused, {@link RmapStrategy#beginChange}, the
 * engine changes start, end and pgoff, {@link RmapStrategy#endChange}; or {@link RmapStrategy#abortChange} instead of
 * begin and end, which undoes prepare.
 *
 * <p>The mmap lock is held for writing from prepare to end or abort.
 *
 * @since 0.1
 */
public interface LayoutChange {
    /**
     * The VMA whose range changes.
     *
     * @return it; its fields are old before the change and new after it
     */
    Vma vma();

    /**
     * A second VMA whose range changes in the same step, because the boundary between the two moves.
     *
     * @return it, or null
     */
    @Nullable
    Vma adjacent();

    /**
     * The VMA that a split creates. It has its final range, but is not part of the layout, from prepare on.
     *
     * @return it, or null unless this is a split
     */
    @Nullable
    Vma created();

    /**
     * VMAs that are merged away. At the end they are no longer part of the layout.
     *
     * @return none, one or two VMAs
     */
    List<Vma> removed();

    /**
     * An unfaulted VMA that will cover the range of a faulted one and must take over its anonymous state in prepare
     * (dup_anon_vma).
     *
     * @return the VMA that becomes faulted, or null
     */
    @Nullable
    Vma heir();

    /**
     * The faulted VMA that {@link #heir()} takes over from: {@link #vma()}, {@link #adjacent()} or one of
     * {@link #removed()}; or, where an unfaulted VMA absorbs the destination of mremap, the VMA that pages will be
     * moved from, which is not part of this change.
     *
     * @return it; null if and only if there is no heir
     */
    @Nullable
    Vma inheritedFrom();

    /**
     * The range of {@link #vma()} after the change.
     *
     * @return its first byte
     */
    long newStart();

    /**
     * The range of {@link #vma()} after the change.
     *
     * @return its end in bytes, exclusive
     */
    long newEnd();

    /**
     * The page offset of {@link #vma()} after the change. Where exec relocates the stack it stays what it is, although the
     * VMA's start changes; otherwise the two change together.
     *
     * @return vm_pgoff, in pages
     */
    long newPgoff();
}
