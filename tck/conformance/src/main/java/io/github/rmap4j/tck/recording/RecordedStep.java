package io.github.rmap4j.tck.recording;

import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;

/**
 * One line of a recording.
 *
 * @param line its number in the file, from 1
 * @param op the operation
 * @param result how the operation ended
 * @param state the state after it
 * @since 0.1
 */
public record RecordedStep(int line, String op, StepResult result, StateSnapshot state) {
    /** The operation of a recording's first line. */
    public static final String START = "start";

    /**
     * Number of the operation.
     *
     * @return 0 for the start, then counting from 1
     */
    public int step() {
        return line - 1;
    }
}
