package io.github.rmap4j.lab.scenario;

import java.util.stream.Collectors;

/**
 * A scenario with everything that there is to choose.
 *
 * @param scenario the scenario
 * @param values a value for each parameter
 * @param run its operations
 */
public record ConfiguredScenario(Scenario scenario, ScenarioValues values, ScenarioRun run) {
    /**
     * What decides its operations, in words.
     *
     * @return {@code NAME?PARAMETER=VALUE&...} with all parameters
     */
    public String canonical() {
        return scenario.name() + "?"
                + values.all().entrySet().stream()
                        .map(value -> value.getKey() + "="
                                + value.getValue().stripTrailingZeros().toPlainString())
                        .collect(Collectors.joining("&"));
    }
}
