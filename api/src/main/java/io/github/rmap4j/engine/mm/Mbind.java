package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;
import org.jspecify.annotations.Nullable;

/** Sets memory policies (mbind_range in mm/mempolicy.c). Needs the mmap lock for writing. */
final class Mbind {
    /** MPOL_DEFAULT, which alone may be set over gaps. */
    private static final int DEFAULT = 0;

    private final Machine machine;

    Mbind(Machine machine) {
        this.machine = machine;
    }

    void mbind(Mm mm, long start, long length, int policy) {
        long end = start + Mm.pageAlign(length);
        if (!Mm.isAligned(start) || start < 0 || length < 0 || end < start) {
            throw new ErrnoException(Errno.EINVAL, "the range is not page-aligned or exceeds the address space");
        }
        if (end == start) {
            return;
        }
        if (policy != DEFAULT) {
            // queue_pages_range looks for gaps before anything changes.
            VmaWalk.forEach(mm, start, end, Errno.EFAULT, (vma, prev, from, to) -> vma);
        } else if (mm.intersection(start, end) == null) {
            throw new ErrnoException(Errno.EFAULT, "nothing is mapped in the range");
        }
        long at = start;
        VmaImpl vma = mm.intersection(at, end);
        while (vma != null && vma.start < end) {
            at = Math.max(at, vma.start);
            VmaImpl bound = bind(vma, at > vma.start ? vma : vma.prev, at, Math.min(vma.end, end), policy);
            at = bound.end;
            vma = bound.next;
        }
    }

    private VmaImpl bind(VmaImpl vma, @Nullable VmaImpl prev, long start, long end, int policy) {
        if (vma.policy == policy) {
            return vma;
        }
        VmaMerge merge = VmaMerge.modified(vma, prev, start, end);
        merge.policy = policy;
        try {
            VmaImpl result = machine.layout.modify(merge);
            result.policy = policy;
            return result;
        } catch (AllocationRefusedException e) {
            throw Machine.refused(e);
        }
    }
}
