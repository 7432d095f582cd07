package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteMarker;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes a page with a hardware error from every process (mm/memory-failure.c). */
final class MemoryFailure {
    private final Machine machine;

    MemoryFailure(Machine machine) {
        this.machine = machine;
    }

    /**
     * Poisons the page that is mapped at an address, if it is anonymous.
     *
     * @return the address spaces that mapped it, in the order of the walk
     */
    List<AddressSpace> poison(Mm mm, long address) {
        Task task = machine.task();
        Machine.batches(task).drain();
        Set<AddressSpace> spaces = new LinkedHashSet<>();
        FolioImpl folio = folioAt(mm, address, task);
        while (folio != null) {
            machine.folioLock.lock(folio, task);
            try {
                // While we waited for the lock the page may have gone to another folio: then that one is bad.
                if (isMapped(folio, mm, address, task) && poisonLocked(folio, spaces, task)) {
                    return new ArrayList<>(spaces);
                }
            } finally {
                machine.unlockFolio(folio, task);
            }
            folio = folioAt(mm, address, task);
        }
        return List.of();
    }

    /**
     * Of a large folio only one page is bad: it is split first (try_to_split_thp_page). If that fails the processes are
     * named, but keep their pages.
     *
     * @return false if the folio was split and the page is in a small one now
     */
    private boolean poisonLocked(FolioImpl folio, Set<AddressSpace> spaces, Task task) {
        boolean large = folio instanceof LargeFolio;
        if (folio instanceof LargeFolio whole && machine.migration.split(whole, Migration.ZeroFilled.KEEP, task)) {
            return false;
        }
        machine.walks.forEachEntry(folio, WalkPurpose.POISON, (vma, address, table, i) -> {
            spaces.add(vma.mm());
            if (!large && table.entry(i) instanceof AnonPage page) {
                take(vma, address, table, i, page, task);
            }
            return folio.mapcount() > 0;
        });
        if (!large) {
            machine.swap.forget(folio);
        }
        return true;
    }

    private boolean isMapped(FolioImpl folio, Mm mm, long address, Task task) {
        return machine.entryAt(mm, address, task) instanceof AnonPage page && page.folio() == folio;
    }

    /** The folio mapped at an address; waits for one that is being migrated. */
    private @Nullable FolioImpl folioAt(Mm mm, long address, Task task) {
        while (true) {
            PteTarget entry = machine.entryAt(mm, address, task);
            if (!(entry instanceof MigrationEntry migration)) {
                return entry instanceof AnonPage page ? page.folio() : null;
            }
            FolioImpl folio = migration.page().folio();
            machine.folioLock.lock(folio, task);
            machine.unlockFolio(folio, task);
        }
    }

    private void take(VmaImpl vma, long address, PteTable table, int i, AnonPage page, Task task) {
        table.set(i, PteMarker.POISONED, (byte) 0);
        if (machine.observer != null) {
            machine.observer.unmapped(vma, address, page.folio(), page.pageIndex());
        }
        machine.zap.unmap(page, vma, task);
    }
}
