package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_NOHUGEPAGE;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_SPECIAL;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteMarker;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.engine.page.SwapSlot;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the pages of 2 MiB in a new folio that one entry maps (mm/khugepaged.c). Others who map the old pages keep them.
 */
final class Collapse {
    private final Machine machine;

    Collapse(Machine machine) {
        this.machine = machine;
    }

    /** What became of 2 MiB (enum scan_result). */
    private enum Result {
        DONE,
        /** Somebody else uses a page (SCAN_PAGE_COUNT, SCAN_PAGE_LOCK, SCAN_PAGE_LRU). */
        BUSY,
        /** There is nothing that could be collapsed: the end (SCAN_NO_PTE_TABLE, SCAN_PAGE_ANON). */
        IMPOSSIBLE
    }

    /** madvise_collapse: every whole 2 MiB of the range. The caller holds the mmap lock for writing. */
    void collapse(VmaImpl vma, long from, long to) {
        long start = (from + HugePmds.SIZE - 1) & -HugePmds.SIZE;
        long end = to & -HugePmds.SIZE;
        if (!isSuitable(vma) || start > end) {
            throw impossible(vma);
        }
        Task task = machine.task();
        Machine.batches(task).drain();
        boolean busy = false;
        for (long address = start; address < end; address += HugePmds.SIZE) {
            Result result = swapInAndCollapse(vma, address, task);
            if (result == Result.IMPOSSIBLE) {
                throw impossible(vma);
            }
            busy |= result == Result.BUSY;
        }
        if (busy) {
            throw new ErrnoException(Errno.EAGAIN, "a page in " + vma + " is in use");
        }
    }

    private static ErrnoException impossible(VmaImpl vma) {
        return new ErrnoException(Errno.EINVAL, "no page of 2 MiB fits here in " + vma);
    }

    /** thp_vma_allowable_order with TVA_FORCED_COLLAPSE: the settings and MADV_HUGEPAGE do not matter. */
    private static boolean isSuitable(VmaImpl vma) {
        long lastStart = (vma.end & -HugePmds.SIZE) - HugePmds.SIZE;
        return vma.isAnonymous()
                && vma.isFaulted()
                && !vma.has(VM_NOHUGEPAGE | VM_SHARED | VM_SPECIAL)
                && lastStart >= vma.start;
    }

    private Result swapInAndCollapse(VmaImpl vma, long address, Task task) {
        PteTable table = vma.mm().pageTable.lookup(address >>> Mm.PAGE_SHIFT);
        while (table != null) {
            PteTarget absent = null;
            int at = 0;
            table.lock(machine.ptl, task);
            Result result = table.isVacant() ? Result.IMPOSSIBLE : null;
            if (table.huge() != null && !(table.huge() instanceof MigrationEntry)) {
                result = Result.DONE;
            }
            for (; result == null && absent == null && at < PteTable.ENTRIES; at++) {
                PteTarget entry = table.entry(at);
                absent = entry == null || entry instanceof AnonPage || entry == PteMarker.ZERO_PAGE ? null : entry;
            }
            table.unlock(machine.ptl);
            if (result != null) {
                return result;
            }
            if (absent == null) {
                machine.makeRoom(PteTable.ENTRIES, task);
                Result collapsed = reserveAndCollapse(vma, address, table, task);
                if (collapsed != null) {
                    return collapsed;
                }
            } else if (absent instanceof SwapSlot slot) {
                machine.makeRoom(1, task);
                long page = address + ((long) (at - 1) << Mm.PAGE_SHIFT);
                machine.swapIn.swapIn(vma, page, slot, SwapIn.For.READING, task);
                Machine.batches(task).drain();
            } else if (absent instanceof MigrationEntry migration) {
                machine.fault.waitFor(migration, task);
            } else {
                return Result.IMPOSSIBLE;
            }
        }
        return Result.IMPOSSIBLE;
    }

    private @Nullable Result reserveAndCollapse(VmaImpl vma, long address, PteTable table, Task task) {
        machine.reserveEntries(PteTable.ENTRIES);
        try {
            return collapsePresent(vma, address, table, task);
        } finally {
            machine.releaseReserve();
        }
    }

    /** collapse_huge_page; null if entries have changed since they were looked at. */
    private @Nullable Result collapsePresent(VmaImpl vma, long address, PteTable table, Task task) {
        LargeFolio huge = new LargeFolio(
                machine.strategy.index(vma, address), PteTable.ENTRIES, vma.mm().id());
        Set<FolioImpl> isolated = new LinkedHashSet<>();
        // Walks must not look for the old pages while they are neither here nor there.
        machine.strategy.beginCollapse(vma);
        table.lock(machine.ptl, task);
        try {
            Result result = isolate(table, isolated, task);
            if (result == Result.DONE) {
                exchange(vma, table, huge, task);
            }
            return result;
        } finally {
            table.unlock(machine.ptl);
            machine.strategy.endCollapse(vma);
            for (FolioImpl folio : isolated) {
                machine.unlockFolio(folio, task);
            }
        }
    }

    /** __collapse_huge_page_isolate: locks all folios. */
    private @Nullable Result isolate(PteTable table, Set<FolioImpl> isolated, Task task) {
        for (int i = 0; i < PteTable.ENTRIES; i++) {
            PteTarget entry = table.entry(i);
            if (entry instanceof AnonPage page) {
                FolioImpl folio = page.folio();
                if (!isolated.contains(folio)) {
                    if (!machine.folioLock.tryLock(folio, task)) {
                        return Result.BUSY;
                    }
                    isolated.add(folio);
                    if (!folio.isOnLru() || folio.hasExtraReferences()) {
                        return Result.BUSY;
                    }
                }
            } else if (entry != null && entry != PteMarker.ZERO_PAGE) {
                return null;
            }
        }
        return Result.DONE;
    }

    /** __collapse_huge_page_copy. */
    private void exchange(VmaImpl vma, PteTable table, LargeFolio huge, Task task) {
        machine.strategy.folioMapped(huge, vma);
        for (int i = 0; i < PteTable.ENTRIES; i++) {
            PteTarget entry = table.entry(i);
            if (entry != null) {
                table.clear(i);
            }
            if (entry instanceof AnonPage page) {
                huge.page(i).setContent(page.content());
                if (machine.observer != null) {
                    long address = (table.firstVpn() + i) << Mm.PAGE_SHIFT;
                    machine.observer.unmapped(vma, address, page.folio(), page.pageIndex());
                }
                machine.zap.unmap(page, vma, task);
            }
        }
        machine.addNew(huge, task);
        machine.hugePmds.map(vma, table, huge);
        task.work(PteTable.ENTRIES);
    }
}
