package io.github.rmap4j.lab.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A scenario whose operations follow from its values and a seed alone, in an arena of numbered pages. */
abstract class GeneratedScenario implements Scenario {
    private static final ScenarioParameter SEED =
            ScenarioParameter.integer("seed", 1, 0, Integer.MAX_VALUE, "Decides everything that is random.");

    private final String name;
    private final String description;
    private final List<ScenarioParameter> parameters;

    /** A scenario with a seed besides its parameters. */
    GeneratedScenario(String name, String description, ScenarioParameter... parameters) {
        this.name = name;
        this.description = description;
        this.parameters =
                Stream.concat(Arrays.stream(parameters), Stream.of(SEED)).toList();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String description() {
        return description;
    }

    @Override
    public final List<ScenarioParameter> parameters() {
        return parameters;
    }

    @Override
    public final ScenarioRun prepare(ScenarioValues values) {
        check(values);
        return machine -> run(new Arena(machine), values, new SplittableRandom(values.integer(SEED.name())));
    }

    /**
     * Looks for values that contradict each other.
     *
     * @throws IllegalArgumentException saying how
     */
    void check(ScenarioValues values) {}

    /** Executes the operations. */
    abstract void run(Arena arena, ScenarioValues values, SplittableRandom random);
}
