package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.RmapWalker;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.page.FolioImpl;

/** Walks the reverse map, also on behalf of the machine's own mechanisms. */
public interface FolioWalks extends RmapWalker {
    /**
     * Walks a folio to compare what is found with the page tables.
     *
     * @param folio the folio
     * @param visitor is told of every mapping
     * @return the outcome
     */
    WalkOutcome check(FolioImpl folio, RmapVisitor visitor);

    /**
     * Does something to every entry that maps a folio (rmap_walk). Waits for the strategy's locks.
     *
     * @param folio the folio, locked by the caller
     * @param purpose what for
     * @param action what to do
     */
    void forEachEntry(FolioImpl folio, WalkPurpose purpose, EntryAction action);

    /**
     * The same, but does not wait for the strategy's locks.
     *
     * @param folio the folio, locked by the caller
     * @param purpose what for
     * @param action what to do
     * @return CONTENDED if a lock could not be had at once
     */
    WalkOutcome tryForEachEntry(FolioImpl folio, WalkPurpose purpose, EntryAction action);
}
