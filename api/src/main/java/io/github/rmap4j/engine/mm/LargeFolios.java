package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_HUGEPAGE;
import static io.github.rmap4j.api.VmFlags.VM_NOHUGEPAGE;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.mm.Migration.ZeroFilled;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.LargePage;
import io.github.rmap4j.engine.page.PageTable;
import io.github.rmap4j.engine.page.PteTable;
import org.jspecify.annotations.Nullable;

/** Faults that map several pages at once (alloc_anon_folio in mm/memory.c, thp_vma_allowable_orders). */
final class LargeFolios {
    private static final int PMD = 1 << MemoryManager.PMD_ORDER;

    private final Machine machine;

    LargeFolios(Machine machine) {
        this.machine = machine;
    }

    /** The orders that a fault in a VMA may use, as a mask. */
    private int orders(VmaImpl vma) {
        Settings settings = machine.settings;
        if (settings.largeOrders() == 0 || !vma.isAnonymous() || vma.has(VM_NOHUGEPAGE | VM_SHARED)) {
            return 0;
        }
        return vma.has(VM_HUGEPAGE) ? settings.largeOrders() : settings.largeOrdersAlways();
    }

    /** Whether a fault in a VMA may map 2 MiB at once. */
    boolean mayMapByPmd(VmaImpl vma) {
        return (orders(vma) & PMD) != 0;
    }

    /** Whether faults may map 2 MiB at once. */
    boolean faultsMapPmds() {
        return (machine.settings.largeOrders() & PMD) != 0;
    }

    /** How many entries a fault in a VMA may fill at most. */
    int mostPages(VmaImpl vma) {
        if (faultsMapPmds() && vma.isAnonymous()) {
            // The huge zero page is replaced as a whole, whatever may be mapped in its VMA now.
            return PteTable.ENTRIES;
        }
        int orders = orders(vma);
        return orders == 0 ? 1 : 1 << highestOrder(orders);
    }

    private static int highestOrder(int orders) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(orders);
    }

    /**
     * Maps a new large folio around an address with entries of the table, as large as the VMA, the settings and empty
     * entries allow. The caller holds the table's lock; the VMA is prepared.
     *
     * @return false if only a small folio fits
     */
    boolean map(VmaImpl vma, long address, PteTable table, Task task) {
        for (int orders = orders(vma) & ~PMD; orders != 0; ) {
            int order = highestOrder(orders);
            orders &= ~(1 << order);
            long size = Mm.PAGE_SIZE << order;
            long start = address & -size;
            if (start >= vma.start && start + size <= vma.end && isEmpty(table, start, 1 << order)) {
                map(vma, start, 1 << order, table, task);
                return true;
            }
        }
        return false;
    }

    /** pte_range_none. */
    private static boolean isEmpty(PteTable table, long start, int pages) {
        int first = PteTable.indexOf(start >>> Mm.PAGE_SHIFT);
        for (int i = first; i < first + pages; i++) {
            if (table.entry(i) != null) {
                return false;
            }
        }
        return true;
    }

    /** Which large folios an advice splits. */
    enum Split {
        /**
         * Those that one address space alone maps and that the range covers, so that their pages can be swapped out one by
         * one: all of them, also those that are zero-filled.
         */
        COVERED,
        /** Those that one address space alone maps and that the range covers only in part. */
        PARTLY_COVERED
    }

    /** Splits large folios that are mapped in a range. The caller holds the mmap lock. */
    void splitIn(VmaImpl vma, long start, long end, Split which, Task task) {
        if (machine.settings.largeOrders() == 0) {
            return;
        }
        PageTable pageTable = vma.mm().pageTable;
        long vpn = start >>> Mm.PAGE_SHIFT;
        long endVpn = end >>> Mm.PAGE_SHIFT;
        for (PteTable table = pageTable.next(vpn, endVpn); table != null; table = pageTable.next(vpn, endVpn)) {
            vpn = Math.max(vpn, table.firstVpn());
            long tableEnd = Math.min(endVpn, table.firstVpn() + PteTable.ENTRIES);
            while (vpn < tableEnd) {
                table.lock(machine.ptl, task);
                LargePage page = largePageAt(table, vpn);
                int covered = page == null ? 1 : run(table, vpn, tableEnd, page);
                boolean kept = false;
                if (page != null && which == Split.COVERED && page.folio().isLazyFree()) {
                    kept = wasWritten(table, vpn, covered);
                    if (kept) {
                        page.folio().clearLazyFree();
                    }
                }
                table.unlock(machine.ptl);
                if (page != null && !kept && mustSplit(page.folio(), covered, which)) {
                    split(page.folio(), which == Split.COVERED ? ZeroFilled.KEEP : ZeroFilled.TO_ZERO_PAGE, task);
                }
                vpn += covered;
            }
        }
    }

    /** A folio that was written after MADV_FREE is kept as a whole, once (try_to_unmap_one aborts). */
    private static boolean wasWritten(PteTable table, long vpn, int pages) {
        int first = PteTable.indexOf(vpn);
        for (int i = first; i < first + pages; i++) {
            if ((table.bits(i) & PteTable.DIRTY) != 0) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable LargePage largePageAt(PteTable table, long vpn) {
        return table.entry(PteTable.indexOf(vpn)) instanceof LargePage page ? page : null;
    }

    /** Consecutive entries of a table that map consecutive pages of a folio from this page on (folio_pte_batch). */
    static int run(PteTable table, long vpn, long endVpn, LargePage first) {
        LargeFolio folio = first.folio();
        int n = 1;
        while (vpn + n < endVpn
                && first.pageIndex() + n < folio.pages()
                && largePageAt(table, vpn + n) == folio.page(first.pageIndex() + n)) {
            n++;
        }
        return n;
    }

    private static boolean mustSplit(LargeFolio folio, int covered, Split which) {
        return !folio.isMaybeMappedShared() && (covered == folio.pages()) == (which == Split.COVERED);
    }

    /**
     * Splits a folio unless it is locked or something else holds on to it.
     *
     * @return whether it was split
     */
    boolean split(LargeFolio folio, ZeroFilled zeroFilled, Task task) {
        if (!machine.folioLock.tryLock(folio, task)) {
            return false;
        }
        try {
            return machine.migration.split(folio, zeroFilled, task);
        } finally {
            machine.folioLock.unlock(folio);
        }
    }

    private void map(VmaImpl vma, long start, int pages, PteTable table, Task task) {
        LargeFolio folio = new LargeFolio(
                machine.strategy.index(vma, start), pages, vma.mm().id());
        machine.strategy.folioMapped(folio, vma);
        machine.addNew(folio, task);
        int first = PteTable.indexOf(start >>> Mm.PAGE_SHIFT);
        byte bits = (byte) (PteTable.ACCESSED | (vma.has(VM_WRITE) ? PteTable.WRITE | PteTable.DIRTY : 0));
        for (int i = 0; i < pages; i++) {
            table.set(first + i, folio.page(i), bits);
            if (machine.observer != null) {
                machine.observer.mapped(vma, start + ((long) i << Mm.PAGE_SHIFT), folio, i);
            }
        }
        task.work(pages);
    }
}
