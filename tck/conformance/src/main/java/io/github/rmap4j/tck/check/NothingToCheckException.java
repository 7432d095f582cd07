package io.github.rmap4j.tck.check;

import java.io.Serial;

/** A strategy has nothing that a rule is about. */
final class NothingToCheckException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    NothingToCheckException(String reason) {
        super(reason);
    }
}
