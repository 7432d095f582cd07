package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.Errno;

/**
 * How an operation ended.
 *
 * @param ret 0, or -1 if it failed
 * @param errno 0, or Linux's number of the error
 * @since 0.1
 */
public record StepResult(int ret, int errno) {
    /** Success. */
    public static final StepResult OK = new StepResult(0, 0);

    /**
     * A failure.
     *
     * @param errno the error
     * @return ret -1 and its number
     */
    public static StepResult failed(Errno errno) {
        return new StepResult(-1, errno.number());
    }
}
