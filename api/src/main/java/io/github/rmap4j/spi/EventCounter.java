package io.github.rmap4j.spi;

/**
 * Counts an event that only this strategy knows. May go down again ({@link #add}), so that it can also tell how many of
 * something there are. Safe for use by several threads.
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
     * @param n how many; a negative number takes back what was counted
     */
    void add(long n);
}
