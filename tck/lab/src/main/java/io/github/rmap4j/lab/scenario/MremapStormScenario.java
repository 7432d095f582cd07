package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** A program whose allocator grows its blocks with mremap: what is kept of moves that are over must not add up. */
final class MremapStormScenario extends GeneratedScenario {
    MremapStormScenario() {
        super(
                "mremap-storm",
                "Memory that is moved and unmapped over and over, beside some that stays moved",
                ScenarioParameter.integer("rounds", 100000, 1, 10000000, "Rounds of mmap, write, mremap and munmap."),
                ScenarioParameter.integer(
                        "live", 20, 0, 1000, "Moved blocks that stay, each in another place every so many rounds."),
                ScenarioParameter.integer("pages", 2, 1, 64, "Pages of a block."),
                ScenarioParameter.integer("children", 0, 0, 100, "Forks, spread over the rounds."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int rounds = values.count("rounds");
        int live = values.count("live");
        int pages = values.count("pages");
        int children = values.count("children");
        long[] places = new long[live];
        long free = 10L * pages * (live + 2);
        for (int i = 0; i < live; i++) {
            places[i] = 2L * pages * i;
            arena.fill(0, places[i], pages);
        }
        for (int round = 0; round < rounds; round++) {
            long from = free + 2L * pages * random.nextInt(1000);
            long to = free + 2L * pages * (1000 + random.nextInt(1000));
            arena.fill(0, from, pages);
            arena.move(0, from, pages, to);
            arena.unmap(0, to, pages);
            if (live > 0 && round % 100 == 0) {
                int i = round / 100 % live;
                long place = free + 2L * pages * (3000L + 2L * live * random.nextInt(50) + 2L * i);
                if (place != places[i]) {
                    arena.move(0, places[i], pages, place);
                    places[i] = place;
                }
            }
            if (children > 0 && round % Math.max(1, rounds / children) == 0) {
                arena.fork(0);
            }
            arena.progress(round + 1, rounds);
        }
    }
}
