package io.github.rmap4j.benchmarks.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** All tables of one run. */
public final class BenchmarkReport {
    private final JmhResults jmh;
    private final NamedNumbers kernel;
    private final NamedNumbers pairs;
    private final NamedNumbers heap;

    private BenchmarkReport(JmhResults jmh, NamedNumbers kernel, NamedNumbers pairs, NamedNumbers heap) {
        this.jmh = jmh;
        this.kernel = kernel;
        this.pairs = pairs;
        this.heap = heap;
    }

    /**
     * Reads {@code jmh.json}, {@code kernel*.txt}, {@code pairs*.txt} and {@code heap*.txt} of a directory.
     *
     * @param directory where they are
     * @param strategy whose results to show
     */
    public static BenchmarkReport read(Path directory, String strategy) throws IOException {
        return new BenchmarkReport(
                JmhResults.read(directory.resolve("jmh.json"), strategy),
                NamedNumbers.read(files(directory, "kernel")),
                NamedNumbers.read(files(directory, "pairs")),
                NamedNumbers.read(files(directory, "heap")));
    }

    private static List<Path> files(Path directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(prefix) && name.endsWith(".txt");
                    })
                    .sorted()
                    .toList();
        }
    }

    /** The tables as Markdown. */
    public String toMarkdown() {
        return String.join(
                "\n",
                new KernelSection(jmh, kernel).table().toString(),
                new LimitSection(jmh, pairs, heap).table().toString(),
                new GrowthSection(jmh).table().toString());
    }
}
