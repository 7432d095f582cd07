package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_EXEC;
import static io.github.rmap4j.api.VmFlags.VM_GROWSDOWN;
import static io.github.rmap4j.api.VmFlags.VM_MAYBE_GUARD;
import static io.github.rmap4j.api.VmFlags.VM_READ;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_WRITE;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.Vma;
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
import io.github.rmap4j.spi.PrepareRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Memory accesses and the faults they cause (mm/memory.c). */
final class PageFault {
    /** What the processor sets in the entry of a page that it writes. */
    private static final byte WRITTEN = PteTable.ACCESSED | PteTable.DIRTY;

    private static final long ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;

    private final Machine machine;

    PageFault(Machine machine) {
        this.machine = machine;
    }

    /** What an access needs of the page-table entry. */
    private enum Access {
        READ,
        WRITE
    }

    long read(Mm mm, long address) {
        long vpn = address >>> Mm.PAGE_SHIFT;
        PteTable table = mm.pageTable.lookup(vpn);
        if (table != null) {
            int i = PteTable.indexOf(vpn);
            table.lockForAccess();
            PteTarget entry = table.entry(i);
            byte bits = table.bits(i);
            boolean readable = (bits & PteTable.PROT_NONE) == 0;
            if (readable && entry instanceof AnonPage page) {
                if ((bits & PteTable.ACCESSED) == 0) {
                    table.setBits(i, (byte) (bits | PteTable.ACCESSED));
                }
                long word = page.content();
                table.unlockAfterAccess();
                return word;
            }
            table.unlockAfterAccess();
            if (readable && entry == PteMarker.ZERO_PAGE) {
                return 0;
            }
        }
        return readSlowly(mm, address);
    }

    private long readSlowly(Mm mm, long address) {
        VmaImpl vma = lockAndFind(mm, address, Access.READ);
        try {
            PteTable table = makePresent(mm, vma, address, Access.READ);
            int i = PteTable.indexOf(address >>> Mm.PAGE_SHIFT);
            PteTarget entry = table.entry(i);
            long word = entry instanceof AnonPage page ? page.content() : 0;
            table.unlock(machine.ptl);
            return entry == PteMarker.FILE_PAGE ? fileContent(vma, address) : word;
        } finally {
            mm.mmapLock.unlockRead();
        }
    }

    void write(Mm mm, long address, long word) {
        long vpn = address >>> Mm.PAGE_SHIFT;
        PteTable table = mm.pageTable.lookup(vpn);
        if (table != null) {
            int i = PteTable.indexOf(vpn);
            table.lockForAccess();
            byte bits = table.bits(i);
            if ((bits & PteTable.WRITE) != 0 && table.entry(i) instanceof AnonPage page) {
                if ((bits & WRITTEN) != WRITTEN) {
                    table.setBits(i, (byte) (bits | WRITTEN));
                }
                page.setContent(word);
                table.unlockAfterAccess();
                return;
            }
            table.unlockAfterAccess();
        }
        writeSlowly(mm, address, word);
    }

    private void writeSlowly(Mm mm, long address, long word) {
        VmaImpl vma = lockAndFind(mm, address, Access.WRITE);
        try {
            PteTable table = makePresent(mm, vma, address, Access.WRITE);
            if (table.entry(PteTable.indexOf(address >>> Mm.PAGE_SHIFT)) instanceof AnonPage page) {
                page.setContent(word);
                table.unlock(machine.ptl);
            } else {
                table.unlock(machine.ptl);
                file(vma).setContent(vma.filePgoff(address), word);
            }
        } finally {
            mm.mmapLock.unlockRead();
        }
    }

    /** Makes a page present for reading. The caller holds the mmap lock for reading. */
    void populateRead(VmaImpl vma, long address) {
        makePresent(vma.mm(), vma, address, Access.READ).unlock(machine.ptl);
    }

    /** Makes a page present for writing. The caller holds the mmap lock for reading. */
    void populateWrite(VmaImpl vma, long address) {
        makePresent(vma.mm(), vma, address, Access.WRITE).unlock(machine.ptl);
    }

