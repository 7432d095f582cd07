package io.github.rmap4j.engine.mm;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.PteTable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Moves everything that can be moved to other page frames (compact_zone in mm/compaction.c). */
final class Compaction {
    private final Machine machine;

    Compaction(Machine machine) {
        this.machine = machine;
    }

    /**
     * Migrates every mapped folio once. Processes may come, go and fault meanwhile.
     *
     * @return folios that stayed where they were
     */
    int compact() {
        Task task = machine.task();
        Machine.batches(task).drain();
        int stayed = 0;
        // Each folio is moved once, whoever else maps it; what it is moved to must not be moved again.
        Set<FolioImpl> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Mm mm : machine.listed()) {
            for (FolioImpl folio : folios(mm, task)) {
                seen.add(folio);
            }
        }
        for (FolioImpl folio : seen) {
            if (!machine.migration.migrate(folio, task) && folio.mapcount() > 0) {
                stayed++;
            }
        }
        return stayed;
    }

    private Set<FolioImpl> folios(Mm mm, Task task) {
        Set<FolioImpl> folios = Collections.newSetFromMap(new IdentityHashMap<>());
        EntryRange entries = new EntryRange(mm, 0, Mm.TASK_SIZE);
        mm.mmapLock.lockRead();
        try {
            while (entries.nextTable()) {
                PteTable table = entries.table();
                table.lock(machine.ptl, task);
                for (int i = entries.from(); i < entries.to(); i++) {
                    if (table.entry(i) instanceof AnonPage page) {
                        folios.add(page.folio());
                    }
                }
                table.unlock(machine.ptl);
            }
        } finally {
            mm.mmapLock.unlockRead();
        }
        return folios;
    }
}
