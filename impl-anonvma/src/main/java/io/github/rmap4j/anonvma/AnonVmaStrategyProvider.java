package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.EnumSet;
import java.util.Set;

/** Provides the strategy {@code anonvma}. */
public final class AnonVmaStrategyProvider implements RmapStrategyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public AnonVmaStrategyProvider() {}

    @Override
    public String name() {
        return "anonvma";
    }

    @Override
    public String description() {
        return "anon_vma and anon_vma_chain as in Linux 6.18: one interval tree per anon_vma, one lock per fork tree";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        return new AnonVmaStrategy(context);
    }
}
