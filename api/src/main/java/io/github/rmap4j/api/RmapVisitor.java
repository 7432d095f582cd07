package io.github.rmap4j.api;

/**
 * Receives what a reverse-map walk finds (rmap_walk_control.rmap_one).
 *
 * <p>Called without any page-table lock, so it may block; but the folio is locked and the strategy may hold its own
 * locks for reading. So it must not change the layout of an address space, and it must not start another walk: two
 * threads that did so could each wait for the other's folio.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RmapVisitor {
    /**
     * One mapping.
     *
     * @param vma the area through which the folio is mapped
     * @param address address in bytes at which its first page covered by {@code vma} is mapped
     * @return true to go on, false to stop the walk
     */
    boolean visit(Vma vma, long address);
}
