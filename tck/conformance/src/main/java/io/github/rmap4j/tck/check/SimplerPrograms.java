package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.Protection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Programs that do the same with fewer processes, and mappings without restrictions. */
final class SimplerPrograms {
    private SimplerPrograms() {}

    static List<MemoryProgram> of(MemoryProgram program) {
        List<MemoryProgram> simpler = new ArrayList<>();
        List<Operation> operations = program.operations();
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i) instanceof Operation.Fork fork) {
                simpler.add(withoutChild(program, fork));
            } else if (operations.get(i) instanceof Operation.Mmap mmap && !isPlain(mmap)) {
                List<Operation> changed = new ArrayList<>(operations);
                changed.set(
                        i,
                        new Operation.Mmap(
                                mmap.process(), mmap.start(), mmap.length(), Protection.RW, Set.of(), mmap.file()));
                simpler.add(MemoryProgram.of(program.name(), changed));
            }
        }
        return simpler;
    }

    private static boolean isPlain(Operation.Mmap mmap) {
        return mmap.protection() == Protection.RW && mmap.options().isEmpty();
    }

    /** The parent does what the child did. */
    private static MemoryProgram withoutChild(MemoryProgram program, Operation.Fork fork) {
        String child = fork.child() + " ";
        List<Operation> operations = new ArrayList<>();
        for (Operation operation : program.operations()) {
            if (operation.process() == fork.child()) {
                String text = fork.process() + " " + operation.text().substring(child.length());
                operations.add(MemoryProgram.parseLine(program.name(), 1, text));
            } else if (!operation.equals(fork)) {
                operations.add(operation);
            }
        }
        return MemoryProgram.of(program.name(), operations);
    }
}
