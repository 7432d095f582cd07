package io.github.rmap4j.lab.scenario;

/** The operations of a scenario. */
@FunctionalInterface
public interface ScenarioRun {
    /**
     * Runs all of them; any number of times, with a new machine each time.
     *
     * @param machine executes them
     */
    void run(ScenarioMachine machine);
}
