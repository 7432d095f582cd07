package io.github.rmap4j.benchmarks;

import io.github.rmap4j.benchmarks.table.StrategyComparison;
import java.io.IOException;
import java.nio.file.Path;

/** Prints a table of one strategy beside another, from rounds in which both were measured in turns. */
public final class StrategyTable {
    private StrategyTable() {}

    /**
     * Reads the rounds.
     *
     * @param args the directory with {@code round-*.json} and {@code heap-STRATEGY.txt}; the strategy that is compared with;
     *     the other strategy
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: StrategyTable DIRECTORY BASE STRATEGY");
            System.exit(2);
        }
        System.out.printf(
                "%d cores, %s %s%n%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version"));
        System.out.print(
                StrategyComparison.read(Path.of(args[0]), args[1], args[2]).toMarkdown());
    }
}
