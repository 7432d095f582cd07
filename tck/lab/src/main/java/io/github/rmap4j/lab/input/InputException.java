package io.github.rmap4j.lab.input;

import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.util.Locale;
import java.util.zip.ZipException;

/** An input makes no sense, or a file cannot be read or written; the message is one line that names the place. */
public final class InputException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MOST_SHOWN = 60;

    /**
     * A file that cannot be read or written, or is otherwise of no use.
     *
     * @param message one line
     */
    public InputException(String message) {
        super(message);
    }

    /**
     * A malformed line.
     *
     * @param input name of the input
     * @param line number of the line, from 1
     * @param expected what should be there
     * @param found what is there; shortened and freed of control characters for the message
     * @return the exception
     */
    public static InputException malformed(String input, long line, String expected, String found) {
        return new InputException(input + ":" + line + ": expected " + expected + ", found " + quote(found));
    }

    /**
     * An input that ends where it must not.
     *
     * @param input name of the input
     * @param line number of the line that is missing, from 1
     * @param expected what should be there
     * @return the exception
     */
    public static InputException ended(String input, long line, String expected) {
        return new InputException(input + ":" + line + ": expected " + expected + ", found the end of the file");
    }

    /**
     * An input that cannot be read any further: a damaged gzip file is malformed.
     *
     * @param input name of the input
     * @param line number of the line that cannot be read, from 1
     * @param cause what happened
     * @return the exception
     */
    public static InputException unreadable(String input, long line, IOException cause) {
        String expected = "a complete gzip file";
        if (cause instanceof EOFException) {
            return ended(input, line, expected);
        }
        if (cause instanceof ZipException) {
            return malformed(input, line, expected, String.valueOf(cause.getMessage()));
        }
        return new InputException(input + ":" + line + ": cannot be read: " + cause.getMessage());
    }

    private static String quote(String text) {
        if (text.isEmpty()) {
            return "the end of the line";
        }
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < text.length() && i < MOST_SHOWN; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f) {
                quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > MOST_SHOWN ? "...'" : "'").toString();
    }
}
