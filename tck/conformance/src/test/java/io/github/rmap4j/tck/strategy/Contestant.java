package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A strategy with its options, as the tests that all must pass know it.
 *
 * @param provider the strategy
 * @param options what is chosen beyond the defaults
 */
public record Contestant(RmapStrategyProvider provider, Map<String, String> options) {
    /** All that the project has, with the options that change how mappings are found. */
    public static List<Contestant> all() {
        return List.of(
                of("anonvma"),
                of("lazy"),
                of("lazy", "merge", "same-base"),
                of("lazy", "copies", "parent-anon-vma"),
                of("lazy", "lazy", "off"),
                of("lazy-gki"),
                of("lazy-nofork"),
                of("cowctx"),
                of("cowctx", "index", "file"),
                of("cowctx-pruned"),
                of("cowctx-pruned", "memory", "quarter-kilobyte"));
    }

    /** The one of a name. */
    public static Contestant named(String name) {
        return all().stream()
                .filter(contestant -> contestant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + name + " among " + all()));
    }

    private static Contestant of(String strategy) {
        return new Contestant(Strategies.find(strategy), Map.of());
    }

    private static Contestant of(String strategy, String option, String value) {
        return new Contestant(Strategies.find(strategy), Map.of(option, value));
    }

    /** The strategy's name, with options as {@code ,NAME=VALUE}. */
    public String name() {
        StringBuilder name = new StringBuilder(provider.name());
        new TreeMap<>(options)
                .forEach((option, value) ->
                        name.append(',').append(option).append('=').append(value));
        return name.toString();
    }

    @Override
    public String toString() {
        return name();
    }

    /** A builder of managers. */
    public MemoryManager.Builder builder() {
        MemoryManager.Builder builder = MemoryManager.builder().strategy(provider);
        options.forEach(builder::option);
        return builder;
    }
}
