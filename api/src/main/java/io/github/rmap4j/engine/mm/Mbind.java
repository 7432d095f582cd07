package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;

/** Sets memory policies (mbind_range in mm/mempolicy.c). Needs the mmap lock for writing. */
final class Mbind {
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
        // queue_pages_range looks for gaps before anything changes.
        VmaWalk.forEach(mm, start, end, Errno.EFAULT, (vma, prev, from, to) -> vma);
        VmaWalk.forEach(mm, start, end, Errno.EFAULT, (vma, prev, from, to) -> {
            if (vma.policy == policy) {
                return vma;
            }
            VmaMerge merge = VmaMerge.modified(vma, prev, from, to);
            merge.policy = policy;
            try {
                VmaImpl result = machine.layout.modify(merge);
                result.policy = policy;
                return result;
            } catch (AllocationRefusedException e) {
                throw Machine.refused(e);
            }
        });
    }
}
