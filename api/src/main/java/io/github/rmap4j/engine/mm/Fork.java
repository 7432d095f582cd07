package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_DONTCOPY;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_WIPEONFORK;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.spi.AllocationRefusedException;

/** Copies an address space (dup_mmap in mm/mmap.c). */
final class Fork {
    private final Machine machine;
    private final ForkProgress progress = new ForkProgress();

    Fork(Machine machine) {
        this.machine = machine;
    }

    ForkProgress progress() {
        return progress;
    }

    /** The caller holds the parent's mmap lock for writing. */
    Mm fork(Mm parent) {
        progress.begin();
        try {
            return duplicate(parent);
        } finally {
            progress.end();
        }
    }

    private Mm duplicate(Mm parent) {
        if (parent.isForkForbidden()) {
            // Not EAGAIN, which copy_process reports where trying again may help.
            throw new ErrnoException(Errno.EPERM, parent + " has promised never to fork");
        }
        Mm child;
        try {
            child = machine.createUnlisted();
        } catch (AllocationRefusedException e) {
            throw Machine.refused(e);
        }
        child.setLayout(parent.startBrk, parent.mmapBase);
        child.brk = parent.brk;
        child.mergesAny = parent.mergesAny;
        try {
            machine.strategy.forkBegin(parent, child);
        } catch (AllocationRefusedException e) {
            machine.exitMmap.exit(child);
            throw Machine.refused(e);
        }
        try {
            for (VmaImpl vma = parent.vmas.first(); vma != null; vma = vma.next) {
                if (!vma.has(VM_DONTCOPY)) {
                    copy(vma, child);
                }
            }
        } catch (AllocationRefusedException e) {
            machine.exitMmap.exit(child);
            machine.strategy.forkEnd(parent, child);
            throw Machine.refused(e);
        } catch (ErrnoException e) {
            machine.exitMmap.exit(child);
            machine.strategy.forkEnd(parent, child);
            throw e;
        }
        machine.strategy.forkEnd(parent, child);
        machine.list(child);
        return child;
    }

    private void copy(VmaImpl vma, Mm child) {
        boolean wiped = vma.has(VM_WIPEONFORK);
        long charge = vma.has(VM_ACCOUNT) ? vma.pages() : 0;
        machine.charge(charge);
        VmaImpl copy;
        try {
            copy = duplicate(vma, child, wiped);
        } catch (AllocationRefusedException e) {
            machine.uncharge(charge);
            throw e;
        }
        // Linked before its entries are copied: whoever finds an entry can find its VMA.
        machine.layout.link(copy);
        if (!wiped) {
            machine.copyPages.copy(vma, copy);
        }
    }

    private VmaImpl duplicate(VmaImpl vma, Mm child, boolean wiped) {
        VmaImpl copy = machine.vmas.allocate();
        copy.initFrom(vma, child);
        copy.setFlags(copy.flags() & ~VM_LOCKED);
        if (!wiped) {
            try {
                machine.strategy.vmaForked(vma, copy);
            } catch (AllocationRefusedException e) {
                machine.free(copy);
                throw e;
            }
            copy.setFaulted(vma.isFaulted());
        }
        return copy;
    }
}
