package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.trace.TraceEvent;
import io.github.rmap4j.lab.trace.TraceStep;
import io.github.rmap4j.lab.trace.TraceStepReader;
import io.github.rmap4j.lab.trace.TracedName;
import io.github.rmap4j.tck.program.StepResult;
import org.jspecify.annotations.Nullable;

/** Drives a manager with what a trace says. */
public final class TraceReplayer {
    /** Room that exec leaves below the arguments (setup_arg_pages in fs/exec.c). */
    private static final long STACK_EXPANSION_PAGES = 32;

    private final MemoryManager manager;
    private final ReplayObserver observer;
    private final Findings findings = new Findings();
    private final OperationTimes times = new OperationTimes();
    private final EngineCalls engine = new EngineCalls(times);
    private final TraceProcesses processes;
    private final MappingReplayer mappings;
    private final CallReplayer calls;
    private long words;

    /**
     * A replayer.
     *
     * @param manager the manager to drive
     * @param observer is told after each operation
     */
    public TraceReplayer(MemoryManager manager, ReplayObserver observer) {
        this.manager = manager;
        this.observer = observer;
        this.processes = new TraceProcesses(manager, findings);
        TracedFiles files = new TracedFiles();
        this.mappings = new MappingReplayer(engine, files, findings);
        this.calls = new CallReplayer(engine, files, findings, mappings);
    }

    /**
     * Replays a trace to its end.
     *
     * @param steps the trace
     * @return what is left
     * @throws io.github.rmap4j.lab.input.InputException if the trace is malformed
     */
    public Replay replay(TraceStepReader steps) {
        observer.after(() -> ReplayObserver.START, StepResult.OK, processes.spaces());
        for (TraceStep step = steps.next(); step != null; step = steps.next()) {
            TraceStep done = step;
            Long result = replay(step);
            if (result != null) {
                observer.after(() -> StepText.of(done), EngineCalls.stepResult(result), processes.spaces());
            }
        }
        return new Replay(manager, processes.spaces(), findings, times);
    }

    /** Replays one step; null if nothing in memory corresponds to it. */
    private @Nullable Long replay(TraceStep step) {
        if (step instanceof TraceStep.Call call) {
            return calls.replay(call, processes.space(call.pid(), call.line()));
        }
        if (step instanceof TraceStep.Mapping mapping) {
            return mappings.replay(mapping, processes.space(mapping.vma().pid(), mapping.line()));
        }
        if (step instanceof TraceStep.Fork fork) {
            return fork(fork);
        }
        if (step instanceof TraceStep.Exec exec) {
            return exec(exec);
        }
        if (step instanceof TraceStep.UnpairedReturn unpaired) {
            TraceEvent.CallReturned end = unpaired.end();
            findings.remark(
                    "end of a call without its beginning",
                    end.line(),
                    end.call().word() + " of process " + end.pid());
            return null;
        }
        return single(((TraceStep.Single) step).event());
    }

    private @Nullable Long single(TraceEvent event) {
        if (event instanceof TraceEvent.PageFault fault) {
            return fault(fault);
        }
        if (event instanceof TraceEvent.TaskExited exited) {
            AddressSpace space = processes.removeThread(exited.pid(), exited.tid(), exited.line());
            return space == null ? null : (Long) engine.callVoid("exit", space::exit);
        }
        if (event instanceof TraceEvent.EventsLost lost) {
            findings.remark(Findings.LOST, lost.line(), lost.count() + " events", Math.max(1, lost.count()));
        } else if (event instanceof TraceEvent.Unrecognized unknown) {
            findings.remark("unknown event " + TracedName.printable(unknown.name()), unknown.line(), "not replayed");
        }
        return null;
    }

    private @Nullable Long fault(TraceEvent.PageFault fault) {
        long address = fault.address();
        if (address < 0 || address >= MemoryManager.TASK_SIZE) {
            findings.remark("fault at a kernel address", fault.line(), "process " + fault.pid());
            return null;
        }
        AddressSpace space = processes.space(fault.pid(), fault.line());
        long result = fault.isWrite()
                ? engine.callVoid("write", () -> space.write(address, ++words))
                : engine.callVoid("read", () -> space.read(address));
        if (EngineCalls.isError(result)) {
            refuse(fault, space, result);
        }
        return result;
    }

    private void refuse(TraceEvent.PageFault fault, AddressSpace space, long result) {
        String text = (fault.isWrite() ? "write to 0x" : "read of 0x") + Long.toHexString(fault.address())
                + " by process " + fault.pid() + ": " + EngineCalls.describe(result);
        if (space.vmaAt(fault.address()) == null) {
            findings.mismatch("page fault where nothing is mapped", fault.line(), text);
        } else {
            // The trace does not tell whether Linux refused it too: the VMA does not allow it.
            findings.remark("page fault that the mapping does not allow", fault.line(), text);
        }
    }

    private @Nullable Long fork(TraceStep.Fork fork) {
        AddressSpace parent = processes.space(fork.parent(), fork.line());
        if (fork.sharing() == TraceStep.Sharing.THREAD) {
            processes.addThread(fork.pid(), fork.tid());
            return null;
        }
        if (fork.sharing() == TraceStep.Sharing.ADDRESS_SPACE) {
            processes.add(fork.pid(), fork.tid(), parent.share(), fork.line());
            return 0L;
        }
        AddressSpace[] child = new AddressSpace[1];
        long result = engine.callVoid("fork", () -> child[0] = parent.fork());
        if (child[0] == null) {
            findings.mismatch("fork", fork.line(), StepText.of(fork) + ": " + EngineCalls.describe(result));
        } else {
            processes.add(fork.pid(), fork.tid(), child[0], fork.line());
        }
        return result;
    }

    private @Nullable Long exec(TraceStep.Exec exec) {
        AddressSpace before = processes.find(exec.pid());
        AddressSpace old = before != null ? before : manager.createAddressSpace();
        ExecLayout layout = layout(exec);
        AddressSpace[] fresh = new AddressSpace[1];
        long result = engine.callVoid("exec", () -> fresh[0] = old.exec(layout));
        if (fresh[0] == null) {
            findings.mismatch("exec", exec.line(), StepText.of(exec) + ": " + EngineCalls.describe(result));
        } else {
            processes.replace(exec.pid(), fresh[0]);
        }
        return result;
    }

    private ExecLayout layout(TraceStep.Exec exec) {
        ExecLayout standard = ExecLayout.standard();
        long heapStart = exec.heapStart() > 0 ? exec.heapStart() : standard.brkStart();
        TraceEvent.VmaMapped stack = exec.stack();
        if (stack == null || stack.end() > MemoryManager.TASK_SIZE) {
            findings.remark("exec without a stack in the trace", exec.line(), "process " + exec.pid());
            return new ExecLayout(standard.stackTop(), 1, heapStart, standard.mmapBase());
        }
        long pages = stack.length() >> MemoryManager.PAGE_SHIFT;
        int argumentPages = (int) Math.max(1, Math.min(Integer.MAX_VALUE, pages - STACK_EXPANSION_PAGES));
        return new ExecLayout(stack.end(), argumentPages, heapStart, standard.mmapBase());
    }
}
