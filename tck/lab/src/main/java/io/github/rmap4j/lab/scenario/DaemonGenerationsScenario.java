package io.github.rmap4j.lab.scenario;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/** Daemons that detach, and servers that upgrade themselves by forking: a family whose tree is a line that grows for ever. */
final class DaemonGenerationsScenario extends GeneratedScenario {
    DaemonGenerationsScenario() {
        super(
                "daemon-generations",
                "A daemon whose every generation forks the next one and exits",
                ScenarioParameter.integer("generations", 2000, 1, 100000, "Generations."),
                ScenarioParameter.integer("pages", 50, 1, 10000, "Pages that are inherited all the way."),
                ScenarioParameter.decimal("written", "0.1", "0", "1", "Share of them that a generation writes."),
                ScenarioParameter.integer(
                        "helpers", 1, 0, 20, "Other children of a generation, which outlive it by one."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int generations = values.count("generations");
        int pages = values.count("pages");
        arena.fill(0, 0, pages);
        int daemon = 0;
        Deque<Integer> helpers = new ArrayDeque<>();
        for (int i = 0; i < generations; i++) {
            while (helpers.size() > values.count("helpers")) {
                arena.exit(helpers.remove());
            }
            for (int n = 0; n < values.count("helpers"); n++) {
                helpers.add(arena.fork(daemon));
            }
            int next = arena.fork(daemon);
            arena.exit(daemon);
            daemon = next;
            arena.writeSome(daemon, 0, pages, values.decimal("written"), random);
            arena.progress(i + 1, generations);
        }
    }
}
