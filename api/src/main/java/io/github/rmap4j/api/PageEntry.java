package io.github.rmap4j.api;

import org.jspecify.annotations.Nullable;

/**
 * A page-table entry that is not empty, as it was when it was looked at.
 *
 * @since 0.1
 */
public interface PageEntry {
    /** What a page-table entry holds. */
    enum Kind {
        /** A page of an anonymous folio. */
        ANON,
        /** A swap entry: the page's content is in a swap slot. */
        SWAP,
        /** A migration entry: the page is on its way to another folio. Seen only while another thread migrates it. */
        MIGRATION,
        /** The shared zero page. */
        ZERO,
        /** A page of a mapped file. */
        FILE,
        /** A guard marker (MADV_GUARD_INSTALL). */
        GUARD,
        /** What is left of a page that had a hardware error: every access fails. */
        POISONED
    }

    /**
     * Where it is.
     *
     * @return the page's address in bytes
     */
    long address();

    /**
     * What it holds.
     *
     * @return the kind
     */
    Kind kind();

    /**
     * The folio that is mapped.
     *
     * @return the folio for {@link Kind#ANON}, otherwise null
     */
    @Nullable
    Folio folio();

    /**
     * Which page of the folio is mapped.
     *
     * @return from 0; 0 without a folio
     */
    int page();

    /**
     * The content word of the page, without a fault.
     *
     * @return what a process would read, for {@link Kind#ANON}, {@link Kind#SWAP} and {@link Kind#MIGRATION}; otherwise 0
     */
    long content();

    /**
     * Whether the entry lets a process write without a fault.
     *
     * @return the write bit
     */
    boolean isWritable();

    /**
     * The swap slot.
     *
     * @return its number for {@link Kind#SWAP}, from 0, otherwise -1
     */
    long swapSlot();

    /**
     * Whether the page of a swap entry will belong to its process alone again (pte_swp_exclusive).
     *
     * @return the mark for {@link Kind#SWAP}, otherwise false
     */
    boolean isSwapExclusive();
}
