package io.github.rmap4j.tck.recording;

/**
 * A boundary between two VMAs that are one on the other side, in the recording or in the replay.
 *
 * @param step number of the first operation after which it was so
 * @param op the operation
 * @param process number of the process
 * @param page where the second VMA begins
 * @since 0.1
 */
public record Boundary(int step, String op, int process, long page) {}
