package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.StepResult;
import java.util.List;
import java.util.Optional;

/** One line of a program that is checked. */
public sealed interface Step {
    /**
     * Executes an operation.
     *
     * @param operation the operation
     * @param expected how it must end; if empty, as the reference model says
     */
    record Execute(Operation operation, Optional<StepResult> expected) implements Step {}

    /**
     * Expects a number of VMAs where the strategy declares Linux's layout.
     *
     * @param process whose
     * @param count how many
     */
    record ExpectVmas(int process, int count) implements Step {}

    /** The steps of a program of which only the reference model knows how they end. */
    static List<Step> of(MemoryProgram program) {
        return program.operations().stream()
                .<Step>map(operation -> new Execute(operation, Optional.empty()))
                .toList();
    }

    /** The operations of steps. */
    static MemoryProgram program(String name, List<Step> steps) {
        return MemoryProgram.of(
                name,
                steps.stream()
                        .filter(Execute.class::isInstance)
                        .map(step -> ((Execute) step).operation())
                        .toList());
    }
}
