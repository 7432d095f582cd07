package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.EnumSet;
import java.util.Set;

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

    /** All; VMAs are Linux's, and so are the numbers of objects. */
    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        return new AnonVmaStrategy(context, new AnonVmaRules(), new VmaIdTrees(context));
    }
}
