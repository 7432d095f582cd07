package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.lab.trace.TraceEvent.VmaMapped;
import io.github.rmap4j.lab.trace.TraceStep;
import io.github.rmap4j.lab.trace.TracedName;
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
            case UNKNOWN -> follow(vma, space);
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

    /** Does what a call that is not traced must have done. */
    private @Nullable Long follow(VmaMapped vma, AddressSpace space) {
        List<Vma> present = space.vmas().stream()
                .filter(other -> other.start() < vma.end() && other.end() > vma.start())
                .toList();
        if (present.isEmpty()) {
            findings.remark(
                    "mapping by a call that is not traced",
                    vma.line(),
                    describe(vma) + " '" + TracedName.printable(vma.name()) + "'");
            // The stack of a process that began before the recording.
            return map(vma, space, vma.name().equals("[stack]") ? MapFlags.MAP_GROWSDOWN : 0);
        }
        if (differsInProtectionOnly(vma, present)) {
            findings.remark("protection changed by a call that is not traced", vma.line(), describe(vma));
            return engine.callVoid("mprotect", () -> space.mprotect(vma.start(), vma.length(), prot(vma)));
        }
        return null;
    }

    /** Whether the whole range is mapped from the right offset, and some of it with other permissions. */
    private static boolean differsInProtectionOnly(VmaMapped expected, List<Vma> present) {
        boolean differs = false;
        long covered = expected.start();
        for (Vma vma : present) {
            long offset = (vma.pgoff() << MemoryManager.PAGE_SHIFT) - vma.start();
            boolean sameMapping = vma.start() <= covered
                    && offset == expected.offset() - expected.start()
                    && vma.permissions().charAt(3) == expected.permissions().charAt(3);
            if (!sameMapping) {
                return false;
            }
            differs |= !vma.permissions().equals(expected.permissions());
            covered = vma.end();
        }
        return differs && covered >= expected.end();
    }

    private long map(VmaMapped vma, AddressSpace space, int growth) {
        int prot = prot(vma);
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

    private static int prot(VmaMapped vma) {
        return (vma.permissions().charAt(0) == 'r' ? Prot.PROT_READ : 0)
                | (vma.permissions().charAt(1) == 'w' ? Prot.PROT_WRITE : 0)
                | (vma.permissions().charAt(2) == 'x' ? Prot.PROT_EXEC : 0);
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
