package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.Vma;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Executes a program on a manager and on the reference model, and compares the two after every operation. */
final class ReferenceCheck {
    /** Strategies may learn from walks: some operations find what was learned, and others what was not. */
    private static final int STEPS_BETWEEN_WALKS = 3;

    private final MemoryManager manager;
    private final ProgramMachine machine;
    private final ReferenceModel model;

    private ReferenceCheck(MemoryManager manager) {
        this.manager = manager;
        machine = new ProgramMachine(manager);
        model = new ReferenceModel(machine);
    }

    /** What is wrong. */
    private static final class Mismatch extends Exception {
        private static final long serialVersionUID = 1L;

        Mismatch(String where, Object expected, Object actual) {
            super(where + "\n    expected " + expected + "\n    actual   " + actual);
        }
    }

    /** Runs a program to its end: null, or what is wrong after which step. */
    static @Nullable String run(MemoryProgram program, MemoryManager manager) {
        ReferenceCheck check = new ReferenceCheck(manager);
        int step = 0;
        String where = "start";
        try {
            for (Operation operation : program.operations()) {
                where = "step " + ++step + " '" + operation.text() + "'";
                check.step(operation);
                if (step % STEPS_BETWEEN_WALKS == 0) {
                    check.walkAll();
                }
            }
            where = "reading all pages";
            check.readAll();
            where = "writing all pages";
            check.writeAll();
            check.readAll();
            where = "exit of all processes";
            check.exitAll();
            return null;
        } catch (ProgramException e) {
            throw e;
        } catch (Mismatch | RuntimeException e) {
            return where + ": " + (e instanceof Mismatch ? e.getMessage() : e.toString());
        }
    }

    private void step(Operation operation) throws Mismatch {
        StepResult actual = machine.execute(operation);
        StepResult expected = model.execute(operation, actual);
        if (!expected.equals(actual)) {
            throw new Mismatch("result", expected, actual);
        }
        manager.verify();
        compareAll();
    }

    /** Walks that a strategy may remember, unlike those of verify. */
    private void walkAll() {
        Set<Folio> folios = new LinkedHashSet<>();
        for (AddressSpace space : manager.addressSpaces()) {
            space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                if (entry.folio() != null) {
                    folios.add(entry.folio());
                }
            });
        }
        folios.forEach(folio -> manager.rmapWalker().walk(folio, (vma, address) -> true));
    }

    /** Compares without causing faults, which would change what the program does next. */
    private void compareAll() throws Mismatch {
        if (!model.processes().keySet().equals(machine.processes().keySet())) {
            throw new Mismatch(
                    "processes", model.processes().keySet(), machine.processes().keySet());
        }
        for (Map.Entry<Integer, NavigableMap<Long, ReferencePage>> process :
                model.processes().entrySet()) {
            AddressSpace space = machine.processes().get(process.getKey());
            compareLayout(process.getKey(), process.getValue(), space);
            compareEntries(process.getKey(), process.getValue(), space);
        }
    }

    private static void compareLayout(int process, NavigableMap<Long, ReferencePage> pages, AddressSpace space)
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
            throw new Mismatch("mapped pages of process " + process, expected, actual);
        }
    }

    private record Entry(PageEntry.Kind kind, long word) {}

    private static void compareEntries(int process, NavigableMap<Long, ReferencePage> pages, AddressSpace space)
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
                throw new Mismatch("page " + page.getKey() + " of process " + process, page.getValue(), entry);
            }
        }
        if (!entries.isEmpty()) {
            throw new Mismatch("entries outside of all VMAs of process " + process, "none", entries);
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
                    model.processes().get(process).entrySet()) {
                String expected = expectedRead(page.getValue());
                String actual = read(machine.processes().get(process), page.getKey());
                if (!expected.equals(actual)) {
                    throw new Mismatch("reading page " + page.getKey() + " of process " + process, expected, actual);
                }
            }
        }
        manager.verify();
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
                    model.processes().get(process).entrySet()) {
                Operation write = new Operation.Write(process, page.getKey(), 1);
                StepResult actual = machine.execute(write);
                StepResult expected = model.execute(write, actual);
                if (!expected.equals(actual)) {
                    throw new Mismatch("'" + write.text() + "'", expected, actual);
                }
            }
        }
        manager.verify();
        compareAll();
    }

    private void exitAll() throws Mismatch {
        for (int process : machine.processes().keySet().stream().toList()) {
            machine.execute(new Operation.Exit(process));
            manager.verify();
        }
        if (manager.swapSlots() != 0) {
            throw new Mismatch("swap slots in use", 0, manager.swapSlots());
        }
        for (var slab : manager.costs().slabs()) {
            if (slab.live() != 0) {
                throw new Mismatch("objects left in slab " + slab.name(), 0, slab.live());
            }
        }
    }

    private static long number(long address) {
        return (address - ProgramMachine.ARENA) >> MemoryManager.PAGE_SHIFT;
    }
}
