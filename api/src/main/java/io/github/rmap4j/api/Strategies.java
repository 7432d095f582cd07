package io.github.rmap4j.api;

import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Finds the strategies on the class path or module path.
 *
 * @since 0.1
 */
public final class Strategies {
    private Strategies() {}

    /**
     * All providers.
     *
     * @return the providers, by name
     * @throws IllegalStateException if two have the same name or one has a malformed name
     */
    public static List<RmapStrategyProvider> available() {
        List<RmapStrategyProvider> found = new ArrayList<>();
        for (RmapStrategyProvider provider : ServiceLoader.load(RmapStrategyProvider.class)) {
            if (!provider.name().matches("[a-z0-9-]+")) {
                throw new IllegalStateException("strategy name '" + provider.name() + "' of "
                        + provider.getClass().getName() + " is not of the form [a-z0-9-]+");
            }
            for (RmapStrategyProvider other : found) {
                if (other.name().equals(provider.name())) {
                    throw new IllegalStateException("two providers have the name '" + provider.name() + "': "
                            + other.getClass().getName() + " and "
                            + provider.getClass().getName());
                }
            }
            found.add(provider);
        }
        found.sort(Comparator.comparing(RmapStrategyProvider::name));
        return List.copyOf(found);
    }

    /**
     * The provider of a name, perhaps with settings: {@code lazy:merge=same-base:copies=own-root} chooses two for
     * {@code lazy}. Whether there are such settings shows when a manager is built.
     *
     * @param name the name, and {@code :OPTION=VALUE} for each setting
     * @return the provider
     * @throws IllegalArgumentException if there is none, or a setting is malformed or chosen twice; the message lists the
     *     providers there are
     */
    public static RmapStrategyProvider find(String name) {
        String[] parts = name.split(":", -1);
        RmapStrategyProvider provider = byName(parts[0]);
        if (parts.length == 1) {
            return provider;
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (String part : List.of(parts).subList(1, parts.length)) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected OPTION=VALUE in '" + name + "', found '" + part + "'");
            }
            if (options.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
                throw new IllegalArgumentException(
                        "option '" + part.substring(0, equals) + "' is chosen twice in '" + name + "'");
            }
        }
        return new ConfiguredProvider(name, provider, options);
    }

    private static RmapStrategyProvider byName(String name) {
        List<RmapStrategyProvider> available = available();
        for (RmapStrategyProvider provider : available) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new IllegalArgumentException("no strategy '" + name + "'; available: "
                + available.stream().map(RmapStrategyProvider::name).toList()
                + " (is its jar on the class path or module path?)");
    }
}
