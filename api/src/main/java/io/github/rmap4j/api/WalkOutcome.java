package io.github.rmap4j.api;

/**
 * How a reverse-map walk ended.
 *
 * @since 0.1
 */
public enum WalkOutcome {
    /** Every mapping was reported. */
    COMPLETE,
    /** The visitor ended the walk. */
    STOPPED,
    /**
     * A lock was not to be had and the walk was told not to wait: mappings that were reported before are real, but
     * there may be others.
     */
    CONTENDED
}
