package io.github.rmap4j.benchmarks.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One strategy beside another. In each round every benchmark was run with one and then, at once, with the other: the ratio
 * of such neighbours depends less on how fast the machine happens to be.
 */
public final class StrategyComparison {
    private static final double OPERATION_LIMIT = 1.05;
    private static final double FIRST_FORK_LIMIT = 1.2;

    private final String base;
    private final String strategy;
    private final List<JmhResults> baseRounds = new ArrayList<>();
    private final List<JmhResults> rounds = new ArrayList<>();
    private final NamedNumbers baseHeap;
    private final NamedNumbers heap;

    private StrategyComparison(String base, String strategy, NamedNumbers baseHeap, NamedNumbers heap) {
        this.base = base;
        this.strategy = strategy;
        this.baseHeap = baseHeap;
        this.heap = heap;
    }

    /**
     * Reads what was measured.
     *
     * @param directory where {@code round-*.json} and {@code heap-STRATEGY.txt} are
     * @param base the strategy that is compared with
     * @param strategy the other one
     * @return the comparison
     * @throws IOException if a file cannot be read
     */
    public static StrategyComparison read(Path directory, String base, String strategy) throws IOException {
        StrategyComparison comparison =
                new StrategyComparison(base, strategy, heap(directory, base), heap(directory, strategy));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.getFileName().toString().matches("round-[0-9]+\\.json"))
                    .sorted()
                    .toList()) {
                comparison.baseRounds.add(JmhResults.read(file, base));
                comparison.rounds.add(JmhResults.read(file, strategy));
            }
        }
        return comparison;
    }

    private static NamedNumbers heap(Path directory, String strategy) throws IOException {
        return NamedNumbers.read(List.of(directory.resolve("heap-" + strategy + ".txt")));
    }

    /**
     * The table.
     *
     * @return Markdown
     */
    public String toMarkdown() {
        MarkdownTable table = new MarkdownTable(
                strategy + " beside " + base, "benchmark", base, strategy, "ratio", "99 % interval", "limit", "met");
        for (String key : rounds.get(0).keys()) {
            addTime(table, key);
        }
        for (String key : List.of("heap_page", "heap_vma", "heap_faulted_vma", "heap_forked_vma")) {
            double before = baseHeap.median(key).orElseThrow();
            double now = heap.median(key).orElseThrow();
            table.row(
                    key + " (bytes)",
                    Format.number(before),
                    Format.number(now),
                    Format.number(now / before),
                    "",
                    Format.number(1),
                    now <= before ? "yes" : "**no**");
        }
        return table.toString();
    }

    private void addTime(MarkdownTable table, String key) {
        double[] ratios = new double[rounds.size()];
        double[] bases = new double[rounds.size()];
        double[] others = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            bases[i] = baseRounds.get(i).score(key).orElseThrow().mean();
            others[i] = rounds.get(i).score(key).orElseThrow().mean();
            ratios[i] = others[i] / bases[i];
        }
        Estimate ratio = Estimate.of(ratios);
        double limit = key.startsWith("first_fork") ? FIRST_FORK_LIMIT : OPERATION_LIMIT;
        table.row(
                key,
                Format.number(Estimate.of(bases).mean()),
                Format.number(Estimate.of(others).mean()),
                Format.number(ratio.mean()),
                Format.interval(ratio),
                Format.number(limit),
                verdict(ratio, limit));
    }

    /** An interval on both sides of the limit says nothing. */
    private static String verdict(Estimate ratio, double limit) {
        if (ratio.high() <= limit) {
            return "yes";
        }
        return ratio.low() > limit ? "**no**" : "open";
    }
}
