package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramException;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Executes a program on a manager and on the reference model, and after every operation compares the two, and every walk
 * with a scan of all page tables. At the end all pages are read and written, all processes exit, and nothing may be left.
 */
final class ReferenceCheck {
    /** Strategies may learn from walks: some operations find what was learned, and others what was not. */
    private static final int STEPS_BETWEEN_WALKS = 3;

    private final MemoryManager manager;
    private final ProgramMachine machine;
    private final ReferenceModel model;
    /** Whether the model knows all operations; otherwise only walks are compared. */
    private final boolean modelled;

    private int step;
    private String where = "start";

    private ReferenceCheck(MemoryManager manager, boolean modelled) {
        this.manager = manager;
        this.modelled = modelled;
        machine = new ProgramMachine(manager);
        model = new ReferenceModel(machine);
    }

    /** What is wrong. */
    private static final class Mismatch extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Finding finding;

        Mismatch(Finding finding) {
            super(finding.toString());
            this.finding = finding;
        }
    }

    /** Runs a program to its end: null, or what is wrong. */
    static @Nullable Finding run(MemoryProgram program, MemoryManager manager) {
        return run(Step.of(program), Layout.ANY, manager);
    }

    /** Whether expected numbers of VMAs are looked at. */
    enum Layout {
        ANY,
        LINUX
    }

    /** Runs steps to their end: null, or what is wrong. */
    static @Nullable Finding run(List<Step> steps, Layout layout, MemoryManager manager) {
        boolean modelled = Step.program("steps", steps).operations().stream().allMatch(ReferenceModel::knows);
        ReferenceCheck check = new ReferenceCheck(manager, modelled);
        try {
            check.runAll(steps, layout);
            return null;
        } catch (ProgramException e) {
            throw e;
        } catch (Mismatch e) {
            return e.finding;
        } catch (FindingException e) {
            return e.finding();
        } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
            return check.finding(Finding.Kind.EXCEPTION, "thrown", "nothing", Thrown.text(e));
        }
    }

    /** A program and, as operations, the reads and writes that follow it. */
    static MemoryProgram withAccesses(MemoryProgram program, MemoryManager manager) {
        List<Operation> operations = new ArrayList<>(program.operations());
        ProgramMachine machine = new ProgramMachine(manager);
        program.operations().forEach(machine::execute);
        machine.processes().forEach((process, space) -> {
            for (Vma vma : space.vmas()) {
                long pages = (vma.end() - vma.start()) >> MemoryManager.PAGE_SHIFT;
                if (vma.start() >= ProgramMachine.ARENA) {
                    operations.add(new Operation.Read(process, number(vma.start()), pages));
                    operations.add(new Operation.Write(process, number(vma.start()), pages));
                }
            }
        });
        return MemoryProgram.of(program.name(), operations);
    }

    private void runAll(List<Step> steps, Layout layout) throws Mismatch {
        for (Step next : steps) {
            if (next instanceof Step.Execute execute) {
                where = "step " + (step + 1) + " '" + execute.operation().text() + "'";
                execute(execute);
                if ((step + 1) % STEPS_BETWEEN_WALKS == 0) {
                    walkAll();
                }
                step++;
            } else if (next instanceof Step.ExpectVmas vmas && layout == Layout.LINUX) {
                compareVmas(vmas);
            }
        }
        if (modelled) {
            where = "reading all pages";
            readAll();
            where = "writing all pages";
            writeAll();
            readAll();
        }
        walkAll();
        where = "exit of all processes";
        exitAll();
    }

    private Finding finding(Finding.Kind kind, String what, @Nullable Object expected, @Nullable Object actual) {
        return new Finding(kind, step, where, what, String.valueOf(expected), String.valueOf(actual));
    }

    private Mismatch mismatch(Finding.Kind kind, String what, @Nullable Object expected, @Nullable Object actual) {
        return new Mismatch(finding(kind, what, expected, actual));
    }

    private void execute(Step.Execute execute) throws Mismatch {
        StepResult actual = machine.execute(execute.operation());
        StepResult ofModel = modelled ? model.execute(execute.operation(), actual) : actual;
        StepResult expected = execute.expected().orElse(ofModel);
        if (!expected.equals(actual)) {
            throw mismatch(Finding.Kind.RESULT, "result", expected, actual);
        }
        verify();
        compareAll();
    }

    private void compareVmas(Step.ExpectVmas expected) throws Mismatch {
        AddressSpace space = machine.processes().get(expected.process());
        int actual = space == null ? 0 : space.mapCount();
        if (actual != expected.count()) {
            throw mismatch(
                    Finding.Kind.LAYOUT, "number of VMAs of process " + expected.process(), expected.count(), actual);
        }
    }

    /** Verifies, which no strategy learns from; only what is wrong is looked at with a walk like any other. */
    private void verify() throws Mismatch {
        try {
            manager.verify();
        } catch (IllegalStateException e) {
            walkAll();
            throw mismatch(Finding.Kind.INVARIANT, "invariants", "all hold", e.getMessage());
        }
    }

    /** Walks that a strategy may remember, unlike those of {@link #verify}. */
    private void walkAll() {
        WalkCheck.run(manager, machine.processes(), step, where);
    }

    /** Compares without causing faults, which would change what the program does next. */
    private void compareAll() throws Mismatch {
        if (!modelled) {
            return;
        }
        if (!model.processes().keySet().equals(machine.processes().keySet())) {
            throw mismatch(
                    Finding.Kind.CONTENT,
                    "processes",
                    model.processes().keySet(),
                    machine.processes().keySet());
        }
        for (Map.Entry<Integer, NavigableMap<Long, ReferencePage>> process :
                model.processes().entrySet()) {
            AddressSpace space = Objects.requireNonNull(machine.processes().get(process.getKey()));
            compareLayout(process.getKey(), process.getValue(), space);
            compareEntries(process.getKey(), process.getValue(), space);
        }
    }

    private void compareLayout(int process, NavigableMap<Long, ReferencePage> pages, AddressSpace space)
            throws Mismatch {
        NavigableMap<Long, String> expected = new TreeMap<>();
        pages.forEach((number, page) -> expected.put(number, page.permissions()));
        NavigableMap<Long, String> actual = new TreeMap<>();
        for (Vma vma : space.vmas()) {
            for (long address = vma.start(); address < vma.end(); address += MemoryManager.PAGE_SIZE) {
                actual.put(number(address), vma.permissions());
            }
        }
        if (!expected.equals(actual)) {
            throw mismatch(Finding.Kind.CONTENT, "mapped pages of process " + process, expected, actual);
        }
    }

    private record Entry(PageEntry.Kind kind, long word) {}

    private void compareEntries(int process, NavigableMap<Long, ReferencePage> pages, AddressSpace space)
            throws Mismatch {
        Map<Long, Entry> entries = new TreeMap<>();
        space.forEachPage(
                0,
                MemoryManager.TASK_SIZE,
                entry -> entries.put(number(entry.address()), new Entry(entry.kind(), entry.content())));
        for (Map.Entry<Long, ReferencePage> page : pages.entrySet()) {
            Entry entry = entries.remove(page.getKey());
            if (entry == null && page.getValue().mayVanish) {
                page.getValue().drop();
            }
            if (!fits(page.getValue(), entry)) {
                throw mismatch(
                        Finding.Kind.CONTENT,
                        "page " + page.getKey() + " of process " + process,
                        page.getValue(),
                        entry);
            }
        }
        if (!entries.isEmpty()) {
            throw mismatch(Finding.Kind.CONTENT, "entries outside of all VMAs of process " + process, "none", entries);
        }
    }

    private static boolean fits(ReferencePage page, @Nullable Entry entry) {
        if (entry == null) {
            return !page.written && !page.guard && !page.poisoned;
        }
        if (page.poisoned) {
            return entry.kind == PageEntry.Kind.POISONED;
        }
        return switch (entry.kind) {
            case ANON, SWAP -> !page.guard && entry.word == page.word;
            case MIGRATION, POISONED -> false;
            case ZERO -> !page.guard && !page.written && page.file == null;
            case FILE -> !page.guard && !page.written && page.file != null;
            case GUARD -> page.guard;
        };
    }

    private void readAll() throws Mismatch {
        for (int process : model.processes().keySet()) {
            for (Map.Entry<Long, ReferencePage> page :
                    Objects.requireNonNull(model.processes().get(process)).entrySet()) {
                String expected = expectedRead(page.getValue());
                String actual = read(Objects.requireNonNull(machine.processes().get(process)), page.getKey());
                if (!expected.equals(actual)) {
                    throw mismatch(
                            Finding.Kind.CONTENT,
                            "reading page " + page.getKey() + " of process " + process,
                            expected,
                            actual);
                }
            }
        }
        verify();
        compareAll();
    }

    private static String expectedRead(ReferencePage page) {
        if (!page.readable()) {
            return "EFAULT";
        }
        return page.poisoned ? "EHWPOISON" : "word " + page.word;
    }

    private static String read(AddressSpace space, long page) {
        try {
            return "word " + space.read(ProgramMachine.ARENA + page * MemoryManager.PAGE_SIZE);
        } catch (ErrnoException e) {
            return e.errno().toString();
        }
    }

    private void writeAll() throws Mismatch {
        for (int process : model.processes().keySet()) {
            for (Map.Entry<Long, ReferencePage> page :
                    Objects.requireNonNull(model.processes().get(process)).entrySet()) {
                Operation write = new Operation.Write(process, page.getKey(), 1);
                StepResult actual = machine.execute(write);
                StepResult expected = model.execute(write, actual);
                if (!expected.equals(actual)) {
                    throw mismatch(Finding.Kind.RESULT, "'" + write.text() + "'", expected, actual);
                }
            }
        }
        verify();
        compareAll();
    }

    private void exitAll() throws Mismatch {
        for (int process : machine.processes().keySet().stream().toList()) {
            machine.execute(new Operation.Exit(process));
            verify();
        }
        if (manager.swapSlots() != 0) {
            throw mismatch(Finding.Kind.LEAK, "swap slots in use", 0, manager.swapSlots());
        }
        for (var slab : manager.costs().slabs()) {
            if (slab.live() != 0) {
                throw mismatch(Finding.Kind.LEAK, "objects left in slab " + slab.name(), 0, slab.live());
            }
        }
    }

    private static long number(long address) {
        return (address - ProgramMachine.ARENA) >> MemoryManager.PAGE_SHIFT;
    }
}
