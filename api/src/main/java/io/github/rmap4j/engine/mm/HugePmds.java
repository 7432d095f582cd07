package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteMarker;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import org.jspecify.annotations.Nullable;

/**
 * Entries that map 2 MiB at once (mm/huge_memory.c). Whatever concerns only a part of such a range splits the entry first,
 * but not the folio.
 */
final class HugePmds {
    /** Bytes that one entry maps (HPAGE_PMD_SIZE). */
    static final long SIZE = Mm.PAGE_SIZE << MemoryManager.PMD_ORDER;

    private static final byte WRITTEN = PteTable.ACCESSED | PteTable.DIRTY;

    private final Machine machine;

    HugePmds(Machine machine) {
        this.machine = machine;
    }

    /** Whether a fault maps 2 MiB at once (create_huge_pmd); the caller holds the table's lock. */
    boolean fits(VmaImpl vma, long address, PteTable table) {
        long start = address & -SIZE;
        return table.isVacant()
                && start >= vma.start
                && start + SIZE <= vma.end
                && machine.largeFolios.mayMapByPmd(vma);
    }

    /** The first write: a new folio (__do_huge_pmd_anonymous_page, do_huge_zero_wp_pmd). The VMA is prepared. */
    void mapNew(VmaImpl vma, long address, PteTable table, Task task) {
        long start = address & -SIZE;
        LargeFolio folio = new LargeFolio(
                machine.strategy.index(vma, start), PteTable.ENTRIES, vma.mm().id());
        machine.strategy.folioMapped(folio, vma);
        machine.addNew(folio, task);
        map(vma, table, folio);
    }

    /** Maps a folio that the VMA's address space has for itself. */
    void map(VmaImpl vma, PteTable table, LargeFolio folio) {
        table.setHuge(folio, (byte)
                (WRITTEN | (vma.has(VM_WRITE) ? PteTable.WRITE : 0) | (vma.isAccessible() ? 0 : PteTable.PROT_NONE)));
        tellMapped(vma, table, folio);
    }

    private void tellMapped(VmaImpl vma, PteTable table, LargeFolio folio) {
        if (machine.observer != null) {
            for (int i = 0; i < PteTable.ENTRIES; i++) {
                machine.observer.mapped(vma, address(table, i), folio, i);
            }
        }
    }

    /** The first read: the huge zero page (set_huge_zero_folio). */
    static void mapZero(PteTable table) {
        table.setHuge(PteMarker.ZERO_PAGE, PteTable.ACCESSED);
    }

    /**
     * A write to what is mapped read-only (do_huge_pmd_wp_page).
     *
     * @return false if the entry was split, because others use the folio, too
     */
    boolean makeWritable(VmaImpl vma, long address, PteTable table, Task task) {
        PteTarget whole = table.huge();
        if (whole == PteMarker.ZERO_PAGE) {
            mapNew(vma, address, table, task);
            return true;
        }
        if (whole instanceof LargeFolio folio && (folio.isAnonExclusive(0) || reuse(folio, vma, task))) {
            table.setBits(0, (byte) (PteTable.WRITE | WRITTEN));
            return true;
        }
        table.splitHuge();
        return false;
    }

    private boolean reuse(LargeFolio folio, VmaImpl vma, Task task) {
        if (!folio.isOnLru()) {
            Machine.batches(task).drain();
        }
        if (!folio.isMappedOnceByPmd() || !machine.folioLock.tryLock(folio, task)) {
            return false;
        }
        boolean alone = folio.isMappedOnceByPmd();
        if (alone) {
            machine.strategy.folioReused(folio, vma);
            folio.setAllAnonExclusive();
        }
        machine.unlockFolio(folio, task);
        return alone;
    }

    /** Empties the entry (zap_huge_pmd). The caller holds the table's lock. */
    void zap(VmaImpl vma, PteTable table, Task task) {
        PteTarget whole = table.huge();
        table.clearHuge();
        LargeFolio folio = folioOf(whole);
        if (folio != null && machine.observer != null) {
            for (int i = 0; i < PteTable.ENTRIES; i++) {
                machine.observer.unmapped(vma, address(table, i), folio, i);
            }
        }
        if (whole instanceof LargeFolio mapped) {
            if (mapped.unmapAll(vma.mm().id())) {
                machine.swap.lastMappingGone(mapped, task);
            } else if (vma.has(VM_LOCKED)) {
                Machine.batches(task).munlock(mapped);
            }
        }
    }

    /** Copies the entry into a child (copy_huge_pmd). The caller holds both tables' locks. */
    void copy(VmaImpl child, PteTable source, PteTable copy) {
        PteTarget whole = source.huge();
        if (whole == null) {
            return;
        }
        byte bits = (byte) (source.bits(0) & ~PteTable.SWAP_EXCLUSIVE);
        if (child.isCowMapping()) {
            bits &= ~PteTable.WRITE;
        }
        if (whole instanceof LargeFolio folio) {
            folio.shareAll(child.mm().id());
        }
        source.setBits(0, bits);
        copy.setHuge(whole, (byte) (bits & ~PteTable.ACCESSED));
        LargeFolio folio = folioOf(whole);
        if (folio != null) {
            tellMapped(child, copy, folio);
        }
    }

    /** Moves the entry to an empty place (move_huge_pmd). The caller holds both tables' locks. */
    void move(VmaImpl from, PteTable source, VmaImpl to, PteTable destination) {
        PteTarget whole = source.huge();
        if (whole == null) {
            return;
        }
        byte bits = source.bits(0);
        source.clearHuge();
        destination.setHuge(whole, bits);
        LargeFolio folio = folioOf(whole);
        if (folio != null && machine.observer != null) {
            for (int i = 0; i < PteTable.ENTRIES; i++) {
                machine.observer.moved(from, address(source, i), to, address(destination, i), folio, i);
            }
        }
    }

    /** A table is allocated although there is nothing to put into it: later faults cannot map everything at once. */
    void populate(PteTable table, Task task) {
        table.lock(machine.ptl, task);
        if (table.isVacant()) {
            table.populate();
        }
        table.unlock(machine.ptl);
    }

    /**
     * Splits an entry that would otherwise span a boundary of VMAs (vma_adjust_trans_huge). The caller holds the mmap lock
     * for writing.
     */
    void splitAt(Mm mm, long address) {
        if ((address & (SIZE - 1)) != 0) {
            PteTable table = mm.pageTable.lookup(address >>> Mm.PAGE_SHIFT);
            // With the mmap lock held for writing nothing becomes huge; others may at most split it.
            if (table != null && table.huge() != null) {
                table.lock(machine.ptl, machine.task());
                table.splitHuge();
                table.unlock(machine.ptl);
            }
        }
    }

    private static @Nullable LargeFolio folioOf(@Nullable PteTarget whole) {
        if (whole instanceof MigrationEntry migration) {
            return (LargeFolio) migration.page().folio();
        }
        return whole instanceof LargeFolio folio ? folio : null;
    }

    private static long address(PteTable table, int i) {
        return (table.firstVpn() + i) << Mm.PAGE_SHIFT;
    }
}
