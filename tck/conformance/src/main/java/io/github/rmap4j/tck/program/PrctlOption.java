package io.github.rmap4j.tck.program;

import java.util.Locale;

/**
 * What a prctl asks for.
 *
 * @since 0.1
 */
public enum PrctlOption {
    /** PR_SET_MEMORY_MERGE, 1. */
    MERGE,
    /** PR_SET_MEMORY_MERGE, 0. */
    NOMERGE,
    /** The proposed PR_SET_NOFORK. */
    NOFORK;

    /**
     * The word of a memory program.
     *
     * @return the name in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
