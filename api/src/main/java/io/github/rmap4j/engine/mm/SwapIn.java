package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.SwapSlot;

/** Faults on swap entries (do_swap_page in mm/memory.c), with a device that is read at once (SWP_SYNCHRONOUS_IO). */
final class SwapIn {
    /** What the process wants to do with the page. */
    enum For {
        READING,
        WRITING
    }

    private final Machine machine;

    SwapIn(Machine machine) {
        this.machine = machine;
    }

    /**
     * Replaces a swap entry by the page, unless the entry has changed meanwhile. The page may still have to be copied for
     * a write, for which the caller has made the observer's reserve. The caller holds the mmap lock.
     */
    void swapIn(VmaImpl vma, long address, SwapSlot slot, For access, Task task) {
        if (access == For.WRITING) {
            readAndMap(vma, address, slot, access, task);
            return;
        }
        machine.reserveEntries(1);
        try {
            readAndMap(vma, address, slot, access, task);
        } finally {
            machine.releaseReserve();
        }
    }

    private void readAndMap(VmaImpl vma, long address, SwapSlot slot, For access, Task task) {
        if (slot.isOfKsm()) {
            // The folio may still be in the swap cache; but walks of it look only where pages were merged.
            map(vma, address, slot, FolioImpl.readFromSwap(slot.current()), access, task);
            return;
        }
        FolioImpl cached = slot.cached();
        if (cached == null && slot.count() > 1) {
            cached = machine.swap.readIntoCache(slot, task);
            if (cached == null) {
                return;
            }
        }
        if (cached == null) {
            // Nobody else has this entry, so the folio need not be where others would look for it.
            map(vma, address, slot, FolioImpl.readFromSwap(slot.read()), access, task);
            return;
        }
        machine.folioLock.lock(cached, task);
        try {
            if (slot.cached() != cached) {
                return;
            }
            if (access == For.WRITING && !cached.isOnLru()) {
                Machine.batches(task).drain();
            }
            map(vma, address, slot, cached, access, task);
        } finally {
            machine.unlockFolio(cached, task);
        }
    }

    private void map(VmaImpl vma, long address, SwapSlot slot, FolioImpl folio, For access, Task task) {
        long vpn = address >>> Mm.PAGE_SHIFT;
        int i = PteTable.indexOf(vpn);
        PteTable table = vma.mm().pageTable.lookupOrAdd(vpn);
        table.lock(machine.ptl, task);
        if (table.entry(i) == slot) {
            replace(vma, address, table, slot, folio, access, task);
        }
        table.unlock(machine.ptl);
    }

    private void replace(
            VmaImpl vma, long address, PteTable table, SwapSlot slot, FolioImpl folio, For access, Task task) {
        int i = PteTable.indexOf(address >>> Mm.PAGE_SHIFT);
        boolean wasCached = folio.isInSwapCache();
        boolean exclusive = !wasCached || (table.bits(i) & PteTable.SWAP_EXCLUSIVE) != 0;
        boolean mayLeaveCache = wasCached && shouldTryToFreeSwap(folio, vma, access);
        if (!wasCached && slot.cached() != null && !slot.isOfKsm()) {
            // Another thread began to share the entry: this folio was read for nothing.
            return;
        }
        if (slot.isOfKsm()) {
            machine.swap.freeEntry(slot, task);
        } else {
            machine.swap.replaceEntry(slot);
        }
        // Mapped first: who unmaps a folio outside of the swap cache believes that nobody else can map it meanwhile.
        folio.map(vma.mm().id());
        if (mayLeaveCache) {
            machine.swap.freeCache(folio);
        }
        exclusive = !folio.isKsm() && (exclusive || folio.references() == 1);
        becomeAnon(folio, vma, address, exclusive);
        byte bits = PteTable.ACCESSED;
        if (exclusive && vma.has(VM_WRITE)) {
            bits |= PteTable.WRITE;
            if (access == For.WRITING) {
                bits |= PteTable.DIRTY;
            }
        }
        table.set(i, folio, bits);
        if (machine.observer != null) {
            machine.observer.mapped(vma, address & Mm.PAGE_MASK, folio, 0);
        }
        if (!wasCached) {
            machine.addNew(folio, task);
        }
    }

    /** should_try_to_free_swap: a writer that may be alone wants to know. */
    private static boolean shouldTryToFreeSwap(FolioImpl folio, VmaImpl vma, For access) {
        return vma.has(VM_LOCKED) || (access == For.WRITING && folio.references() == 1);
    }

    /** folio_add_new_anon_rmap, or folio_add_anon_rmap_ptes for a folio that stays with its owner. */
    private void becomeAnon(FolioImpl folio, VmaImpl vma, long address, boolean exclusive) {
        if (!folio.isAnon()) {
            folio.becomeAnon(machine.strategy.index(vma, address));
            if (exclusive) {
                machine.strategy.folioMapped(folio, vma);
            } else {
                machine.strategy.folioMappedShared(folio, vma);
            }
        } else if (!folio.isKsm()) {
            machine.strategy.folioMappedFromSwapCache(folio, vma);
        }
        if (exclusive) {
            folio.setAnonExclusive();
        }
    }
}
