package io.github.rmap4j.lab.cli;

import io.github.rmap4j.lab.input.Input;
import io.github.rmap4j.lab.replay.Findings;
import io.github.rmap4j.lab.replay.ManagerSettings;
import io.github.rmap4j.lab.replay.OperationTimes;
import io.github.rmap4j.lab.replay.Replay;
import io.github.rmap4j.lab.replay.ReplayObserver;
import io.github.rmap4j.lab.replay.Workload;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Replays one input under one strategy. */
@Command(
        name = "replay",
        description = "Replays an input under one strategy and prints what the memory looks like, or how long it took.",
        mixinStandardHelpOptions = true)
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
final class ReplayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "INPUT",
            converter = InputConverter.class,
            description = "perf:FILE, program:FILE, scenario:NAME?PARAMETER=VALUE&... or bundled:chromium; gzip is"
                    + " recognised; - is standard input")
    private Input input;

    @Option(
            names = "--strategy",
            required = true,
            paramLabel = "NAME",
            description = "the strategy, with settings as in lazy:merge=same-base")
    private String strategy;

    @ArgGroup(multiplicity = "1")
    private Output output;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "with --time: replay so often, print the last (default: ${DEFAULT-VALUE})")
    private int repeat;

    /** What to print. */
    private static final class Output {
        @Option(
                names = "--state",
                required = true,
                paramLabel = "all|final",
                description = "print the state as JSON after each operation, or after the last")
        private StateLines.@Nullable When state;

        @Option(names = "--time", required = true, description = "print the time of each kind of operation")
        private boolean time;
    }

    @Override
    public Integer call() {
        if (repeat < 1) {
            throw new ParameterException(spec.commandLine(), "--repeat must be at least 1, not " + repeat);
        }
        if (repeat > 1 && !output.time) {
            throw new ParameterException(spec.commandLine(), "--repeat needs --time");
        }
        if (strategy.equals(StrategyNames.ALL)) {
            throw new ParameterException(spec.commandLine(), "replay wants one strategy; compare takes all");
        }
        RmapStrategyProvider provider = StrategyNames.find(strategy, spec.commandLine());
        Workload workload = new Workload(input);
        PrintWriter out = spec.commandLine().getOut();
        Replay replay;
        if (output.state != null) {
            StateLines lines = new StateLines(output.state, ManagerSettings.build(provider), workload.base(), out);
            replay = workload.replay(lines.manager(), lines, bytes -> {});
            lines.end();
        } else {
            replay = repeat(workload, provider);
            for (OperationTimes.Total total : replay.times().totals()) {
                out.println(total.line());
            }
        }
        out.flush();
        summarize(replay.findings());
        return 0;
    }

    private Replay repeat(Workload workload, RmapStrategyProvider provider) {
        Replay replay = workload.replay(ManagerSettings.build(provider), ReplayObserver.NONE, bytes -> {});
        for (int i = 1; i < repeat; i++) {
            replay = workload.replay(ManagerSettings.build(provider), ReplayObserver.NONE, bytes -> {});
        }
        return replay;
    }

    private void summarize(Findings findings) {
        PrintWriter err = spec.commandLine().getErr();
        print(err, "mismatch", findings.mismatches());
        print(err, "remark", findings.remarks());
        err.flush();
    }

    private static void print(PrintWriter err, String group, Map<String, Findings.Finding> findings) {
        findings.forEach((kind, finding) -> {
            err.printf(Locale.ROOT, "%s: %s: %d%n", group, kind, finding.count());
            finding.examples().forEach(example -> err.println("  " + example));
        });
    }
}
