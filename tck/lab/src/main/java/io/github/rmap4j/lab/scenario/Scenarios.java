package io.github.rmap4j.lab.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** The scenarios that there are. */
public final class Scenarios {
    private static final List<Scenario> ALL = List.of(
            new AndroidScenario(),
            new ThousandScenario(),
            new ZygoteScenario(),
            new DeepChainScenario(),
            new DaemonGenerationsScenario(),
            new WideForkScenario(),
            new LeafOnlyScenario(),
            new ForkServerScenario(),
            new ShellScenario(),
            new SnapshotScenario(),
            new PrivateFilesScenario(),
            new MremapStormScenario(),
            new SplitMergeStormScenario(),
            new ThpHeavyScenario());

    private Scenarios() {}

    /**
     * All of them.
     *
     * @return in the order in which they are listed
     */
    public static List<Scenario> all() {
        return ALL;
    }

    /**
     * A scenario by its name and values.
     *
     * @param text {@code NAME} or {@code NAME?PARAMETER=VALUE&PARAMETER=VALUE...}
     * @return the scenario, ready to run
     * @throws IllegalArgumentException if there is no such scenario, parameter or value; the message says what there is
     */
    public static ConfiguredScenario parse(String text) {
        int question = text.indexOf('?');
        Scenario scenario = find(question < 0 ? text : text.substring(0, question));
        ScenarioValues values = question < 0
                ? ScenarioValues.initial(scenario)
                : ScenarioValues.parse(scenario, text.substring(question + 1));
        return new ConfiguredScenario(scenario, values, scenario.prepare(values));
    }

    private static Scenario find(String name) {
        for (Scenario scenario : ALL) {
            if (scenario.name().equals(name)) {
                return scenario;
            }
        }
        throw new IllegalArgumentException("no scenario '" + name + "'; available: "
                + ALL.stream().map(Scenario::name).collect(Collectors.joining(", ")));
    }
}
