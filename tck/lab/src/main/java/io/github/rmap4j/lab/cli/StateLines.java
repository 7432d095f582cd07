package io.github.rmap4j.lab.cli;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.input.InputException;
import io.github.rmap4j.lab.replay.ReplayObserver;
import io.github.rmap4j.tck.program.FrameIds;
import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;

/** Prints states as JSON lines. */
final class StateLines implements ReplayObserver {
    private final When when;
    private final MemoryManager manager;
    private final long base;
    private final PrintWriter out;
    private final FrameIds ids = new FrameIds();
    private Supplier<String> lastOperation = () -> START;
    private StepResult lastResult = StepResult.OK;
    private Map<Integer, AddressSpace> lastProcesses = Map.of();

    /** After which operations to print the state; named as on the command line. */
    enum When {
        /** After each, and before the first. */
        ALL,
        /** After the last. */
        FINAL
    }

    StateLines(When when, MemoryManager manager, long base, PrintWriter out) {
        this.when = when;
        this.manager = manager;
        this.base = base;
        this.out = out;
    }

    MemoryManager manager() {
        return manager;
    }

    @Override
    public void after(Supplier<String> operation, StepResult result, Map<Integer, AddressSpace> processes) {
        if (when == When.ALL) {
            print(operation.get(), result, processes);
        } else {
            lastOperation = operation;
            lastResult = result;
            lastProcesses = processes;
        }
    }

    /** The replay is over. */
    void end() {
        if (when == When.FINAL) {
            print(lastOperation.get(), lastResult, lastProcesses);
        }
    }

    private void print(String operation, StepResult result, Map<Integer, AddressSpace> processes) {
        out.println(StateSnapshot.of(processes, manager, base, ids).toJsonLine(operation, result));
        if (out.checkError()) {
            throw new InputException(LabCommand.CANNOT_PRINT);
        }
    }
}