    private static ErrnoException fault(long address, String why) {
        return new ErrnoException(Errno.EFAULT, why + " at 0x" + Long.toHexString(address));
    }

    private static MappedFile file(VmaImpl vma) {
        MappedFile file = vma.file;
        if (file == null) {
            throw new IllegalStateException("file page in anonymous " + vma);
        }
        return file;
    }

    private static long fileContent(VmaImpl vma, long address) {
        return file(vma).content(vma.filePgoff(address));
    }

    /** lock_mm_and_find_vma and access_error: takes the mmap lock for reading. */
    private VmaImpl lockAndFind(Mm mm, long address, Access access) {
        mm.mmapLock.lockRead();
        VmaImpl vma = mm.find(address);
        if (vma != null && vma.start > address && vma.has(VM_GROWSDOWN)) {
            // Growing needs the lock for writing, and the VMA may be gone before that is had.
            mm.mmapLock.unlockRead();
            mm.mmapLock.lockWrite();
            try {
                expandStack(mm, address);
            } finally {
                mm.mmapLock.unlockWrite();
            }
            mm.mmapLock.lockRead();
            vma = mm.find(address);
        }
        String error = null;
        if (vma == null || vma.start > address) {
            error = "nothing is mapped";
        } else if (access == Access.WRITE ? !vma.has(VM_WRITE) : !vma.has(ACCESS_FLAGS)) {
            error = access + " is not allowed in " + vma;
        }
        if (error != null) {
            mm.mmapLock.unlockRead();
            throw fault(address, error);
        }
        return Objects.requireNonNull(vma);
    }

    /**
     * Grows the VMA above an address down to it (expand_stack_locked), if it may grow; otherwise changes nothing. The
     * caller holds the mmap lock for writing.
     */
    void expandStack(Mm mm, long address) {
        VmaImpl vma = mm.find(address);
        long page = address & Mm.PAGE_MASK;
        if (vma == null || vma.start <= page || !vma.has(VM_GROWSDOWN) || page < Mm.MMAP_MIN_ADDR) {
            return;
        }
        VmaImpl prev = vma.prev;
        if (prev != null && !prev.has(VM_GROWSDOWN) && prev.isAccessible() && page - prev.end < Mm.STACK_GUARD_GAP) {
            return;
        }
        try {
            prepare(vma);
        } catch (AllocationRefusedException e) {
            throw Machine.refused(e);
        }
        if (vma.end - page > machine.settings.stackLimit()) {
            return;
        }
        long grow = (vma.start - page) >> Mm.PAGE_SHIFT;
        if (grow > vma.pgoff) {
            return;
        }
        boolean accounted = vma.has(VM_ACCOUNT);
        if (accounted && !machine.tryCharge(grow)) {
            return;
        }
        try {
            machine.layout.resize(vma, page, vma.end, vma.pgoff - grow);
        } catch (AllocationRefusedException e) {
            if (accounted) {
                machine.uncharge(grow);
            }
            throw Machine.refused(e);
        }
    }

    /** Asks the strategy to make a VMA ready for anonymous pages, once (anon_vma_prepare). Refusals pass. */
    void prepare(VmaImpl vma) {
        if (!vma.isFaulted()) {
            machine.strategy.prepare(new Prepare(vma));
            vma.setFaulted(true);
        }
    }

    private record Prepare(VmaImpl vma) implements PrepareRequest {
        /** What mprotect may change later, and what merging ignores. */
        private static final long IGNORED = ACCESS_FLAGS | VM_MAYBE_GUARD;

        @Override
        public @Nullable Vma compatiblePrevious() {
            return vma.prev != null && areCompatible(vma.prev, vma) ? vma.prev : null;
        }

        @Override
        public @Nullable Vma compatibleNext() {
            return vma.next != null && areCompatible(vma, vma.next) ? vma.next : null;
        }

        private static boolean areCompatible(VmaImpl a, VmaImpl b) {
            return a.end == b.start
                    && a.policy == b.policy
                    && a.file == b.file
                    && ((a.flags() ^ b.flags()) & ~IGNORED) == 0
                    && b.pgoff == a.pgoff + a.pages();
        }
    }

