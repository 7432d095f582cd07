package io.github.rmap4j.lab.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened, put together from the lines of a trace that belong together, in the order in which to replay it. */
public sealed interface TraceStep {
    /**
     * Where it begins.
     *
     * @return number of its first line
     */
    long line();

    /**
     * A system call on memory.
     *
     * @param line number of the line where it began
     * @param pid the process
     * @param call which
     * @param arguments its arguments
     * @param returned whether the trace has its end
     * @param result what it returned; meaningless without its end
     * @param mapped what perf reported meanwhile: the VMAs that the call made or changed, as they were afterwards
     */
    record Call(
            long line,
            int pid,
            SystemCall call,
            CallArguments arguments,
            boolean returned,
            long result,
            List<TraceEvent.VmaMapped> mapped)
            implements TraceStep {
        /** Copies the list. */
        public Call {
            mapped = List.copyOf(mapped);
        }
    }

    /** What a new task shares with the one that made it. */
    enum Sharing {
        /** A thread of the same process. */
        THREAD,
        /** A process in the same address space, until it runs a program or ends (vfork, CLONE_VM). */
        ADDRESS_SPACE,
        /** A process with a copy of the address space. */
        NOTHING
    }

    /**
     * A new task.
     *
     * @param line number of the line
     * @param parent process that made it
     * @param pid its process
     * @param tid its thread
     * @param sharing what it shares
     */
    record Fork(long line, int parent, int pid, int tid, Sharing sharing) implements TraceStep {}

    /**
     * A process begins to run a new program.
     *
     * @param line number of the line
     * @param pid the process
     * @param stack the stack, as exec first placed it, or null if the trace does not tell
     * @param heapStart where the heap begins, or 0 if the trace does not tell
     */
    record Exec(long line, int pid, TraceEvent.@Nullable VmaMapped stack, long heapStart) implements TraceStep {}

    /** Who made or changed a VMA outside of the traced calls. */
    enum MappedBy {
        /** exec, before the new program's address space is in use: its arguments fill the stack. */
        EXEC_ARGUMENTS,
        /** exec, for the new program. */
        EXEC,
        /** A page fault that grew a stack, or a system call that is not traced. */
        UNKNOWN
    }

    /**
     * A VMA that no traced call made or changed.
     *
     * @param by who did
     * @param vma the VMA
     */
    record Mapping(MappedBy by, TraceEvent.VmaMapped vma) implements TraceStep {
        @Override
        public long line() {
            return vma.line();
        }
    }

    /**
     * The end of a call whose beginning is not in the trace.
     *
     * @param end the end
     */
    record UnpairedReturn(TraceEvent.CallReturned end) implements TraceStep {
        @Override
        public long line() {
            return end.line();
        }
    }

    /**
     * An event that stands for itself.
     *
     * @param event the event
     */
    record Single(TraceEvent event) implements TraceStep {
        @Override
        public long line() {
            return event.line();
        }
    }
}
