package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_LOCKED;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargePage;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteMarker;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.engine.page.SwapSlot;
import io.github.rmap4j.spi.EntryObserver;

/** Empties page-table entries (zap_page_range and free_pgtables in mm/memory.c). */
final class ZapPages {
    /** What happens to guard markers (zap_details.even_cows and ZAP_FLAG_DROP_MARKER). */
    enum Markers {
        /** The range stays mapped: MADV_DONTNEED. */
        KEEP,
        /** The range goes away: munmap, exit. */
        DROP
    }

    private final Machine machine;

    ZapPages(Machine machine) {
        this.machine = machine;
    }

    /** Empties the entries of a range of one VMA. The caller holds the mmap lock. */
    void zap(VmaImpl vma, long start, long end, Markers markers) {
        Mm mm = vma.mm();
        Task task = machine.task();
        long vpn = start >>> Mm.PAGE_SHIFT;
        long endVpn = end >>> Mm.PAGE_SHIFT;
        for (PteTable table = mm.pageTable.next(vpn, endVpn); table != null; table = mm.pageTable.next(vpn, endVpn)) {
            long base = table.firstVpn();
            int from = (int) Math.max(0, vpn - base);
            int to = (int) Math.min(PteTable.ENTRIES, endVpn - base);
            if (table.used() > 0) {
                table.lock(machine.ptl, task);
                if (table.huge() != null && to - from == PteTable.ENTRIES) {
                    machine.hugePmds.zap(vma, table, task);
                } else {
                    table.splitHuge();
                    zap(vma, table, from, to, markers, task);
                    if (to - from == PteTable.ENTRIES && table.used() == 0) {
                        table.vacate();
                    }
                }
                table.unlock(machine.ptl);
                task.work(to - from);
            }
            vpn = base + PteTable.ENTRIES;
        }
    }

    private void zap(VmaImpl vma, PteTable table, int from, int to, Markers markers, Task task) {
        EntryObserver observer = machine.observer;
        for (int i = from; i < to && table.used() > 0; i++) {
            PteTarget entry = table.entry(i);
            if (entry == null || (entry == PteMarker.GUARD && markers == Markers.KEEP)) {
                continue;
            }
            table.clear(i);
            if (entry instanceof AnonPage page) {
                if (observer != null) {
                    observer.unmapped(vma, (table.firstVpn() + i) << Mm.PAGE_SHIFT, page.folio(), page.pageIndex());
                }
                unmap(page, vma, task);
            } else if (entry instanceof SwapSlot slot) {
                machine.swap.freeEntry(slot, task);
            } else if (entry instanceof MigrationEntry migration && observer != null) {
                AnonPage page = migration.page();
                observer.unmapped(vma, (table.firstVpn() + i) << Mm.PAGE_SHIFT, page.folio(), page.pageIndex());
            }
        }
    }

    /** Puts a guard marker in place of whatever an entry holds. The caller holds the table's lock. */
    void replaceByGuard(VmaImpl vma, PteTable table, long address, Task task) {
        int i = PteTable.indexOf(address >>> Mm.PAGE_SHIFT);
        zap(vma, table, i, i + 1, Markers.DROP, task);
        table.set(i, PteMarker.GUARD, (byte) 0);
    }

    /** One mapping of a page is gone; frees the folio after the last. The caller holds the page-table lock. */
    void unmap(AnonPage page, VmaImpl vma, Task task) {
        if (page.unmap(vma.mm().id())) {
            machine.swap.lastMappingGone(page.folio(), task);
        } else if (vma.has(VM_LOCKED)) {
            Machine.batches(task).munlock(page.folio());
        }
    }

    /** Marks the anonymous pages of a range as lazily freeable (madvise_free_pte_range). */
    void markLazyFree(VmaImpl vma, long start, long end) {
        Task task = machine.task();
        EntryRange entries = new EntryRange(vma, start, end);
        while (entries.nextTable()) {
            PteTable table = entries.table();
            long base = table.firstVpn();
            int to = entries.to();
            table.lock(machine.ptl, task);
            for (int i = entries.from(); i < to; i++) {
                PteTarget entry = table.entry(i);
                if (entry instanceof FolioImpl folio) {
                    markLazyFree(folio, table, i, 1, task);
                } else if (entry instanceof LargePage page && page.folio().pages() <= to - i) {
                    // What the range covers in part was split before, unless others may map it, too.
                    int run = LargeFolios.run(table, base + i, base + to, page);
                    if (run == page.folio().pages()) {
                        markLazyFree(page.folio(), table, i, run, task);
                        i += run - 1;
                    }
                } else if (entry == PteMarker.POISONED) {
                    table.clear(i);
                } else if (entry instanceof SwapSlot slot) {
                    table.clear(i);
                    machine.swap.freeEntry(slot, task);
                }
            }
            table.unlock(machine.ptl);
        }
    }

    /** What madvise_free_pte_range does with a folio whose pages are all present. */
    private void markLazyFree(FolioImpl folio, PteTable table, int first, int pages, Task task) {
        if (folio.isInSwapCache() || folio.isDirty()) {
            if (!machine.folioLock.tryLock(folio, task)) {
                return;
            }
            boolean clean = folio.mapcount() == pages && (!folio.isInSwapCache() || machine.swap.freeCache(folio));
            if (clean) {
                folio.clearDirty();
            }
            machine.unlockFolio(folio, task);
            if (!clean) {
                return;
            }
        }
        for (int i = first; i < first + pages; i++) {
            table.setBits(i, (byte) (table.bits(i) & ~(PteTable.ACCESSED | PteTable.DIRTY)));
        }
        Machine.batches(task).markLazyFree(folio);
    }

    /** Removes guard markers from a range (MADV_GUARD_REMOVE). The caller holds the mmap lock. */
    void removeGuards(VmaImpl vma, long start, long end) {
        Task task = machine.task();
        EntryRange entries = new EntryRange(vma, start, end);
        while (entries.nextTable()) {
            PteTable table = entries.table();
            table.lock(machine.ptl, task);
            for (int i = entries.from(); i < entries.to(); i++) {
                if (table.entry(i) == PteMarker.GUARD) {
                    table.clear(i);
                }
            }
            table.unlock(machine.ptl);
        }
    }

    /**
     * Removes the page tables of a range that is no longer mapped (free_pgtables).
     *
     * @param floor end of the mapping below, 0 if there is none
     * @param ceiling start of the mapping above, TASK_SIZE if there is none
     */
    void freePageTables(Mm mm, long start, long end, long floor, long ceiling) {
        Task task = machine.task();
        long vpn = start >>> Mm.PAGE_SHIFT;
        long endVpn = end >>> Mm.PAGE_SHIFT;
        long floorVpn = floor >>> Mm.PAGE_SHIFT;
        long ceilingVpn = ceiling >>> Mm.PAGE_SHIFT;
        for (PteTable table = mm.pageTable.next(vpn, endVpn); table != null; table = mm.pageTable.next(vpn, endVpn)) {
            long base = table.firstVpn();
            vpn = base + PteTable.ENTRIES;
            boolean wholeTableUnmapped = base >= floorVpn && (vpn <= ceilingVpn || ceiling == Mm.TASK_SIZE);
            if (wholeTableUnmapped) {
                table.lock(machine.ptl, task);
                if (table.used() > 0) {
                    throw new IllegalStateException("page table to be freed maps " + table.used() + " pages");
                }
                table.die();
                table.unlock(machine.ptl);
                mm.pageTable.remove(table);
            }
        }
    }
}
