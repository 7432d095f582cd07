package io.github.rmap4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that a newcomer copies must compile and do what it says. */
class ReadmeExampleTest {
    private static final Path README = Path.of("..", "..", "README.md");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    @DisplayName("the README's embedding example compiles, runs and isolates parent and child")
    void embeddingExample() throws Exception {
        Class<?> example = compile();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream console = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example.getMethod("run").invoke(null);
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        found -> assertThat(found)
                                .startsWith("the reverse map finds the page in [")
                                .contains(", ")
                                .endsWith(" rw-p]"),
                        words -> assertThat(words).isEqualTo("42 43, 2 anon_vmas"));
    }

    private Class<?> compile() throws IOException, ClassNotFoundException {
        Matcher block = JAVA_BLOCK.matcher(Files.readString(README));
        assertThat(block.find()).as("README.md has a Java example").isTrue();
        Path source = folder.resolve("Example.java");
        Files.writeString(
                source,
                "import io.github.rmap4j.api.*;\nimport java.util.*;\npublic class Example {\npublic static void run() {\n"
                        + block.group(1) + "}\n}\n");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        errors,
                        errors,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        source.toString());
        assertThat(result).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
        return loader.loadClass("Example");
    }
}
