package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_DONTCOPY;
import static io.github.rmap4j.api.VmFlags.VM_DONTDUMP;
import static io.github.rmap4j.api.VmFlags.VM_HUGEPAGE;
import static io.github.rmap4j.api.VmFlags.VM_IO;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_MAYBE_GUARD;
import static io.github.rmap4j.api.VmFlags.VM_MERGEABLE;
import static io.github.rmap4j.api.VmFlags.VM_NOHUGEPAGE;
import static io.github.rmap4j.api.VmFlags.VM_PFNMAP;
import static io.github.rmap4j.api.VmFlags.VM_RAND_READ;
import static io.github.rmap4j.api.VmFlags.VM_SEALED;
import static io.github.rmap4j.api.VmFlags.VM_SEQ_READ;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_SPECIAL;
import static io.github.rmap4j.api.VmFlags.VM_WIPEONFORK;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Capability;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Advice about ranges (mm/madvise.c). */
final class Madvise {
    /** Advice that drops content: a sealed VMA that the process may not write refuses it. */
    private static final Set<Advice> DISCARDS =
            EnumSet.of(Advice.FREE, Advice.DONTNEED, Advice.DONTFORK, Advice.WIPEONFORK, Advice.GUARD_INSTALL);

    private final Machine machine;

    Madvise(Machine machine) {
        this.machine = machine;
    }

    /** Takes the mmap lock as the advice needs it. */
    void madvise(Mm mm, long start, long length, Advice advice) {
        refuseWithout(advice);
        long end = start + Mm.pageAlign(length);
        if (!Mm.isAligned(start) || start < 0 || length < 0 || end < start) {
            throw new ErrnoException(Errno.EINVAL, "the range is not page-aligned or exceeds the address space");
        }
        if (end == start) {
            return;
        }
        switch (advice) {
            case POPULATE_READ -> machine.populate.populateRead(mm, start, end);
            case POPULATE_WRITE -> machine.populate.populateWrite(mm, start, end);
            case WILLNEED, DONTNEED, FREE, COLD, PAGEOUT, GUARD_INSTALL, GUARD_REMOVE -> {
                mm.mmapLock.lockRead();
                try {
                    forEachVma(mm, start, end, advice, this::adviseReading);
                } finally {
                    mm.mmapLock.unlockRead();
                }
            }
            case COLLAPSE -> {
                mm.mmapLock.lockWrite();
                try {
                    forEachVma(mm, start, end, advice, this::collapse);
                } finally {
                    mm.mmapLock.unlockWrite();
                }
            }
            default -> {
                mm.mmapLock.lockWrite();
                try {
                    forEachVma(mm, start, end, advice, this::adviseWriting);
                } finally {
                    mm.mmapLock.unlockWrite();
                }
            }
        }
    }

    /** madvise_behavior_valid, for a kernel that was configured without something. */
    private void refuseWithout(Advice advice) {
        Capability needed = switch (advice) {
            case HUGEPAGE, NOHUGEPAGE, COLLAPSE -> Capability.LARGE_FOLIOS;
            case MERGEABLE, UNMERGEABLE -> Capability.KSM;
            default -> null;
        };
        if (needed != null) {
            machine.require(needed, advice.name());
        }
    }

    private interface Visit {
        /**
         * Advises about the part of a VMA that lies in the range.
         *
         * @return the VMA that covers the part afterwards
         */
        VmaImpl visit(VmaImpl vma, @Nullable VmaImpl prev, long start, long end, Advice advice);
    }

    /** madvise_walk_vmas: gaps are skipped, and reported when everything else is done. */
    private static void forEachVma(Mm mm, long start, long end, Advice advice, Visit visit) {
        boolean gap = false;
        VmaImpl vma = mm.find(start);
        VmaImpl prev = vma == null || start <= vma.start ? null : vma;
        if (vma != null && prev == null) {
            prev = vma.prev;
        }
        long at = start;
        while (at < end) {
            if (vma == null || vma.start >= end) {
                gap = true;
                break;
            }
            if (at < vma.start) {
                gap = true;
                at = vma.start;
            }
            if (vma.has(VM_SEALED) && DISCARDS.contains(advice) && vma.isAnonymous() && !vma.has(VM_WRITE)) {
                throw new ErrnoException(Errno.EPERM, vma + " is sealed");
            }
            long to = Math.min(vma.end, end);
            prev = visit.visit(vma, prev, at, to, advice);
            at = Math.max(to, prev.end);
            vma = prev.next;
        }
        if (gap) {
            throw new ErrnoException(Errno.ENOMEM, "a part of the range is not mapped");
        }
    }

    private static ErrnoException invalid(Advice advice, VmaImpl vma) {
        return new ErrnoException(Errno.EINVAL, advice + " does not apply to " + vma);
    }

