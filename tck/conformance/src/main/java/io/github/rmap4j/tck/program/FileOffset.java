package io.github.rmap4j.tck.program;

/**
 * Where in which file a mapping begins.
 *
 * @param id which of the machine's files
 * @param pgoff offset in pages
 * @since 0.1
 */
public record FileOffset(int id, long pgoff) {
    @Override
    public String toString() {
        return id + ":" + pgoff;
    }
}
