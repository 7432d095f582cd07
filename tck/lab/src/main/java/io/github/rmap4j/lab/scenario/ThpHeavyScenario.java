package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** Heaps with MADV_HUGEPAGE, where a folio has many mappings of its pages in several VMAs. */
final class ThpHeavyScenario extends GeneratedScenario {
    ThpHeavyScenario() {
        super(
                "thp-heavy",
                "Large folios that are forked, partly unmapped, and moved",
                ScenarioParameter.integer("folios", 500, 1, 20000, "Aligned ranges of 64 KiB that are faulted in."),
                ScenarioParameter.integer("children", 10, 0, 1000, "Forks."),
                ScenarioParameter.decimal(
                        "unmapped", "0.2", "0", "1", "Share of the ranges of which a child unmaps a part."),
                ScenarioParameter.decimal(
                        "moved", "0.1", "0", "1", "Share of the ranges of which a child moves a part."));
    }

    /** Pages of 64 KiB, which replays map as one folio. */
    private static final int PAGES = 16;

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int folios = values.count("folios");
        int children = values.count("children");
        arena.map(0, 0, folios * PAGES);
        arena.allowHuge(0, 0, folios * PAGES);
        for (int i = 0; i < folios; i++) {
            arena.write(0, (long) i * PAGES, 1);
        }
        for (int n = 0; n < children; n++) {
            int child = arena.fork(0);
            for (int i = 0; i < folios; i++) {
                long page = (long) i * PAGES + random.nextInt(PAGES / 2);
                double chance = random.nextDouble();
                if (chance < values.decimal("unmapped")) {
                    arena.unmap(child, page, 1 + random.nextInt(PAGES / 2));
                } else if (chance < values.decimal("unmapped") + values.decimal("moved")) {
                    arena.move(child, page, 4, 2L * folios * PAGES + 8L * i);
                }
            }
            arena.progress(n + 1, children);
        }
    }
}
