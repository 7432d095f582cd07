package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_EXEC;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_READ;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargeFolio;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteMarker;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.engine.page.SwapSlot;
import io.github.rmap4j.spi.AllocationRefusedException;
import org.jspecify.annotations.Nullable;

/** Moves pages to other addresses of one address space without copying them (UFFDIO_MOVE, mm/userfaultfd.c). */
final class UserfaultMove {
    private static final long ACCESS = VM_READ | VM_WRITE | VM_EXEC;

    private final Machine machine;

    UserfaultMove(Machine machine) {
        this.machine = machine;
    }

    /** move_pages. The caller holds the mmap lock for reading. */
    void move(Mm mm, long destination, long source, long length) {
        if (!Mm.isAligned(destination)
                || !Mm.isAligned(source)
                || !Mm.isAligned(length)
                || length <= 0
                || destination < 0
                || source < 0) {
            throw new ErrnoException(Errno.EINVAL, "the ranges are not page-aligned or empty");
        }
        VmaImpl from = covering(mm, source, length);
        VmaImpl to = covering(mm, destination, length);
        boolean alike = ((from.flags() ^ to.flags()) & (ACCESS | VM_LOCKED)) == 0;
        if (!alike || !from.has(VM_WRITE) || !from.isAnonymous() || !to.isAnonymous()) {
            throw new ErrnoException(Errno.EINVAL, "pages cannot be moved from " + from + " to " + to);
        }
        try {
            machine.fault.prepare(to);
        } catch (AllocationRefusedException e) {
            throw Machine.refused(e);
        }
        Machine.batches(machine.task()).drain();
        for (long offset = 0; offset < length; offset += Mm.PAGE_SIZE) {
            move(from, source + offset, to, destination + offset);
        }
    }

    private static VmaImpl covering(Mm mm, long start, long length) {
        VmaImpl vma = mm.lookup(start);
        if (vma == null || vma.end - start < length) {
            throw new ErrnoException(
                    Errno.ENOENT, "one VMA must cover 0x" + Long.toHexString(start) + " and what follows");
        }
        if (vma.has(VM_SHARED)) {
            throw new ErrnoException(Errno.EINVAL, vma + " is shared");
        }
        return vma;
    }

    private void move(VmaImpl from, long source, VmaImpl to, long destination) {
        Task task = machine.task();
        PteTable target = to.mm().pageTable.lookupOrAdd(destination >>> Mm.PAGE_SHIFT);
        while (true) {
            PteTarget entry = machine.entryAt(from.mm(), source, task);
            // A swap entry may have a folio in the swap cache, which has to know its new place as well.
            FolioImpl folio = entry instanceof AnonPage page
                    ? page.folio()
                    : entry instanceof SwapSlot slot ? slot.cached() : null;
            if (machine.entryAt(to.mm(), destination, task) != null) {
                throw new ErrnoException(Errno.EEXIST, "a page at 0x" + Long.toHexString(destination));
            }
            if (folio instanceof LargeFolio large && entry instanceof AnonPage page) {
                split(large, page, source, task);
                continue;
            }
            if (entry instanceof MigrationEntry migration) {
                folio = migration.page().folio();
            }
            // The folio lock keeps walks away, which would look for the page where its old index says (since 6.19).
            if (folio != null) {
                machine.folioLock.lock(folio, task);
            }
            try {
                boolean unchanged = machine.entryAt(from.mm(), source, task) == entry
                        && !(entry instanceof MigrationEntry)
                        && !(entry instanceof SwapSlot slot && slot.cached() != folio);
                if (unchanged) {
                    exchange(from, source, to, destination, target, entry, task);
                    return;
                }
            } finally {
                if (folio != null) {
                    machine.unlockFolio(folio, task);
                }
            }
        }
    }

    /** Of a large folio a page can move only after a split. */
    private void split(LargeFolio large, AnonPage page, long source, Task task) {
        if (!page.isAnonExclusive()) {
            throw new ErrnoException(Errno.EBUSY, "the page at 0x" + Long.toHexString(source) + " is shared");
        }
        machine.folioLock.lock(large, task);
        try {
            boolean split = machine.migration.split(large, Migration.ZeroFilled.TO_ZERO_PAGE, task);
            if (!split && large.mapcount() > 0) {
                throw new ErrnoException(
                        Errno.EBUSY, "the large folio at 0x" + Long.toHexString(source) + " is in use");
            }
        } finally {
            machine.unlockFolio(large, task);
        }
    }

    /** move_present_ptes, move_swap_pte and move_zeropage_pte; both tables are locked in the order of their addresses. */
    private void exchange(
            VmaImpl from,
            long source,
            VmaImpl to,
            long destination,
            PteTable target,
            @Nullable PteTarget expected,
            Task task) {
        PteTable origin = from.mm().pageTable.lookup(source >>> Mm.PAGE_SHIFT);
        if (expected == null || origin == null) {
            throw new ErrnoException(Errno.ENOENT, "no page at 0x" + Long.toHexString(source));
        }
        PteTable first = origin.firstVpn() <= target.firstVpn() ? origin : target;
        PteTable second = first == origin ? target : origin;
        first.lock(machine.ptl, task);
        if (second != first) {
            second.lockNested(machine.ptl, task);
        }
        try {
            exchangeLocked(from, source, to, destination, origin, target, expected);
        } finally {
            if (second != first) {
                second.unlockNested(machine.ptl);
            }
            first.unlock(machine.ptl);
        }
    }

    private void exchangeLocked(
            VmaImpl from,
            long source,
            VmaImpl to,
            long destination,
            PteTable origin,
            PteTable target,
            PteTarget expected) {
        int i = PteTable.indexOf(source >>> Mm.PAGE_SHIFT);
        int j = PteTable.indexOf(destination >>> Mm.PAGE_SHIFT);
        if (target.entry(j) != null) {
            throw new ErrnoException(Errno.EEXIST, "a page at 0x" + Long.toHexString(destination));
        }
        if (origin.entry(i) != expected) {
            throw new ErrnoException(Errno.EAGAIN, "the page at 0x" + Long.toHexString(source) + " has changed");
        }
        origin.splitHuge();
        target.splitHuge();
        byte bits = origin.bits(i);
        if (expected instanceof FolioImpl folio) {
            if (!folio.isAnonExclusive()) {
                throw new ErrnoException(Errno.EBUSY, "the page at 0x" + Long.toHexString(source) + " is shared");
            }
            origin.clear(i);
            folio.becomeAnon(machine.strategy.index(to, destination));
            machine.strategy.folioMoved(folio, to);
            target.set(j, folio, (byte) (PteTable.WRITE | PteTable.DIRTY | bits));
            if (machine.observer != null) {
                machine.observer.moved(from, source, to, destination, folio, 0);
            }
        } else if (expected instanceof SwapSlot slot) {
            if ((bits & PteTable.SWAP_EXCLUSIVE) == 0) {
                throw new ErrnoException(Errno.EBUSY, "the page at 0x" + Long.toHexString(source) + " is shared");
            }
            origin.clear(i);
            FolioImpl cached = slot.cached();
            if (cached != null && cached.isAnon()) {
                cached.becomeAnon(machine.strategy.index(to, destination));
                machine.strategy.folioMoved(cached, to);
            }
            target.set(j, expected, bits);
        } else if (expected == PteMarker.ZERO_PAGE) {
            origin.clear(i);
            target.set(j, expected, bits);
        } else {
            throw new ErrnoException(Errno.EFAULT, "no page that can be moved at 0x" + Long.toHexString(source));
        }
        from.mm().countMove();
    }
}
