package io.github.rmap4j.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Expected outputs; -Dgolden.update=true writes them anew, for a look at the difference before it is committed. */
final class Golden {
    private static final Path FOLDER = Path.of("src/test/resources/io/github/rmap4j/lab/golden");

    private Golden() {}

    static void assertEquals(String name, String actual) throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(FOLDER.resolve(name), actual, StandardCharsets.UTF_8);
        }
        assertThat(actual).isEqualTo(read(name));
    }

    static String read(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name), StandardCharsets.UTF_8);
    }
}
