package io.github.rmap4j.lab.input;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an input is. */
public enum InputFormat {
    /** What perf script prints. */
    PERF,
    /** A memory program. */
    PROGRAM,
    /** A trace that comes with this program. */
    BUNDLED,
    /** A workload that is generated. */
    SCENARIO;

    /**
     * The word before the colon.
     *
     * @return in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String words() {
        return Arrays.stream(values()).map(format -> format.word() + ":").collect(Collectors.joining(", "));
    }
}
