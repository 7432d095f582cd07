package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramException;
import io.github.rmap4j.tck.program.ProgramShrinker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing program small: first leaves out operations, then shortens ranges as long as what is left breaks the same
 * rule.
 */
final class FailureShrinker {
    /** So that a program with ranges of many lengths comes to an end. */
    private static final int MOST_ATTEMPTS = 2000;

    private static final int MOST_EXPLICIT = 600;

    private final Subject subject;
    private int attempts;

    FailureShrinker(Subject subject) {
        this.subject = subject;
    }

    /** The shortest program that was found, with what is wrong then. */
    Failure shrink(MemoryProgram program, Finding finding, String replay) {
        if (!isAtOperation(finding, program)) {
            // The reads and writes at the end may be operations like others.
            MemoryProgram explicit = ReferenceCheck.withAccesses(program, subject.manager());
            if (explicit.operations().size() <= MOST_EXPLICIT && failsLike(finding, true, explicit)) {
                Finding found = run(explicit);
                return shrinkAsItIs(explicit, found == null ? finding : found, replay);
            }
        }
        return shrinkAsItIs(program, finding, replay);
    }

    private Failure shrinkAsItIs(MemoryProgram program, Finding finding, String replay) {
        MemoryProgram upToFailure = MemoryProgram.of(
                program.name(),
                program.operations()
                        .subList(
                                0,
                                Math.min(
                                        finding.step() + 1, program.operations().size())));
        boolean atOperation = isAtOperation(finding, program);
        MemoryProgram start = failsLike(finding, atOperation, upToFailure) ? upToFailure : program;
        if (!failsLike(finding, atOperation, start)) {
            // It needs the results that its rule expects.
            return new Failure(null, finding, program, replay);
        }
        Predicate<MemoryProgram> fails = candidate -> failsLike(finding, atOperation, candidate);
        MemoryProgram fewest = ProgramShrinker.shrink(start, fails);
        for (MemoryProgram simpler = simplify(fewest, fails); simpler != fewest; simpler = simplify(fewest, fails)) {
            fewest = ProgramShrinker.shrink(simpler, fails);
        }
        MemoryProgram shortest = shorten(fewest, atOperation);
        Finding last = run(shortest);
        return new Failure(null, last == null ? finding : last, shortest, replay);
    }

    /** The first simpler program that fails, or the same one. */
    private MemoryProgram simplify(MemoryProgram program, Predicate<MemoryProgram> fails) {
        for (MemoryProgram candidate : SimplerPrograms.of(program)) {
            if (attempts < MOST_ATTEMPTS && failsStill(candidate, fails)) {
                return candidate;
            }
        }
        return program;
    }

    private static boolean failsStill(MemoryProgram candidate, Predicate<MemoryProgram> fails) {
        try {
            return fails.test(candidate);
        } catch (ProgramException e) {
            return false;
        }
    }

    /** What shows at an operation must not be shown by the reads and writes at the end: it would say less. */
    private boolean failsLike(Finding finding, boolean atOperation, MemoryProgram candidate) {
        Finding other = run(candidate);
        return other != null
                && isAlike(finding.kind(), other.kind())
                && (!atOperation || isAtOperation(other, candidate));
    }

    private static boolean isAtOperation(Finding finding, MemoryProgram program) {
        return finding.step() < program.operations().size();
    }

    private static boolean isAlike(Finding.Kind kind, Finding.Kind other) {
        return kind == other || isMissed(kind) && isMissed(other);
    }

    private static boolean isMissed(Finding.Kind kind) {
        return kind == Finding.Kind.MISSED || kind == Finding.Kind.MISSED_AT_EDGE;
    }

    private @Nullable Finding run(MemoryProgram candidate) {
        attempts++;
        return ReferenceCheck.run(candidate, subject.manager());
    }

    private MemoryProgram shorten(MemoryProgram program, boolean atOperation) {
        Finding finding = run(program);
        if (finding == null) {
            return program;
        }
        String rule = Attribution.ruleOf(finding, program);
        List<Operation> rest = new ArrayList<>(program.operations());
        boolean shorter = true;
        while (shorter && attempts < MOST_ATTEMPTS) {
            shorter = false;
            for (int i = rest.size() - 1; i >= 0; i--) {
                for (Operation candidate : ShorterRanges.of(rest.get(i))) {
                    Operation before = rest.set(i, candidate);
                    if (breaks(rule, finding.kind(), atOperation, MemoryProgram.of(program.name(), rest))) {
                        shorter = true;
                        break;
                    }
                    rest.set(i, before);
                }
            }
        }
        return MemoryProgram.of(program.name(), rest);
    }

    private boolean breaks(String rule, Finding.Kind kind, boolean atOperation, MemoryProgram candidate) {
        return failsStill(candidate, program -> {
            Finding finding = run(program);
            return finding != null
                    && finding.kind() == kind
                    && finding.step() == program.operations().size() - (atOperation ? 1 : 0)
                    && Attribution.ruleOf(finding, program).equals(rule);
        });
    }
}
