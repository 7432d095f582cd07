package io.github.rmap4j.spi;

/**
 * Counts an event that only this strategy knows. Safe for use by several threads.
 *
 * @since 0.1
 */
public interface EventCounter {
    /** Counts one. */
    default void increment() {
        add(1);
    }

    /**
     * Counts several.
     *
     * @param n how many
     */
    void add(long n);
}
