package io.github.rmap4j.tck;

import java.util.Locale;

/**
 * How much a rule weighs.
 *
 * @since 0.1
 */
public enum Level {
    /** A strategy that breaks it is not correct. */
    MUST,
    /** A strategy that breaks it is correct, but costs more than it need: the run passes all the same. */
    SHOULD;

    /**
     * The word in texts.
     *
     * @return the name in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
