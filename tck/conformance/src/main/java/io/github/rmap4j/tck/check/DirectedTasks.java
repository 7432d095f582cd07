package io.github.rmap4j.tck.check;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The programs of the rules. */
final class DirectedTasks {
    private DirectedTasks() {}

    static List<Task> of(RuleBook book, Subject subject) {
        Set<Capability> declared = subject.capabilities();
        ReferenceCheck.Layout layout = declared.contains(Capability.LINUX_VMA_LAYOUT)
                ? ReferenceCheck.Layout.LINUX
                : ReferenceCheck.Layout.ANY;
        List<Task> tasks = new ArrayList<>();
        for (Rule rule : book.rules()) {
            for (DirectedProgram program : book.programs(rule)) {
                if (declared.containsAll(program.needs())) {
                    tasks.add(new Task(program.id(), List.of(rule.id()), () -> run(program, layout, subject)));
                }
            }
        }
        return tasks;
    }

    private static List<Failure> run(DirectedProgram program, ReferenceCheck.Layout layout, Subject subject) {
        Finding finding = ReferenceCheck.run(program.steps(), layout, subject.manager());
        return finding == null ? List.of() : List.of(new Failure(null, finding, program.program(), program.id()));
    }
}
