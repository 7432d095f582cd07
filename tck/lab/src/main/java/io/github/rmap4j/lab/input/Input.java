package io.github.rmap4j.lab.input;

import io.github.rmap4j.lab.scenario.ConfiguredScenario;
import io.github.rmap4j.lab.scenario.Scenarios;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A workload that can be read any number of times, written {@code FORMAT:PATH}; gzip is recognised by content. What is no
 * regular file, such as a pipe, is copied when it is first read. The content of a scenario is the text of all its values.
 */
public final class Input {
    /** Path of the only bundled trace. */
    public static final String CHROMIUM = "chromium";

    private static final int BUFFER = 1 << 16;

    private final InputFormat format;
    private final String path;
    private final @Nullable ConfiguredScenario scenario;
    /** A copy of what cannot be read twice. */
    private @Nullable Path spool;

    private Input(InputFormat format, String path) {
        this.format = format;
        this.path = path;
        this.scenario = format == InputFormat.SCENARIO ? Scenarios.parse(path) : null;
    }

    /**
     * An input by its name.
     *
     * @param text {@code FORMAT:PATH}; the path {@code -} is standard input, that of a scenario is {@code NAME} or
     *     {@code NAME?PARAMETER=VALUE&...}
     * @return the input, not looked at yet
     * @throws IllegalArgumentException if the text is not of this form; the message says what is
     */
    public static Input parse(String text) {
        int colon = text.indexOf(':');
        for (InputFormat format : InputFormat.values()) {
            if (colon > 0 && format.word().equals(text.substring(0, colon))) {
                return of(format, text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException(
                "expected FORMAT:PATH with a format of " + InputFormat.words() + ", found '" + text + "'");
    }

    private static Input of(InputFormat format, String path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("expected a path after '" + format.word() + ":'");
        }
        if (format == InputFormat.BUNDLED && !path.equals(CHROMIUM)) {
            throw new IllegalArgumentException("no bundled trace '" + path + "'; available: " + CHROMIUM);
        }
        return new Input(format, path);
    }

    /**
     * The trace of headless Chromium that comes with this program.
     *
     * @return the input
     */
    public static Input bundled() {
        return new Input(InputFormat.BUNDLED, CHROMIUM);
    }

    /**
     * What it is.
     *
     * @return the format
     */
    public InputFormat format() {
        return format;
    }

    /**
     * Its name for messages about its content.
     *
     * @return the path
     */
    public String path() {
        return path;
    }

    /**
     * The generated workload.
     *
     * @return the scenario, or null if the input is of another format
     */
    public @Nullable ConfiguredScenario scenario() {
        return scenario;
    }

    /**
     * Whether it is standard input, which can be an input once only.
     *
     * @return true if the path is {@code -}
     */
    public boolean isStandardInput() {
        return path.equals("-");
    }

    /**
     * Opens it.
     *
     * @param progress is told from time to time how many bytes have been read, before decompression
     * @return its content, decompressed
     * @throws InputException if it cannot be read
     */
    public InputStream open(LongConsumer progress) {
        try {
            return decompressed(new BufferedInputStream(new CountingInputStream(raw(), progress), BUFFER));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static InputStream decompressed(BufferedInputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == GzipMembers.MAGIC_1 && in.read() == GzipMembers.MAGIC_2;
        in.reset();
        return gzip ? new GzipMembers(in, BUFFER) : in;
    }

    private InputStream raw() throws IOException {
        if (scenario != null) {
            return new ByteArrayInputStream(scenario.canonical().getBytes(StandardCharsets.UTF_8));
        }
        if (format == InputFormat.BUNDLED) {
            String name = path + ".perf.gz";
            InputStream resource = Input.class.getResourceAsStream(name);
            if (resource == null) {
                throw new NoSuchFileException(name);
            }
            return resource;
        }
        return Files.newInputStream(file());
    }

    private Path file() throws IOException {
        Path copy = spool;
        if (copy != null) {
            return copy;
        }
        if (isStandardInput()) {
            spool = Spool.of(System.in);
            return spool;
        }
        Path file = file(path);
        if (Files.isRegularFile(file) || !Files.exists(file)) {
            return file;
        }
        try (InputStream in = Files.newInputStream(file)) {
            spool = Spool.of(in);
            return spool;
        }
    }

    private static Path file(String path) throws IOException {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new NoSuchFileException(path, null, e.getReason());
        }
    }

    /**
     * Size and content.
     *
     * @param bytes size before decompression
     * @param sha256 digest of the bytes, in hexadecimal
     */
    public record Identity(long bytes, String sha256) {}

    /**
     * What tells it from other inputs of the same name.
     *
     * @return size and digest
     * @throws InputException if it cannot be read
     */
    public Identity identity() {
        try (InputStream raw = raw()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            DigestInputStream in = new DigestInputStream(raw, digest);
            byte[] buffer = new byte[BUFFER];
            long bytes = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
            }
            return new Identity(bytes, HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw unreadable(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private InputException unreadable(IOException e) {
        if (e instanceof NoSuchFileException) {
            return new InputException(path + ": no such file");
        }
        if (e instanceof EOFException || e instanceof ZipException) {
            return InputException.unreadable(path, 1, e);
        }
        String reason = e instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : String.valueOf(e.getMessage());
        return new InputException(path + ": cannot be read: " + reason);
    }

    @Override
    public String toString() {
        return format.word() + ":" + path;
    }
}
