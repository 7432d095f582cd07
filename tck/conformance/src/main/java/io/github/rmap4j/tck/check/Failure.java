package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.program.MemoryProgram;
import org.jspecify.annotations.Nullable;

/**
 * A finding, and how to see it again.
 *
 * @param rule the rule that is broken, where the check knows; null where the program tells
 * @param finding what is wrong
 * @param program the program that shows it, or null if none does
 * @param replay the word that repeats it
 */
record Failure(
        @Nullable String rule, Finding finding, @Nullable MemoryProgram program, String replay) {
    /** A failure of a check that is no program. */
    static Failure of(String rule, Finding finding) {
        return new Failure(rule, finding, null, rule);
    }
}
