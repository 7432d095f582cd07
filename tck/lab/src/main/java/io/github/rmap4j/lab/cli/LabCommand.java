package io.github.rmap4j.lab.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program. */
@Command(
        name = "rmap4j-lab",
        description = "Replays memory workloads under designs of the anonymous reverse map and compares their costs.",
        mixinStandardHelpOptions = true,
        versionProvider = LabVersion.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:an input is malformed or a replay failed", "2:wrong usage"},
        subcommands = {CompareCommand.class, ReplayCommand.class, StrategiesCommand.class})
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
public final class LabCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private LabCommand() {}

    /**
     * The program, ready to be executed.
     *
     * @return a new command line
     */
    public static CommandLine create() {
        CommandLine command = new CommandLine(new LabCommand());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        ErrorHandling.install(command);
        return command;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: compare, replay or strategies");
    }
}
