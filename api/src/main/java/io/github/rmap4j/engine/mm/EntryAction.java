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
}
