package io.github.rmap4j.tck;

/**
 * A rule that a strategy is known to break. It must say why and where that is tracked; one that is no longer needed fails
 * the run.
 *
 * @param rule id of the rule
 * @param reason why it is broken, a sentence
 * @param link where to read more: an address or a file
 * @since 0.1
 */
public record Waiver(String rule, String reason, String link) {
    /**
     * Checks that everything is said.
     *
     * @param rule id of the rule
     * @param reason why it is broken
     * @param link where to read more
     * @throws IllegalArgumentException if there is no such rule, or reason or link is blank
     */
    public Waiver {
        Rule.of(rule);
        if (reason.isBlank() || link.isBlank()) {
            throw new IllegalArgumentException("the waiver of " + rule + " needs a reason and a link");
        }
    }

    /**
     * Parses a line of a file of waivers.
     *
     * @param line {@code RULE LINK REASON}, separated by blanks; only the reason may hold some
     * @return the waiver
     * @throws IllegalArgumentException if a part is missing or there is no such rule
     */
    public static Waiver parse(String line) {
        String[] parts = line.strip().split("\\s+", 3);
        if (parts.length < 3) {
            throw new IllegalArgumentException("expected 'RULE LINK REASON', found '" + line.strip() + "'");
        }
        return new Waiver(parts[0], parts[2], parts[1]);
    }
}
