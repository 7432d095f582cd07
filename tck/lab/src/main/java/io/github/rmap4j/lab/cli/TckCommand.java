package io.github.rmap4j.lab.cli;

import io.github.rmap4j.tck.Conformance;
import io.github.rmap4j.tck.ConformanceReport;
import io.github.rmap4j.tck.Waiver;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a strategy against the rules. */
@Command(
        name = "tck",
        description = "Checks a strategy against every rule: what it breaks, by which shortest program, and a table.",
        mixinStandardHelpOptions = true)
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
final class TckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "A strategy on the class path or module path.")
    private String strategy;

    @Option(names = "--quick", description = "Only the programs of the rules: no random ones, recordings or threads.")
    private boolean quick;

    @Option(
            names = "--thorough",
            paramLabel = "N",
            defaultValue = "1",
            description = "So many times as many random programs and rounds of threads.")
    private int thorough;

    @Option(names = "--replay", paramLabel = "WORD", description = "Repeats the failure that named this word.")
    private @Nullable String replay;

    @Option(
            names = "--waivers",
            paramLabel = "FILE",
            description = "Rules that the strategy is known to break, a line 'RULE LINK REASON' for each.")
    private @Nullable Path waivers;

    @Override
    public Integer call() {
        Conformance conformance = Conformance.of(StrategyNames.find(strategy, spec.commandLine()));
        ConformanceReport report = run(conformance);
        PrintWriter out = spec.commandLine().getOut();
        out.print(report.text());
        out.flush();
        return report.passed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private ConformanceReport run(Conformance conformance) {
        try {
            conformance.thorough(thorough);
            for (Waiver waiver : waivers()) {
                conformance.waive(waiver);
            }
            if (quick) {
                conformance.quick();
            }
            return replay == null ? conformance.run() : conformance.replay(replay);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private List<Waiver> waivers() {
        if (waivers == null) {
            return List.of();
        }
        try {
            return Files.readAllLines(waivers).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Waiver::parse)
                    .toList();
        } catch (IOException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), waivers + " cannot be read: " + e.getMessage(), e);
        }
    }
}
