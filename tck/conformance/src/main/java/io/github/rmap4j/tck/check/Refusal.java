package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.tck.program.MmapOption;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program in which the n-th slab allocation is refused. The operation that is hit fails; where it changes one
 * thing only, nobody sees that it was tried. Then it is tried again.
 */
final class Refusal {
    /** Failures that may stand for a refused allocation: madvise and mlock say EAGAIN in places, see FaultInjector. */
    private static final List<StepResult> REFUSED =
            List.of(StepResult.failed(Errno.ENOMEM), StepResult.failed(Errno.EAGAIN));

    private final int n;
    private final DirectedProgram program;
    private final MemoryManager manager;
    private final ProgramMachine machine;
    private final Map<Folio, Integer> frames = new IdentityHashMap<>();
    private boolean armed;
    private int allocations;

    private Refusal(DirectedProgram program, Subject subject, int n) {
        this.n = n;
        this.program = program;
        manager = subject.builder().faultInjector(this::refuse).build();
        machine = new ProgramMachine(manager);
        armed = true;
    }

    private boolean refuse(String slab) {
        return armed && ++allocations == n;
    }

    /** What a refused operation may leave changed. */
    private enum Tolerance {
        NOTHING,
        /** A fork that fails may leave the parent's pages shared and write-protected. */
        SHARED_PAGES,
        /** A stack that grew for a write stays grown when the write's fault fails. */
        GROWN_STACK
    }

    /**
     * Runs the program once.
     *
     * @return whether an allocation was refused
     * @throws FindingException if something is not as it must be
     */
    static boolean run(DirectedProgram program, Subject subject, int n) {
        Refusal refusal = new Refusal(program, subject, n);
        refusal.run();
        return refusal.allocations >= n;
    }

    /** The rule of a failure: that of forks if a fork was refused. */
    static String rule(Finding finding) {
        boolean fork = finding.where().contains(" fork ");
        boolean retried =
                finding.where().startsWith("trying again") || finding.where().startsWith("the end");
        return fork && !retried ? "REFUSAL-3" : retried ? "REFUSAL-2" : "REFUSAL-1";
    }

    private void run() {
        boolean went = true;
        for (Step step : program.steps()) {
            if (step instanceof Step.Execute execute && went) {
                went = execute(execute);
            }
        }
        armed = false;
        for (int process : List.copyOf(machine.processes().keySet())) {
            machine.execute(new Operation.Exit(process));
        }
        for (var slab : manager.costs().slabs()) {
            expect("the end", "objects left in slab " + slab.name(), 0L, slab.live());
        }
        expect("the end", "swap slots in use", 0L, manager.swapSlots());
    }

    /** One step, page by page where each page is a unit; false if what follows makes no sense any more. */
    private boolean execute(Step.Execute step) {
        for (Operation unit : units(step.operation())) {
            boolean before = allocations >= n;
            boolean single = !before && isUnit(unit);
            List<String> state = single ? state(tolerance(unit)) : List.of();
            StepResult result = machine.execute(unit);
            if (!before && allocations >= n) {
                verify(where(unit));
                if (!REFUSED.contains(result)) {
                    // Populating, merging pages, and unmapping at the end of a move do without.
                    return result.ret() == 0 && !(unit instanceof Operation.Mremap);
                }
                if (single) {
                    expect(where(unit), "state", state, state(tolerance(unit)));
                } else if (unit instanceof Operation.Mremap) {
                    // Some of several VMAs have moved.
                    return false;
                }
                result = machine.execute(unit);
                verify("trying again " + where(unit));
                StepResult expected = step.expected().orElse(result);
                expect("trying again " + where(unit), "result", expected, result);
            }
        }
        if (allocations >= n) {
            // Until then it is the program as it always runs.
            verify(where(step.operation()));
        }
        return true;
    }

    private void verify(String where) {
        WalkCheck.run(manager, machine.processes(), 0, where);
        try {
            manager.verify();
        } catch (IllegalStateException e) {
            expect(where, "invariants", "all hold", e.getMessage());
        }
    }

    private String where(Operation unit) {
        return "'" + unit.text() + "' with allocation " + n + " of " + program.id() + " refused";
    }

    private static void expect(String where, String what, Object expected, @Nullable Object actual) {
        if (!expected.equals(actual)) {
            throw new FindingException(
                    new Finding(Finding.Kind.CHECK, 0, where, what, String.valueOf(expected), String.valueOf(actual)));
        }
    }

