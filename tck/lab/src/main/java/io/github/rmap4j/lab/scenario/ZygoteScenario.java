package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** Android, application servers and preforking servers: few of the leaves still share any one page. */
final class ZygoteScenario extends GeneratedScenario {
    ZygoteScenario() {
        super(
                "zygote",
                "A zygote and its leaves, long after they have copied most of what they inherited",
                ScenarioParameter.integer("leaves", 500, 1, 5000, "Children of the zygote, which do not fork."),
                ScenarioParameter.integer("vmas", 20, 1, 1000, "Mappings of the zygote."),
                ScenarioParameter.integer("pages", 2000, 1, 50000, "Pages in them."),
                ScenarioParameter.decimal(
                        "written", "0.95", "0", "1", "Share of the inherited pages that each leaf has written."),
                ScenarioParameter.decimal(
                        "unmapped", "0.1", "0", "1", "Share of the inherited mappings that each leaf has unmapped."),
                ScenarioParameter.integer("own", 50, 0, 10000, "Pages that each leaf has mapped itself."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int vmas = values.count("vmas");
        int pages = values.count("pages");
        int each = Math.max(1, pages / vmas);
        for (int i = 0; i < vmas; i++) {
            arena.fill(0, i * (each + 1L), each);
        }
        int leaves = values.count("leaves");
        for (int n = 0; n < leaves; n++) {
            int leaf = arena.fork(0);
            for (int i = 0; i < vmas; i++) {
                long page = i * (each + 1L);
                if (random.nextDouble() < values.decimal("unmapped")) {
                    arena.unmap(leaf, page, each);
                } else {
                    arena.writeSome(leaf, page, each, values.decimal("written"), random);
                }
            }
            if (values.count("own") > 0) {
                arena.fill(leaf, vmas * (each + 1L) + 100, values.count("own"));
            }
            arena.progress(n + 1, leaves);
        }
    }
}
