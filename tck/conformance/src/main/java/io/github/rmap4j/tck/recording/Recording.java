package io.github.rmap4j.tck.recording;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recording step by step; {@link io.github.rmap4j.tck.recording the package} describes the format. Not safe for
 * use by several threads.
 *
 * @since 0.1
 */
public final class Recording implements Closeable {
    private static final int GZIP_MAGIC_LOW = 0x1f;
    private static final int GZIP_MAGIC_HIGH = 0x8b;

    private final String name;
    private final BufferedReader lines;
    private int line;

    private Recording(String name, BufferedReader lines) {
        this.name = name;
        this.lines = lines;
    }

    /**
     * Opens a file.
     *
     * @param file the file, plain or compressed
     * @return the recording; its name is that of the file
     * @throws IOException if the file cannot be read
     */
    public static Recording open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return read(String.valueOf(file.getFileName()), in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads from a stream.
     *
     * @param name a name, for messages
     * @param in the lines, plain or compressed; closed with the recording
     * @return the recording
     * @throws IOException if reading fails
     */
    public static Recording read(String name, InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in);
        buffered.mark(2);
        boolean compressed = buffered.read() == GZIP_MAGIC_LOW && buffered.read() == GZIP_MAGIC_HIGH;
        buffered.reset();
        InputStream plain = buffered;
        if (compressed) {
            try {
                plain = new GZIPInputStream(buffered);
            } catch (IOException e) {
                throw new RecordingException(name, 1, "damaged gzip header: " + e.getMessage(), e);
            }
        }
        return new Recording(name, new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8)));
    }

    /**
     * The name.
     *
     * @return the name given at creation
     */
    public String name() {
        return name;
    }

    /**
     * Reads the next step.
     *
     * @return the step, or null at the end
     * @throws RecordingException if the line is malformed or the file is damaged
     */
    public @Nullable RecordedStep next() throws IOException {
        String text;
        try {
            text = lines.readLine();
        } catch (IOException e) {
            throw new RecordingException(name, line + 1, "cannot be read: " + e.getMessage(), e);
        }
        if (text == null) {
            if (line == 0) {
                throw new RecordingException(name, 1, "expected operation 'start', found the end of the file");
            }
            return null;
        }
        line++;
        RecordedStep step = new StepParser(name, line).parse(text);
        if (step.op().equals(RecordedStep.START) != (line == 1)) {
            throw new RecordingException(
                    name, line, "operation 'start' belongs into line 1 and only there, found '" + step.op() + "'");
        }
        return step;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
