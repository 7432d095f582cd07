package io.github.rmap4j.lab.scenario;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/** Preforking and forking servers, and test runners that fork for each test. */
final class ForkServerScenario extends GeneratedScenario {
    ForkServerScenario() {
        super(
                "fork-server",
                "A server that forks a worker for each request, which writes a little and exits",
                ScenarioParameter.integer("requests", 5000, 1, 1000000, "Requests, one after the other."),
                ScenarioParameter.integer("parallel", 20, 1, 1000, "Workers that are alive at a time."),
                ScenarioParameter.integer("vmas", 100, 1, 5000, "Mappings of the server."),
                ScenarioParameter.integer("pages", 10, 1, 1000, "Pages of each."),
                ScenarioParameter.integer("touched", 30, 0, 10000, "Pages that a worker writes."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int requests = values.count("requests");
        int vmas = values.count("vmas");
        int pages = values.count("pages");
        for (int i = 0; i < vmas; i++) {
            arena.fill(0, i * (pages + 1L), pages);
        }
        Deque<Integer> workers = new ArrayDeque<>();
        for (int i = 0; i < requests; i++) {
            if (workers.size() == values.count("parallel")) {
                arena.exit(workers.remove());
            }
            int worker = arena.fork(0);
            workers.add(worker);
            for (int touched = 0; touched < values.count("touched"); touched++) {
                arena.write(worker, random.nextInt(vmas) * (pages + 1L) + random.nextInt(pages), 1);
            }
            // The server goes on working, too.
            arena.write(0, random.nextInt(vmas) * (pages + 1L) + random.nextInt(pages), 1);
            arena.progress(i + 1, requests);
        }
    }
}
