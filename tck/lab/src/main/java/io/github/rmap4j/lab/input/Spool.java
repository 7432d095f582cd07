package io.github.rmap4j.lab.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Copies of streams that can be read only once; they are there until the program ends. */
final class Spool {
    private Spool() {}

    static Path of(InputStream in) throws IOException {
        Path copy = Files.createTempFile("rmap4j-lab", ".input");
        copy.toFile().deleteOnExit();
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return copy;
    }
}
