package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_EXEC;
import static io.github.rmap4j.api.VmFlags.VM_GROWSDOWN;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_NORESERVE;
import static io.github.rmap4j.api.VmFlags.VM_READ;
import static io.github.rmap4j.api.VmFlags.VM_SEALED;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.engine.page.SwapSlot;
import io.github.rmap4j.spi.AllocationRefusedException;
import org.jspecify.annotations.Nullable;

/** Changes protections (mm/mprotect.c). Needs the mmap lock for writing. */
final class Mprotect {
    private static final long ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;
    private static final int KNOWN = Prot.PROT_READ | Prot.PROT_WRITE | Prot.PROT_EXEC | Prot.PROT_GROWSDOWN;

    private final Machine machine;

    Mprotect(Machine machine) {
        this.machine = machine;
    }

    void mprotect(Mm mm, long from, long length, int prot) {
        if (!Mm.isAligned(from)) {
            throw new ErrnoException(Errno.EINVAL, "the address is not page-aligned");
        }
        if (length == 0) {
            return;
        }
        long end = from + Mm.pageAlign(length);
        if (from < 0 || length < 0 || end <= from) {
            throw new ErrnoException(Errno.ENOMEM, "the range exceeds the address space");
        }
        if ((prot & ~KNOWN) != 0) {
            throw new ErrnoException(Errno.EINVAL, "the protection is unknown");
        }
        VmaImpl vma = mm.find(from);
        if (vma == null) {
            throw new ErrnoException(Errno.ENOMEM, "nothing is mapped there");
        }
        long start = from;
        if ((prot & Prot.PROT_GROWSDOWN) != 0) {
            if (vma.start >= end) {
                throw new ErrnoException(Errno.ENOMEM, "nothing is mapped there");
            }
            start = vma.start;
            if (!vma.has(VM_GROWSDOWN)) {
                throw new ErrnoException(Errno.EINVAL, vma + " does not grow down");
            }
        } else if (vma.start > start) {
            throw new ErrnoException(Errno.ENOMEM, "nothing is mapped there");
        }
        protect(mm, start, end, prot & ACCESS_FLAGS);
    }

    private void protect(Mm mm, long start, long end, long access) {
        VmaWalk.forEach(mm, start, end, Errno.ENOMEM, (vma, prev, from, to) -> {
            long flags = vma.flags() & ~ACCESS_FLAGS | access;
            // VM_MAYREAD, VM_MAYWRITE and VM_MAYEXEC stand four bits above what they permit.
            if ((flags & ~(flags >> 4) & ACCESS_FLAGS) != 0) {
                throw new ErrnoException(Errno.EACCES, vma + " does not permit this protection");
            }
            return fixup(vma, prev, from, to, flags);
        });
    }

    /** mprotect_fixup: one VMA's part of the range. */
    private VmaImpl fixup(VmaImpl vma, @Nullable VmaImpl prev, long start, long end, long newFlags) {
        long oldFlags = vma.flags();
        if ((oldFlags & VM_SEALED) != 0) {
            throw new ErrnoException(Errno.EPERM, vma + " is sealed");
        }
        if (newFlags == oldFlags) {
            return vma;
        }
        long flags = newFlags;
        long pages = (end - start) >> Mm.PAGE_SHIFT;
        long charged = 0;
        if ((flags & VM_WRITE) != 0) {
            if ((oldFlags & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE)) == 0) {
                charged = pages;
                machine.charge(charged);
                flags |= VM_ACCOUNT;
            }
        } else if ((oldFlags & VM_ACCOUNT) != 0 && vma.isAnonymous() && !vma.isFaulted()) {
            // Once there may be pages, the charge stays: they could become writable again.
            flags &= ~VM_ACCOUNT;
        }
        VmaImpl result;
        try {
            result = machine.layout.modifyFlags(vma, prev, start, end, flags);
        } catch (AllocationRefusedException e) {
            machine.uncharge(charged);
            throw Machine.refused(e);
        } catch (ErrnoException e) {
            machine.uncharge(charged);
            throw e;
        }
        changeProtection(result, start, end);
        if ((oldFlags & VM_ACCOUNT) != 0 && (flags & VM_ACCOUNT) == 0) {
            machine.uncharge(pages);
        }
        boolean lockedBecomesWritable =
                (oldFlags & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED && (flags & VM_WRITE) != 0;
        if (lockedBecomesWritable) {
            // Copy-on-write now rather than by a later fault: the pages are locked.
            populate(result, start, end);
        }
        return result;
    }

    private void populate(VmaImpl vma, long start, long end) {
        try {
            machine.populate.populate(vma, start, end);
        } catch (ErrnoException e) {
            // As in Linux: the protection has changed all the same.
        }
    }

    /** change_protection: entries that exist follow the VMA. */
    private void changeProtection(VmaImpl vma, long start, long end) {
        Task task = machine.task();
        boolean accessible = vma.isAccessible();
        int lost = PteTable.PROT_NONE | (vma.has(VM_WRITE) ? 0 : PteTable.WRITE);
        long vpn = start >>> Mm.PAGE_SHIFT;
        long endVpn = end >>> Mm.PAGE_SHIFT;
        for (PteTable table = vma.mm().pageTable.next(vpn, endVpn);
                table != null;
                table = vma.mm().pageTable.next(vpn, endVpn)) {
            long base = table.firstVpn();
            int from = (int) Math.max(0, vpn - base);
            int to = (int) Math.min(PteTable.ENTRIES, endVpn - base);
            if (table.used() > 0) {
                table.lock(machine.ptl, task);
                if (to - from < PteTable.ENTRIES) {
                    table.splitHuge();
                }
                int last = table.huge() != null ? from + 1 : to;
                for (int i = from; i < last; i++) {
                    PteTarget entry = table.entry(i);
                    if (entry instanceof MigrationEntry) {
                        // Its other bits follow the VMA when the page is back.
                        table.setBits(i, (byte) (table.bits(i) & ~(lost & PteTable.WRITE)));
                    } else if (entry != null && !(entry instanceof SwapSlot)) {
                        byte bits = (byte) (table.bits(i) & ~lost);
                        table.setBits(i, accessible ? bits : (byte) (bits | PteTable.PROT_NONE));
                    }
                }
                table.unlock(machine.ptl);
                task.work(to - from);
            }
            vpn = base + PteTable.ENTRIES;
        }
    }
}
