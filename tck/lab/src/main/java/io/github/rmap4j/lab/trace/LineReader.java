package io.github.rmap4j.lab.trace;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Splits a stream into lines without making a string of each. A line is the bytes {@link #from()} to {@link #to()} of
 * {@link #buffer()} until the next call of {@link #next()}.
 */
final class LineReader {
    /** Longer lines than perf ever writes; a limit so that a file without line ends does not fill the memory. */
    static final int LONGEST = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[4 * LONGEST];
    private int from;
    private int to;
    private int next;
    private int limit;
    private long number;
    private boolean tooLong;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line; false at the end of the stream. A longer line than {@link #LONGEST} ends the stream. */
    boolean next() throws IOException {
        if (tooLong) {
            return false;
        }
        from = next;
        int scanned = from;
        while (true) {
            int end = lineFeed(scanned);
            if (end >= 0) {
                next = end + 1;
                return line(end);
            }
            if (limit - from > LONGEST) {
                tooLong = true;
                return line(from + LONGEST);
            }
            scanned = limit;
            if (limit == buffer.length) {
                System.arraycopy(buffer, from, buffer, 0, limit - from);
                limit -= from;
                scanned -= from;
                from = 0;
            }
            int read = in.read(buffer, limit, buffer.length - limit);
            if (read < 0) {
                next = limit;
                return limit > from && line(limit);
            }
            limit += read;
        }
    }

    private int lineFeed(int at) {
        for (int i = at; i < limit; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean line(int end) {
        to = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
        number++;
        return true;
    }

    /** Whether the line is only the beginning of one that is too long. */
    boolean isTooLong() {
        return tooLong || to - from > LONGEST;
    }

    byte[] buffer() {
        return buffer;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** Number of the line, from 1; 0 before the first. */
    long number() {
        return number;
    }

    byte[] copy() {
        return Arrays.copyOfRange(buffer, from, to);
    }
}
