package io.github.rmap4j.tck.recording;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.program.FrameIds;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramException;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StateSnapshot;
import io.github.rmap4j.tck.program.StepResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Executes the operations of a recording on a manager and compares the state after each with what was recorded.
 *
 * @param compare what to compare beyond the memory of the processes
 * @param verifyEvery after how many operations the manager verifies itself, and once more after the last; 0 for
 *     never
 * @since 0.1
 */
public record RecordingReplay(Set<Compare> compare, int verifyEvery) {
    /**
     * Copies the set.
     *
     * @param compare what to compare beyond the memory of the processes
     * @param verifyEvery after how many operations the manager verifies itself, and once more after the last; 0 for
     *     never
     * @throws IllegalArgumentException if {@code verifyEvery} is negative
     */
    public RecordingReplay {
        if (verifyEvery < 0) {
            throw new IllegalArgumentException("verifyEvery must not be negative: " + verifyEvery);
        }
        compare = Set.copyOf(compare);
    }

    /**
     * Replays a recording to its end. If the replay has come apart from the recording so far that an operation makes no
     * sense any more, it ends there.
     *
     * @param recording the recording, from its beginning; it is not closed
     * @param manager a manager without address spaces
     * @return all differences in order, empty if there are none
     * @throws IllegalArgumentException if the manager has address spaces already
     * @throws IOException if the recording cannot be read
     * @throws ProgramException if an operation is malformed or not supported
     * @throws IllegalStateException if the manager fails or finds itself inconsistent; the message names the step
     */
    public List<Difference> replay(Recording recording, MemoryManager manager) throws IOException {
        return run(recording, manager).differences();
    }

    /**
     * Like {@link #replay}, with everything that was found.
     *
     * @param recording the recording, from its beginning; it is not closed
     * @param manager a manager without address spaces
     * @return how it went
     * @throws IllegalArgumentException if the manager has address spaces already
     * @throws IOException if the recording cannot be read
     * @throws ProgramException if an operation is malformed or not supported
     * @throws IllegalStateException if the manager fails or finds itself inconsistent; the message names the step
     */
    public ReplayOutcome run(Recording recording, MemoryManager manager) throws IOException {
        if (!manager.addressSpaces().isEmpty()) {
            throw new IllegalArgumentException("the manager has address spaces already");
        }
        List<Difference> differences = new ArrayList<>();
        ProgramMachine machine = new ProgramMachine(manager);
        RecordingComparator comparator = new RecordingComparator(compare);
        FrameIds ids = new FrameIds();
        RecordedStep last = null;
        for (RecordedStep step = recording.next(); step != null; step = recording.next()) {
            StepResult result = StepResult.OK;
            if (step.step() > 0) {
                Operation operation = MemoryProgram.parseLine(recording.name(), step.line(), step.op());
                if (!differences.isEmpty() && !makesSense(operation, machine)) {
                    return outcome(step.step(), differences, comparator);
                }
                result = execute(recording, step, operation, machine);
            }
            StateSnapshot state = StateSnapshot.of(machine.processes(), manager, ProgramMachine.ARENA, ids);
            differences.addAll(comparator.compare(step, result, state));
            last = step;
        }
        if (last != null && verifyEvery > 0 && last.step() % verifyEvery != 0) {
            verify(recording, last, manager);
        }
        int steps = last == null ? 0 : last.step();
        return outcome(steps, differences, comparator);
    }

    private static ReplayOutcome outcome(int steps, List<Difference> differences, RecordingComparator comparator) {
        return new ReplayOutcome(steps, differences, comparator.missedMerges(), comparator.furtherMerges());
    }

    /** Whether the processes of an operation are there, or not yet there, as they should be. */
    private static boolean makesSense(Operation operation, ProgramMachine machine) {
        Set<Integer> processes = machine.processes().keySet();
        boolean childExists = operation instanceof Operation.Fork fork && processes.contains(fork.child())
                || operation instanceof Operation.Vfork vfork && processes.contains(vfork.child());
        return processes.contains(operation.process()) && !childExists;
    }

    private StepResult execute(Recording recording, RecordedStep step, Operation operation, ProgramMachine machine) {
        StepResult result;
        try {
            result = machine.execute(operation);
        } catch (ProgramException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(recording, step, e);
        }
        if (verifyEvery > 0 && step.step() % verifyEvery == 0) {
            verify(recording, step, machine.manager());
        }
        return result;
    }

    private static void verify(Recording recording, RecordedStep step, MemoryManager manager) {
        try {
            manager.verify();
        } catch (RuntimeException e) {
            throw failed(recording, step, e);
        }
    }

    private static IllegalStateException failed(Recording recording, RecordedStep step, RuntimeException cause) {
        return new IllegalStateException(
                recording.name() + " step " + step.step() + " '" + step.op() + "': " + cause.getMessage(), cause);
    }
}
