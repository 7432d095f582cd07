package io.github.rmap4j.spi;

import io.github.rmap4j.api.Folio;
import org.jspecify.annotations.Nullable;

/**
 * The slot on each folio. A folio may be freed while somebody else changes its owner, hence the atomic exchange.
 *
 * @param <T> what the strategy keeps there
 * @since 0.1
 */
public interface FolioSlot<T> extends Slot<Folio, T> {
    /**
     * Writes the slot if it holds what is expected, in one step.
     *
     * @param folio the folio
     * @param expected what it must hold, by identity
     * @param value what takes its place
     * @return whether it was written
     */
    boolean compareAndSet(Folio folio, @Nullable T expected, @Nullable T value);
}
