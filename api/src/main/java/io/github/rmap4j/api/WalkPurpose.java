package io.github.rmap4j.api;

/**
 * Why the reverse map is walked. A strategy may use it to choose what it waits for; the places to visit are the same.
 *
 * @since 0.1
 */
public enum WalkPurpose {
    /** Somebody only looks, see {@link RmapWalker}. */
    INSPECT,
    /** Reclaim takes the folio away (try_to_unmap); the walk ends as soon as no mapping is left. */
    UNMAP,
    /** Reclaim or sampling asks which entries were used, and forgets it (folio_referenced); waits for no lock. */
    REFERENCED,
    /** A page has a hardware error and is taken from everybody (memory_failure). */
    POISON,
    /** Migration or a split replaces mappings by migration entries (try_to_migrate). */
    MIGRATE,
    /** Migration or a split replaces migration entries by mappings (remove_migration_ptes): finds every one. */
    RESTORE
}
