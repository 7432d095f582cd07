package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.spi.EntryObserver;
import io.github.rmap4j.spi.PageMove;

/** Moves page-table entries to another place of the same address space (move_page_tables in mm/mremap.c). */
final class MovePages {
    /** A run of entries within one source and one destination table. */
    private record Run(
            VmaImpl sourceVma, VmaImpl destinationVma, boolean mergedIntoDestination, long from, long to, long length)
            implements PageMove {
        @Override
        public Vma source() {
            return sourceVma;
        }

        @Override
        public Vma destination() {
            return destinationVma;
        }
    }

    private final Machine machine;

    MovePages(Machine machine) {
        this.machine = machine;
    }

    /**
     * Moves all entries of a range. The caller holds the mmap lock for writing; the destination is empty.
     *
     * @param merged whether the destination existed before, see {@link PageMove#mergedIntoDestination}
     */
    void move(VmaImpl source, VmaImpl destination, Merged merged, long from, long to, long length) {
        Mm mm = source.mm();
        long vpn = from >>> Mm.PAGE_SHIFT;
        long endVpn = (from + length) >>> Mm.PAGE_SHIFT;
        long distance = (to - from) >> Mm.PAGE_SHIFT;
        for (PteTable table = mm.pageTable.next(vpn, endVpn); table != null; table = mm.pageTable.next(vpn, endVpn)) {
            vpn = Math.max(vpn, table.firstVpn());
            long destinationEnd = ((vpn + distance) | (PteTable.ENTRIES - 1)) + 1 - distance;
            long runEnd = Math.min(Math.min(endVpn, table.firstVpn() + PteTable.ENTRIES), destinationEnd);
            if (table.used() > 0) {
                Run run = new Run(
                        source,
                        destination,
                        merged == Merged.INTO_EXISTING,
                        vpn << Mm.PAGE_SHIFT,
                        (vpn + distance) << Mm.PAGE_SHIFT,
                        (runEnd - vpn) << Mm.PAGE_SHIFT);
                machine.strategy.beginMove(run);
                move(run, table, mm.pageTable.lookupOrAdd(vpn + distance));
                machine.strategy.endMove(run);
            } else if (machine.largeFolios.faultsMapPmds() && !table.isVacant()) {
                machine.hugePmds.populate(mm.pageTable.lookupOrAdd(vpn + distance), machine.task());
            }
            vpn = runEnd;
        }
    }

    /** Where entries go. */
    enum Merged {
        /** Into a copy of the source VMA, made for this move. */
        NEW_COPY,
        /** Into a VMA that existed before and absorbed the range. */
        INTO_EXISTING
    }

    private void move(Run run, PteTable source, PteTable destination) {
        Task task = machine.task();
        int from = PteTable.indexOf(run.from >>> Mm.PAGE_SHIFT);
        int to = PteTable.indexOf(run.to >>> Mm.PAGE_SHIFT);
        int n = (int) (run.length >>> Mm.PAGE_SHIFT);
        source.lock(machine.ptl, task);
        if (destination != source) {
            destination.lockNested(machine.ptl, task);
        }
        run.sourceVma.mm().countMove();
        if (source.huge() != null && n == PteTable.ENTRIES && destination.isVacant()) {
            machine.hugePmds.move(run.sourceVma, source, run.destinationVma, destination);
        } else {
            source.splitHuge();
            boolean wholeTable = n == PteTable.ENTRIES && destination.isVacant();
            moveEach(run, source, destination, from, to, n);
            if (wholeTable) {
                // Linux moves the table itself (move_normal_pmd).
                source.vacate();
            }
        }
        if (destination != source) {
            destination.unlockNested(machine.ptl);
        }
        source.unlock(machine.ptl);
        task.work(n);
    }

    private void moveEach(Run run, PteTable source, PteTable destination, int from, int to, int n) {
        EntryObserver observer = machine.observer;
        // When one table holds both ranges and they overlap (a stack that is relocated downwards), ascending order
        // empties each entry before it is filled again.
        for (int i = 0; i < n; i++) {
            PteTarget entry = source.entry(from + i);
            if (entry == null) {
                continue;
            }
            byte bits = source.bits(from + i);
            source.clear(from + i);
            destination.set(to + i, entry, bits);
            AnonPage page = entry instanceof MigrationEntry migration
                    ? migration.page()
                    : entry instanceof AnonPage present ? present : null;
            if (observer != null && page != null) {
                long offset = (long) i << Mm.PAGE_SHIFT;
                observer.moved(
                        run.sourceVma,
                        run.from + offset,
                        run.destinationVma,
                        run.to + offset,
                        page.folio(),
                        page.pageIndex());
            }
        }
    }
}
