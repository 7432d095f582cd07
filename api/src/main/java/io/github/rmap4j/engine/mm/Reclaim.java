package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_LOCKED;

import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.SwapSlot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes pages away from the processes that use them (mm/vmscan.c, try_to_unmap in mm/rmap.c). */
final class Reclaim {
    private final Machine machine;

    Reclaim(Machine machine) {
        this.machine = machine;
    }

    /** Pages out what nobody else maps (madvise_cold_or_pageout_pte_range). The caller holds the mmap lock. */
    void pageOut(VmaImpl vma, long start, long end) {
        Task task = machine.task();
        machine.largeFolios.splitIn(vma, start, end, LargeFolios.Split.PARTLY_COVERED, task);
        // The others are swapped out page by page: Linux does so, too, when it finds no slots in a row.
        machine.largeFolios.splitIn(vma, start, end, LargeFolios.Split.COVERED, task);
        for (FolioImpl folio : old(vma, start, end, task)) {
            shrink(folio, task);
        }
    }

    /** MADV_COLD: the pages that nobody else maps look as if they had not been used for a while. */
    void makeCold(VmaImpl vma, long start, long end) {
        old(vma, start, end, machine.task());
    }

    /** Small folios of a range that nobody else maps, made old. */
    private List<FolioImpl> old(VmaImpl vma, long start, long end, Task task) {
        List<FolioImpl> old = new ArrayList<>();
        EntryRange entries = new EntryRange(vma, start, end);
        while (entries.nextTable()) {
            PteTable table = entries.table();
            table.lock(machine.ptl, task);
            for (int i = entries.from(); i < entries.to(); i++) {
                if (table.entry(i) instanceof FolioImpl folio && folio.isOnLru() && folio.isMappedOnce()) {
                    table.setBits(i, (byte) (table.bits(i) & ~PteTable.ACCESSED));
                    old.add(folio);
                }
            }
            table.unlock(machine.ptl);
        }
        return old;
    }

    /**
     * Unmaps one folio everywhere and saves its content (shrink_folio_list for one folio).
     *
     * @return whether the folio was freed; never a large one: a swap slot holds one page
     */
    boolean shrink(FolioImpl folio, Task task) {
        if (folio instanceof LargeFolio || !machine.folioLock.tryLock(folio, task)) {
            return false;
        }
        try {
            return !folio.isFreed() && shrinkLocked(folio, task);
        } finally {
            machine.unlockFolio(folio, task);
        }
    }

    private boolean shrinkLocked(FolioImpl folio, Task task) {
        SwapSlot slot = null;
        if (!folio.isLazyFree()) {
            slot = folio.isInSwapCache() ? machine.swap.slotOf(folio) : machine.swap.addToCache(folio);
            if (slot == null) {
                return false;
            }
            if (folio.isKsm()) {
                slot.setOfKsm();
            }
        }
        if (folio.mapcount() > 0) {
            machine.walks.forEachEntry(folio, WalkPurpose.UNMAP, new TryToUnmap(folio, slot, task));
        }
        if (slot == null) {
            return folio.isFreed();
        }
        if (folio.mapcount() > 0) {
            return false;
        }
        if (folio.isDirty()) {
            slot.write(folio.content());
            folio.clearDirty();
        }
        // Only the swap cache refers to it: anybody else would look for it there.
        if (folio.references() > 1) {
            return false;
        }
        machine.swap.reclaimed(folio, slot);
        return true;
    }

    /** try_to_unmap_one, and mapcount 0 as the end (rmap_walk_control.done). */
    private final class TryToUnmap implements EntryAction {
        private final FolioImpl folio;
        private final @Nullable SwapSlot slot;
        private final Task task;

        TryToUnmap(FolioImpl folio, @Nullable SwapSlot slot, Task task) {
            this.folio = folio;
            this.slot = slot;
            this.task = task;
        }

        @Override
        public boolean apply(VmaImpl vma, long address, PteTable table, int i) {
            if (vma.has(VM_LOCKED)) {
                return false;
            }
            byte bits = table.bits(i);
            if ((bits & PteTable.DIRTY) != 0) {
                folio.markDirty();
            }
            if (slot == null) {
                if (folio.isDirty()) {
                    folio.clearLazyFree();
                    return false;
                }
                if (folio.references() != folio.mapcount()) {
                    return false;
                }
                table.clear(i);
            } else {
                slot.duplicate();
                table.set(i, slot, folio.isAnonExclusive() ? PteTable.SWAP_EXCLUSIVE : 0);
            }
            if (machine.observer != null) {
                machine.observer.unmapped(vma, address, folio, 0);
            }
            machine.zap.unmap(folio, vma, task);
            return folio.mapcount() > 0;
        }
    }
}
