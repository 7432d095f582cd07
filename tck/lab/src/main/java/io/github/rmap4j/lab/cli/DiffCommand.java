package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.diff.ComparisonDiff;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what changed between two comparisons. */
@Command(
        name = "diff",
        description =
                "Says which numbers changed from one directory of compare to another, for each input and strategy,"
                        + " the largest change first. Times are left out.",
        mixinStandardHelpOptions = true)
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
final class DiffCommand implements Callable<Integer> {
    /** Neither a success nor an error: somebody's script wants to know. */
    static final int DIFFERENT = 3;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "a directory that compare wrote")
    private Path before;

    @Parameters(index = "1", paramLabel = "NOW", description = "another one")
    private Path now;

    @Option(
            names = "--threshold",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "leaves out what changed by no more (default: ${DEFAULT-VALUE})")
    private BigDecimal threshold;

    @Override
    public Integer call() {
        if (threshold.signum() < 0) {
            throw new ParameterException(spec.commandLine(), "--threshold must not be negative: " + threshold);
        }
        ComparisonDiff diff = ComparisonDiff.of(before, now);
        PrintWriter out = spec.commandLine().getOut();
        List<String> remarks = diff.remarks();
        remarks.forEach(out::println);
        List<String> lines = diff.lines(threshold);
        lines.forEach(out::println);
        out.println(diff.same(threshold) + " numbers are the same"
                + (threshold.signum() > 0 ? " or differ by no more than " + threshold.toPlainString() + " %" : ""));
        out.flush();
        return lines.isEmpty() && remarks.isEmpty() ? CommandLine.ExitCode.OK : DIFFERENT;
    }
}
