package io.github.rmap4j.spi;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.Vma;

/**
 * Is told of the folios that fork maps in a child, for strategies that change the owner of a folio then
 * (folio_try_dup_anon_rmap_ptes). Cheaper than an {@link EntryObserver}: it chooses VMA by VMA, and nothing can be
 * refused.
 *
 * @since 0.1
 */
public interface ForkObserver {
    /**
     * Whether the entries of a VMA matter. Asked after {@link RmapStrategy#vmaForked}, before its entries are copied.
     *
     * @param parentVma the parent's VMA
     * @return true to be told of them
     */
    boolean observes(Vma parentVma);

    /**
     * An entry that maps a folio is being copied; swap and migration entries do not count. Once for an entry of 2 MiB.
     * The page-table locks of parent and child are held: only inner strategy locks may be taken. The folio lock is not
     * held: somebody may be walking the folio.
     *
     * @param parentVma the parent's VMA
     * @param folio the folio
     */
    void folioForked(Vma parentVma, Folio folio);

    /**
     * All entries of a VMA were copied.
     *
     * @param parentVma the parent's VMA
     */
    void entriesForked(Vma parentVma);
}
