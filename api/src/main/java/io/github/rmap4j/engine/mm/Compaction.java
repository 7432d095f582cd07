package io.github.rmap4j.engine.mm;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.FolioImpl;
import java.util.LinkedHashSet;
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
        Set<FolioImpl> folios = new LinkedHashSet<>();
        for (Mm mm : machine.listed()) {
            folios.addAll(machine.folioRanges.mappedIn(mm, 0, Mm.TASK_SIZE, task));
        }
        for (FolioImpl folio : folios) {
            if (!machine.migration.migrate(folio, task) && folio.mapcount() > 0) {
                stayed++;
            }
        }
        return stayed;
    }
}
