package io.github.rmap4j.api;

import org.jspecify.annotations.Nullable;

/**
 * Receives the page-table entries of a range, see {@link AddressSpace#forEachPage}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface PageVisitor {
    /** What a page-table entry holds. */
    enum Kind {
        /** A page of an anonymous folio. */
        ANON,
        /** The shared zero page. */
        ZERO,
        /** A page of a mapped file. */
        FILE,
        /** A guard marker (MADV_GUARD_INSTALL). */
        GUARD
    }

    /**
     * One entry that is not empty.
     *
     * @param address the page's address in bytes
     * @param kind what the entry holds
     * @param folio the folio for {@link Kind#ANON}, otherwise null
     * @param page which page of the folio, from 0; 0 without a folio
     * @param writable whether the entry lets a process write without a fault
     */
    void visit(long address, Kind kind, @Nullable Folio folio, int page, boolean writable);
}
