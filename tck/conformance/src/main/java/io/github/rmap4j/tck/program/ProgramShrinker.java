package io.github.rmap4j.tck.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing program small: leaves out operations as long as what is left still fails.
 *
 * @since 0.1
 */
public final class ProgramShrinker {
    private ProgramShrinker() {}

    /**
     * Shrinks a program.
     *
     * @param program a program that fails
     * @param fails whether a program still fails in the way that is looked for; one that throws
     *     {@link ProgramException}, because it lost the fork of a process that it goes on to use, does not count
     * @return a program from which no single operation can be left out
     * @throws IllegalArgumentException if {@code program} does not fail
     */
    public static MemoryProgram shrink(MemoryProgram program, Predicate<MemoryProgram> fails) {
        if (!failsStill(program.name(), program.operations(), fails)) {
            throw new IllegalArgumentException("it does not fail: " + program);
        }
        List<Operation> rest = program.operations();
        int chunk = rest.size();
        while (chunk > 0) {
            boolean shrunk = false;
            // From the end, because what comes after the failure is not needed at all.
            int end = rest.size();
            while (end > 0) {
                int start = Math.max(0, end - chunk);
                List<Operation> candidate = new ArrayList<>(rest.subList(0, start));
                candidate.addAll(rest.subList(end, rest.size()));
                if (failsStill(program.name(), candidate, fails)) {
                    rest = candidate;
                    shrunk = true;
                }
                end = start;
            }
            // Single operations are tried again until none can be left out.
            if (chunk > 1 || !shrunk) {
                chunk /= 2;
            }
        }
        return MemoryProgram.of(program.name(), rest);
    }

    private static boolean failsStill(String name, List<Operation> operations, Predicate<MemoryProgram> fails) {
        try {
            return fails.test(MemoryProgram.of(name, operations));
        } catch (ProgramException e) {
            return false;
        }
    }
}
