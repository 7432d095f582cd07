package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.PageVisitor;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.lock.KernelMutex;
import io.github.rmap4j.engine.lock.KernelRwLock;
import io.github.rmap4j.engine.lock.Waiting;
import io.github.rmap4j.engine.page.PageTable;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.Mutex;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An mm_struct. The mmap lock guards the VMA tree and every VMA's fields: held for reading by faults, for writing by
 * whatever changes the layout.
 */
public final class Mm implements AddressSpace {
    static final int PAGE_SHIFT = MemoryManager.PAGE_SHIFT;
    static final long PAGE_SIZE = MemoryManager.PAGE_SIZE;
    static final long PAGE_MASK = -PAGE_SIZE;
    static final long TASK_SIZE = MemoryManager.TASK_SIZE;
    /** 256 pages, the default of the kernel parameter stack_guard_gap. */
    static final long STACK_GUARD_GAP = 256 * PAGE_SIZE;
    /** The default of sysctl vm.mmap_min_addr. */
    static final long MMAP_MIN_ADDR = 65536;

    private static final VarHandle STATE;
    private static final VarHandle LAYOUT_SEQUENCE;
    private static final VarHandle MOVE_SEQUENCE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Mm.class, "strategyState", Object.class);
            LAYOUT_SEQUENCE = lookup.findVarHandle(Mm.class, "layoutSequence", int.class);
            MOVE_SEQUENCE = lookup.findVarHandle(Mm.class, "moveSequence", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Machine machine;
    private final int id;
    final KernelRwLock mmapLock;
    private final Mutex pageTableLock;
    final PageTable pageTable;
    final VmaTree vmas = new VmaTree();
    private final AtomicInteger users = new AtomicInteger(1);
    /** The VMA that a fault found last; racy, but checked against its range under the mmap lock. */
    private @Nullable VmaImpl lastFound;
    /** Odd while the VMA tree or a VMA's range changes, so that a reader without the mmap lock looks again. */
    private int layoutSequence;

    /** Changes whenever page-table entries have moved to other addresses, so that a scan of all tables looks again. */
    private int moveSequence;

    private @Nullable Object strategyState;

    /** Guarded by the part of the {@link SpaceList} that this space is listed in. */
    SpaceList.@Nullable Part listedIn;

    @Nullable
    Mm listPrev;

    @Nullable
    Mm listNext;

    long startBrk;
    long brk;
    long mmapBase;
    /** New VMAs get VM_MERGEABLE (MMF_VM_MERGE_ANY). Written with the mmap lock held for writing. */
    boolean mergesAny;
    /** Set once, with the mmap lock held for writing. */
    private volatile boolean forkForbidden;

    Mm(Machine machine, int id) {
        this.machine = machine;
        this.id = id;
        this.mmapLock = KernelRwLock.of(machine.mmapLockClass);
        this.pageTableLock = KernelMutex.of(machine.pageTableLockClass);
        this.pageTable = new PageTable(pageTableLock);
        ExecLayout standard = ExecLayout.standard();
        setLayout(standard.brkStart(), standard.mmapBase());
    }

    void setLayout(long newStartBrk, long newMmapBase) {
        startBrk = newStartBrk;
        brk = newStartBrk;
        mmapBase = newMmapBase;
    }

    static long pageAlign(long bytes) {
        return (bytes + PAGE_SIZE - 1) & PAGE_MASK;
    }

    static boolean isAligned(long address) {
        return (address & (PAGE_SIZE - 1)) == 0;
    }

    @Override
    public int id() {
        return id;
    }

    /**
     * The page_table_lock.
     *
     * @return the lock
     */
    public Mutex pageTableLock() {
        return pageTableLock;
    }

    /**
     * The page tables.
     *
     * @return the tree of page tables
     */
    public PageTable pageTable() {
        return pageTable;
    }

    /**
     * The strategy's state.
     *
     * @return what it keeps, or null
     */
    public @Nullable Object strategyState() {
        return STATE.getAcquire(this);
    }

    /**
     * Sets the strategy's state.
     *
     * @param state what it keeps, or null
     */
    public void setStrategyState(@Nullable Object state) {
        STATE.setRelease(this, state);
    }

    /** The first VMA that ends above an address. The caller holds the mmap lock. */
    @Nullable
    VmaImpl find(long address) {
        VmaImpl hint = lastFound;
        if (hint != null && hint.start <= address && address < hint.end && hint.isAttached() && hint.mm == this) {
            return hint;
        }
        VmaImpl found = vmas.find(address);
        if (found != null) {
            lastFound = found;
        }
        return found;
    }

    /** The VMA that contains an address. The caller holds the mmap lock. */
    @Nullable
    VmaImpl lookup(long address) {
        VmaImpl found = find(address);
        return found != null && found.start <= address ? found : null;
    }

    /** The first VMA that overlaps a range. The caller holds the mmap lock. */
    @Nullable
    VmaImpl intersection(long start, long end) {
        VmaImpl found = find(start);
        return found != null && found.start < end ? found : null;
    }

    /** The last VMA that ends at or below an address. The caller holds the mmap lock. */
    @Nullable
    VmaImpl previous(long address) {
        VmaImpl above = vmas.find(address);
        return above != null ? above.prev : vmas.last();
    }

    void forgetLastFound() {
        lastFound = null;
    }

    /** Announces to readers without the mmap lock that the layout changes. The caller holds it for writing. */
    void beginLayoutChange() {
        LAYOUT_SEQUENCE.setOpaque(this, layoutSequence + 1);
        VarHandle.storeStoreFence();
    }

    void endLayoutChange() {
        LAYOUT_SEQUENCE.setRelease(this, layoutSequence + 1);
    }

    /** Entries move to other addresses now. The caller holds the mmap lock, perhaps for reading, and page-table locks. */
    void countMove() {
        MOVE_SEQUENCE.getAndAdd(this, 1);
    }

    /**
     * How often entries have moved to other addresses.
     *
     * @return a number; a scan of all page tables that sees it change must scan again
     */
    public int moveSequence() {
        return (int) MOVE_SEQUENCE.getAcquire(this);
    }

    /**
     * Finds the VMA that contains an address without the mmap lock.
     *
     * @param address the address
     * @return the VMA at some moment during the call, or null
     */
    public @Nullable VmaImpl lookupLockless(long address) {
        int attempts = 0;
        while (true) {
            int before = (int) LAYOUT_SEQUENCE.getAcquire(this);
            if ((before & 1) == 0) {
                VmaImpl floor = vmas.floor(address);
                VmaImpl found = floor != null && floor.start <= address && address < floor.end ? floor : null;
                VarHandle.acquireFence();
                if ((int) LAYOUT_SEQUENCE.getOpaque(this) == before) {
                    return found;
                }
            }
            if (Waiting.gaveWay("layout")) {
                continue;
            }
            // Changes are short, but their thread may have lost its processor.
            if (++attempts < 64) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    private void checkAlive() {
        if (users.get() <= 0) {
            throw new IllegalStateException("address space " + id + " has no users any more");
        }
    }

    /** Runs a change of the layout. */
    private void lockForChange() {
        checkAlive();
        mmapLock.lockWrite();
        if (users.get() <= 0) {
            mmapLock.unlockWrite();
            checkAlive();
        }
    }

    @Override
    public long mmap(long address, long length, int prot, int flags) {
        int kind = flags & (MapFlags.MAP_SHARED | MapFlags.MAP_PRIVATE);
        if (kind == MapFlags.MAP_SHARED) {
            // Linux makes a nameless tmpfs file (shmem_zero_setup), which only this mapping and its copies share.
            return map(address, length, prot, flags, MappedFile.of(MappedFile.Kind.SHMEM, "/dev/zero (deleted)"), 0);
        }
        return map(address, length, prot, kind == 0 ? flags | MapFlags.MAP_PRIVATE : flags, null, 0);
    }

    @Override
    public long mmap(long address, long length, int prot, int flags, MappedFile file, long offset) {
        return map(address, length, prot, flags, file, offset);
    }

    private long map(long address, long length, int prot, int flags, @Nullable MappedFile file, long offset) {
        lockForChange();
        long start;
        try {
            start = machine.mmap.mmap(this, address, length, prot, flags, file, offset);
        } finally {
            mmapLock.unlockWrite();
        }
        machine.mmap.populateIfAsked(this, start, length, flags);
        return start;
    }

    @Override
    public void munmap(long start, long length) {
        lockForChange();
        try {
            machine.munmap.munmap(this, start, length);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public void mprotect(long start, long length, int prot) {
        lockForChange();
        try {
            machine.mprotect.mprotect(this, start, length, prot);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public long mremap(long oldAddress, long oldLength, long newLength, int flags, long newAddress) {
        Mremap.Request request = new Mremap.Request(oldAddress, oldLength, newLength, flags, newAddress);
        lockForChange();
        long result;
        try {
            result = machine.mremap.mremap(this, request);
        } finally {
            mmapLock.unlockWrite();
        }
        machine.mremap.populateExpansion(this, request);
        return result;
    }

    @Override
    public void madvise(long start, long length, Advice advice) {
        checkAlive();
        machine.madvise.madvise(this, start, length, advice);
    }

    @Override
    public void mlock(long start, long length) {
        lockForChange();
        try {
            machine.mlock.lock(this, start, length);
        } finally {
            mmapLock.unlockWrite();
        }
        machine.mlock.populateLocked(this, start, length);
    }

    @Override
    public void munlock(long start, long length) {
        lockForChange();
        try {
            machine.mlock.unlock(this, start, length);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public void mseal(long start, long length) {
        lockForChange();
        try {
            machine.mseal.mseal(this, start, length);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public void mbind(long start, long length, int policy) {
        lockForChange();
        try {
            machine.mbind.mbind(this, start, length, policy);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public List<AddressSpace> poison(long address) {
        checkAlive();
        return machine.memoryFailure.poison(this, address);
    }

    @Override
    public void userfaultMove(long destination, long source, long length) {
        checkAlive();
        machine.require(Capability.USERFAULT_MOVE, "UFFDIO_MOVE");
        mmapLock.lockRead();
        try {
            machine.userfaultMove.move(this, destination, source, length);
        } finally {
            mmapLock.unlockRead();
        }
    }

    @Override
    public int migrate(long start, long length) {
        checkAlive();
        return machine.folioRanges.migrate(this, start, length);
    }

    @Override
    public int splitFolios(long start, long length) {
        checkAlive();
        return machine.folioRanges.split(this, start, length);
    }

    @Override
    public int reclaim(long start, long length) {
        checkAlive();
        return machine.folioRanges.reclaim(this, start, length);
    }

    @Override
    public void enableMemoryMerge() {
        checkAlive();
        machine.require(Capability.KSM, "PR_SET_MEMORY_MERGE");
        mmapLock.lockWrite();
        Ksm.enable(this);
        mmapLock.unlockWrite();
    }

    @Override
    public void disableMemoryMerge() {
        checkAlive();
        machine.require(Capability.KSM, "PR_SET_MEMORY_MERGE");
        mmapLock.lockWrite();
        try {
            machine.ksm.disable(this);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public void forbidFork() {
        lockForChange();
        forkForbidden = true;
        mmapLock.unlockWrite();
    }

    @Override
    public boolean isForkForbidden() {
        return forkForbidden;
    }

    @Override
    public long brk(long newBrk) {
        lockForChange();
        try {
            return machine.brk.brk(this, newBrk);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public long read(long address) {
        checkAlive();
        return machine.fault.read(this, address);
    }

    @Override
    public void write(long address, long word) {
        checkAlive();
        machine.fault.write(this, address, word);
    }

    @Override
    public AddressSpace fork() {
        lockForChange();
        try {
            return machine.fork.fork(this);
        } finally {
            mmapLock.unlockWrite();
        }
    }

    @Override
    public AddressSpace share() {
        int now;
        do {
            now = users.get();
            if (now <= 0) {
                checkAlive();
            }
        } while (!users.compareAndSet(now, now + 1));
        return this;
    }

    @Override
    public AddressSpace exec(ExecLayout layout) {
        checkAlive();
        Mm fresh = machine.exec.exec(this, layout);
        exit();
        return fresh;
    }

    @Override
    public void exit() {
        int now;
        do {
            now = users.get();
            if (now <= 0) {
                checkAlive();
            }
        } while (!users.compareAndSet(now, now - 1));
        if (now == 1) {
            mmapLock.lockWrite();
            try {
                machine.exitMmap.exit(this);
            } finally {
                mmapLock.unlockWrite();
            }
            machine.unlist(this);
        }
    }

    @Override
    public boolean isAlive() {
        return users.get() > 0;
    }

    @Override
    public @Nullable Vma vmaAt(long address) {
        mmapLock.lockForInspection();
        try {
            return lookup(address);
        } finally {
            mmapLock.unlockAfterInspection();
        }
    }

    @Override
    public List<Vma> vmas() {
        mmapLock.lockForInspection();
        try {
            List<Vma> copy = new ArrayList<>(vmas.size());
            for (VmaImpl vma = vmas.first(); vma != null; vma = vma.next) {
                copy.add(vma);
            }
            return copy;
        } finally {
            mmapLock.unlockAfterInspection();
        }
    }

    @Override
    public int mapCount() {
        return vmas.size();
    }

    @Override
    public @Nullable Folio folioAt(long address) {
        return Inspection.folioAt(this, address);
    }

    @Override
    public void forEachPage(long start, long end, PageVisitor visitor) {
        Inspection.forEachPage(this, start, end, visitor);
    }

    Task task() {
        return machine.task();
    }

    /** Checks the VMA tree and that what is mapped fits the VMAs. No operation runs meanwhile. */
    public void verify() {
        vmas.verify();
        Inspection.verify(this);
    }

    @Override
    public String toString() {
        return "mm " + id;
    }
}
