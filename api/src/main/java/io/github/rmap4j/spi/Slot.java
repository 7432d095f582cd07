package io.github.rmap4j.spi;

import org.jspecify.annotations.Nullable;

/**
 * A place on an engine object where the strategy keeps a reference of its own, such as Linux's {@code vma->anon_vma}.
 * Reads have acquire and writes release semantics; anything stronger is the strategy's business.
 *
 * @param <H> the object that has the slot
 * @param <T> what the strategy keeps there
 * @since 0.1
 */
public interface Slot<H, T> {
    /**
     * Reads the slot.
     *
     * @param holder the object
     * @return what was last set, or null
     */
    @Nullable
    T get(H holder);

    /**
     * Writes the slot.
     *
     * @param holder the object
     * @param value what to keep, or null
     */
    void set(H holder, @Nullable T value);
}
