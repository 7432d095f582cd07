package io.github.rmap4j.lazy;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.EnumSet;
import java.util.Set;

/** What the providers of the variants have in common. */
abstract sealed class VariantProvider implements RmapStrategyProvider
        permits LazyProvider, LazyGkiProvider, LazyNoforkProvider {
    private final String name;
    private final String description;
    private final Variant variant;

    VariantProvider(String name, String description, Variant variant) {
        this.name = name;
        this.description = description;
        this.variant = variant;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String description() {
        return description;
    }

    /** With Linux's layout, but for merges of two roots: impl-lazy/README.md names those that the recordings show. */
    @Override
    public final Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public final RmapStrategy create(StrategyContext context) {
        return new LazyStrategy(context, new LazyRules(variant, context));
    }
}
