package io.github.rmap4j.api;

import java.io.Serial;

/**
 * An operation failed as Linux fails it. What the operation had completed before (the first pages of a range, the
 * first VMAs of an {@code mprotect}) stays done, as in Linux.
 *
 * @since 0.1
 */
public final class ErrnoException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The error. */
    private final Errno errno;

    /**
     * An error with its reason.
     *
     * @param errno the error that Linux reports
     * @param reason one line that says what was wrong
     */
    public ErrnoException(Errno errno, String reason) {
        super(errno + ": " + reason);
        this.errno = errno;
    }

    /**
     * The error.
     *
     * @return the errno that Linux reports in this case
     */
    public Errno errno() {
        return errno;
    }
}
