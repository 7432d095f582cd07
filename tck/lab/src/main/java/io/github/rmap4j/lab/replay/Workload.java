package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.input.Input;
import io.github.rmap4j.lab.input.InputException;
import io.github.rmap4j.lab.input.InputFormat;
import io.github.rmap4j.lab.scenario.ConfiguredScenario;
import io.github.rmap4j.lab.trace.PerfScriptReader;
import io.github.rmap4j.lab.trace.TraceStepReader;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramException;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Replays an input, whatever its format. */
public final class Workload {
    private final Input input;

    /**
     * A workload.
     *
     * @param input what to replay
     */
    public Workload(Input input) {
        this.input = input;
    }

    /**
     * Replays the input to its end.
     *
     * @param manager the manager to drive
     * @param observer is told after each operation
     * @param progress is told how many bytes of the input have been read, or would have been if it had that many
     * @return what is left
     * @throws InputException if the input cannot be read or is malformed
     */
    public Replay replay(MemoryManager manager, ReplayObserver observer, LongConsumer progress) {
        ConfiguredScenario scenario = input.scenario();
        if (scenario != null) {
            ScenarioReplayer replayer = new ScenarioReplayer(
                    manager, observer, progress, input.identity().bytes());
            return replayer.replay(scenario.run());
        }
        try (InputStream in = input.open(progress)) {
            if (input.format() == InputFormat.PROGRAM) {
                return replayProgram(ProgramLines.read(input.path(), in), manager, observer);
            }
            TraceStepReader steps = new TraceStepReader(new PerfScriptReader(input.path(), in));
            return new TraceReplayer(manager, observer).replay(steps);
        } catch (IOException e) {
            throw new InputException(input.path() + ": cannot be read: " + e.getMessage());
        }
    }

    /**
     * Where page 0 is in the words of its operations.
     *
     * @return an address in bytes
     */
    public long base() {
        return input.format() == InputFormat.PROGRAM ? ProgramMachine.ARENA : 0;
    }

    private Replay replayProgram(ProgramLines program, MemoryManager manager, ReplayObserver observer) {
        ProgramMachine machine = new ProgramMachine(manager);
        OperationTimes times = new OperationTimes();
        observer.after(() -> ReplayObserver.START, StepResult.OK, machine.processes());
        for (ProgramLines.Line line : program.lines()) {
            Operation operation = line.operation();
            String kind = operation.text().split(" ", 3)[1];
            long begin = System.nanoTime();
            StepResult result;
            try {
                result = machine.execute(operation);
            } catch (ProgramException e) {
                throw new InputException(input.path() + ":" + line.number() + ": " + e.getMessage());
            }
            times.add(kind, System.nanoTime() - begin);
            observer.after(operation::text, result, machine.processes());
        }
        return new Replay(manager, machine.processes(), new Findings(), times);
    }
}
