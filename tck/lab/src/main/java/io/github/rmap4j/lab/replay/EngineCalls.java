package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.tck.program.StepResult;

/** Runs operations of the engine as system calls: what they return is a value or a negated error number. */
final class EngineCalls {
    /** Linux reserves the last page of numbers for errors. */
    private static final long MAX_ERRNO = 4095;

    private final OperationTimes times;

    EngineCalls(OperationTimes times) {
        this.times = times;
    }

    /** An operation that returns a value. */
    @FunctionalInterface
    interface Operation {
        long run();
    }

    /** An operation that returns 0 if it succeeds. */
    @FunctionalInterface
    interface VoidOperation {
        void run();
    }

    /** Runs an operation and adds its time to those of its kind. */
    long call(String kind, Operation operation) {
        long begin = System.nanoTime();
        try {
            return operation.run();
        } catch (ErrnoException e) {
            return -e.errno().number();
        } finally {
            times.add(kind, System.nanoTime() - begin);
        }
    }

    long callVoid(String kind, VoidOperation operation) {
        return call(kind, () -> {
            operation.run();
            return 0;
        });
    }

    static boolean isError(long result) {
        return result < 0 && result >= -MAX_ERRNO;
    }

    static StepResult stepResult(long result) {
        return isError(result) ? new StepResult(-1, (int) -result) : StepResult.OK;
    }

    /** A result in words: an error by name. */
    static String describe(long result) {
        if (!isError(result)) {
            return "0x" + Long.toHexString(result);
        }
        for (Errno errno : Errno.values()) {
            if (errno.number() == -result) {
                return errno.name();
            }
        }
        return "error " + -result;
    }
}
