package io.github.rmap4j.benchmarks.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Lines {@code NAME NUMBER ...} of several runs of a program. */
final class NamedNumbers {
    private final Map<String, List<Double>> numbers = new HashMap<>();

    static NamedNumbers read(List<Path> files) throws IOException {
        NamedNumbers read = new NamedNumbers();
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().split("\\s+");
                if (words.length >= 2) {
                    read.numbers
                            .computeIfAbsent(words[0], name -> new ArrayList<>())
                            .add(Double.parseDouble(words[1]));
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
