package io.github.rmap4j.spi;

/**
 * A setting of a strategy ({@link StrategyContext#option}), which users choose by name
 * ({@link io.github.rmap4j.api.MemoryManager.Builder#option}).
 *
 * @param <E> its values
 * @since 0.1
 */
public interface StrategyOption<E extends Enum<E>> {
    /** When users may choose. */
    enum Change {
        /** Only before the manager is built. */
        AT_CREATION,
        /** At any moment, also while operations run ({@link io.github.rmap4j.api.MemoryManager#setOption}). */
        AT_ANY_TIME
    }

    /**
     * What is chosen.
     *
     * @return the value at this moment
     */
    E value();
}
