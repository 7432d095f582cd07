package io.github.rmap4j.tck.strategy;

import io.github.rmap4j.api.MemoryManager;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A strategy with its options, as the tests that all must pass know it.
 *
 * @param strategy the provider's name
 * @param options what is chosen beyond the defaults
 */
public record Contestant(String strategy, Map<String, String> options) {
    /** All that the project has, the options that change what is found where included. */
    public static List<Contestant> all() {
        return List.of(
                new Contestant("anonvma", Map.of()),
                new Contestant("lazy", Map.of()),
                new Contestant("lazy", Map.of("merge", "same-base")),
                new Contestant("lazy", Map.of("copies", "parent-anon-vma")),
                new Contestant("lazy", Map.of("lazy", "off")),
                new Contestant("lazy-gki", Map.of()),
                new Contestant("lazy-nofork", Map.of()));
    }

    /** The strategy, with options as {@code ,NAME=VALUE}. */
    public String name() {
        StringBuilder name = new StringBuilder(strategy);
        new TreeMap<>(options)
                .forEach((option, value) ->
                        name.append(',').append(option).append('=').append(value));
        return name.toString();
    }

    /** A builder of managers. */
    public MemoryManager.Builder builder() {
        MemoryManager.Builder builder = MemoryManager.builder().strategy(strategy);
        options.forEach(builder::option);
        return builder;
    }
}
