package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.tck.program.StepResult;
import java.util.Map;
import java.util.function.Supplier;

/** Is told after each operation of a replay, and before the first, which looks like an operation {@link #START}. */
@FunctionalInterface
public interface ReplayObserver {
    /** The state before the first operation. */
    String START = "start";

    /** Looks at nothing. */
    ReplayObserver NONE = (operation, result, processes) -> {};

    /**
     * An operation is done.
     *
     * @param operation the operation in words, made only when it is asked for
     * @param result how it ended
     * @param processes the live processes by number
     */
    void after(Supplier<String> operation, StepResult result, Map<Integer, AddressSpace> processes);
}
