package io.github.rmap4j.tck.program;

import java.io.Serial;

/**
 * A memory program is malformed, or asks for something that makes no sense, such as an operation of a process that does
 * not exist. An operation that fails as Linux fails it is no such case: that is a {@link StepResult}.
 *
 * @since 0.1
 */
public final class ProgramException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A malformed line.
     *
     * @param name the program's name
     * @param line number of the line, from 1
     * @param reason what was expected and what was found
     */
    ProgramException(String name, int line, String reason) {
        super(name + ":" + line + ": " + reason);
    }

    /**
     * An operation that cannot be executed.
     *
     * @param operation the operation
     * @param reason what is wrong with it
     */
    ProgramException(Operation operation, String reason) {
        super("'" + operation.text() + "': " + reason);
    }
}
