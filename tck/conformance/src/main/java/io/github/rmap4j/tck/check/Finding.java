package io.github.rmap4j.tck.check;

/**
 * Something that is wrong.
 *
 * @param kind what kind of thing
 * @param step index of the operation after which it showed; the number of operations if it showed at the end
 * @param where the same in words
 * @param what what is wrong
 * @param expected what there should be
 * @param actual what there is
 */
public record Finding(Kind kind, int step, String where, String what, String expected, String actual) {
    /** Kinds of findings. */
    public enum Kind {
        /** An operation ended otherwise than it must. */
        RESULT,
        /** A walk did not report a mapping. */
        MISSED,
        /** A walk missed mappings, all of them at the ends of VMAs, and found others in the middle of them. */
        MISSED_AT_EDGE,
        /** A walk reported something that is not there. */
        INVENTED,
        /** A walk reported something twice. */
        TWICE,
        /** A walk that may wait was not complete. */
        OUTCOME,
        /** A migration entry was left behind. */
        MIGRATION_ENTRY,
        /** Something else is mapped, or other content, than the reference model has. */
        CONTENT,
        /** An invariant of the engine or of the strategy does not hold. */
        INVARIANT,
        /** Something was thrown that must not be. */
        EXCEPTION,
        /** Objects or swap slots are left after the last exit. */
        LEAK,
        /** VMAs differ from Linux's. */
        LAYOUT,
        /** A check that is no program failed. */
        CHECK
    }

    @Override
    public String toString() {
        return where + ": " + what + "\n    expected " + expected + "\n    actual   " + actual;
    }
}
