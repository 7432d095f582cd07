package io.github.rmap4j.engine;

import io.github.rmap4j.api.StrategySetting;
import io.github.rmap4j.spi.StrategyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The settings of one manager's strategy. */
final class StrategyOptions {
    private final String strategy;
    /** What the user chose before the manager was built. */
    private final Map<String, String> chosen;

    private final Map<String, Option<?>> declared = new TreeMap<>();

    StrategyOptions(String strategy, Map<String, String> chosen) {
        this.strategy = strategy;
        this.chosen = Map.copyOf(chosen);
    }

    /** The word for a value: SAME_ROOT is {@code same-root}. */
    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> words(Enum<?>[] values) {
        return Arrays.stream(values).map(StrategyOptions::word).toList();
    }

    synchronized <E extends Enum<E>> StrategyOption<E> declare(
            String name, String description, E initial, StrategyOption.Change change) {
        Option<E> option = new Option<>(name, description, initial, change);
        if (declared.putIfAbsent(name, option) != null) {
            throw new IllegalArgumentException("option '" + name + "' exists already");
        }
        String value = chosen.get(name);
        if (value != null) {
            option.choose(value);
        }
        return option;
    }

    /** Nobody may choose what there is not; known only when the strategy has declared what there is. */
    synchronized void checkChosen() {
        for (String name : new TreeMap<>(chosen).keySet()) {
            find(name);
        }
    }

    private synchronized Option<?> find(String name) {
        Option<?> option = declared.get(name);
        if (option == null) {
            throw new IllegalArgumentException("strategy '" + strategy + "' has no option '" + name + "'; "
                    + (declared.isEmpty() ? "it has none" : "it has " + String.join(", ", declared.keySet())));
        }
        return option;
    }

    void set(String name, String value) {
        Option<?> option = find(name);
        if (option.change == StrategyOption.Change.AT_CREATION) {
            throw new IllegalStateException("option '" + name + "' must be chosen before the manager is built");
        }
        option.choose(value);
    }

    synchronized List<StrategySetting> settings() {
        return declared.values().stream().map(Option::setting).toList();
    }

    private final class Option<E extends Enum<E>> implements StrategyOption<E> {
        private final String name;
        private final String description;
        private final Class<E> type;
        private final Change change;
        private volatile E value;

        Option(String name, String description, E initial, Change change) {
            this.name = name;
            this.description = description;
            this.type = initial.getDeclaringClass();
            this.change = change;
            this.value = initial;
        }

        @Override
        public E value() {
            return value;
        }

        void choose(String wanted) {
            for (E candidate : type.getEnumConstants()) {
                if (word(candidate).equals(wanted)) {
                    value = candidate;
                    return;
                }
            }
            throw new IllegalArgumentException("option '" + name + "' of strategy '" + strategy + "' must be one of "
                    + String.join(", ", words(type.getEnumConstants())) + ": '" + wanted + "'");
        }

        StrategySetting setting() {
            return new StrategySetting(
                    name, description, words(type.getEnumConstants()), word(value), change == Change.AT_ANY_TIME);
        }
    }
}
