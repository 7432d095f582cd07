package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.lab.trace.TraceEvent.VmaMapped;
import io.github.rmap4j.lab.trace.TraceStep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the mappings that no traced call makes, and compares VMAs with what perf reported of them. */
final class MappingReplayer {
    private static final String LAYOUT = "VMA";

    private final EngineCalls engine;
    private final TracedFiles files;
    private final Findings findings;

    MappingReplayer(EngineCalls engine, TracedFiles files, Findings findings) {
        this.engine = engine;
        this.files = files;
        this.findings = findings;
    }

    static long pageAlign(long bytes) {
        return (bytes + MemoryManager.PAGE_SIZE - 1) & -MemoryManager.PAGE_SIZE;
    }

    /** Replays a mapping; null if it is there already. */
    @Nullable
    Long replay(TraceStep.Mapping step, AddressSpace space) {
        VmaMapped vma = step.vma();
        Long result = switch (step.by()) {
            case EXEC_ARGUMENTS -> null;
            case EXEC -> mapByExec(vma, space);
            case UNKNOWN -> mapIfAbsent(vma, space);
        };
        if (step.by() != TraceStep.MappedBy.EXEC_ARGUMENTS) {
            compare(vma, space);
        }
        return result;
    }

    private long mapByExec(VmaMapped vma, AddressSpace space) {
        // The kernel maps a program's first segment as long as the whole program and unmaps the excess at once.
        Vma first = space.vmaAt(vma.start());
        if (first != null) {
            long from = vma.start();
            long to = first.end();
            engine.callVoid("munmap", () -> space.munmap(from, to - from));
        }
        return map(vma, space, 0);
    }

    private @Nullable Long mapIfAbsent(VmaMapped vma, AddressSpace space) {
        for (Vma other : space.vmas()) {
            if (other.start() < vma.end() && other.end() > vma.start()) {
                return null;
            }
        }
        findings.remark("mapping by a call that is not traced", vma.line(), describe(vma) + " " + vma.name());
        // The stack of a process that began before the recording.
        return map(vma, space, vma.name().equals("[stack]") ? MapFlags.MAP_GROWSDOWN : 0);
    }

    private long map(VmaMapped vma, AddressSpace space, int growth) {
        int prot = (vma.permissions().charAt(0) == 'r' ? Prot.PROT_READ : 0)
                | (vma.permissions().charAt(1) == 'w' ? Prot.PROT_WRITE : 0)
                | (vma.permissions().charAt(2) == 'x' ? Prot.PROT_EXEC : 0);
        int type = vma.permissions().charAt(3) == 's' ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE;
        int flags = type | growth | MapFlags.MAP_FIXED_NOREPLACE;
        MappedFile file = files.of(vma);
        long result = file == null
                ? engine.call("mmap", () -> space.mmap(vma.start(), vma.length(), prot, flags | MapFlags.MAP_ANONYMOUS))
                : engine.call("mmap", () -> space.mmap(vma.start(), vma.length(), prot, flags, file, vma.offset()));
        if (EngineCalls.isError(result)) {
            findings.mismatch(
                    "mapping by the kernel", vma.line(), describe(vma) + " fails: " + EngineCalls.describe(result));
        }
        return result;
    }

    /** Compares what a call left with what perf reported last of it. */
    void compare(TraceStep.Call step, AddressSpace space) {
        List<VmaMapped> mapped = step.mapped();
        if (!mapped.isEmpty()) {
            // An earlier one may have been merged by the very call that reports it.
            compare(mapped.get(mapped.size() - 1), space);
        }
    }

    private void compare(VmaMapped expected, AddressSpace space) {
        Vma vma = space.vmaAt(expected.start());
        if (vma == null) {
            findings.mismatch(LAYOUT, expected.line(), describe(expected) + " in the trace, nothing here");
            return;
        }
        boolean same = vma.start() == expected.start()
                && vma.end() == expected.end()
                && vma.permissions().equals(expected.permissions())
                && vma.pgoff() << MemoryManager.PAGE_SHIFT == expected.offset();
        if (!same) {
            findings.mismatch(
                    LAYOUT,
                    expected.line(),
                    describe(expected) + " in the trace, "
                            + describe(
                                    vma.start(), vma.end(), vma.pgoff() << MemoryManager.PAGE_SHIFT, vma.permissions())
                            + " here");
        }
    }

    private static String describe(VmaMapped vma) {
        return describe(vma.start(), vma.end(), vma.offset(), vma.permissions());
    }

    private static String describe(long start, long end, long offset, String permissions) {
        return Long.toHexString(start) + "-" + Long.toHexString(end) + " " + permissions + " offset 0x"
                + Long.toHexString(offset);
    }
}
