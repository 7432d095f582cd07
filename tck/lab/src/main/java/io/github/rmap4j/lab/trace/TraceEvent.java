package io.github.rmap4j.lab.trace;

import org.jspecify.annotations.Nullable;

/** One line of a trace. */
public sealed interface TraceEvent {
    /**
     * Where it is.
     *
     * @return number of its line, from 1
     */
    long line();

    /**
     * Who it is about: the process.
     *
     * @return the thread group
     */
    int pid();

    /**
     * Who it is about: the thread.
     *
     * @return the task
     */
    int tid();

    /**
     * A task came into being (PERF_RECORD_FORK); a thread if both processes are the same.
     *
     * @param line number of the line
     * @param pid its process
     * @param tid its thread
     * @param parentPid the process that made it
     * @param parentTid the thread that made it
     */
    record TaskCreated(long line, int pid, int tid, int parentPid, int parentTid) implements TraceEvent {}

    /**
     * A task ended (PERF_RECORD_EXIT), its memory being gone already.
     *
     * @param line number of the line
     * @param pid its process
     * @param tid its thread
     */
    record TaskExited(long line, int pid, int tid) implements TraceEvent {}

    /**
     * A process begins to run a new program (PERF_RECORD_COMM exec): the old address space is gone, the new one is
     * about to be filled.
     *
     * @param line number of the line
     * @param pid the process
     * @param tid its only thread
     */
    record ProgramStarted(long line, int pid, int tid) implements TraceEvent {}

    /**
     * A task changed its name (PERF_RECORD_COMM); no meaning for memory.
     *
     * @param line number of the line
     * @param pid the process
     * @param tid the thread
     */
    record TaskRenamed(long line, int pid, int tid) implements TraceEvent {}

    /**
     * Where the kernel itself is mapped (PERF_RECORD_MMAP of process -1); no meaning for anonymous memory.
     *
     * @param line number of the line
     * @param pid -1
     * @param tid 0
     */
    record KernelMapped(long line, int pid, int tid) implements TraceEvent {}

    /**
     * A VMA was created or changed (PERF_RECORD_MMAP2): its whole range, after any merge.
     *
     * @param line number of the line
     * @param pid the process
     * @param tid the thread
     * @param start first byte
     * @param length length in bytes
     * @param offset vm_pgoff in bytes
     * @param object device, inode and generation, or build id, of what is mapped; null for anonymous memory and for what
     *     has only a name
     * @param permissions four characters as in /proc/PID/maps
     * @param name as perf names it
     */
    record VmaMapped(
            long line,
            int pid,
            int tid,
            long start,
            long length,
            long offset,
            @Nullable String object,
            String permissions,
            String name)
            implements TraceEvent {
        /**
         * The end.
         *
         * @return the address after the last byte
         */
        public long end() {
            return start + length;
        }

        /**
         * Whether nothing is behind it.
         *
         * @return true for private anonymous memory
         */
        public boolean isAnonymous() {
            return object == null
                    && (name.equals("//anon")
                            || name.equals("[heap]")
                            || name.equals("[stack]")
                            || name.startsWith("[anon:"));
        }
    }

    /**
     * A page fault exception.
     *
     * @param line number of the line
     * @param pid the process
     * @param tid the thread
     * @param address what was accessed
     * @param errorCode the processor's error code
     */
    record PageFault(long line, int pid, int tid, long address, long errorCode) implements TraceEvent {
        /** Bit 1 of the error code. */
        private static final long WRITE = 2;

        /**
         * Whether it was a write.
         *
         * @return true for a write, false for a read or an instruction fetch
         */
        public boolean isWrite() {
            return (errorCode & WRITE) != 0;
        }
    }

    /**
     * A system call began.
     *
     * @param line number of the line
     * @param pid the process
     * @param tid the thread
     * @param call which
     * @param arguments its arguments, those of {@link SystemCall}
     */
    record CallEntered(long line, int pid, int tid, SystemCall call, CallArguments arguments) implements TraceEvent {}

    /**
     * A system call returned.
     *
     * @param line number of the line
     * @param pid the process
     * @param tid the thread
     * @param call which
     * @param result what it returned: a negated error number in case of failure
     */
    record CallReturned(long line, int pid, int tid, SystemCall call, long result) implements TraceEvent {}

    /**
     * perf could not keep up.
     *
     * @param line number of the line
     * @param pid the process, or -1
     * @param tid the thread, or -1
     * @param count how many events are missing; 0 if perf does not say
     */
    record EventsLost(long line, int pid, int tid, long count) implements TraceEvent {}

    /**
     * An event that is not of the recording command.
     *
     * @param line number of the line
     * @param pid the process
     * @param tid the thread
     * @param name its name
     */
    record Unrecognized(long line, int pid, int tid, String name) implements TraceEvent {}
}
