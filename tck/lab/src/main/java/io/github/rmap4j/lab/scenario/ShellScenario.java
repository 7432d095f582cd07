package io.github.rmap4j.lab.scenario;

import java.util.SplittableRandom;

/** Shell scripts and builds: most address spaces that fork makes are thrown away before they have done anything. */
final class ShellScenario extends GeneratedScenario {
    ShellScenario() {
        super(
                "shell",
                "A shell that runs pipelines: forks that exec at once, and subshells that do not",
                ScenarioParameter.integer("commands", 3000, 1, 1000000, "Pipelines, one after the other."),
                ScenarioParameter.integer("length", 3, 1, 20, "Programs in a pipeline."),
                ScenarioParameter.decimal(
                        "subshells", "0.2", "0", "1", "Share of programs that are subshells without exec."),
                ScenarioParameter.integer("pages", 150, 1, 10000, "Pages of the shell."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int commands = values.count("commands");
        int pages = values.count("pages");
        arena.fill(0, 0, pages);
        for (int i = 0; i < commands; i++) {
            int[] programs = new int[values.count("length")];
            for (int n = 0; n < programs.length; n++) {
                int program = arena.fork(0);
                programs[n] = program;
                arena.write(program, random.nextInt(pages), 1);
                if (random.nextDouble() < values.decimal("subshells")) {
                    arena.writeSome(program, 0, pages, 0.2, random);
                } else {
                    arena.exec(program);
                    arena.fill(program, 0, 20);
                }
            }
            for (int program : programs) {
                arena.exit(program);
            }
            arena.write(0, random.nextInt(pages), 1);
            arena.progress(i + 1, commands);
        }
    }
}
