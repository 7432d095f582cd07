package io.github.rmap4j.tck.check;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;

/** Processes that a memory program has brought about, for checks that go on by hand. */
final class Family {
    private final MemoryManager manager;
    private final ProgramMachine machine;

    Family(MemoryManager manager) {
        this.manager = manager;
        machine = new ProgramMachine(manager);
    }

    /** Executes operations that must succeed. */
    Family run(String... operations) {
        for (String operation : operations) {
            Expect.equal("result of '" + operation + "'", StepResult.OK, execute(operation));
        }
        return this;
    }

    /** Executes an operation. */
    StepResult execute(String operation) {
        return machine.execute(MemoryProgram.parseLine("check", 1, operation));
    }

    /** Compares every walk with a scan of all page tables. */
    void check(String where) {
        WalkCheck.run(manager, machine.processes(), 0, where);
        manager.verify();
    }

    AddressSpace space(int process) {
        AddressSpace space = machine.processes().get(process);
        if (space == null) {
            throw new IllegalStateException("there is no process " + process);
        }
        return space;
    }

    Folio folio(int process, long page) {
        Folio folio = space(process).folioAt(address(page));
        if (folio == null) {
            throw new FindingException(
                    "page " + page + " of process " + process, "an anonymous page", "nothing is mapped there");
        }
        return folio;
    }

    ProgramMachine machine() {
        return machine;
    }

    MemoryManager manager() {
        return manager;
    }

    /** All processes exit and leave nothing. */
    void end() {
        machine.processes().keySet().stream().toList().forEach(process -> run(process + " exit"));
        Expect.nothingLeft(manager);
    }

    static long address(long page) {
        return ProgramMachine.ARENA + page * MemoryManager.PAGE_SIZE;
    }

    /** Maps pages of process 0 as programs do, for so many that a program would be long. */
    void map(int process, long page, long pages) {
        space(process)
                .mmap(
                        address(page),
                        pages * MemoryManager.PAGE_SIZE,
                        Prot.PROT_READ | Prot.PROT_WRITE,
                        MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED);
    }
}
