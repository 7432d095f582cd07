package io.github.rmap4j.tck.check;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.program.MemoryProgram;
import java.util.List;
import java.util.Set;

/**
 * A program that shows whether one rule holds.
 *
 * @param id the rule's id, a slash and the number of the program among those of the rule, from 1
 * @param title what happens in it
 * @param needs capabilities without which it cannot run
 * @param steps its lines
 */
public record DirectedProgram(String id, String title, Set<Capability> needs, List<Step> steps) {
    /** Copies the collections. */
    public DirectedProgram {
        needs = Set.copyOf(needs);
        steps = List.copyOf(steps);
    }

    /** Its operations. */
    public MemoryProgram program() {
        return Step.program(id, steps);
    }
}
