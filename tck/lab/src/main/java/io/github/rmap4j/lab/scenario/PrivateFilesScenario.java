package io.github.rmap4j.lab.scenario;

import io.github.rmap4j.api.MappedFile;
import java.util.SplittableRandom;

/** A program with many libraries: their data pages all begin at the same few offsets of their files. */
final class PrivateFilesScenario extends GeneratedScenario {
    PrivateFilesScenario() {
        super(
                "private-files",
                "Private mappings of many files from their start, written, and some forks",
                ScenarioParameter.integer("files", 1000, 1, 20000, "Files, each mapped from its page 0 on."),
                ScenarioParameter.integer("pages", 2, 1, 64, "Pages of each that are written."),
                ScenarioParameter.integer("children", 4, 0, 1000, "Forks afterwards."));
    }

    @Override
    void run(Arena arena, ScenarioValues values, SplittableRandom random) {
        int files = values.count("files");
        int pages = values.count("pages");
        for (int i = 0; i < files; i++) {
            MappedFile file = MappedFile.of(MappedFile.Kind.REGULAR, "file" + i);
            arena.mapFile(0, i * (pages + 1L), pages, file);
            arena.write(0, i * (pages + 1L), pages);
            arena.progress(i + 1, files);
        }
        for (int i = 0; i < values.count("children"); i++) {
            arena.writeSome(arena.fork(0), 0, 1, 0.5, random);
        }
    }
}
