package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_IO;
import static io.github.rmap4j.api.VmFlags.VM_PFNMAP;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;

/** Faults ranges in ahead of use (mm/gup.c). */
final class Populate {
    private final Machine machine;

    Populate(Machine machine) {
        this.machine = machine;
    }

    /**
     * Faults a range in for mlock and MAP_POPULATE (__mm_populate). Takes the mmap lock for reading.
     *
     * Gaps are passed over.
     *
     * @throws ErrnoException EFAULT where no access is allowed, ENOMEM if an allocation was refused
     */
    void populate(Mm mm, long start, long end) {
        forEachVma(mm, start, end, this::populate);
    }

    /**
     * populate_vma_page_range: writable private pages are faulted in for writing, so that copy-on-write is over. The
     * caller holds the mmap lock.
     */
    void populate(VmaImpl vma, long start, long end) {
        if (!vma.isAccessible()) {
            throw new ErrnoException(Errno.EFAULT, "no access is allowed in " + vma);
        }
        boolean forWriting = vma.has(VM_WRITE) && !vma.has(VM_SHARED);
        for (long address = start; address < end; address += Mm.PAGE_SIZE) {
            if (forWriting) {
                machine.fault.populateWrite(vma, address);
            } else {
                machine.fault.populateRead(vma, address);
            }
        }
        Machine.batches(machine.task()).drain();
    }

    /** Faults the new part of a locked VMA in; errors do not matter (mm_populate). */
    void populateQuietly(Mm mm, long start, long end) {
        forEachVma(mm, start, end, (vma, from, to) -> {
            try {
                populate(vma, from, to);
            } catch (ErrnoException e) {
                // The mapping exists; pages that could not be had are faulted in when they are used.
            }
        });
    }

    private interface Visit {
        void visit(VmaImpl vma, long start, long end);
    }

    private static void forEachVma(Mm mm, long start, long end, Visit visit) {
        mm.mmapLock.lockRead();
        try {
            long at = start;
            while (at < end) {
                VmaImpl vma = mm.find(at);
                if (vma == null || vma.start >= end) {
                    return;
                }
                at = Math.max(at, vma.start);
                long to = Math.min(end, vma.end);
                if (!vma.has(VM_IO | VM_PFNMAP)) {
                    visit.visit(vma, at, to);
                }
                at = to;
            }
        } finally {
            mm.mmapLock.unlockRead();
        }
    }

    /** madvise_populate for reading. Takes the mmap lock for reading. */
    void populateRead(Mm mm, long start, long end) {
        mm.mmapLock.lockRead();
        try {
            for (long address = start; address < end; address += Mm.PAGE_SIZE) {
                VmaImpl vma = populatable(mm, address);
                if (!vma.isAccessible()) {
                    throw new ErrnoException(Errno.EINVAL, "no access is allowed in " + vma);
                }
                machine.fault.populateRead(vma, address);
            }
            Machine.batches(machine.task()).drain();
        } finally {
            mm.mmapLock.unlockRead();
        }
    }

    /** madvise_populate for writing. Takes the mmap lock for reading. */
    void populateWrite(Mm mm, long start, long end) {
        mm.mmapLock.lockRead();
        try {
            for (long address = start; address < end; address += Mm.PAGE_SIZE) {
                VmaImpl vma = populatable(mm, address);
                if (!vma.has(VM_WRITE)) {
                    throw new ErrnoException(Errno.EINVAL, "writing is not allowed in " + vma);
                }
                machine.fault.populateWrite(vma, address);
            }
            Machine.batches(machine.task()).drain();
        } finally {
            mm.mmapLock.unlockRead();
        }
    }

    private static VmaImpl populatable(Mm mm, long address) {
        VmaImpl vma = mm.lookup(address);
        if (vma == null) {
            throw new ErrnoException(Errno.ENOMEM, "nothing is mapped at 0x" + Long.toHexString(address));
        }
        if (vma.has(VM_IO | VM_PFNMAP)) {
            throw new ErrnoException(Errno.EINVAL, vma + " cannot be populated");
        }
        return vma;
    }
}
