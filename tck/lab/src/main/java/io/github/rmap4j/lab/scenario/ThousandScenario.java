package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** The case that was held against CoW contexts on the list: each page of the parent is mapped by the parent and one child, and everybody else is below the same context. */
final class ThousandScenario extends GeneratedScenario {
    ThousandScenario() {
        super(
                "thousand",
                "Children that have each kept another of many mappings of their parent",
                ScenarioParameter.integer("vmas", 1000, 1, 20000, "Mappings of the parent, of one page each."),
                ScenarioParameter.integer(
                        "children",
                        1000,
                        1,
                        5000,
                        "Children; each keeps every so-many-th mapping, the first one a different one."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int vmas = values.count("vmas");
        int children = values.count("children");
        for (int i = 0; i < vmas; i++) {
            arena.fill(0, 2L * i, 1);
        }
        for (int i = 0; i < children; i++) {
            int child = arena.fork(0);
            long from = 0;
            for (long kept = i % vmas; kept < vmas; kept += children) {
                if (kept > from) {
                    arena.unmap(child, 2 * from, 2 * (kept - from));
                }
                from = kept + 1;
            }
            if (from < vmas) {
                arena.unmap(child, 2 * from, 2 * (vmas - from));
            }
            arena.progress(i + 1, children);
        }
    }
}
