package io.github.rmap4j.spi;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;

/**
 * Receives every change of a page-table entry that maps an anonymous folio, for strategies that keep track of entries
 * (pte_chains of Linux 2.5). Called under the page-table lock, except for {@link #reserve}: only inner strategy locks
 * may be taken ({@linkplain io.github.rmap4j.spi lock order}). A strategy without an observer pays nothing.
 *
 * @since 0.1
 */
public interface EntryObserver {
    /**
     * Entries are about to be mapped: allocates what {@link #mapped} will need, because it cannot be refused itself
     * (pte_chain_alloc). The mmap lock is held, but not by a KSM scan; page-table locks are not.
     *
     * @param entries how many calls of {@link #mapped} follow on this thread at most, until {@link #release}
     * @throws AllocationRefusedException if refused; keeps nothing then, and {@link #release} does not follow
     */
    default void reserve(int entries) {}

    /**
     * Gives back what is left of {@link #reserve}, on the same thread. A page-table lock may be held (pte_chain_free).
     */
    default void release() {}

    /**
     * An entry maps a folio now: after a fault, or in a child by fork. Always between {@link #reserve} and
     * {@link #release}.
     *
     * @param vma the VMA
     * @param address the page's address in bytes
     * @param folio the folio
     * @param page which page of the folio, from 0
     */
    void mapped(Vma vma, long address, Folio folio, int page);

    /**
     * An entry no longer maps a folio.
     *
     * @param vma the VMA
     * @param address the page's address in bytes
     * @param folio the folio
     * @param page which page of the folio, from 0
     */
    void unmapped(Vma vma, long address, Folio folio, int page);

    /**
     * An entry maps another folio now that was migrated there, or split off. Between the two it was a migration entry, for
     * which the observer is told of forks, moves and unmaps as if it still mapped the old folio. Must not fail.
     *
     * @param vma the VMA
     * @param address the page's address in bytes
     * @param from the old folio
     * @param fromPage which page of the old folio, from 0
     * @param to the new folio
     * @param toPage which page of the new folio, from 0
     */
    void replaced(Vma vma, long address, Folio from, int fromPage, Folio to, int toPage);

    /**
     * mremap moved an entry.
     *
     * @param source the VMA it leaves
     * @param from the address it leaves, in bytes
     * @param destination the VMA it goes to
     * @param to the address it goes to, in bytes
     * @param folio the folio
     * @param page which page of the folio, from 0
     */
    void moved(Vma source, long from, Vma destination, long to, Folio folio, int page);
}
