package io.github.rmap4j.lab.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the events of a trace together to steps.
 *
 * <p>A call that makes or changes mappings has its place where perf first reports one, because that happens under the
 * mmap lock; a call without such a report where it begins if it gives memory back (another thread may get that memory
 * before the call returns), otherwise where it ends. Steps that later lines complete are waited for, up to
 * {@link #WINDOW} steps.
 */
public final class TraceStepReader {
    /** Most steps that are kept back for one that is not complete. */
    static final int WINDOW = 1 << 16;

    private static final long CLONE_VM = 0x100;

    private final PerfScriptReader events;
    private final ArrayDeque<StepSlot> queue = new ArrayDeque<>();
    /** By thread. */
    private final Map<Integer, OpenCall> open = new HashMap<>();
    /** By process: execs whose layout is not complete. */
    private final Map<Integer, StepSlot.Exec> execs = new HashMap<>();
    /** By the child's process: children of clone3, whose flags perf cannot see. */
    private final Map<Integer, StepSlot.Fork> forks = new HashMap<>();

    private boolean ended;

    /** A call that has not returned. */
    private static final class OpenCall {
        final SystemCall call;
        final long cloneFlags;
        /** Its step, if it is a call on memory. */
        final StepSlot.@Nullable Call slot;

        boolean queued;
        /** For execve: whether the new address space is in use. */
        boolean programStarted;

        OpenCall(SystemCall call, long cloneFlags, StepSlot.@Nullable Call slot) {
            this.call = call;
            this.cloneFlags = cloneFlags;
            this.slot = slot;
        }

        static OpenCall of(TraceEvent.CallEntered entered) {
            SystemCall call = entered.call();
            boolean onMemory = call != SystemCall.EXECVE && !call.createsTask();
            return new OpenCall(
                    call,
                    call == SystemCall.CLONE ? entered.arguments().get(0) : 0,
                    onMemory ? new StepSlot.Call(entered) : null);
        }
    }

    /**
     * A reader.
     *
     * @param events the events
     */
    public TraceStepReader(PerfScriptReader events) {
        this.events = events;
    }

    /**
     * Reads the next step.
     *
     * @return the step, or null at the end
     * @throws io.github.rmap4j.lab.input.InputException if a line is malformed or the file cannot be read
     */
    public @Nullable TraceStep next() {
        while (true) {
            StepSlot first = queue.peek();
            if (first != null && (first.isComplete() || ended || queue.size() > WINDOW)) {
                queue.remove();
                forget(first);
                return first.step();
            }
            if (first == null && ended) {
                return null;
            }
            TraceEvent event = events.next();
            if (event == null) {
                end();
            } else {
                handle(event);
            }
        }
    }

    private void forget(StepSlot slot) {
        if (!slot.isComplete()) {
            execs.values().remove(slot);
            forks.values().remove(slot);
        }
    }

    private void end() {
        ended = true;
        List<OpenCall> calls = new ArrayList<>(open.values());
        calls.removeIf(call -> call.slot == null);
        calls.sort(Comparator.comparingLong(
                call -> call.slot == null ? 0 : call.slot.begin().line()));
        calls.forEach(this::close);
        open.clear();
    }

    private void handle(TraceEvent event) {
        if (event instanceof TraceEvent.CallEntered entered) {
            enter(entered);
        } else if (event instanceof TraceEvent.CallReturned returned) {
            leave(returned);
        } else if (event instanceof TraceEvent.VmaMapped vma) {
            map(vma);
        } else if (event instanceof TraceEvent.TaskCreated created) {
            create(created);
        } else if (event instanceof TraceEvent.ProgramStarted started) {
            start(started);
        } else {
            if (event instanceof TraceEvent.TaskExited exited) {
                exit(exited);
            }
            add(new TraceStep.Single(event));
        }
    }

    private void add(TraceStep step) {
        queue.add(new StepSlot.Known(step));
    }

    private void enter(TraceEvent.CallEntered entered) {
        close(open.remove(entered.tid()));
        SystemCall call = entered.call();
        if (call == SystemCall.EXECVE || call.endsTask()) {
            // A parent that does not return before its child gets here waits for it (CLONE_VFORK).
            complete(forks.remove(entered.pid()), TraceStep.Sharing.ADDRESS_SPACE);
        }
        if (call.endsTask()) {
            return;
        }
        OpenCall opened = OpenCall.of(entered);
        open.put(entered.tid(), opened);
        if (call == SystemCall.MUNMAP || call == SystemCall.MADVISE) {
            queue(opened);
        }
    }

    private void queue(OpenCall call) {
        if (call.slot != null && !call.queued) {
            queue.add(call.slot);
            call.queued = true;
        }
    }

    /** The call will not return. */
    private void close(@Nullable OpenCall call) {
        if (call != null && call.slot != null) {
            queue(call);
            call.slot.complete();
        }
    }

    private void leave(TraceEvent.CallReturned returned) {
        OpenCall call = open.get(returned.tid());
        if (call == null || call.call != returned.call()) {
            boolean newTask = returned.call().createsTask() && returned.result() == 0;
            boolean newProgram = returned.call() == SystemCall.EXECVE;
            if (!newTask && !newProgram) {
                add(new TraceStep.UnpairedReturn(returned));
            }
            return;
        }
        open.remove(returned.tid());
        if (call.slot != null) {
            queue(call);
            call.slot.returned(returned.result());
        }
        if (call.call == SystemCall.BRK) {
            StepSlot.Exec exec = execs.remove(returned.pid());
            if (exec != null) {
                exec.heapStart(returned.result());
            }
        } else if (call.call == SystemCall.CLONE3) {
            completeForkOf(returned.tid());
        }
    }

    private void completeForkOf(int parentTid) {
        for (StepSlot.Fork fork : forks.values()) {
            if (fork.created().parentTid() == parentTid) {
                forks.remove(fork.created().pid());
                fork.complete(TraceStep.Sharing.NOTHING);
                return;
            }
        }
    }

    private static void complete(StepSlot.@Nullable Fork fork, TraceStep.Sharing sharing) {
        if (fork != null) {
            fork.complete(sharing);
        }
    }

    private void map(TraceEvent.VmaMapped vma) {
        OpenCall call = open.get(vma.tid());
        if (call != null && call.call == SystemCall.EXECVE) {
            mapByExec(vma, call);
        } else if (call != null && call.slot != null && reportsMappings(call.call)) {
            call.slot.add(vma);
            queue(call);
        } else {
            add(new TraceStep.Mapping(TraceStep.MappedBy.UNKNOWN, vma));
        }
    }

    private void mapByExec(TraceEvent.VmaMapped vma, OpenCall call) {
        if (!call.programStarted) {
            add(new TraceStep.Mapping(TraceStep.MappedBy.EXEC_ARGUMENTS, vma));
            return;
        }
        StepSlot.Exec exec = execs.get(vma.pid());
        if (exec != null && !exec.isStackKnown()) {
            boolean stack = vma.name().equals("[stack]");
            exec.stack(stack ? vma : null);
            if (stack) {
                return;
            }
        }
        add(new TraceStep.Mapping(TraceStep.MappedBy.EXEC, vma));
    }

    private static boolean reportsMappings(SystemCall call) {
        return call == SystemCall.MMAP || call == SystemCall.MPROTECT || call == SystemCall.BRK;
    }

    private void create(TraceEvent.TaskCreated created) {
        if (created.pid() == created.parentPid()) {
            add(fork(created, TraceStep.Sharing.THREAD));
            return;
        }
        OpenCall call = open.get(created.parentTid());
        if (call != null && call.call == SystemCall.CLONE3) {
            StepSlot.Fork fork = new StepSlot.Fork(created, TraceStep.Sharing.NOTHING);
            complete(forks.put(created.pid(), fork), TraceStep.Sharing.NOTHING);
            queue.add(fork);
        } else {
            add(fork(created, sharing(call)));
        }
    }

    private static TraceStep.Sharing sharing(@Nullable OpenCall call) {
        if (call == null) {
            return TraceStep.Sharing.NOTHING;
        }
        boolean sharesMemory = call.call == SystemCall.VFORK || (call.cloneFlags & CLONE_VM) != 0;
        return sharesMemory ? TraceStep.Sharing.ADDRESS_SPACE : TraceStep.Sharing.NOTHING;
    }

    private static TraceStep fork(TraceEvent.TaskCreated created, TraceStep.Sharing sharing) {
        return new TraceStep.Fork(created.line(), created.parentPid(), created.pid(), created.tid(), sharing);
    }

    private void start(TraceEvent.ProgramStarted started) {
        complete(forks.remove(started.pid()), TraceStep.Sharing.ADDRESS_SPACE);
        OpenCall execve = new OpenCall(SystemCall.EXECVE, 0, null);
        execve.programStarted = true;
        close(open.put(started.tid(), execve));
        StepSlot.Exec exec = new StepSlot.Exec(started);
        StepSlot.Exec before = execs.put(started.pid(), exec);
        if (before != null) {
            before.complete();
        }
        queue.add(exec);
    }

    private void exit(TraceEvent.TaskExited exited) {
        close(open.remove(exited.tid()));
        complete(forks.remove(exited.pid()), TraceStep.Sharing.ADDRESS_SPACE);
        if (exited.pid() == exited.tid()) {
            StepSlot.Exec exec = execs.remove(exited.pid());
            if (exec != null) {
                exec.complete();
            }
        }
    }
}
