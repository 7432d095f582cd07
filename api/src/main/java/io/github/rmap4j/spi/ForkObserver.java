package io.github.rmap4j.spi;

/**
 * Is told of the folios that fork maps in a child, for strategies that change the owner of a folio then
 * (folio_try_dup_anon_rmap_ptes). One for each VMA, from {@link RmapStrategy#forkObserver}. Cheaper than an
 * {@link EntryObserver}: it chooses VMA by VMA, hears of runs, and nothing can be refused.
 *
 * @since 0.1
 */
public interface ForkObserver {
    /**
     * A run of entries was copied. The page-table locks of parent and child are held: only inner strategy locks may be
     * taken. Folio locks are not held: somebody may be walking a folio.
     *
     * @param run the entries
     */
    void entriesForked(ForkedRun run);

    /** All entries of the VMA were copied. Not called if the fork fails before that. */
    void vmaDone();
}
