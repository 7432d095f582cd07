package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** Garbage collectors, guard pages and just-in-time compilers: VMAs are split and merged all the time. */
final class SplitMergeStormScenario extends GeneratedScenario {
    SplitMergeStormScenario() {
        super(
                "split-merge-storm",
                "Memory whose protection changes piece by piece, in a process that has forked",
                ScenarioParameter.integer("rounds", 50000, 1, 10000000, "Changes."),
                ScenarioParameter.integer("pages", 400, 4, 10000, "Pages of the memory."),
                ScenarioParameter.integer("children", 3, 0, 1000, "Forks before, which keep everything."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int rounds = values.count("rounds");
        int pages = values.count("pages");
        arena.fill(0, 0, pages);
        for (int i = 0; i < values.count("children"); i++) {
            arena.fork(0);
        }
        for (int round = 0; round < rounds; round++) {
            int first = random.nextInt(pages);
            int n = 1 + random.nextInt(Math.min(8, pages - first));
            if (random.nextBoolean()) {
                arena.makeReadOnly(0, first, n);
            } else {
                arena.makeWritable(0, first, n);
                arena.write(0, first, 1);
            }
            arena.progress(round + 1, rounds);
        }
    }
}
