package io.github.rmap4j.tck.recording;

import java.io.IOException;
import java.io.Serial;

/**
 * A recording is malformed or damaged. The message is {@code NAME:LINE: what is wrong}.
 *
 * @since 0.1
 */
public final class RecordingException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    RecordingException(String name, int line, String reason) {
        super(name + ":" + line + ": " + reason);
    }

    RecordingException(String name, int line, String reason, Throwable cause) {
        super(name + ":" + line + ": " + reason, cause);
    }
}
