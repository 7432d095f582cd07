package io.github.rmap4j.tck;

import io.github.rmap4j.tck.program.MemoryProgram;
import org.jspecify.annotations.Nullable;

/**
 * How a rule was broken.
 *
 * @param cause the rule that the shortest program breaks: often a simpler one than the rule whose scenario showed it
 * @param where after which step of the program, or which part of a check
 * @param what what is wrong
 * @param expected what there should be
 * @param actual what there is
 * @param program the shortest program that shows it, or null if no program does
 * @param replay what {@link Conformance#replay} takes to show it again
 * @since 0.1
 */
public record Violation(
        Rule cause,
        String where,
        String what,
        String expected,
        String actual,
        @Nullable MemoryProgram program,
        String replay) {}
