package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_RAND_READ;
import static io.github.rmap4j.api.VmFlags.VM_SEQ_READ;

import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteMarker;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.spi.Capability;
import org.jspecify.annotations.Nullable;

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
     * @return false if something else holds on to the folio, or the strategy cannot do it; nothing has changed then
     */
    boolean migrate(FolioImpl folio, Task task) {
        if (!machine.settings.has(Capability.MIGRATION)) {
            return false;
        }
        machine.folioLock.lock(folio, task);
        try {
            Object retained = folio.mapcount() > 0 && !folio.isKsm() ? machine.strategy.retain(folio) : null;
            boolean findable = retained != null || folio.isKsm();
            return findable && migrateRetained(folio, retained, task);
        } finally {
            machine.unlockFolio(folio, task);
        }
    }

    private boolean migrateRetained(FolioImpl source, @Nullable Object retained, Task task) {
        boolean unmapped = unmap(source, new ToMigrationEntry(source));
        if (unmapped) {
            FolioImpl destination = source.replacement();
            // Nobody may find the new folio to himself before all its mappings are back.
            machine.folioLock.tryLock(destination, task);
            machine.addResident(destination);
            machine.swap.replace(source, destination);
            if (source.isKsm()) {
                machine.ksm.replace(source, destination);
            } else {
                machine.strategy.folioReplaced(source, destination);
            }
            restore(
                    source,
                    page -> destination instanceof LargeFolio large ? large.page(page.pageIndex()) : destination);
            destination.unpin();
            machine.unlockFolio(destination, task);
            freeIfUnmapped(destination, task);
        } else {
            restore(source, page -> page);
        }
        if (retained != null) {
            machine.strategy.release(retained);
        }
        source.unpin();
        freeIfUnmapped(source, task);
        return unmapped;
    }

    /** Replaces all mappings by migration entries; false if one is left, or none had to be replaced. */
    private boolean unmap(FolioImpl folio, EntryAction toMigrationEntry) {
        machine.walks.forEachEntry(folio, WalkPurpose.MIGRATE, toMigrationEntry);
        return folio.mapcount() == 0 && folio.isPinned();
    }

    /** Mappings may go away while they are migration entries, and be the last. */
    private void freeIfUnmapped(FolioImpl folio, Task task) {
        if (folio.mapcount() == 0) {
            machine.swap.lastMappingGone(folio, task);
        }
    }

    /**
     * Splits a large folio into small ones (split_folio), which keep the pages' places. The folio is locked by the caller
     * and stays so, but is gone afterwards if the split succeeded.
     *
     * @return false if something else holds on to the folio; nothing has changed then
     */
    boolean split(LargeFolio folio, ZeroFilled zeroFilled, Task task) {
        Object retained =
                folio.mapcount() > 0 && folio.references() == folio.mapcount() ? machine.strategy.retain(folio) : null;
        if (retained == null) {
            return false;
        }
        // Its last mapping may go away at any moment: the strategy ends what it begins here with the owner it has now.
        folio.pin();
        if (!folio.isPinned()) {
            machine.strategy.release(retained);
            return false;
        }
        machine.strategy.beginSplit(folio);
        folio.setSplitting(true);
        // Without a method for huge entries: they are split as well (TTU_SPLIT_HUGE_PMD).
        boolean unmapped = unmap(folio, new ToMigrationEntry(folio)::apply);
        if (unmapped) {
            splitUnmapped(folio, zeroFilled, task);
        } else {
            restore(folio, page -> page);
            endSplit(folio);
        }
        machine.strategy.release(retained);
        folio.unpin();
        freeIfUnmapped(folio, task);
        return unmapped;
    }

    private void splitUnmapped(LargeFolio folio, ZeroFilled zeroFilled, Task task) {
        FolioImpl[] parts = new FolioImpl[folio.pages()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = folio.splitOff(i);
            machine.folioLock.tryLock(parts[i], task);
            machine.addResident(parts[i]);
            machine.strategy.folioReplaced(folio, parts[i]);
        }
        restore(folio, page -> parts[page.pageIndex()], zeroFilled);
        endSplit(folio);
        for (FolioImpl part : parts) {
            part.unpin();
            machine.folioLock.unlock(part);
            // Pages that were not mapped any more go away now.
            freeIfUnmapped(part, task);
        }
    }

    private void endSplit(LargeFolio folio) {
        folio.setSplitting(false);
        machine.strategy.endSplit(folio);
    }

    private void restore(FolioImpl source, Destination destination) {
        restore(source, destination, ZeroFilled.KEEP);
    }

    private void restore(FolioImpl source, Destination destination, ZeroFilled zeroFilled) {
        machine.walks.forEachEntry(source, WalkPurpose.RESTORE, new FromMigrationEntry(destination, zeroFilled));
    }

    /** What becomes of pages that hold nothing but zeros. */
    enum ZeroFilled {
        /** They are pages like others. */
        KEEP,
        /** The shared zero page takes their place (try_to_map_unused_to_zeropage). */
        TO_ZERO_PAGE
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
                folio.pin();
                table.set(i, new MigrationEntry(page), (byte) (table.bits(i) & ~PteTable.PROT_NONE | exclusive));
                page.unmap(vma.mm().id());
            }
            return folio.mapcount() > 0;
        }

        /** set_pmd_migration_entry. */
        @Override
        public boolean applyHuge(VmaImpl vma, long address, PteTable table) {
            if (table.huge() instanceof LargeFolio mapped) {
                int exclusive = mapped.isAnonExclusive(0) ? PteTable.SWAP_EXCLUSIVE : 0;
                mapped.pin();
                byte bits = (byte) (table.bits(0) & ~PteTable.PROT_NONE | exclusive);
                table.setHuge(new MigrationEntry(mapped), bits);
                mapped.unmapAll(vma.mm().id());
            }
            return folio.mapcount() > 0;
        }
    }

    /** remove_migration_pte. Goes on to the end: only the walk knows which entry is the last. */
    private final class FromMigrationEntry implements EntryAction {
        private final Destination destination;

        private final ZeroFilled zeroFilled;

        FromMigrationEntry(Destination destination, ZeroFilled zeroFilled) {
            this.destination = destination;
            this.zeroFilled = zeroFilled;
        }

        @Override
        public boolean apply(VmaImpl vma, long address, PteTable table, int i) {
            if (table.entry(i) instanceof MigrationEntry entry) {
                AnonPage source = entry.page();
                AnonPage page = destination.of(source);
                byte bits = table.bits(i);
                int access = vma.isAccessible() ? 0 : PteTable.PROT_NONE;
                if (zeroFilled == ZeroFilled.TO_ZERO_PAGE && page.content() == 0 && !vma.has(VM_LOCKED)) {
                    table.set(i, PteMarker.ZERO_PAGE, (byte) access);
                    if (machine.observer != null) {
                        machine.observer.unmapped(vma, address, source.folio(), source.pageIndex());
                    }
                    return true;
                }
                page.map(vma.mm().id());
                if ((bits & PteTable.SWAP_EXCLUSIVE) != 0) {
                    page.setAnonExclusive();
                }
                table.set(i, page, (byte) (bits & ~PteTable.SWAP_EXCLUSIVE | access));
                if (machine.observer != null && page != source) {
                    machine.observer.replaced(
                            vma, address, source.folio(), source.pageIndex(), page.folio(), page.pageIndex());
                }
            }
            return true;
        }

        /** remove_migration_pmd. A folio is split only after its huge entries: what replaces it is as large. */
        @Override
        public boolean applyHuge(VmaImpl vma, long address, PteTable table) {
            if (!(table.huge() instanceof MigrationEntry entry)
                    || !(destination.of(entry.page()).folio() instanceof LargeFolio folio)) {
                return EntryAction.super.applyHuge(vma, address, table);
            }
            byte bits = table.bits(0);
            folio.mapAll(vma.mm().id());
            if ((bits & PteTable.SWAP_EXCLUSIVE) != 0) {
                folio.setAllAnonExclusive();
            }
            int access = vma.isAccessible() ? 0 : PteTable.PROT_NONE;
            table.setHuge(folio, (byte) (bits & ~PteTable.SWAP_EXCLUSIVE | access));
            FolioImpl source = entry.page().folio();
            if (machine.observer != null && folio != source) {
                for (int i = 0; i < PteTable.ENTRIES; i++) {
                    machine.observer.replaced(vma, address + ((long) i << Mm.PAGE_SHIFT), source, i, folio, i);
                }
            }
            return true;
        }
    }
}
