package io.github.rmap4j.lab.input;

/**
 * An input with what tells it from others of the same name.
 *
 * @param input the input
 * @param identity its size and digest
 */
public record IdentifiedInput(Input input, Input.Identity identity) {
    /**
     * Reads an input once.
     *
     * @param input the input
     * @return the input with its identity
     * @throws InputException if it cannot be read
     */
    public static IdentifiedInput of(Input input) {
        return new IdentifiedInput(input, input.identity());
    }
}
