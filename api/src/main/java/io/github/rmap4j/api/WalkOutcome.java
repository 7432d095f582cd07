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
    /** A lock was not to be had and the walk was told not to wait: nothing is known about the mappings. */
    CONTENDED
}
