package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_RAND_READ;
import static io.github.rmap4j.api.VmFlags.VM_SEQ_READ;

import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.PteTable;

/** Asks which of the entries that map a folio were used (folio_referenced in mm/rmap.c). */
final class References {
    private final Machine machine;

    References(Machine machine) {
        this.machine = machine;
    }

    /**
     * Counts the entries that were used since this was last asked, and forgets that they were. Entries of VMAs whose use
     * says nothing (MADV_SEQUENTIAL, MADV_RANDOM) do not count; a locked VMA ends the walk.
     *
     * @return the number, or -1 if a lock could not be had at once
     */
    int referenced(FolioImpl folio, Task task) {
        if (!machine.folioLock.tryLock(folio, task)) {
            return -1;
        }
        try {
            Counter counter = new Counter(folio.mapcount());
            WalkOutcome outcome = machine.walks.tryForEachEntry(folio, WalkPurpose.REFERENCED, counter);
            return outcome == WalkOutcome.CONTENDED ? -1 : counter.referenced;
        } finally {
            machine.unlockFolio(folio, task);
        }
    }

    /** Whether one of the entries was used, which is not forgotten (damon_folio_young). */
    boolean isYoung(FolioImpl folio, Task task) {
        machine.folioLock.lock(folio, task);
        try {
            Young young = new Young();
            machine.walks.forEachEntry(folio, WalkPurpose.REFERENCED, young);
            return young.found;
        } finally {
            machine.unlockFolio(folio, task);
        }
    }

    /** Forgets that entries were used (damon_folio_mkold, page_idle_clear_pte_refs). */
    void markOld(FolioImpl folio, Task task) {
        machine.folioLock.lock(folio, task);
        try {
            machine.walks.forEachEntry(folio, WalkPurpose.REFERENCED, (SameForHuge) (vma, address, table, i) -> {
                table.setBits(i, (byte) (table.bits(i) & ~PteTable.ACCESSED));
                return true;
            });
        } finally {
            machine.unlockFolio(folio, task);
        }
    }

    /** An action that treats an entry for 512 pages like one for a page. */
    private interface SameForHuge extends EntryAction {
        @Override
        default boolean applyHuge(VmaImpl vma, long address, PteTable table) {
            return apply(vma, address, table, 0);
        }
    }

    private static final class Young implements SameForHuge {
        private boolean found;

        @Override
        public boolean apply(VmaImpl vma, long address, PteTable table, int i) {
            found |= (table.bits(i) & PteTable.ACCESSED) != 0;
            return !found;
        }
    }

    /** folio_referenced_one. */
    private static final class Counter implements EntryAction {
        private int left;
        private int referenced;

        Counter(int mapcount) {
            left = mapcount;
        }

        @Override
        public boolean apply(VmaImpl vma, long address, PteTable table, int i) {
            if (vma.has(VM_LOCKED)) {
                return false;
            }
            byte bits = table.bits(i);
            if ((bits & PteTable.ACCESSED) != 0 && !vma.has(VM_SEQ_READ | VM_RAND_READ)) {
                referenced++;
                table.setBits(i, (byte) (bits & ~PteTable.ACCESSED));
            }
            return --left > 0;
        }

        @Override
        public boolean applyHuge(VmaImpl vma, long address, PteTable table) {
            left -= PteTable.ENTRIES - 1;
            return apply(vma, address, table, 0);
        }
    }
}
