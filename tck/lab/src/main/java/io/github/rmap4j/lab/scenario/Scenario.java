package io.github.rmap4j.lab.scenario;

import java.util.List;

/** A generated workload. Another one is a class that implements this, and its line in {@link Scenarios#all}. */
public interface Scenario {
    /**
     * Its name on the command line.
     *
     * @return lower case letters, digits and hyphens
     */
    String name();

    /**
     * What it stands for.
     *
     * @return one sentence
     */
    String description();

    /**
     * What can be chosen.
     *
     * @return the parameters in the order in which they are listed
     */
    List<ScenarioParameter> parameters();

    /**
     * Decides everything that the values decide, but does not touch any memory yet.
     *
     * @param values a value for each parameter
     * @return the operations; the same for the same values
     * @throws IllegalArgumentException if the values contradict each other; the message says how
     */
    ScenarioRun prepare(ScenarioValues values);
}
