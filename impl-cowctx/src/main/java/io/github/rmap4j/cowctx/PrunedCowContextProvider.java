package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;

/** Provides the strategy {@code cowctx-pruned}. */
public final class PrunedCowContextProvider implements RmapStrategyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public PrunedCowContextProvider() {}

    @Override
    public String name() {
        return "cowctx-pruned";
    }

    @Override
    public String description() {
        return "CoW contexts that know which descendants have lost a page, and do not look there";
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        return PrunedCowContextStrategy.create(context);
    }
}
