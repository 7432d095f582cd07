package io.github.rmap4j.spi;

import io.github.rmap4j.api.Vma;
import org.jspecify.annotations.Nullable;

/**
 * Asks a strategy whether a range may become part of a neighbouring VMA; every other rule of merging has been checked
 * (is_mergeable_anon_vma).
 *
 * @since 0.1
 */
public interface MergeQuery {
    /** Where the range's pages come from. */
    enum Origin {
        /** A new mapping: it has no pages yet. */
        NEW,
        /** Part or all of {@link #source()}, whose attributes change where it is. */
        MODIFIED,
        /** {@link #source()}, from which mremap will move pages into the range. */
        COPIED,
        /** {@link #source()} itself grows into the range and keeps its state. */
        EXTENDED
    }

    /**
     * The neighbour that would take the range over.
     *
     * @return the target
     */
    Vma target();

    /**
     * Where the range's pages come from.
     *
     * @return the origin
     */
    Origin origin();

    /**
     * The VMA whose anonymous state the range has.
     *
     * @return the source, faulted or not; null if and only if the origin is NEW
     */
    @Nullable
    Vma source();
}
