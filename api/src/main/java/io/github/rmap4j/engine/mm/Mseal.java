package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_SEALED;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;

/** Seals ranges (mm/mseal.c). Needs the mmap lock for writing. */
final class Mseal {
    private final Machine machine;

    Mseal(Machine machine) {
        this.machine = machine;
    }

    void mseal(Mm mm, long start, long length) {
        long end = start + Mm.pageAlign(length);
        if (!Mm.isAligned(start) || start < 0 || length < 0 || end < start) {
            throw new ErrnoException(Errno.EINVAL, "the range is not page-aligned or exceeds the address space");
        }
        if (end == start) {
            return;
        }
        // Nothing is sealed if there is a gap (range_contains_unmapped).
        VmaWalk.forEach(mm, start, end, Errno.ENOMEM, (vma, prev, from, to) -> vma);
        VmaWalk.forEach(mm, start, end, Errno.ENOMEM, (vma, prev, from, to) -> {
            if (vma.has(VM_SEALED)) {
                return vma;
            }
            try {
                return machine.layout.modifyFlags(vma, prev, from, to, vma.flags() | VM_SEALED);
            } catch (AllocationRefusedException e) {
                throw Machine.refused(e);
            }
        });
    }
}
