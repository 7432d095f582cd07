package io.github.rmap4j.cowctx;

import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;

/** Provides the strategy {@code cowctx}. */
public final class CowContextProvider implements RmapStrategyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public CowContextProvider() {}

    @Override
    public String name() {
        return "cowctx";
    }

    @Override
    public String description() {
        return "CoW contexts as their author intends them: one object per address space, and a walk of all its descendants";
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        return CowContextStrategy.asDesigned(context);
    }
}
