package io.github.rmap4j.api;

/**
 * A folio of anonymous memory: one page frame, or several that are managed as one.
 *
 * <p>All getters may be called from any thread and see a recent value. A freed folio never comes back.
 *
 * @since 0.1
 */
public interface Folio {
    /**
     * The number of its first page frame, given when it is first asked for. The page frames of a large folio have
     * consecutive numbers, which they keep when it is split. Never used for another page frame of the same manager.
     *
     * @return a positive number
     */
    long id();

    /**
     * Number of pages.
     *
     * @return 1 for a small folio, else a power of two
     */
    int pages();

    /**
     * How many page-table entries map page {@code page} (the precise per-page count of /proc/kpagecount).
     *
     * @param page page of this folio, from 0
     * @return the count
     */
    int mapcount(int page);

    /**
     * How many page-table entries map the folio (folio_mapcount).
     *
     * @return the sum over its pages
     */
    int mapcount();

    /**
     * Whether a page belongs to exactly one address space, which may write it without a copy (PageAnonExclusive).
     *
     * @param page page of this folio, from 0
     * @return the mark; implies a map count of 1
     */
    boolean isAnonExclusive(int page);

    /**
     * Position of the first page in the numbering that the reverse map searches (folio->index), in pages. Without
     * meaning for a folio that pages were merged into (KSM), whose mappings may be anywhere.
     *
     * @return the linear page index given at first mapping; mremap does not change it, UFFDIO_MOVE does
     */
    long index();

    /**
     * The content word of a page, without a fault.
     *
     * @param page page of this folio, from 0
     * @return what a process that maps the page would read
     */
    long content(int page);
}
