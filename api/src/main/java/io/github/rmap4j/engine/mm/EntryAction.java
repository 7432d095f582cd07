package io.github.rmap4j.engine.mm;

import io.github.rmap4j.engine.page.PteTable;

/** Does something to an entry that maps a folio (rmap_walk_control.rmap_one). */
@FunctionalInterface
public interface EntryAction {
    /**
     * One entry. The folio is locked, and so is the table.
     *
     * @param vma the VMA
     * @param address the page's address in bytes
     * @param table the table
     * @param i the entry's index
     * @return false to end the walk
     */
    boolean apply(VmaImpl vma, long address, PteTable table, int i);

    /**
     * An entry that maps a folio of 512 pages at once. By default it is split, and every page done by itself
     * (TTU_SPLIT_HUGE_PMD).
     *
     * @param vma the VMA
     * @param address the first page's address in bytes
     * @param table the table
     * @return false to end the walk
     */
    default boolean applyHuge(VmaImpl vma, long address, PteTable table) {
        table.splitHuge();
        for (int i = 0; i < PteTable.ENTRIES; i++) {
            if (!apply(vma, address + ((long) i << Mm.PAGE_SHIFT), table, i)) {
                return false;
            }
        }
        return true;
    }
}
