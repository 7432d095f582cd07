package io.github.rmap4j.api;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A strategy with settings.
 *
 * @param name as the user wrote it
 * @param provider the strategy
 * @param options the settings, which go before those that the strategy chooses
 */
record ConfiguredProvider(String name, RmapStrategyProvider provider, Map<String, String> options)
        implements RmapStrategyProvider {
    ConfiguredProvider {
        Map<String, String> all = new HashMap<>(provider.options());
        all.putAll(options);
        options = Map.copyOf(all);
    }

    @Override
    public String description() {
        return provider.description();
    }

    @Override
    public Set<Capability> capabilities() {
        return provider.capabilities();
    }

    @Override
    public RmapStrategy create(StrategyContext context) {
        return provider.create(context);
    }
}
