package io.github.rmap4j.spi;

import java.util.Map;
import java.util.Set;

/**
 * Creates strategies of one kind. Found with {@link java.util.ServiceLoader}: name the implementation both in
 * {@code module-info} ({@code provides}) and in {@code META-INF/services}.
 *
 * @since 0.1
 */
public interface RmapStrategyProvider {
    /**
     * The name by which users choose it.
     *
     * @return a name of the form {@code [a-z0-9-]+}
     */
    String name();

    /**
     * What it is.
     *
     * @return one sentence
     */
    String description();

    /**
     * What it chooses for settings of its strategy ({@link StrategyContext#option}) for which the user has not chosen
     * anything.
     *
     * @return words for values by name of the setting
     */
    default Map<String, String> options() {
        return Map.of();
    }

    /**
     * What its strategies can do. Managers refuse the rest; {@link Capability} says how.
     *
     * @return {@link Capability#operations} unless overridden; with {@link Capability#LARGE_FOLIOS} also
     *     {@link Capability#MIGRATION}
     */
    default Set<Capability> capabilities() {
        return Capability.operations();
    }

    /**
     * Creates the strategy of one manager.
     *
     * @param context what the strategy may use
     * @return a new strategy
     */
    RmapStrategy create(StrategyContext context);
}
