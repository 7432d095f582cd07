package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
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
     * Poisons the page that is mapped at an address, if it is anonymous. Takes the mmap lock for reading.
     *
     * @return the address spaces that mapped it, in the order of the walk
     */
    List<AddressSpace> poison(Mm mm, long address) {
        Task task = machine.task();
        Machine.batches(task).drain();
        while (true) {
            FolioImpl folio = folioAt(mm, address, task);
            if (folio == null) {
                return List.of();
            }
            // Of a large folio only one page is bad (try_to_split_thp_page); if it cannot be split, all of it goes.
            boolean split = folio instanceof LargeFolio large
                    && machine.largeFolios.split(large, Migration.ZeroFilled.KEEP, task);
            if (!split) {
                return poison(folio, task);
            }
        }
    }

    private @Nullable FolioImpl folioAt(Mm mm, long address, Task task) {
        mm.mmapLock.lockRead();
        try {
            long vpn = address >>> Mm.PAGE_SHIFT;
            PteTable table = mm.pageTable.lookup(vpn);
            if (table == null) {
                return null;
            }
            table.lock(machine.ptl, task);
            PteTarget entry = table.entry(PteTable.indexOf(vpn));
            table.unlock(machine.ptl);
            return entry instanceof AnonPage page ? page.folio() : null;
        } finally {
            mm.mmapLock.unlockRead();
        }
    }

    private List<AddressSpace> poison(FolioImpl folio, Task task) {
        Set<AddressSpace> spaces = new LinkedHashSet<>();
        machine.folioLock.lock(folio, task);
        try {
            machine.walks.forEachEntry(folio, WalkPurpose.POISON, (vma, address, table, i) -> {
                spaces.add(vma.mm());
                if (table.entry(i) instanceof AnonPage page) {
                    take(vma, address, table, i, page, task);
                }
                return folio.mapcount() > 0;
            });
            machine.swap.forget(folio);
        } finally {
            machine.unlockFolio(folio, task);
        }
        return new ArrayList<>(spaces);
    }

    private void take(VmaImpl vma, long address, PteTable table, int i, AnonPage page, Task task) {
        table.set(i, PteMarker.POISONED, (byte) 0);
        if (machine.observer != null) {
            machine.observer.unmapped(vma, address, page.folio(), page.pageIndex());
        }
        machine.zap.unmap(page, vma, task);
    }
}
