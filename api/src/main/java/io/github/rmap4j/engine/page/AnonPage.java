package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageEntry;

/**
 * A page of anonymous memory, as page-table entries refer to it (struct page). The page of a small folio is the folio
 * itself.
 */
public abstract sealed class AnonPage extends PteTarget permits FolioImpl, LargePage {
    AnonPage() {}

    @Override
    public final PageEntry.Kind kind() {
        return PageEntry.Kind.ANON;
    }

    /**
     * The folio it belongs to (page_folio).
     *
     * @return the folio
     */
    public abstract FolioImpl folio();

    /**
     * Which page of its folio this is.
     *
     * @return from 0
     */
    public abstract int pageIndex();

    /**
     * The content word. The caller holds the page-table lock of a mapping.
     *
     * @return the word
     */
    public abstract long content();

    /**
     * Stores the content word. The caller holds the page-table lock of the mapping, which is writable.
     *
     * @param word the word
     */
    public abstract void setContent(long word);

    /**
     * PageAnonExclusive.
     *
     * @return the mark
     */
    public abstract boolean isAnonExclusive();

    /** Grants exclusivity. The caller holds the page-table lock of the only mapping of this page. */
    public abstract void setAnonExclusive();

    /**
     * One more mapping, by fork: nobody is exclusive any more. The caller holds the page-table lock of a mapping.
     *
     * @param space number of the child's address space
     */
    public abstract void shareForFork(int space);

    /**
     * One more mapping, of a folio that is locked and was mapped before, or is known to nobody else.
     *
     * @param space number of the address space that maps it
     */
    public abstract void map(int space);

    /**
     * One mapping less. The caller holds the page-table lock of that mapping and removes it.
     *
     * @param space number of the address space that mapped it
     * @return true if it was the last of the folio
     */
    public abstract boolean unmap(int space);
}
