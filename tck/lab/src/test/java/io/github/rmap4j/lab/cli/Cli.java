package io.github.rmap4j.lab.cli;

import io.github.rmap4j.spi.RmapStrategyProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Runs the program in this virtual machine. */
final class Cli {
    private Cli() {}

    /** What a run left. */
    record Result(int code, String out, String err) {
        List<String> outLines() {
            return out.lines().toList();
        }

        List<String> errLines() {
            return err.lines().toList();
        }
    }

    static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        return run(out, out::toString, arguments);
    }

    /** Runs it with an output that loses everything. */
    static Result runWithoutOutput(String... arguments) {
        Writer full = new OutputStreamWriter(new FullDevice(), StandardCharsets.UTF_8);
        return run(full, () -> "", arguments);
    }

    /** Runs it with one more provider of a strategy, for the list of which a folder is needed. */
    static Result runWithProvider(Path folder, String provider, String... arguments) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(RmapStrategyProvider.class.getName()), provider + "\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            return run(arguments);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Result run(Writer out, Supplier<String> printed, String... arguments) {
        StringWriter err = new StringWriter();
        int code = LabCommand.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Result(code, printed.get(), err.toString());
    }

    /** Cannot be written, like /dev/full. */
    private static final class FullDevice extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }
}
