package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.input.InputException;
import io.github.rmap4j.lab.record.PerfRecording;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Records a workload for compare. */
@Command(
        name = "record",
        description =
                "Runs a command under perf and writes what it did to memory, for compare. Needs perf 6.1 or later and"
                        + " its rights; where they are missing it says what to run instead.",
        mixinStandardHelpOptions = true)
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
final class RecordCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "rmap4j.perf.gz",
            description = "where the recording goes (default: ${DEFAULT-VALUE})")
    private Path file;

    @Option(
            names = "--perf",
            paramLabel = "PROGRAM",
            defaultValue = "perf",
            description = "another perf than the one on the PATH")
    private String perf;

    @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "the command, after --")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() {
        PerfRecording recording = new PerfRecording(perf, command);
        int code;
        try {
            code = recording.record(file);
        } catch (InputException e) {
            PrintWriter out = spec.commandLine().getOut();
            recording.commands(file).forEach(out::println);
            out.flush();
            throw e;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("written to " + file + "; now: " + spec.root().name() + " compare perf:" + file);
        out.flush();
        if (code != 0) {
            ErrorHandling.report(spec.commandLine(), "the command has ended with exit code " + code);
        }
        return CommandLine.ExitCode.OK;
    }
}
