package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.PteTable;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Does something to all folios that are mapped in a range (do_pages_move in mm/migrate.c, and others). */
final class FolioRanges {
    private final Machine machine;

    FolioRanges(Machine machine) {
        this.machine = machine;
    }

    /** Takes the mmap lock for reading; the folios may go elsewhere before their turn comes. */
    int migrate(Mm mm, long start, long length) {
        Task task = machine.task();
        return each(mm, start, length, folio -> machine.migration.migrate(folio, task) || folio.mapcount() == 0);
    }

    /** Takes the mmap lock for reading. */
    int split(Mm mm, long start, long length) {
        Task task = machine.task();
        return each(
                mm,
                start,
                length,
                folio -> !(folio instanceof LargeFolio large)
                        || machine.largeFolios.split(large, Migration.ZeroFilled.TO_ZERO_PAGE, task)
                        || large.mapcount() == 0);
    }

    /** Takes the mmap lock for reading. */
    int reclaim(Mm mm, long start, long length) {
        split(mm, start, length);
        Task task = machine.task();
        return each(mm, start, length, folio -> machine.reclaim.shrink(folio, task) || folio.mapcount() == 0);
    }

    private int each(Mm mm, long start, long length, Predicate<FolioImpl> action) {
        Machine.batches(machine.task()).drain();
        int failed = 0;
        for (FolioImpl folio : folios(mm, start, start + Mm.pageAlign(length))) {
            failed += action.test(folio) ? 0 : 1;
        }
        return failed;
    }

    private Collection<FolioImpl> folios(Mm mm, long start, long end) {
        if (!Mm.isAligned(start) || start < 0 || end < start) {
            throw new ErrnoException(Errno.EINVAL, "the range is not page-aligned or exceeds the address space");
        }
        return mappedIn(mm, start, end, machine.task());
    }

    /** The folios that are mapped in a range, in the order of addresses. Takes the mmap lock for reading. */
    Set<FolioImpl> mappedIn(Mm mm, long start, long end, Task task) {
        Set<FolioImpl> folios = new LinkedHashSet<>();
        EntryRange entries = new EntryRange(mm, start, end);
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
