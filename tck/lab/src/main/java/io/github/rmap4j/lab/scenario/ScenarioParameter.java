package io.github.rmap4j.lab.scenario;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be chosen in a scenario.
 *
 * @param name its name
 * @param type what its values are
 * @param initial the value if none is given
 * @param min the smallest value
 * @param max the largest value
 * @param description one sentence
 */
public record ScenarioParameter(
        String name, Type type, BigDecimal initial, BigDecimal min, BigDecimal max, String description) {
    /** What values are. */
    public enum Type {
        /** A whole number. */
        INTEGER("integer", "-?\\d{1,18}"),
        /** A number with or without decimals, never in exponential notation. */
        DECIMAL("decimal", "-?\\d{1,9}(\\.\\d{1,9})?");

        private final String word;
        private final Pattern pattern;

        Type(String word, String pattern) {
            this.word = word;
            this.pattern = Pattern.compile(pattern);
        }

        /**
         * Its name for people.
         *
         * @return a word
         */
        public String word() {
            return word;
        }
    }

    /**
     * A whole number.
     *
     * @param name its name
     * @param initial the value if none is given
     * @param min the smallest value
     * @param max the largest value
     * @param description one sentence
     * @return the parameter
     */
    static ScenarioParameter integer(String name, long initial, long min, long max, String description) {
        return new ScenarioParameter(
                name,
                Type.INTEGER,
                BigDecimal.valueOf(initial),
                BigDecimal.valueOf(min),
                BigDecimal.valueOf(max),
                description);
    }

    /**
     * A number with decimals.
     *
     * @param name its name
     * @param initial the value if none is given
     * @param min the smallest value
     * @param max the largest value
     * @param description one sentence
     * @return the parameter
     */
    static ScenarioParameter decimal(String name, String initial, String min, String max, String description) {
        return new ScenarioParameter(
                name, Type.DECIMAL, new BigDecimal(initial), new BigDecimal(min), new BigDecimal(max), description);
    }

    /** The value that a text stands for, or null if it is not one of this parameter. */
    @Nullable
    BigDecimal parse(String text) {
        if (!type.pattern.matcher(text).matches()) {
            return null;
        }
        BigDecimal value = new BigDecimal(text);
        return value.compareTo(min) < 0 || value.compareTo(max) > 0 ? null : value;
    }

    /** Which values there are. */
    String range() {
        return type.word() + " from " + min.toPlainString() + " to " + max.toPlainString();
    }

    /**
     * The parameter as a line of a list.
     *
     * @return name, type, range, value if none is given, and sentence
     */
    public String line() {
        return name + "=" + initial.toPlainString() + " (" + range() + ")  " + description;
    }
}
