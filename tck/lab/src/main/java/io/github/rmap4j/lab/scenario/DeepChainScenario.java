package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** What forking into the background over and over leaves behind: all between the first and the last are dead. */
final class DeepChainScenario extends GeneratedScenario {
    DeepChainScenario() {
        super(
                "deep-chain",
                "A chain of forks, of which only the last is alive and maps the pages of the first",
                ScenarioParameter.integer("depth", 100, 1, 2000, "Forks."),
                ScenarioParameter.integer("pages", 100, 1, 10000, "Pages of the first process."),
                ScenarioParameter.decimal("copied", "0", "0", "1", "Share of the pages that each generation writes."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int depth = values.count("depth");
        int pages = values.count("pages");
        arena.fill(0, 0, pages);
        int last = 0;
        for (int i = 0; i < depth; i++) {
            int next = arena.fork(last);
            arena.exit(last);
            arena.writeSome(next, 0, pages, values.decimal("copied"), random);
            last = next;
            arena.progress(i + 1, depth);
        }
    }
}
