package io.github.rmap4j.tck.check;

import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramException;
import io.github.rmap4j.tck.program.ProgramShrinker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing program small: first leaves out operations, then shortens ranges as long as what is left breaks the same
 * rule.
 */
final class FailureShrinker {
    /** So that a program with ranges of many lengths comes to an end. */
    private static final int MOST_ATTEMPTS = 2000;

    private final Subject subject;
    private int attempts;

    FailureShrinker(Subject subject) {
        this.subject = subject;
    }

    /** The shortest program that was found, with what is wrong then. */
    Failure shrink(MemoryProgram program, Finding finding, String replay) {
        MemoryProgram upToFailure = MemoryProgram.of(
                program.name(),
                program.operations()
                        .subList(
                                0,
                                Math.min(
                                        finding.step() + 1, program.operations().size())));
        MemoryProgram start = failsLike(finding, upToFailure) ? upToFailure : program;
        if (!failsLike(finding, start)) {
            // It needs the results that its rule expects.
            return new Failure(null, finding, program, replay);
        }
        MemoryProgram fewest = ProgramShrinker.shrink(start, candidate -> failsLike(finding, candidate));
        MemoryProgram shortest = shorten(fewest);
        Finding last = run(shortest);
        return new Failure(null, last == null ? finding : last, shortest, replay);
    }

    private boolean failsLike(Finding finding, MemoryProgram candidate) {
        Finding other = run(candidate);
        return other != null && isAlike(finding.kind(), other.kind());
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

    private MemoryProgram shorten(MemoryProgram program) {
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
                    if (breaks(rule, finding.kind(), MemoryProgram.of(program.name(), rest))) {
                        shorter = true;
                        break;
                    }
                    rest.set(i, before);
                }
            }
        }
        return MemoryProgram.of(program.name(), rest);
    }

    private boolean breaks(String rule, Finding.Kind kind, MemoryProgram candidate) {
        try {
            Finding finding = run(candidate);
            return finding != null
                    && finding.kind() == kind
                    && finding.step() >= candidate.operations().size() - 1
                    && Attribution.ruleOf(finding, candidate).equals(rule);
        } catch (ProgramException e) {
            return false;
        }
    }
}
