package io.github.rmap4j.tck.recording;

/**
 * Something that is not as it was recorded.
 *
 * @param step number of the operation, from 1; 0 for the start
 * @param op the operation
 * @param what what differs
 * @param expected what was recorded
 * @param actual what there is
 * @since 0.1
 */
public record Difference(int step, String op, String what, String expected, String actual) {
    @Override
    public String toString() {
        return "step " + step + " '" + op + "', " + what + ":\n    expected " + expected + "\n    actual   " + actual;
    }
}