    private static List<Operation> units(Operation operation) {
        List<Operation> units = new ArrayList<>();
        if (operation instanceof Operation.Write write) {
            for (long page = 0; page < write.length(); page++) {
                units.add(new Operation.Write(write.process(), write.start() + page, 1));
            }
        } else if (operation instanceof Operation.Read read) {
            for (long page = 0; page < read.length(); page++) {
                units.add(new Operation.Read(read.process(), read.start() + page, 1));
            }
        } else if (operation instanceof Operation.Fill fill) {
            for (long page = 0; page < fill.length(); page++) {
                units.add(new Operation.Fill(fill.process(), fill.start() + page, 1, fill.word()));
            }
        } else {
            units.add(operation);
        }
        return units;
    }

    private static Tolerance tolerance(Operation operation) {
        if (operation instanceof Operation.Fork) {
            return Tolerance.SHARED_PAGES;
        }
        return operation instanceof Operation.Write ? Tolerance.GROWN_STACK : Tolerance.NOTHING;
    }

    /** Whether an operation changes one thing, so that Linux undoes it when memory is short. */
    private boolean isUnit(Operation operation) {
        if (operation instanceof Operation.Mmap mmap) {
            return !mmap.options().contains(MmapOption.REPLACE)
                    && !mmap.options().contains(MmapOption.POPULATE);
        } else if (operation instanceof Operation.Munmap op) {
            return isInOneVma(op, op.start(), op.length());
        } else if (operation instanceof Operation.Mprotect op) {
            return isInOneVma(op, op.start(), op.length());
        } else if (operation instanceof Operation.Madvise op) {
            return isInOneVma(op, op.start(), op.length()) && isUnit(op);
        } else if (operation instanceof Operation.Mremap op) {
            // Shrinking unmaps before it moves.
            return op.newLength() >= op.length()
                    && isInOneVma(op, op.start(), op.length())
                    && !isMergeable(op)
                    && isUnmapped(op, op.newStart(), op.newLength());
        }
        return operation instanceof Operation.Fork
                || operation instanceof Operation.Write
                || operation instanceof Operation.Munlock
                || operation instanceof Operation.MremapInPlace mremap && mremap.newLength() > mremap.length();
    }

    private static boolean isUnit(Operation.Madvise madvise) {
        return switch (madvise.advice()) {
            case DONTFORK,
                    DOFORK,
                    WIPEONFORK,
                    KEEPONFORK,
                    DONTDUMP,
                    DODUMP,
                    SEQUENTIAL,
                    NORMAL,
                    MERGEABLE,
                    HUGEPAGE,
                    NOHUGEPAGE -> true;
            default -> false;
        };
    }

    private boolean isInOneVma(Operation operation, long start, long length) {
        AddressSpace space = machine.processes().get(operation.process());
        Vma vma = space == null ? null : space.vmaAt(address(start));
        return vma != null && vma.end() >= address(start + length);
    }

    /** mremap gives the process pages of its own in place of merged ones first, and they stay. */
    private boolean isMergeable(Operation.Mremap mremap) {
        AddressSpace space = machine.processes().get(mremap.process());
        Vma vma = space == null ? null : space.vmaAt(address(mremap.start()));
        return vma != null && (vma.flags() & VmFlags.VM_MERGEABLE) != 0;
    }

    private boolean isUnmapped(Operation operation, long start, long length) {
        AddressSpace space = machine.processes().get(operation.process());
        return space != null
                && space.vmas().stream()
                        .noneMatch(vma -> vma.start() < address(start + length) && vma.end() > address(start));
    }

    private static long address(long page) {
        return ProgramMachine.ARENA + page * MemoryManager.PAGE_SIZE;
    }

    /** All that an operation can change; VM_MAYBE_GUARD, which means little, is set before anything is allocated. */
    private List<String> state(Tolerance tolerance) {
        List<String> state = new ArrayList<>();
        machine.processes().forEach((process, space) -> {
            for (Vma vma : space.vmas()) {
                boolean mayHaveGrown = tolerance == Tolerance.GROWN_STACK && (vma.flags() & VmFlags.VM_GROWSDOWN) != 0;
                state.add(String.format(
                        "process %d: %x-%x flags %x pgoff %x",
                        process,
                        mayHaveGrown ? 0 : vma.start(),
                        vma.end(),
                        vma.flags() & ~VmFlags.VM_MAYBE_GUARD,
                        mayHaveGrown ? 0 : vma.pgoff()));
            }
            pages(process, space, tolerance, state);
        });
        return state;
    }

    private void pages(int process, AddressSpace space, Tolerance tolerance, List<String> state) {
        space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
            Folio folio = entry.folio();
            String line = String.format("process %d: %x %s", process, entry.address(), entry.kind());
            if (folio != null) {
                line += " frame " + frames.computeIfAbsent(folio, unused -> frames.size()) + " word "
                        + folio.content(entry.page()) + " mapped " + folio.mapcount(entry.page());
                if (tolerance != Tolerance.SHARED_PAGES) {
                    line += " exclusive " + folio.isAnonExclusive(entry.page()) + " writable " + entry.isWritable();
                }
            }
            state.add(line);
        });
    }
}
