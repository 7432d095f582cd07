package io.github.rmap4j.spi;

import io.github.rmap4j.api.Vma;

/**
 * A run of page-table entries that mremap moves (move_page_tables works in runs of at most one page table).
 *
 * @since 0.1
 */
public interface PageMove {
    /**
     * The VMA that entries leave.
     *
     * @return the source
     */
    Vma source();

    /**
     * The VMA that entries go to; may be the source when exec moves the stack or a VMA is moved next to itself.
     *
     * @return the destination
     */
    Vma destination();

    /**
     * Whether the destination is a VMA that existed before and absorbed the new range, not a copy made for this move.
     *
     * @return true after a merge
     */
    boolean mergedIntoDestination();

    /**
     * First address that is left.
     *
     * @return bytes, page-aligned
     */
    long from();

    /**
     * First address that is gone to.
     *
     * @return bytes, page-aligned
     */
    long to();

    /**
     * Length of the run.
     *
     * @return bytes, a multiple of the page size
     */
    long length();
}
