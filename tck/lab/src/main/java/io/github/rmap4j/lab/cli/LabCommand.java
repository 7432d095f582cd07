package io.github.rmap4j.lab.cli;

import java.io.PrintWriter;
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
        exitCodeList = {
            "0:done",
            "1:an input is malformed, a replay failed, its output was lost, a strategy missed mappings or breaks rules",
            "2:wrong usage",
            "3:diff found that something changed"
        },
        subcommands = {
            CompareCommand.class,
            DiffCommand.class,
            RecordCommand.class,
            ReplayCommand.class,
            TckCommand.class,
            StrategiesCommand.class,
            ScenariosCommand.class
        })
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
public final class LabCommand implements Callable<Integer> {
    static final String CANNOT_PRINT = "standard output cannot be written";

    @Spec
    private CommandSpec spec;

    private LabCommand() {}

    /**
     * Runs a command. Whatever goes wrong is one line of errors.
     *
     * @param out where to print
     * @param err where to print errors, remarks and progress
     * @param arguments the command line
     * @return 0 done, 1 the input or the replay failed or the output was lost, 2 wrong usage,
     *     3 diff found that something changed
     */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine command = new CommandLine(new LabCommand());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setOut(out);
        command.setErr(err);
        ErrorHandling.install(command);
        try {
            return printed(command, command.execute(arguments));
        } catch (Throwable e) {
            // Errors too: a strategy is somebody else's code, and may have been built against something else.
            ErrorHandling.report(command, ErrorHandling.describe(e));
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** A command that lost what it printed has failed. */
    private static int printed(CommandLine command, int code) {
        if (command.getOut().checkError() && code == CommandLine.ExitCode.OK) {
            ErrorHandling.report(command, CANNOT_PRINT);
            return CommandLine.ExitCode.SOFTWARE;
        }
        return code;
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: compare, diff, record, replay, tck, strategies or scenarios");
    }
}
