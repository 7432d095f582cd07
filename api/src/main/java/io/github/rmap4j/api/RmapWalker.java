package io.github.rmap4j.api;

import org.jspecify.annotations.Nullable;

/**
 * Finds the page-table entries that map a folio (rmap_walk in mm/rmap.c). The walker locks the folio for the length of
 * the walk (the rule of Linux 6.19), so two walks of one folio exclude each other.
 *
 * <p>While other threads change mappings, a walk promises: a mapping that exists during the whole walk is reported; one
 * that is moved meanwhile is reported at its old or its new place; nothing is reported twice. A walk never takes an
 * mmap lock. Safe for use by several threads.
 *
 * @since 0.1
 */
public interface RmapWalker {
    /**
     * Reports every mapping of a folio.
     *
     * @param folio the folio
     * @param visitor receives the mappings
     * @return {@link WalkOutcome#COMPLETE}, or {@link WalkOutcome#STOPPED} if the visitor ended it
     */
    default WalkOutcome walk(Folio folio, RmapVisitor visitor) {
        return walk(folio, visitor, WalkMode.BLOCK, null);
    }

    /**
     * Reports every mapping of a folio, and what it cost.
     *
     * @param folio a folio of this manager; for one of another manager the result means nothing
     * @param visitor receives the mappings
     * @param mode whether to wait for locks
     * @param cost is increased by the cost of this walk, or null
     * @return how the walk ended
     * @throws IllegalArgumentException if the folio is not one of this library
     * @throws IllegalStateException if a visitor starts another walk
     */
    WalkOutcome walk(Folio folio, RmapVisitor visitor, WalkMode mode, @Nullable WalkCost cost);
}
