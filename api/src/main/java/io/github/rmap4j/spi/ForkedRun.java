package io.github.rmap4j.spi;

import io.github.rmap4j.api.Folio;
import org.jspecify.annotations.Nullable;

/**
 * Neighbouring entries that fork has copied. Valid only during {@link ForkObserver#entriesForked}.
 *
 * @since 0.1
 */
public interface ForkedRun {
    /**
     * How many entries there are; one for an entry of 2 MiB.
     *
     * @return the number
     */
    int entries();

    /**
     * What an entry maps.
     *
     * @param entry which, from 0
     * @return the folio, the same for several entries of a large one; null for an entry that maps no anonymous folio, swap
     *     and migration entries among them
     */
    @Nullable
    Folio folio(int entry);

    /**
     * Replaces what the folios' slot holds ({@link StrategyContext#folioSlot}), in one pass.
     *
     * @param from what is replaced, by identity
     * @param to what takes its place
     * @return how many folios had it
     */
    int replaceOwner(Object from, Object to);
}
