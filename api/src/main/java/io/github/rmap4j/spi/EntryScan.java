package io.github.rmap4j.spi;

import io.github.rmap4j.api.Folio;
import org.jspecify.annotations.Nullable;

/**
 * Is told what the page tables of a range hold ({@link FolioWalk#scan}). No page-table lock is held.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface EntryScan {
    /**
     * An entry of an anonymous page, as it was a moment ago.
     *
     * @param address the page's address in bytes
     * @param folio what it maps, or will map again after a migration; null for a page that is swapped out
     * @param page which page of the folio, from 0
     * @return true to go on with the next entry, false to end the scan
     */
    boolean entry(long address, @Nullable Folio folio, int page);
}