    private VmaImpl adviseReading(VmaImpl vma, @Nullable VmaImpl prev, long start, long end, Advice advice) {
        switch (advice) {
            case DONTNEED -> {
                refuse(vma, VM_PFNMAP | VM_LOCKED, advice);
                machine.zap.zap(vma, start, end, ZapPages.Markers.KEEP);
            }
            case FREE -> {
                refuse(vma, VM_PFNMAP | VM_LOCKED, advice);
                if (!vma.isAnonymous()) {
                    throw invalid(advice, vma);
                }
                Machine.batches(machine.task()).drain();
                machine.largeFolios.splitIn(vma, start, end, LargeFolios.Split.PARTLY_COVERED, machine.task());
                machine.zap.markLazyFree(vma, start, end);
            }
            case COLD -> {
                refuse(vma, VM_PFNMAP | VM_LOCKED, advice);
                Machine.batches(machine.task()).drain();
                machine.largeFolios.splitIn(vma, start, end, LargeFolios.Split.PARTLY_COVERED, machine.task());
                machine.reclaim.makeCold(vma, start, end);
            }
            case PAGEOUT -> {
                refuse(vma, VM_PFNMAP | VM_LOCKED, advice);
                Machine.batches(machine.task()).drain();
                machine.reclaim.pageOut(vma, start, end);
            }
            case GUARD_INSTALL -> {
                refuse(vma, VM_SPECIAL | VM_LOCKED, advice);
                installGuards(vma, start, end);
            }
            case GUARD_REMOVE -> {
                refuse(vma, VM_SPECIAL, advice);
                machine.zap.removeGuards(vma, start, end);
            }
            default -> {
                // WILLNEED starts reading ahead: nothing to see.
            }
        }
        return vma;
    }

    private VmaImpl collapse(VmaImpl vma, @Nullable VmaImpl prev, long start, long end, Advice advice) {
        machine.collapse.collapse(vma, start, end);
        return vma;
    }

    private static void refuse(VmaImpl vma, long flags, Advice advice) {
        if (vma.has(flags)) {
            throw invalid(advice, vma);
        }
    }

    /** madvise_guard_install: the flag is for the whole VMA, which is not split. */
    private void installGuards(VmaImpl vma, long start, long end) {
        vma.setFlagAtomically(VM_MAYBE_GUARD);
        if (vma.isAnonymous()) {
            try {
                machine.fault.prepare(vma);
            } catch (AllocationRefusedException e) {
                throw Machine.refused(e);
            }
        }
        machine.zap.zap(vma, start, end, ZapPages.Markers.KEEP);
        Mm mm = vma.mm();
        Task task = machine.task();
        for (long address = start; address < end; ) {
            PteTable table = mm.pageTable.lookupOrAdd(address >>> Mm.PAGE_SHIFT);
            long to = Math.min(end, (table.firstVpn() + PteTable.ENTRIES) << Mm.PAGE_SHIFT);
            table.lock(machine.ptl, task);
            for (long page = address; page < to; page += Mm.PAGE_SIZE) {
                machine.zap.replaceByGuard(vma, table, page, task);
            }
            table.unlock(machine.ptl);
            address = to;
        }
    }

    private VmaImpl adviseWriting(VmaImpl vma, @Nullable VmaImpl prev, long start, long end, Advice advice) {
        if (advice == Advice.UNMERGEABLE) {
            machine.ksm.unmerge(vma, start, end);
        }
        long flags = newFlags(vma, advice);
        if (flags == vma.flags()) {
            return vma;
        }
        try {
            return machine.layout.modifyFlags(vma, prev, start, end, flags);
        } catch (AllocationRefusedException e) {
            throw tryAgain(e);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENOMEM ? tryAgain(e) : e;
        }
    }

    /** madvise says EAGAIN where a split fails: ENOMEM means a gap in the range. */
    private static ErrnoException tryAgain(RuntimeException cause) {
        return new ErrnoException(Errno.EAGAIN, String.valueOf(cause.getMessage()));
    }

    private static long newFlags(VmaImpl vma, Advice advice) {
        long flags = vma.flags();
        return switch (advice) {
            case NORMAL -> flags & ~(VM_RAND_READ | VM_SEQ_READ);
            case SEQUENTIAL -> flags & ~VM_RAND_READ | VM_SEQ_READ;
            case RANDOM -> flags & ~VM_SEQ_READ | VM_RAND_READ;
            case DONTFORK -> flags | VM_DONTCOPY;
            case DOFORK -> {
                refuse(vma, VM_IO, advice);
                yield flags & ~VM_DONTCOPY;
            }
            case WIPEONFORK -> {
                if (!vma.isAnonymous() || vma.has(VM_SHARED)) {
                    throw invalid(advice, vma);
                }
                yield flags | VM_WIPEONFORK;
            }
            case KEEPONFORK -> flags & ~VM_WIPEONFORK;
            case DONTDUMP -> flags | VM_DONTDUMP;
            case DODUMP -> {
                refuse(vma, VM_SPECIAL, advice);
                yield flags & ~VM_DONTDUMP;
            }
            // Mappings that KSM cannot use are left alone without an error (vma_ksm_compatible).
            case MERGEABLE -> Ksm.isCompatible(flags) ? flags | VM_MERGEABLE : flags;
            case UNMERGEABLE -> flags & ~VM_MERGEABLE;
            case HUGEPAGE -> flags & ~VM_NOHUGEPAGE | VM_HUGEPAGE;
            case NOHUGEPAGE -> flags & ~VM_HUGEPAGE | VM_NOHUGEPAGE;
            default -> throw new IllegalArgumentException(advice + " changes no flags");
        };
    }
}
