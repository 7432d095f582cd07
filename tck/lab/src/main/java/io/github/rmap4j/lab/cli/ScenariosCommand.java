package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.scenario.Scenario;
import io.github.rmap4j.lab.scenario.ScenarioParameter;
import io.github.rmap4j.lab.scenario.Scenarios;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the scenarios. */
@Command(
        name = "scenarios",
        description = "Lists the generated workloads, and their parameters with what they are if not given.",
        mixinStandardHelpOptions = true)
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
final class ScenariosCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (Scenario scenario : Scenarios.all()) {
            out.println("scenario:" + scenario.name() + "  " + scenario.description());
            for (ScenarioParameter parameter : scenario.parameters()) {
                out.println("  " + parameter.line());
            }
        }
        out.flush();
        return 0;
    }
}
