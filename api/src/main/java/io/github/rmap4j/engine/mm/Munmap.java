package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_SEALED;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;
import org.jspecify.annotations.Nullable;

/** Unmaps ranges (do_vmi_munmap in mm/vma.c). Every method needs the mmap lock for writing. */
final class Munmap {
    private final Machine machine;

    Munmap(Machine machine) {
        this.machine = machine;
    }

    void munmap(Mm mm, long start, long length) {
        if (!Mm.isAligned(start) || start < 0 || start > Mm.TASK_SIZE || length < 0 || length > Mm.TASK_SIZE - start) {
            throw new ErrnoException(Errno.EINVAL, "the range is not page-aligned or not in user space");
        }
        long end = start + Mm.pageAlign(length);
        if (end == start) {
            throw new ErrnoException(Errno.EINVAL, "the length is 0");
        }
        unmap(mm, start, end);
    }

    /** Unmaps a page-aligned range that is not empty. */
    void unmap(Mm mm, long start, long end) {
        VmaImpl first = mm.intersection(start, end);
        if (first == null) {
            return;
        }
        try {
            isolate(mm, first, start, end);
        } catch (AllocationRefusedException e) {
            throw Machine.refused(e);
        }
        remove(mm, first, end);
    }

    /** Pages of a range that are charged to the commit limit. */
    long accountedPages(Mm mm, long start, long end) {
        long pages = 0;
        for (VmaImpl vma = mm.intersection(start, end); vma != null && vma.start < end; vma = vma.next) {
            if (vma.has(VM_ACCOUNT)) {
                pages += (Math.min(end, vma.end) - Math.max(start, vma.start)) >> Mm.PAGE_SHIFT;
            }
        }
        return pages;
    }

    /** vms_gather_munmap_vmas: splits VMAs at the ends of the range and checks that all may go. */
    private void isolate(Mm mm, VmaImpl first, long start, long end) {
        VmaImpl below = null;
        if (start > first.start) {
            // The count may exceed the limit for a moment, unless a hole is punched: then it stays that way.
            if (end < first.end && mm.vmas.size() >= machine.settings.maxMapCount()) {
                throw new ErrnoException(Errno.ENOMEM, "a hole would exceed the limit on VMAs");
            }
            checkNotSealed(first);
            below = machine.layout.splitOffBelow(first, start);
        }
        for (VmaImpl vma = first; vma != null && vma.start < end; vma = vma.next) {
            checkNotSealed(vma);
            if (vma.end > end) {
                machine.layout.splitOffAboveOrRejoin(vma, end, vma == first ? below : null);
            }
        }
    }

    private static void checkNotSealed(VmaImpl vma) {
        if (vma.has(VM_SEALED)) {
            throw new ErrnoException(Errno.EPERM, vma + " is sealed");
        }
    }

    /**
     * vms_complete_munmap_vmas: takes the VMAs out of the layout, then empties their page tables, then lets the strategy
     * forget them.
     */
    private void remove(Mm mm, VmaImpl first, long end) {
        long start = first.start;
        VmaImpl prev = first.prev;
        VmaImpl last = first;
        mm.beginLayoutChange();
        VmaImpl vma = first;
        while (vma != null && vma.start < end) {
            VmaImpl next = vma.next;
            mm.vmas.remove(vma);
            vma.setAttached(false);
            if (vma != first) {
                // The removed ones stay linked among themselves until they are freed.
                last.next = vma;
                last = vma;
            }
            vma = next;
        }
        mm.endLayoutChange();
        mm.forgetLastFound();
        VmaImpl above = vma;
        for (VmaImpl gone = first; gone != null; gone = gone.next) {
            machine.zap.zap(gone, gone.start, gone.end, ZapPages.Markers.DROP);
        }
        for (VmaImpl gone = first; gone != null; gone = gone.next) {
            machine.strategy.vmaUnlinked(gone);
            gone.setFaulted(false);
        }
        machine.zap.freePageTables(
                mm, start, last.end, prev != null ? prev.end : 0, above != null ? above.start : Mm.TASK_SIZE);
        freeAll(first);
    }

    private void freeAll(VmaImpl first) {
        VmaImpl vma = first;
        while (vma != null) {
            @Nullable VmaImpl next = vma.next;
            vma.next = null;
            if (vma.has(VM_ACCOUNT)) {
                machine.uncharge(vma.pages());
            }
            machine.free(vma);
            vma = next;
        }
    }
}
