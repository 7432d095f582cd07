package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_MAYEXEC;
import static io.github.rmap4j.api.VmFlags.VM_MAYREAD;
import static io.github.rmap4j.api.VmFlags.VM_MAYWRITE;
import static io.github.rmap4j.api.VmFlags.VM_MERGEABLE;
import static io.github.rmap4j.api.VmFlags.VM_READ;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;

/** Moves the end of the heap (brk and do_brk_flags). */
final class Brk {
    /** VM_DATA_DEFAULT_FLAGS on x86-64. */
    static final long DATA_FLAGS = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

    private final Machine machine;

    Brk(Machine machine) {
        this.machine = machine;
    }

    /** The caller holds the mmap lock for writing. */
    long brk(Mm mm, long newBrk) {
        if (newBrk < mm.startBrk || newBrk > Mm.TASK_SIZE) {
            return mm.brk;
        }
        long newEnd = Mm.pageAlign(newBrk);
        long oldEnd = Mm.pageAlign(mm.brk);
        try {
            if (newEnd < oldEnd) {
                VmaImpl heap = mm.find(newEnd);
                if (heap == null || heap.start >= oldEnd) {
                    return mm.brk;
                }
                machine.munmap.unmap(mm, newEnd, oldEnd);
            } else if (newEnd > oldEnd && !grow(mm, oldEnd, newEnd)) {
                return mm.brk;
            }
        } catch (ErrnoException | AllocationRefusedException e) {
            // The system call has no errors: it returns the old end.
            return mm.brk;
        }
        mm.brk = newBrk;
        return newBrk;
    }

    private boolean grow(Mm mm, long start, long end) {
        VmaImpl next = mm.find(start);
        if (next != null && end + Mm.PAGE_SIZE > next.startGap()) {
            return false;
        }
        if (mm.vmas.size() > machine.settings.maxMapCount()) {
            return false;
        }
        long pages = (end - start) >> Mm.PAGE_SHIFT;
        machine.charge(pages);
        long flags = DATA_FLAGS | VM_ACCOUNT | (mm.mergesAny ? VM_MERGEABLE : 0);
        try {
            VmaMerge merge = new VmaMerge(mm, start, end, start >> Mm.PAGE_SHIFT, flags, null);
            VmaImpl prev = mm.previous(start);
            merge.prev = prev != null && prev.end > mm.startBrk ? prev : null;
            if (machine.layout.expandPrevious(merge) == null) {
                machine.layout.link(machine.layout.create(mm, start, end, start >> Mm.PAGE_SHIFT, flags, null));
            }
            return true;
        } catch (AllocationRefusedException e) {
            machine.uncharge(pages);
            throw e;
        }
    }
}
