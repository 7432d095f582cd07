package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** Most processes of most machines: started by exec, with memory of their own, without children. */
final class LeafOnlyScenario extends GeneratedScenario {
    LeafOnlyScenario() {
        super(
                "leaf-only",
                "Programs that never fork",
                ScenarioParameter.integer("processes", 300, 1, 5000, "Processes."),
                ScenarioParameter.integer("vmas", 60, 1, 5000, "Mappings of each."),
                ScenarioParameter.integer("pages", 8, 1, 1000, "Pages of each mapping that are written."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int processes = values.count("processes");
        int pages = values.count("pages");
        for (int n = 0; n < processes; n++) {
            int process = arena.fork(0);
            arena.exec(process);
            for (int i = 0; i < values.count("vmas"); i++) {
                arena.map(process, i * (pages + 1L), pages);
                arena.write(process, i * (pages + 1L), 1 + random.nextInt(pages));
            }
            arena.progress(n + 1, processes);
        }
    }
}