    /**
     * Faults until the entry allows the access (handle_mm_fault, again and again). The caller holds the mmap lock for
     * reading.
     *
     * @return the page's table, locked
     */
    private PteTable makePresent(Mm mm, VmaImpl vma, long address, Access access) {
        if (machine.observer == null || access == Access.READ || vma.has(VM_SHARED)) {
            return handle(mm, vma, address, access);
        }
        // A page that is read back from swap may have to be copied at once. Reading back for a reader is rare enough to
        // reserve for itself.
        machine.reserveEntries(1 + machine.largeFolios.mostPages(vma));
        try {
            return handle(mm, vma, address, access);
        } finally {
            machine.releaseReserve();
        }
    }

    private PteTable handle(Mm mm, VmaImpl vma, long address, Access access) {
        long vpn = address >>> Mm.PAGE_SHIFT;
        int i = PteTable.indexOf(vpn);
        Task task = machine.task();
        task.work(1);
        machine.makeRoom(access == Access.WRITE ? machine.largeFolios.mostPages(vma) : 1, task);
        boolean needsPrepare = false;
        while (true) {
            if (needsPrepare) {
                try {
                    prepare(vma);
                } catch (AllocationRefusedException e) {
                    throw Machine.refused(e);
                }
            }
            PteTable table = mm.pageTable.lookupOrAdd(vpn);
            table.lock(machine.ptl, task);
            PteTarget entry = table.entry(i);
            if (entry == PteMarker.GUARD) {
                table.unlock(machine.ptl);
                throw fault(address, "guard marker");
            }
            if (entry == PteMarker.POISONED) {
                table.unlock(machine.ptl);
                throw new ErrnoException(
                        Errno.EHWPOISON, "page with a hardware error at 0x" + Long.toHexString(address));
            }
            if (entry instanceof SwapSlot slot) {
                table.unlock(machine.ptl);
                machine.swapIn.swapIn(
                        vma, address, slot, access == Access.WRITE ? SwapIn.For.WRITING : SwapIn.For.READING, task);
                continue;
            }
            if (entry instanceof MigrationEntry migration) {
                table.unlock(machine.ptl);
                waitFor(migration, task);
                continue;
            }
            if (access == Access.READ) {
                if (entry == null && machine.hugePmds.fits(vma, address, table)) {
                    if (!vma.isFaulted()) {
                        table.unlock(machine.ptl);
                        needsPrepare = true;
                        continue;
                    }
                    HugePmds.mapZero(table);
                } else if (entry == null) {
                    PteTarget page = vma.isAnonymous() ? PteMarker.ZERO_PAGE : PteMarker.FILE_PAGE;
                    table.set(i, page, (byte) 0);
                }
                table.setBits(i, (byte) (table.bits(i) | PteTable.ACCESSED));
                return table;
            }
            if ((table.bits(i) & PteTable.WRITE) != 0) {
                table.setBits(i, (byte) (table.bits(i) | WRITTEN));
                return table;
            }
            if (vma.has(VM_SHARED)) {
                table.set(i, PteMarker.FILE_PAGE, PteTable.WRITE);
                return table;
            }
            if (vma.isFaulted()) {
                makeWritable(vma, address, table, i, task);
                return table;
            }
            table.unlock(machine.ptl);
            needsPrepare = true;
        }
    }

    /** migration_entry_wait: the entry is replaced before the folio is unlocked. */
    void waitFor(MigrationEntry migration, Task task) {
        FolioImpl folio = migration.page().folio();
        machine.folioLock.lock(folio, task);
        machine.unlockFolio(folio, task);
    }

