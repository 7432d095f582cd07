package io.github.rmap4j.lab.cli;

import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.lab.replay.ManagerSettings;
import io.github.rmap4j.spi.RmapStrategyProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine;

/** Finds strategies by the names that users give. */
final class StrategyNames {
    static final String ALL = "all";

    private StrategyNames() {}

    /** The strategies of these names, each once. */
    static List<RmapStrategyProvider> find(List<String> names, CommandLine command) {
        List<RmapStrategyProvider> found = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            if (name.equals(ALL)) {
                Strategies.available().stream()
                        .filter(provider -> !contains(found, provider))
                        .forEach(found::add);
            } else {
                RmapStrategyProvider provider = find(name, command);
                if (!contains(found, provider)) {
                    found.add(provider);
                }
            }
        }
        if (found.isEmpty()) {
            throw new CommandLine.ParameterException(command, "there is no strategy on the class path or module path");
        }
        return found;
    }

    static RmapStrategyProvider find(String name, CommandLine command) {
        try {
            RmapStrategyProvider provider = Strategies.find(name);
            if (!provider.options().isEmpty()) {
                // Only a manager knows whether there are such settings.
                ManagerSettings.build(provider);
            }
            return provider;
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(command, String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean contains(List<RmapStrategyProvider> found, RmapStrategyProvider provider) {
        return found.stream().anyMatch(other -> other.name().equals(provider.name()));
    }
}
