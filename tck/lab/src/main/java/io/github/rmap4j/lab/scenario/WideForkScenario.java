package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** What fork is for: every page is mapped by everybody, so that a walk has to go everywhere. */
final class WideForkScenario extends GeneratedScenario {
    WideForkScenario() {
        super(
                "wide-fork",
                "One parent, and children that all keep everything",
                ScenarioParameter.integer("children", 200, 1, 5000, "Children."),
                ScenarioParameter.integer("vmas", 50, 1, 5000, "Mappings of the parent."),
                ScenarioParameter.integer("pages", 4, 1, 1000, "Pages of each."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int children = values.count("children");
        int pages = values.count("pages");
        for (int i = 0; i < values.count("vmas"); i++) {
            arena.fill(0, i * (pages + 1L), pages);
        }
        for (int i = 0; i < children; i++) {
            arena.write(arena.fork(0), random.nextInt(pages), 1);
            arena.progress(i + 1, children);
        }
    }
}
