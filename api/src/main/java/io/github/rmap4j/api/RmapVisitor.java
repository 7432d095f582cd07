package io.github.rmap4j.api;

/**
 * Receives what a reverse-map walk finds (rmap_walk_control.rmap_one).
 *
 * <p>Called without any page-table lock, so it may block; but the folio is locked and the strategy may hold its own
 * locks for reading. So it must not use an address space in a way that takes its mmap lock (changes and faults, but also
 * {@link AddressSpace#vmas} and {@link AddressSpace#forEachPage}), and it must not start another walk: two threads that did
 * so could each wait for the other's folio.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RmapVisitor {
    /**
     * A page of the folio, or a run of consecutive ones at consecutive addresses: called once for each run, not for
     * each page. A run lies in one VMA and one page table (2 MiB).
     *
     * @param vma the area through which they are mapped; since nothing holds the layout still, it may have been
     *     changed, unmapped or merged away meanwhile ({@link Vma#isAttached})
     * @param address address in bytes of the first of them
     * @return true to go on, false to stop the walk
     */
    boolean visit(Vma vma, long address);

    /**
     * The same, for a visitor that wants to know which pages of a large folio they are. No page of an address space is
     * reported twice by one walk.
     *
     * @param vma the area through which they are mapped, or were a moment ago
     * @param address address in bytes of the first of them
     * @param page the first of them, counted from the folio's first page, 0
     * @param pages how many they are
     * @return true to go on, false to stop the walk
     */
    default boolean visit(Vma vma, long address, int page, int pages) {
        return visit(vma, address);
    }
}
