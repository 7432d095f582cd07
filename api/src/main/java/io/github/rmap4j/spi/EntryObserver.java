package io.github.rmap4j.spi;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;

/**
 * Receives every change of a page-table entry that maps an anonymous folio, for strategies that keep track of entries
 * (pte_chains of Linux 2.5). Called under the page-table lock; may take locks of the strategy that nothing holds while
 * it takes a page-table lock. A strategy without an observer pays nothing.
 *
 * @since 0.1
 */
public interface EntryObserver {
    /**
     * An entry maps a folio now: after a fault, or in a child by fork.
     *
     * @param vma the VMA
     * @param address the page's address in bytes
     * @param folio the folio
     */
    void mapped(Vma vma, long address, Folio folio);

    /**
     * An entry no longer maps a folio.
     *
     * @param vma the VMA
     * @param address the page's address in bytes
     * @param folio the folio
     */
    void unmapped(Vma vma, long address, Folio folio);

    /**
     * mremap moved an entry.
     *
     * @param source the VMA it leaves
     * @param from the address it leaves, in bytes
     * @param destination the VMA it goes to
     * @param to the address it goes to, in bytes
     * @param folio the folio
     */
    void moved(Vma source, long from, Vma destination, long to, Folio folio);
}
