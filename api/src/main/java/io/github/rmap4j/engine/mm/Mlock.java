package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_SPECIAL;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;
import org.jspecify.annotations.Nullable;

/** Locks ranges in memory (mm/mlock.c). */
final class Mlock {
    private final Machine machine;

    Mlock(Machine machine) {
        this.machine = machine;
    }

    /** Sets VM_LOCKED. The caller holds the mmap lock for writing. */
    void lock(Mm mm, long start, long length) {
        apply(mm, start, length, VM_LOCKED);
    }

    /** Clears VM_LOCKED. The caller holds the mmap lock for writing. */
    void unlock(Mm mm, long start, long length) {
        apply(mm, start, length, 0);
    }

    private static long endOf(long start, long length) {
        return Mm.pageAlign(start + length);
    }

    private void apply(Mm mm, long address, long length, long lockFlag) {
        long start = address & Mm.PAGE_MASK;
        long end = endOf(address, length);
        if (address < 0 || length < 0 || end < start) {
            throw new ErrnoException(Errno.EINVAL, "the range exceeds the address space");
        }
        if (end > start) {
            VmaWalk.forEach(
                    mm,
                    start,
                    end,
                    Errno.ENOMEM,
                    (vma, prev, from, to) -> fixup(vma, prev, from, to, vma.flags() & ~VM_LOCKED | lockFlag));
        }
    }

    /** mlock_fixup. */
    private VmaImpl fixup(VmaImpl vma, @Nullable VmaImpl prev, long start, long end, long flags) {
        if (flags == vma.flags() || vma.has(VM_SPECIAL)) {
            return vma;
        }
        try {
            VmaImpl result = machine.layout.modifyFlags(vma, prev, start, end, flags);
            // mlock_vma_pages_range
            Machine.batches(machine.task()).drain();
            return result;
        } catch (AllocationRefusedException e) {
            throw Machine.refused(e);
        }
    }

    /** Faults a locked range in; the caller no longer holds the mmap lock. */
    void populateLocked(Mm mm, long start, long length) {
        try {
            machine.populate.populate(mm, start & Mm.PAGE_MASK, endOf(start, length));
        } catch (ErrnoException e) {
            // __mlock_posix_error_return
            throw new ErrnoException(
                    e.errno() == Errno.ENOMEM ? Errno.EAGAIN : Errno.ENOMEM,
                    "locked, but not all pages could be faulted in: " + e.getMessage());
        }
    }
}
