package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.input.IdentifiedInput;
import io.github.rmap4j.lab.input.Input;
import io.github.rmap4j.lab.input.InputException;
import io.github.rmap4j.lab.report.ComparisonTable;
import io.github.rmap4j.lab.report.Measurement;
import io.github.rmap4j.lab.report.ReportFiles;
import io.github.rmap4j.lab.report.RunConfig;
import io.github.rmap4j.lab.report.Verdict;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Replays inputs under several strategies and compares what that cost. */
@Command(
        name = "compare",
        description = "Replays each input under each strategy, prints one table of costs and writes them to files.",
        mixinStandardHelpOptions = true)
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "INPUT",
            arity = "0..*",
            converter = InputConverter.class,
            description = "perf:FILE, program:FILE, scenario:NAME?PARAMETER=VALUE&... or bundled:chromium (the"
                    + " default); gzip is recognised; - is standard input")
    private List<Input> inputs = new ArrayList<>();

    @Option(
            names = "--strategies",
            paramLabel = "NAME",
            split = ",",
            defaultValue = StrategyNames.ALL,
            description =
                    "the strategies, separated by commas, with settings as in lazy:merge=same-base, or all (default:"
                            + " ${DEFAULT-VALUE})")
    private List<String> strategies = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "rmap4j-out",
            description = "where to write the files (default: ${DEFAULT-VALUE})")
    private Path out;

    @Override
    public Integer call() {
        List<RmapStrategyProvider> providers = StrategyNames.find(strategies, spec.commandLine());
        List<Input> chosen = inputs.isEmpty() ? List.of(Input.bundled()) : inputs;
        requireDifferent(chosen);
        ReportFiles files = new ReportFiles(out);
        writing(files::probe);
        List<IdentifiedInput> identified =
                chosen.stream().map(IdentifiedInput::of).toList();
        List<Measurement> measurements =
                new Comparison(identified, providers, spec.commandLine().getErr()).measure();
        RunConfig config = new RunConfig(command(), identified, providers, out.toString());
        writing(() -> files.write(config, measurements));
        PrintWriter printer = spec.commandLine().getOut();
        new ComparisonTable(measurements).lines().forEach(printer::println);
        printer.println("written to " + out);
        printer.flush();
        return report(new Verdict(measurements));
    }

    private int report(Verdict verdict) {
        PrintWriter err = spec.commandLine().getErr();
        verdict.doubts().forEach(err::println);
        err.flush();
        verdict.defects().forEach(defect -> ErrorHandling.report(spec.commandLine(), defect));
        return verdict.defects().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Two parts of a report that have the same name cannot be told apart, and standard input is read only once. */
    private void requireDifferent(List<Input> chosen) {
        Set<String> names = new HashSet<>();
        for (Input input : chosen) {
            if (!names.add(input.isStandardInput() ? "standard input" : input.toString())) {
                throw new ParameterException(spec.commandLine(), "the same input twice: " + input);
            }
        }
    }

    /** Something that writes files. */
    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    private void writing(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new InputException(
                    out + ": cannot be written: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private String command() {
        return spec.root().name() + " "
                + spec.commandLine().getParseResult().originalArgs().stream()
                        .map(CompareCommand::quote)
                        .collect(Collectors.joining(" "));
    }

    /** An argument as a shell reads it back. */
    private static String quote(String argument) {
        boolean plain = !argument.isEmpty()
                && argument.chars().allMatch(c -> Character.isLetterOrDigit(c) || "-_./:,=+@%".indexOf(c) >= 0);
        return plain ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
