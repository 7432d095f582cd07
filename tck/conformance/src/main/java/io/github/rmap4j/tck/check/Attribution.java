package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.Advice;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.MmapOption;
import io.github.rmap4j.tck.program.Operation;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which rule a failing program breaks. Of a shrunk program every operation is needed, so what it does says what the strategy
 * gets wrong: the most special thing decides.
 */
final class Attribution {
    private final Finding finding;
    private final List<Operation> operations;
    private final Operation last;

    private Attribution(Finding finding, MemoryProgram program) {
        this.finding = finding;
        this.operations = program.operations();
        this.last = operations.isEmpty()
                ? new Operation.Thread(0)
                : operations.get(Math.min(finding.step(), operations.size() - 1));
    }

    /** The id of the rule. */
    static String ruleOf(Finding finding, MemoryProgram program) {
        return new Attribution(finding, program).rule();
    }

    private String rule() {
        return switch (finding.kind()) {
            case LEAK -> "LEAK-1";
            case INVARIANT -> "ACCOUNTING-1";
            case EXCEPTION -> "ERROR-2";
            case RESULT, CONTENT -> contentOrResult();
            case OUTCOME -> "WALK-5";
            case TWICE, INVENTED -> "WALK-3";
            case MIGRATION_ENTRY -> "MIGRATION-1";
            case LAYOUT -> "LINUX-3";
            case MISSED_AT_EDGE, MISSED, CHECK -> ofMissedMapping();
        };
    }

    /** The strategy decides nothing of this, but a page that a walk did not find may be lost. */
    private String contentOrResult() {
        if (last instanceof Operation.Migrate) {
            return "MIGRATION-1";
        } else if (last instanceof Operation.Swapout) {
            return "SWAP-1";
        } else if (last instanceof Operation.Split) {
            return "LARGE-3";
        }
        return finding.kind() == Finding.Kind.RESULT ? "ERROR-1" : "FORK-5";
    }

    private String ofMissedMapping() {
        if (has(Operation.Ksm.class)) {
            return last instanceof Operation.Ksm ? "KSM-1" : "KSM-2";
        } else if (hasAdvice(Advice.HUGEPAGE) || hasAdvice(Advice.COLLAPSE)) {
            return large();
        } else if (has(Operation.Migrate.class)) {
            return last instanceof Operation.Migrate ? "MIGRATION-1" : "MIGRATION-2";
        } else if (has(Operation.Swapout.class) || hasAdvice(Advice.PAGEOUT)) {
            return "SWAP-2";
        } else if (has(Operation.Mremap.class)) {
            return moved();
        } else if (has(Operation.Fork.class)) {
            return forked();
        } else if (has(Operation.Munmap.class)) {
            return "UNMAP-1";
        } else if (any(Attribution::replaces)) {
            return "UNMAP-2";
        } else if (hasAdvice(Advice.DONTNEED) || hasAdvice(Advice.FREE)) {
            return "UNMAP-3";
        } else if (any(Attribution::changesFlags)) {
            return count(Attribution::changesFlags) > 1 ? "MERGE-1" : "SPLIT-1";
        } else if (has(Operation.MremapInPlace.class)) {
            return "MOVE-10";
        }
        return unchanged();
    }

    private String unchanged() {
        if (any(operation -> operation instanceof Operation.Mmap mmap && mmap.file() != null)) {
            return "PREPARE-2";
        } else if (hasAdvice(Advice.GUARD_INSTALL)) {
            return "PREPARE-3";
        } else if (finding.kind() == Finding.Kind.MISSED_AT_EDGE) {
            return "WALK-2";
        } else if (count(Operation.Mmap.class::isInstance) > 1) {
            return "PREPARE-1";
        }
        return "WALK-1";
    }

    private String large() {
        if (has(Operation.Mremap.class)) {
            return "LARGE-4";
        } else if (has(Operation.Split.class)) {
            return "LARGE-3";
        } else if (hasAdvice(Advice.COLLAPSE)) {
            return "LARGE-5";
        } else if (has(Operation.Fork.class)) {
            return "LARGE-2";
        }
        return "LARGE-1";
    }

    private String moved() {
        if (any(operation -> operation instanceof Operation.Mremap mremap && mremap.dontUnmap())) {
            return "MOVE-5";
        } else if (has(Operation.Fork.class)) {
            return indexOf(Operation.Mremap.class) < indexOf(Operation.Fork.class) ? "MOVE-6" : "MOVE-7";
        } else if (count(Operation.Mremap.class::isInstance) > 1) {
            return "MOVE-3";
        } else if (last instanceof Operation.Write) {
            return "MOVE-8";
        }
        return "MOVE-1";
    }

    private String forked() {
        if (has(Operation.Exit.class)) {
            return "EXIT-1";
        } else if (has(Operation.Munmap.class)) {
            return "UNMAP-1";
        } else if (hasAdvice(Advice.DONTFORK) || hasAdvice(Advice.WIPEONFORK)) {
            return "FORK-3";
        } else if (any(Attribution::changesFlags)) {
            return "FORK-4";
        } else if (last instanceof Operation.Write) {
            return "REUSE-1";
        }
        return count(Operation.Fork.class::isInstance) > 1 ? "FORK-2" : "FORK-1";
    }

    private static boolean replaces(Operation operation) {
        return operation instanceof Operation.Mmap mmap && mmap.options().contains(MmapOption.REPLACE);
    }

    private static boolean changesFlags(Operation operation) {
        return operation instanceof Operation.Mprotect
                || operation instanceof Operation.Mlock
                || operation instanceof Operation.Munlock
                || operation instanceof Operation.Mseal
                || operation instanceof Operation.Mbind
                || operation instanceof Operation.Madvise;
    }

    private boolean hasAdvice(Advice advice) {
        return any(operation -> operation instanceof Operation.Madvise madvise && madvise.advice() == advice);
    }

    private boolean has(Class<? extends Operation> type) {
        return any(type::isInstance);
    }

    private boolean any(Predicate<Operation> predicate) {
        return operations.stream().anyMatch(predicate);
    }

    private long count(Predicate<Operation> predicate) {
        return operations.stream().filter(predicate).count();
    }

    private int indexOf(Class<? extends Operation> type) {
        for (int i = 0; i < operations.size(); i++) {
            if (type.isInstance(operations.get(i))) {
                return i;
            }
        }
        return operations.size();
    }
}
