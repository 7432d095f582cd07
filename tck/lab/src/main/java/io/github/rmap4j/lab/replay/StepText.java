package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.trace.CallArguments;
import io.github.rmap4j.lab.trace.TraceEvent;
import io.github.rmap4j.lab.trace.TraceStep;

/** Steps of a trace as lines that resemble those of memory programs; pages are addresses shifted right by 12. */
final class StepText {
    private StepText() {}

    static String of(TraceStep step) {
        if (step instanceof TraceStep.Call call) {
            return call(call);
        }
        if (step instanceof TraceStep.Fork fork) {
            boolean shares = fork.sharing() == TraceStep.Sharing.ADDRESS_SPACE;
            return fork.parent() + (shares ? " vfork " : " fork ") + fork.pid();
        }
        if (step instanceof TraceStep.Exec exec) {
            return exec.pid() + " exec";
        }
        if (step instanceof TraceStep.Mapping mapping) {
            TraceEvent.VmaMapped vma = mapping.vma();
            return vma.pid() + " mmap " + range(vma.start(), vma.length()) + " " + vma.permissions();
        }
        if (step instanceof TraceStep.Single single) {
            return single(single.event());
        }
        return "line " + step.line();
    }

    private static String single(TraceEvent event) {
        if (event instanceof TraceEvent.PageFault fault) {
            return fault.pid() + (fault.isWrite() ? " write " : " read ") + page(fault.address()) + " 1";
        }
        if (event instanceof TraceEvent.TaskExited exited) {
            return exited.pid() + " exit";
        }
        return "line " + event.line();
    }

    private static String call(TraceStep.Call step) {
        CallArguments arguments = step.arguments();
        String text = step.pid() + " " + step.call().word() + " ";
        return switch (step.call()) {
            case MMAP ->
                text + range(place(step, arguments.get(0)), arguments.get(1)) + " prot=" + arguments.getInt(2)
                        + " flags=0x" + Integer.toHexString(arguments.getInt(3));
            case MUNMAP -> text + range(arguments.get(0), arguments.get(1));
            case MPROTECT -> text + range(arguments.get(0), arguments.get(1)) + " prot=" + arguments.getInt(2);
            case MREMAP ->
                text + range(arguments.get(0), arguments.get(1)) + " "
                        + range(place(step, arguments.get(4)), arguments.get(2)) + " flags=0x"
                        + Integer.toHexString(arguments.getInt(3));
            case MADVISE -> text + range(arguments.get(0), arguments.get(1)) + " " + arguments.getInt(2);
            case BRK -> text + page(arguments.get(0));
            default -> text.strip();
        };
    }

    /** Where a mapping was placed, or where it was wanted. */
    private static long place(TraceStep.Call step, long wanted) {
        return step.returned() && !EngineCalls.isError(step.result()) ? step.result() : wanted;
    }

    private static String range(long start, long length) {
        return page(start) + " " + (MappingReplayer.pageAlign(length) >>> MemoryManager.PAGE_SHIFT);
    }

    private static long page(long address) {
        return address >>> MemoryManager.PAGE_SHIFT;
    }
}
