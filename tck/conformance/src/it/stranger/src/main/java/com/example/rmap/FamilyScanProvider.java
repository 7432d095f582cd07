package com.example.rmap;

import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;

/** Provides the strategy {@code family-scan}. */
public final class FamilyScanProvider implements RmapStrategyProvider {
    @Override
    public String name() {
        return "family-scan";
    }

    @Override
    public String description() {
        return "Scans the page tables of all relatives on every walk.";
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        return new FamilyScanStrategy(context);
    }
}
