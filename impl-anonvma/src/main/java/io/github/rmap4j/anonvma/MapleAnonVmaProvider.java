package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;

/** Provides the strategy {@code anonvma-maple}. */
public final class MapleAnonVmaProvider implements RmapStrategyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public MapleAnonVmaProvider() {}

    @Override
    public String name() {
        return "anonvma-maple";
    }

    @Override
    public String description() {
        return "anon_vma with a maple tree of VMA ids and page offsets instead of interval tree nodes in its chains";
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        return new AnonVmaStrategy(context, new AnonVmaRules(), new VmaIdTrees(context));
    }
}
