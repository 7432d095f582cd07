package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** Redis and its like: one large heap, a child that only reads, and copies in the parent. */
final class SnapshotScenario extends GeneratedScenario {
    SnapshotScenario() {
        super(
                "snapshot",
                "A database that forks to save its memory, and writes on meanwhile",
                ScenarioParameter.integer("pages", 20000, 1, 1000000, "Pages of the heap."),
                ScenarioParameter.integer("snapshots", 10, 1, 1000, "Snapshots, one after the other."),
                ScenarioParameter.decimal(
                        "written", "0.2", "0", "1", "Share of the heap that is written during a snapshot."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int pages = values.count("pages");
        int snapshots = values.count("snapshots");
        arena.fill(0, 0, pages);
        int saver = -1;
        for (int i = 0; i < snapshots; i++) {
            if (saver >= 0) {
                arena.exit(saver);
            }
            saver = arena.fork(0);
            arena.writeSome(0, 0, pages, values.decimal("written"), random);
            arena.fill(saver, pages + 10L, 16);
            arena.progress(i + 1, snapshots);
        }
    }
}
