package io.github.rmap4j.tck.check;

import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.tck.Rule;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every slab allocation of every program of the rules is refused once. */
final class RefusalTasks {
    static final List<String> RULES = List.of("REFUSAL-1", "REFUSAL-2", "REFUSAL-3");
    /** Each of the first allocations is refused, and of those that follow fewer and fewer: there may be one for each page. */
    private static final int EACH = 50;

    private static final int SPARSE = 8;
    private static final int VERY_SPARSE = 2;
    /** Pages of the mappings in which checking every page after a refusal takes long. */
    private static final long HUGE = 500;

    private static final char MARK = '!';

    private RefusalTasks() {}

    static List<Task> of(RuleBook book, Subject subject) {
        Set<Capability> declared = subject.capabilities();
        List<Task> tasks = new ArrayList<>();
        for (Rule rule : book.rules()) {
            for (DirectedProgram program : book.programs(rule)) {
                if (declared.containsAll(program.needs())) {
                    tasks.add(new Task(program.id() + MARK, RULES, () -> all(program, subject)));
                }
            }
        }
        return tasks;
    }

    /** The task of a word {@code RULE/PROGRAM!N}. */
    static List<Task> named(RuleBook book, Subject subject, String name) {
        int mark = name.indexOf(MARK);
        if (mark < 0 || !name.substring(mark + 1).matches("[0-9]{1,9}")) {
            return List.of();
        }
        int n = Integer.parseInt(name.substring(mark + 1));
        List<Task> tasks = new ArrayList<>();
        for (RuleBook.Entry entry : book.entries()) {
            for (DirectedProgram program : entry.programs()) {
                if (program.id().equals(name.substring(0, mark))) {
                    tasks.add(new Task(name, RULES, () -> {
                        List<Failure> failures = new ArrayList<>();
                        run(program, subject, n, failures);
                        return failures;
                    }));
                }
            }
        }
        return tasks;
    }

    private static List<Failure> all(DirectedProgram program, Subject subject) {
        List<Failure> failures = new ArrayList<>();
        int n = 1;
        while (failures.isEmpty() && run(program, subject, n, failures)) {
            n = next(n, isHuge(program), subject.thorough());
        }
        return failures;
    }

    private static int next(int n, boolean huge, int thorough) {
        if (huge) {
            return n + Math.max(1, n / (VERY_SPARSE * thorough));
        }
        return n < EACH * thorough ? n + 1 : n + n / SPARSE;
    }

    private static boolean isHuge(DirectedProgram program) {
        return program.program().operations().stream()
                .anyMatch(operation -> operation instanceof Operation.Mmap mmap && mmap.length() >= HUGE);
    }

    private static boolean run(DirectedProgram program, Subject subject, int n, List<Failure> failures) {
        try {
            return Refusal.run(program, subject, n);
        } catch (ProgramException e) {
            // Its fork was refused for good.
            return true;
        } catch (FindingException e) {
            failures.add(failure(program, e.finding(), n));
        } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
            String where = "allocation " + n + " of " + program.id() + " refused";
            failures.add(failure(
                    program, new Finding(Finding.Kind.CHECK, 0, where, "thrown", "nothing", Thrown.text(e)), n));
        }
        return true;
    }

    private static Failure failure(DirectedProgram program, Finding finding, int n) {
        return new Failure(Refusal.rule(finding), finding, program.program(), program.id() + MARK + n);
    }
}
