package io.github.rmap4j.benchmarks;

import io.github.rmap4j.benchmarks.table.BenchmarkReport;
import java.io.IOException;
import java.nio.file.Path;

/** Prints the results of a run as Markdown tables. */
public final class BenchmarkTable {
    private BenchmarkTable() {}

    /**
     * Reads the results.
     *
     * @param args the directory with {@code jmh.json}, {@code kernel*.txt}, {@code pairs*.txt} and {@code heap*.txt};
     *     optionally the strategy
     */
    public static void main(String[] args) throws IOException {
        if (args.length < 1 || args.length > 2) {
            System.err.println("usage: BenchmarkTable DIRECTORY [STRATEGY]");
            System.exit(2);
        }
        String strategy = args.length == 2 ? args[1] : "anonvma";
        System.out.printf(
                "%d cores, Linux %s, %s %s%n%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version"));
        System.out.print(BenchmarkReport.read(Path.of(args[0]), strategy).toMarkdown());
    }
}
