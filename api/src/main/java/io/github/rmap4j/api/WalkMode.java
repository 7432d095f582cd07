package io.github.rmap4j.api;

/**
 * Whether a walk may wait for the folio lock and the strategy's locks.
 *
 * @since 0.1
 */
public enum WalkMode {
    /** Wait. */
    BLOCK,
    /** Do not wait; {@link WalkOutcome#CONTENDED} instead (rmap_walk_control.try_lock). */
    TRY
}
