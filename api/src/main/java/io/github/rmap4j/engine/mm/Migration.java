package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_RAND_READ;
import static io.github.rmap4j.api.VmFlags.VM_SEQ_READ;

import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteTable;

/**
 * Moves the mappings of a folio to another folio, or to many small ones, through migration entries (mm/migrate.c,
 * __folio_split in mm/huge_memory.c). While they are there, faults wait for the folio's lock, fork copies them, and
 * everything else treats them like entries that are not present.
 */
final class Migration {
    private final Machine machine;

    Migration(Machine machine) {
        this.machine = machine;
    }

    /**
     * Migrates a folio to new page frames (migrate_folio_unmap and migrate_folio_move).
     *
     * @return false if something else holds on to the folio; nothing has changed then
     */
    boolean migrate(FolioImpl folio, Task task) {
        machine.folioLock.lock(folio, task);
        try {
            return folio.mapcount() > 0 && machine.strategy.retain(folio) && migrateRetained(folio, task);
        } finally {
            machine.unlockFolio(folio, task);
        }
    }

    private boolean migrateRetained(FolioImpl source, Task task) {
        machine.walks.forEachEntry(source, WalkPurpose.MIGRATE, new ToMigrationEntry(source));
        boolean unmapped = source.mapcount() == 0;
        FolioImpl destination = source;
        if (unmapped) {
            destination = source.replacement();
            // Nobody may find the new folio to himself before all its mappings are back.
            machine.folioLock.tryLock(destination, task);
            machine.swap.replace(source, destination);
            machine.strategy.folioReplaced(source, destination);
        }
        FolioImpl target = destination;
        restore(source, page -> target instanceof LargeFolio large ? large.page(page.pageIndex()) : target);
        machine.strategy.release(source);
        if (unmapped) {
            machine.swap.free(source);
            machine.unlockFolio(destination, task);
            if (destination.mapcount() == 0) {
                // Its mappings went away while they were migration entries.
                machine.swap.lastMappingGone(destination, task);
            }
        }
        return unmapped;
    }

    /**
     * Splits a large folio into small ones (split_folio), which keep the pages' places. The folio is locked by the caller
     * and stays so, but is gone afterwards if the split succeeded.
     *
     * @return false if something else holds on to the folio; nothing has changed then
     */
    boolean split(LargeFolio folio, Task task) {
        if (folio.references() != folio.mapcount() || folio.mapcount() == 0 || !machine.strategy.retain(folio)) {
            return false;
        }
        machine.strategy.beginSplit(folio);
        machine.walks.forEachEntry(folio, WalkPurpose.MIGRATE, new ToMigrationEntry(folio));
        boolean unmapped = folio.mapcount() == 0;
        if (unmapped) {
            FolioImpl[] parts = new FolioImpl[folio.pages()];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = folio.splitOff(i);
                machine.folioLock.tryLock(parts[i], task);
                machine.strategy.folioReplaced(folio, parts[i]);
            }
            restore(folio, page -> parts[page.pageIndex()]);
            machine.strategy.endSplit(folio);
            machine.strategy.release(folio);
            machine.swap.free(folio);
            for (FolioImpl part : parts) {
                machine.folioLock.unlock(part);
                // Pages that were not mapped any more go away now.
                machine.swap.free(part);
            }
        } else {
            restore(folio, page -> page);
            machine.strategy.endSplit(folio);
            machine.strategy.release(folio);
        }
        return unmapped;
    }

    private void restore(FolioImpl source, Destination destination) {
        machine.walks.forEachEntry(source, WalkPurpose.RESTORE, new FromMigrationEntry(destination));
    }

    /** Which page an entry gets instead of the one it had. */
    private interface Destination {
        AnonPage of(AnonPage source);
    }

    /** try_to_migrate_one. */
    private final class ToMigrationEntry implements EntryAction {
        private final FolioImpl folio;

        ToMigrationEntry(FolioImpl folio) {
            this.folio = folio;
        }

        @Override
        public boolean apply(VmaImpl vma, long address, PteTable table, int i) {
            if (vma.has(VM_RAND_READ) && vma.has(VM_SEQ_READ)) {
                // A stack that exec is about to relocate without telling walks (vma_is_temporary_stack).
                return true;
            }
            if (table.entry(i) instanceof AnonPage page) {
                int exclusive = page.isAnonExclusive() ? PteTable.SWAP_EXCLUSIVE : 0;
                table.set(i, new MigrationEntry(page), (byte) (table.bits(i) & ~PteTable.PROT_NONE | exclusive));
                page.unmap(vma.mm().id());
            }
            return folio.mapcount() > 0;
        }
    }

    /** remove_migration_pte. Goes on to the end: only the walk knows which entry is the last. */
    private final class FromMigrationEntry implements EntryAction {
        private final Destination destination;

        FromMigrationEntry(Destination destination) {
            this.destination = destination;
        }

        @Override
        public boolean apply(VmaImpl vma, long address, PteTable table, int i) {
            if (table.entry(i) instanceof MigrationEntry entry) {
                AnonPage source = entry.page();
                AnonPage page = destination.of(source);
                byte bits = table.bits(i);
                page.map(vma.mm().id());
                if ((bits & PteTable.SWAP_EXCLUSIVE) != 0) {
                    page.setAnonExclusive();
                }
                int access = vma.isAccessible() ? 0 : PteTable.PROT_NONE;
                table.set(i, page, (byte) (bits & ~PteTable.SWAP_EXCLUSIVE | access));
                if (machine.observer != null && page != source) {
                    machine.observer.replaced(
                            vma, address, source.folio(), source.pageIndex(), page.folio(), page.pageIndex());
                }
            }
            return true;
        }
    }
}
