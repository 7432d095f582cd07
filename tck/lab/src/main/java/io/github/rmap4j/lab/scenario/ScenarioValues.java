package io.github.rmap4j.lab.scenario;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A value for each parameter of a scenario. */
public final class ScenarioValues {
    /** By name, in the order of the parameters. */
    private final Map<String, BigDecimal> values;

    private ScenarioValues(Map<String, BigDecimal> values) {
        this.values = values;
    }

    /**
     * Reads what follows the question mark.
     *
     * @param scenario whose parameters they are
     * @param text {@code NAME=VALUE&NAME=VALUE...}
     */
    static ScenarioValues parse(Scenario scenario, String text) {
        Map<String, String> given = split(scenario, text);
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        for (ScenarioParameter parameter : scenario.parameters()) {
            String word = given.remove(parameter.name());
            BigDecimal value = word == null ? parameter.initial() : parameter.parse(word);
            if (value == null) {
                throw new IllegalArgumentException("parameter '" + parameter.name() + "' of scenario '"
                        + scenario.name() + "' is a value of type " + parameter.range() + ", not '" + word + "'");
            }
            values.put(parameter.name(), value);
        }
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("scenario '" + scenario.name() + "' has no parameter '"
                    + given.keySet().iterator().next() + "'; it has " + String.join(", ", values.keySet()));
        }
        return new ScenarioValues(values);
    }

    private static Map<String, String> split(Scenario scenario, String text) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String word : text.split("&", -1)) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected PARAMETER=VALUE after '" + scenario.name()
                        + "?', separated by '&', found '" + word + "'");
            }
            if (given.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("parameter '" + word.substring(0, equals) + "' is chosen twice");
            }
        }
        return given;
    }

    static ScenarioValues initial(Scenario scenario) {
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        scenario.parameters().forEach(parameter -> values.put(parameter.name(), parameter.initial()));
        return new ScenarioValues(values);
    }

    /** The value of a parameter of type INTEGER. */
    long integer(String name) {
        return value(name).longValueExact();
    }

    /** As {@link #integer}, for a parameter whose range is that of an int. */
    int count(String name) {
        return value(name).intValueExact();
    }

    double decimal(String name) {
        return value(name).doubleValue();
    }

    private BigDecimal value(String name) {
        BigDecimal value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return value;
    }

    /**
     * All values, those that were not given included.
     *
     * @return by name, in the order of the parameters
     */
    public Map<String, BigDecimal> all() {
        return Collections.unmodifiableMap(values);
    }
}
