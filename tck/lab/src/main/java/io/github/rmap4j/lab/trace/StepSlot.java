package io.github.rmap4j.lab.trace;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place in the order of steps; what belongs there may become known only by later lines. */
abstract class StepSlot {
    private boolean complete;

    final boolean isComplete() {
        return complete;
    }

    /** Nothing that comes later changes the step. */
    final void complete() {
        complete = true;
    }

    /** The step, as far as it is known. */
    abstract TraceStep step();

    /** A step that is known at once. */
    static final class Known extends StepSlot {
        private final TraceStep step;

        Known(TraceStep step) {
            this.step = step;
            complete();
        }

        @Override
        TraceStep step() {
            return step;
        }
    }

    /** A call that may not have returned yet. */
    static final class Call extends StepSlot {
        private final TraceEvent.CallEntered begin;
        private final List<TraceEvent.VmaMapped> mapped = new ArrayList<>(1);
        private boolean returned;
        private long result;

        Call(TraceEvent.CallEntered begin) {
            this.begin = begin;
        }

        TraceEvent.CallEntered begin() {
            return begin;
        }

        void add(TraceEvent.VmaMapped vma) {
            mapped.add(vma);
        }

        void returned(long value) {
            returned = true;
            result = value;
            complete();
        }

        @Override
        TraceStep step() {
            return new TraceStep.Call(
                    begin.line(), begin.pid(), begin.call(), begin.arguments(), returned, result, mapped);
        }
    }

    /** A new process of which it may not be known yet whether it shares its parent's memory. */
    static final class Fork extends StepSlot {
        private final TraceEvent.TaskCreated created;
        private TraceStep.Sharing sharing;

        /** The sharing is what to assume if the trace does not tell. */
        Fork(TraceEvent.TaskCreated created, TraceStep.Sharing sharing) {
            this.created = created;
            this.sharing = sharing;
        }

        TraceEvent.TaskCreated created() {
            return created;
        }

        void complete(TraceStep.Sharing known) {
            sharing = known;
            complete();
        }

        @Override
        TraceStep step() {
            return new TraceStep.Fork(created.line(), created.parentPid(), created.pid(), created.tid(), sharing);
        }
    }

    /** An exec, the layout of which the following lines tell. */
    static final class Exec extends StepSlot {
        private final TraceEvent.ProgramStarted started;
        private TraceEvent.@Nullable VmaMapped stack;
        private boolean stackKnown;
        private long heapStart;

        Exec(TraceEvent.ProgramStarted started) {
            this.started = started;
        }

        boolean isStackKnown() {
            return stackKnown;
        }

        /** The stack, or null if the trace does not have it. */
        void stack(TraceEvent.@Nullable VmaMapped vma) {
            stack = vma;
            stackKnown = true;
        }

        void heapStart(long address) {
            heapStart = address;
            complete();
        }

        @Override
        TraceStep step() {
            return new TraceStep.Exec(started.line(), started.pid(), stack, heapStart);
        }
    }
}
