package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.lab.trace.CallArguments;
import io.github.rmap4j.lab.trace.TraceEvent.VmaMapped;
import io.github.rmap4j.lab.trace.TraceStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Replays system calls so that mappings get the addresses they have in the trace, and compares results. */
final class CallReplayer {
    private static final int MAP_TYPE = MapFlags.MAP_SHARED | MapFlags.MAP_PRIVATE;
    private static final int MAP_DROPPABLE = 0x08;
    private static final int MAP_HUGETLB = 0x40000;
    private static final int FIXED = MapFlags.MAP_FIXED | MapFlags.MAP_FIXED_NOREPLACE;
    private static final long EEXIST = -Errno.EEXIST.number();
    private static final long UNKNOWN = -1;

    /** The options of prctl that concern memory: PR_SET_MM, _THP_DISABLE, _MDWE, _MEMORY_MERGE and PR_SET_VMA. */
    private static final Set<Integer> MEMORY_OPTIONS = Set.of(35, 41, 65, 67, 0x53564d41);

    private static final Map<Integer, Advice> ADVICE = advice();

    private final EngineCalls engine;
    private final TracedFiles files;
    private final Findings findings;
    private final MappingReplayer mappings;

    CallReplayer(EngineCalls engine, TracedFiles files, Findings findings, MappingReplayer mappings) {
        this.engine = engine;
        this.files = files;
        this.findings = findings;
        this.mappings = mappings;
    }

    private static Map<Integer, Advice> advice() {
        Map<Integer, Advice> byNumber = new HashMap<>();
        for (Advice advice : Advice.values()) {
            byNumber.put(advice.number(), advice);
        }
        return byNumber;
    }

    /** Replays one call; null if there was nothing to replay. */
    @Nullable
    Long replay(TraceStep.Call step, AddressSpace space) {
        if (!step.returned()) {
            findings.remark("call without an end", step.line(), step.call().word() + " of process " + step.pid());
        }
        CallArguments arguments = step.arguments();
        Long result = switch (step.call()) {
            case MMAP -> mmap(step, space);
            case MUNMAP -> engine.callVoid("munmap", () -> space.munmap(arguments.get(0), arguments.get(1)));
            case MPROTECT -> mprotect(step, space);
            case MREMAP -> mremap(step, space);
            case BRK -> brk(step, space);
            case MADVISE -> madvise(step, space);
            case PRCTL -> prctl(step);
            default -> null;
        };
        if (result != null) {
            compare(step, result);
            mappings.compare(step, space);
        }
        return result;
    }

    private void compare(TraceStep.Call step, long result) {
        if (step.returned() && result != step.result()) {
            mismatch(
                    step,
                    EngineCalls.describe(step.result()) + " in the trace, " + EngineCalls.describe(result) + " here");
        }
    }

    private void mismatch(TraceStep.Call step, String results) {
        findings.mismatch(
                step.call().word(), step.line(), step.call().word() + " of process " + step.pid() + ": " + results);
    }

    /** Whether the trace shows that the call did something although it does not have its end. */
    private static boolean tookEffect(TraceStep.Call step) {
        return step.returned() || !step.mapped().isEmpty();
    }

    private @Nullable Long mmap(TraceStep.Call step, AddressSpace space) {
        int flags = step.arguments().getInt(3);
        if ((flags & MAP_HUGETLB) != 0 || (flags & MAP_TYPE) == 0 && (flags & MAP_DROPPABLE) != 0) {
            findings.remark("mmap flag that is not simulated", step.line(), "flags 0x" + Integer.toHexString(flags));
        }
        if (!tookEffect(step)) {
            return null;
        }
        if (step.returned() && EngineCalls.isError(step.result())) {
            return failingMmap(step, space, flags);
        }
        long length = step.arguments().get(1);
        long address = address(step, length);
        if (address == UNKNOWN) {
            findings.remark("mmap of unknown address", step.line(), "its end is not in the trace");
            return null;
        }
        int placed = (flags & FIXED) != 0 ? flags : flags | MapFlags.MAP_FIXED_NOREPLACE;
        long result = map(step, space, address, placed);
        if (result == EEXIST && (flags & MapFlags.MAP_FIXED_NOREPLACE) == 0) {
            mismatch(step, "free in the trace at 0x" + Long.toHexString(address) + ", mapped here");
            result = map(step, space, address, flags | MapFlags.MAP_FIXED);
        }
        return result;
    }

    private static long address(TraceStep.Call step, long length) {
        if (step.returned()) {
            return step.result();
        }
        if ((step.arguments().getInt(3) & FIXED) != 0) {
            return step.arguments().get(0);
        }
        // The reported VMA is the whole one after merging.
        VmaMapped vma = step.mapped().get(0);
        return vma.length() == MappingReplayer.pageAlign(length) ? vma.start() : UNKNOWN;
    }

