package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_MAYBE_GUARD;
import static io.github.rmap4j.api.VmFlags.VM_MIXEDMAP;
import static io.github.rmap4j.api.VmFlags.VM_PFNMAP;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.engine.page.SwapSlot;
import io.github.rmap4j.spi.EntryObserver;
import io.github.rmap4j.spi.ForkObserver;

/** Copies page-table entries from a parent to its child (copy_page_range in mm/memory.c). */
final class CopyPages {
    /** Flags that make fork copy even what faults could bring back (VM_COPY_ON_FORK, since 6.18.37). */
    private static final long COPY_ON_FORK = VM_PFNMAP | VM_MIXEDMAP | VM_MAYBE_GUARD;

    private final Machine machine;

    CopyPages(Machine machine) {
        this.machine = machine;
    }

    /** vma_needs_copy: a VMA that never held anonymous content is left to the child's own faults. */
    private static boolean needsCopy(VmaImpl parent, VmaImpl child) {
        return (child.flags() & COPY_ON_FORK) != 0 || parent.isFaulted();
    }

    /**
     * Copies all entries of a VMA. The caller holds the parent's mmap lock for writing.
     *
     * <p>The child's entry appears under the parent's page-table lock: a walk that finds the parent's entry not yet
     * copied finds the child's afterwards, because the strategy offers the child behind the parent.
     */
    void copy(VmaImpl parent, VmaImpl child) {
        if (!needsCopy(parent, child)) {
            return;
        }
        Mm from = parent.mm();
        Mm to = child.mm();
        Task task = machine.task();
        ForkObserver forks = machine.strategy.forkObserver(parent);
        long vpn = parent.start >>> Mm.PAGE_SHIFT;
        long endVpn = parent.end >>> Mm.PAGE_SHIFT;
        for (PteTable source = from.pageTable.next(vpn, endVpn);
                source != null;
                source = from.pageTable.next(vpn, endVpn)) {
            long base = source.firstVpn();
            int first = (int) Math.max(0, vpn - base);
            int last = (int) Math.min(PteTable.ENTRIES, endVpn - base);
            if (source.used() > 0) {
                PteTable copy = to.pageTable.lookupOrAdd(base + first);
                if (machine.observer != null) {
                    machine.observer.reserve(Math.min(last - first, source.used()));
                }
                copy.lock(machine.ptl, task);
                source.lockNested(machine.ptl, task);
                if (source.huge() != null) {
                    machine.hugePmds.copy(child, source, copy);
                } else {
                    copy(child, source, copy, first, last);
                }
                if (forks != null) {
                    // Not one by one: two short loops are faster than one long loop.
                    forks.entriesForked(new ForkedEntries(source, first, last));
                }
                source.unlockNested(machine.ptl);
                copy.unlock(machine.ptl);
                if (machine.observer != null) {
                    machine.observer.release();
                }
                task.work(last - first);
            } else if (machine.largeFolios.faultsMapPmds() && !source.isVacant()) {
                machine.hugePmds.populate(to.pageTable.lookupOrAdd(base), task);
            }
            vpn = base + PteTable.ENTRIES;
        }
        if (forks != null) {
            forks.vmaDone();
        }
    }

    private void copy(VmaImpl child, PteTable source, PteTable copy, int first, int last) {
        EntryObserver observer = machine.observer;
        int space = child.mm().id();
        boolean writeProtect = child.isCowMapping();
        for (int i = first; i < last; i++) {
            PteTarget entry = source.entry(i);
            if (entry == null) {
                continue;
            }
            byte bits = source.bits(i);
            if (entry instanceof AnonPage page) {
                page.shareForFork(space);
                if (observer != null) {
                    observer.mapped(child, (source.firstVpn() + i) << Mm.PAGE_SHIFT, page.folio(), page.pageIndex());
                }
            }
            if (entry instanceof SwapSlot slot) {
                slot.duplicate();
                bits &= ~PteTable.SWAP_EXCLUSIVE;
                source.setBits(i, bits);
            } else if (entry instanceof MigrationEntry migration) {
                bits &= ~(PteTable.SWAP_EXCLUSIVE | PteTable.WRITE);
                source.setBits(i, bits);
                if (observer != null) {
                    observer.mapped(
                            child,
                            (source.firstVpn() + i) << Mm.PAGE_SHIFT,
                            migration.page().folio(),
                            migration.page().pageIndex());
                }
            }
            if (writeProtect && (bits & PteTable.WRITE) != 0) {
                bits &= ~PteTable.WRITE;
                source.setBits(i, bits);
            }
            copy.set(i, entry, (byte) (bits & ~PteTable.ACCESSED));
        }
    }
}