    /** A write to a private page whose entry is empty or read-only; the VMA is prepared. */
    private void makeWritable(VmaImpl vma, long address, PteTable table, int i, Task task) {
        if (table.huge() != null && machine.hugePmds.makeWritable(vma, address, table, task)) {
            return;
        }
        PteTarget entry = table.entry(i);
        if (entry == null && machine.hugePmds.fits(vma, address, table)) {
            machine.hugePmds.mapNew(vma, address, table, task);
        } else if (!(entry instanceof AnonPage page)) {
            if (entry == null && machine.largeFolios.map(vma, address, table, task)) {
                return;
            }
            // do_anonymous_page, do_cow_fault, or wp_page_copy of a zero or file page.
            long content = vma.isAnonymous() ? 0 : fileContent(vma, address);
            mapNew(vma, address, table, i, content, task);
        } else if (page.isAnonExclusive() || reuse(page, vma, task)) {
            table.setBits(i, (byte) (PteTable.WRITE | WRITTEN));
        } else {
            copy(page, vma, address, table, i, task);
        }
    }

    private void mapNew(VmaImpl vma, long address, PteTable table, int i, long content, Task task) {
        FolioImpl folio = new FolioImpl(machine.strategy.index(vma, address), content);
        machine.strategy.folioMapped(folio, vma);
        machine.addNew(folio, task);
        table.set(i, folio, (byte) (PteTable.WRITE | WRITTEN));
        if (machine.observer != null) {
            machine.observer.mapped(vma, address & Mm.PAGE_MASK, folio, 0);
        }
    }

    /**
     * wp_can_reuse_anon_folio: nobody else uses the folio, so this process keeps it. A reference that a folio batch holds
     * counts as a user, unless the folio is not on the LRU yet: then the batches are drained first. The swap cache lets a
     * folio go if no swap entry needs it. A folio that cannot be locked at once is copied: waiting here, with the
     * page-table lock held, could deadlock with a walk.
     */
    private boolean reuse(AnonPage page, VmaImpl vma, Task task) {
        FolioImpl folio = page.folio();
        if (folio.isKsm()) {
            return false;
        }
        if (folio instanceof LargeFolio large) {
            boolean alone = large.isUsedByOneSpace();
            if (alone) {
                page.setAnonExclusive();
            }
            return alone;
        }
        if (folio.references() > 3) {
            return false;
        }
        if (!folio.isOnLru()) {
            Machine.batches(task).drain();
        }
        int expected = folio.isInSwapCache() ? 2 : 1;
        if (folio.references() > expected || !folio.isMappedOnce() || !machine.folioLock.tryLock(folio, task)) {
            return false;
        }
        if (folio.isInSwapCache()) {
            machine.swap.freeCache(folio);
        }
        boolean alone = folio.references() == 1;
        if (alone) {
            machine.strategy.folioReused(folio, vma);
            folio.setAnonExclusive();
        }
        machine.unlockFolio(folio, task);
        return alone;
    }

    /** Gives a process a copy of its own of a KSM page (FAULT_FLAG_UNSHARE). The caller holds the mmap lock. */
    void unshare(VmaImpl vma, long address) {
        machine.reserveEntries(1);
        try {
            unshareReserved(vma, address);
        } finally {
            machine.releaseReserve();
        }
    }

    private void unshareReserved(VmaImpl vma, long address) {
        Task task = machine.task();
        machine.makeRoom(1, task);
        long vpn = address >>> Mm.PAGE_SHIFT;
        int i = PteTable.indexOf(vpn);
        PteTable table = vma.mm().pageTable.lookupOrAdd(vpn);
        while (true) {
            table.lock(machine.ptl, task);
            PteTarget entry = table.entry(i);
            if (entry instanceof FolioImpl folio && folio.isKsm()) {
                byte bits = table.bits(i);
                copy(folio, vma, address, table, i, task);
                table.setBits(i, bits);
            }
            table.unlock(machine.ptl);
            if (!(entry instanceof MigrationEntry migration)
                    || !migration.page().folio().isKsm()) {
                return;
            }
            waitFor(migration, task);
        }
    }

    /** wp_page_copy of a page that others map too. */
    private void copy(AnonPage shared, VmaImpl vma, long address, PteTable table, int i, Task task) {
        long content = shared.content();
        if (machine.observer != null) {
            machine.observer.unmapped(vma, address & Mm.PAGE_MASK, shared.folio(), shared.pageIndex());
        }
        mapNew(vma, address, table, i, content, task);
        machine.zap.unmap(shared, vma, task);
    }
}