    private long map(TraceStep.Call step, AddressSpace space, long address, int traceFlags) {
        CallArguments arguments = step.arguments();
        long length = arguments.get(1);
        int prot = arguments.getInt(2);
        List<VmaMapped> mapped = step.mapped();
        MappedFile file = mapped.isEmpty() ? unknownFile(step) : files.of(mapped.get(mapped.size() - 1));
        // MAP_SHARED_VALIDATE is the two type bits together.
        int flags = (traceFlags & MAP_TYPE) == MAP_TYPE ? traceFlags & ~MapFlags.MAP_PRIVATE : traceFlags;
        if (file == null) {
            return engine.call("mmap", () -> space.mmap(address, length, prot, flags | MapFlags.MAP_ANONYMOUS));
        }
        return engine.call("mmap", () -> space.mmap(address, length, prot, flags, file, arguments.get(5)));
    }

    /** What is mapped if perf did not report it, which it does only with the option -d. */
    private @Nullable MappedFile unknownFile(TraceStep.Call step) {
        if ((step.arguments().getInt(3) & MapFlags.MAP_ANONYMOUS) != 0) {
            return null;
        }
        findings.remark("mmap of an unknown file", step.line(), "no PERF_RECORD_MMAP2 (perf record -d writes them)");
        return MappedFile.of(MappedFile.Kind.REGULAR, "unknown");
    }

    private @Nullable Long failingMmap(TraceStep.Call step, AddressSpace space, int flags) {
        boolean simulated = (flags & MapFlags.MAP_ANONYMOUS) != 0 && (flags & (MAP_HUGETLB | MAP_DROPPABLE)) == 0;
        if (!simulated) {
            // Whether a file may be mapped, or there are huge pages, is not known here.
            findings.remark(
                    "mmap that fails for reasons outside of the simulation",
                    step.line(),
                    EngineCalls.describe(step.result()) + ", flags 0x" + Integer.toHexString(flags));
            return null;
        }
        // What is there must survive a call that did nothing in Linux.
        boolean replaces = (flags & FIXED) == MapFlags.MAP_FIXED;
        int harmless = replaces ? flags & ~MapFlags.MAP_FIXED | MapFlags.MAP_FIXED_NOREPLACE : flags;
        long result = map(step, space, step.arguments().get(0), harmless);
        if (replaces && result == EEXIST) {
            findings.remark(
                    "mmap that fails where something is mapped",
                    step.line(),
                    EngineCalls.describe(step.result()) + " in the trace, not tried here");
            return null;
        }
        if (!EngineCalls.isError(result)) {
            long undone = engine.callVoid(
                    "munmap", () -> space.munmap(result, step.arguments().get(1)));
            if (EngineCalls.isError(undone)) {
                findings.remark(
                        "mmap that fails in Linux and cannot be undone here",
                        step.line(),
                        EngineCalls.describe(undone));
            }
        }
        return result;
    }

    private @Nullable Long mprotect(TraceStep.Call step, AddressSpace space) {
        if (!tookEffect(step)) {
            return null;
        }
        CallArguments arguments = step.arguments();
        return engine.callVoid(
                "mprotect", () -> space.mprotect(arguments.get(0), arguments.get(1), arguments.getInt(2)));
    }

    private @Nullable Long mremap(TraceStep.Call step, AddressSpace space) {
        if (!step.returned()) {
            return null;
        }
        CallArguments arguments = step.arguments();
        long from = arguments.get(0);
        int flags = arguments.getInt(3);
        long to = arguments.get(4);
        if (!EngineCalls.isError(step.result()) && (flags & MapFlags.MREMAP_FIXED) == 0) {
            to = step.result();
            if (to == from) {
                flags &= ~MapFlags.MREMAP_MAYMOVE;
            } else {
                flags |= MapFlags.MREMAP_FIXED;
                requireFree(step, space, to);
            }
        }
        int placed = flags;
        long destination = to;
        return engine.call("mremap", () -> space.mremap(from, arguments.get(1), arguments.get(2), placed, destination));
    }

    private void requireFree(TraceStep.Call step, AddressSpace space, long start) {
        long end = start + MappingReplayer.pageAlign(step.arguments().get(2));
        for (Vma vma : space.vmas()) {
            if (vma.start() < end && vma.end() > start) {
                mismatch(step, "free in the trace at 0x" + Long.toHexString(start) + ", mapped here");
                return;
            }
        }
    }

    private @Nullable Long brk(TraceStep.Call step, AddressSpace space) {
        return tookEffect(step)
                ? (Long) engine.call("brk", () -> space.brk(step.arguments().get(0)))
                : null;
    }

    private @Nullable Long madvise(TraceStep.Call step, AddressSpace space) {
        CallArguments arguments = step.arguments();
        Advice advice = ADVICE.get(arguments.getInt(2));
        if (advice == null) {
            findings.remark(
                    "madvise that is not simulated",
                    step.line(),
                    "advice " + arguments.getInt(2) + ", " + EngineCalls.describe(step.result()) + " in the trace");
            return null;
        }
        return engine.callVoid("madvise", () -> space.madvise(arguments.get(0), arguments.get(1), advice));
    }

    private @Nullable Long prctl(TraceStep.Call step) {
        int option = step.arguments().getInt(0);
        if (MEMORY_OPTIONS.contains(option) && !EngineCalls.isError(step.result())) {
            findings.remark("prctl that is not simulated", step.line(), "option " + option);
        }
        return null;
    }
}
