package io.github.rmap4j.lab.cli;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.StrategySetting;
import io.github.rmap4j.lab.replay.ManagerSettings;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the strategies. */
@Command(
        name = "strategies",
        description = "Lists the strategies on the class path or module path, and their settings.",
        mixinStandardHelpOptions = true)
// picocli sets the fields.
@SuppressWarnings("NullAway.Init")
final class StrategiesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (RmapStrategyProvider provider : Strategies.available()) {
            out.println(provider.name() + "  " + provider.description());
            for (StrategySetting option : ManagerSettings.build(provider).options()) {
                out.printf(
                        Locale.ROOT,
                        "  :%s=%s (%s)  %s%n",
                        option.name(),
                        String.join("|", option.values()),
                        option.value(),
                        option.description());
            }
        }
        out.flush();
        return 0;
    }
}
