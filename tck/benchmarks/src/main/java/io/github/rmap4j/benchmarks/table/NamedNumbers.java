package io.github.rmap4j.benchmarks.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines {@code NAME NUMBER ...} of several runs of a program; other lines do not matter. */
final class NamedNumbers {
    private static final Pattern LINE = Pattern.compile("(\\w+) (-?[0-9.]+)\\b");

    private final Map<String, List<Double>> numbers = new HashMap<>();

    static NamedNumbers read(List<Path> files) throws IOException {
        NamedNumbers read = new NamedNumbers();
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                Matcher match = LINE.matcher(line);
                if (match.lookingAt()) {
                    read.numbers
                            .computeIfAbsent(match.group(1), name -> new ArrayList<>())
                            .add(Double.parseDouble(match.group(2)));
                }
            }
        }
        return read;
    }

    /** The median of all runs. */
    OptionalDouble median(String name) {
        double[] sorted = sorted(name);
        int n = sorted.length;
        return n == 0 ? OptionalDouble.empty() : OptionalDouble.of((sorted[(n - 1) / 2] + sorted[n / 2]) / 2);
    }

    /** The smallest number of all runs. */
    OptionalDouble smallest(String name) {
        return Arrays.stream(sorted(name)).findFirst();
    }

    /** The smallest and the largest number of all runs. */
    String range(String name) {
        double[] sorted = sorted(name);
        return Format.number(sorted[0]) + " .. " + Format.number(sorted[sorted.length - 1]);
    }

    /** The mean of all runs with its interval, if there were any. */
    Optional<Estimate> mean(String name) {
        double[] sorted = sorted(name);
        return sorted.length == 0 ? Optional.empty() : Optional.of(Estimate.of(sorted));
    }

    private double[] sorted(String name) {
        return numbers.getOrDefault(name, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
    }
}
