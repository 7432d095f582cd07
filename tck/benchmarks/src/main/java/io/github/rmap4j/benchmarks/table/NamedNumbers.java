package io.github.rmap4j.benchmarks.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        List<Double> sorted =
                numbers.getOrDefault(name, List.of()).stream().sorted().toList();
        int n = sorted.size();
        return n == 0 ? OptionalDouble.empty() : OptionalDouble.of((sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2);
    }

    /** The smallest and the largest number of all runs. */
    String range(String name) {
        List<Double> sorted =
                numbers.getOrDefault(name, List.of()).stream().sorted().toList();
        return Format.number(sorted.get(0)) + " .. " + Format.number(sorted.get(sorted.size() - 1));
    }
}
