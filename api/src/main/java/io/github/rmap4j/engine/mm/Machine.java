package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.MemoryManager.FaultInjector;
import io.github.rmap4j.engine.account.Accounts;
import io.github.rmap4j.engine.account.CountedSlab;
import io.github.rmap4j.engine.account.LiveCount;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.lock.KernelLockClass;
import io.github.rmap4j.engine.lock.LockClasses;
import io.github.rmap4j.engine.page.FolioBatches;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.FolioLock;
import io.github.rmap4j.engine.page.PageTableLocks;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.Capability;
import io.github.rmap4j.spi.EntryObserver;
import io.github.rmap4j.spi.KsmItem;
import io.github.rmap4j.spi.RmapStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all address spaces of one manager share: settings, lock classes, slabs, the strategy and the mechanisms. */
public final class Machine {
    final Settings settings;
    final Accounts accounts;
    final KernelLockClass mmapLockClass;
    final KernelLockClass pageTableLockClass;
    final PageTableLocks ptl;
    final FolioLock folioLock;
    final CountedSlab<VmaImpl> vmas;
    final RmapStrategy strategy;
    final @Nullable EntryObserver observer;
    final FolioWalks walks;

    final ZapPages zap = new ZapPages(this);
    final MovePages movePages = new MovePages(this);
    final CopyPages copyPages = new CopyPages(this);
    final VmaLayout layout = new VmaLayout(this);
    final PageFault fault = new PageFault(this);
    final LargeFolios largeFolios = new LargeFolios(this);
    final HugePmds hugePmds = new HugePmds(this);
    final Collapse collapse = new Collapse(this);
    final SwapSpace swap = new SwapSpace(this);
    final SwapIn swapIn = new SwapIn(this);
    final Migration migration = new Migration(this);
    final Ksm ksm = new Ksm(this);
    final MemoryFailure memoryFailure = new MemoryFailure(this);
    final References references = new References(this);
    final UserfaultMove userfaultMove = new UserfaultMove(this);
    final FolioRanges folioRanges = new FolioRanges(this);
    final Reclaim reclaim = new Reclaim(this);
    final Populate populate = new Populate(this);
    final Munmap munmap = new Munmap(this);
    final Mmap mmap = new Mmap(this);
    final Brk brk = new Brk(this);
    final Mprotect mprotect = new Mprotect(this);
    final Mlock mlock = new Mlock(this);
    final Mseal mseal = new Mseal(this);
    final Mbind mbind = new Mbind(this);
    final Mremap mremap = new Mremap(this);
    final Madvise madvise = new Madvise(this);
    final Fork fork = new Fork(this);
    final Exec exec = new Exec(this);
    final ExitMmap exitMmap = new ExitMmap(this);
    final Compaction compaction = new Compaction(this);
    /** Null without a limit on resident pages: then nobody pays for lists. */
    private final @Nullable Lru lru;
    /** Counts folios for a strategy that makes them larger; null for others. */
    private final @Nullable LiveCount folios;

    private final SpaceList spaces = new SpaceList();
    private final AtomicLong committed = new AtomicLong();

    /**
     * A machine without address spaces.
     *
     * @param settings the settings
     * @param accounts where everything is counted
     * @param locks where lock classes are created
     * @param vmas the slab of VMAs
     * @param strategy the strategy
     * @param folios counts folios, or null
     * @param walks makes what walks the reverse map of this machine
     */
    public Machine(
            Settings settings,
            Accounts accounts,
            LockClasses locks,
            CountedSlab<VmaImpl> vmas,
            RmapStrategy strategy,
            @Nullable LiveCount folios,
            Function<Machine, FolioWalks> walks) {
        this.settings = settings;
        this.accounts = accounts;
        this.vmas = vmas;
        this.mmapLockClass = locks.create("mmap_lock");
        this.folioLock = new FolioLock(locks.create("folio_lock"));
        this.pageTableLockClass = locks.create("page_table_lock");
        this.ptl = new PageTableLocks(locks.create("ptl"), locks.create("ptl/1"));
        this.lru = settings.residentLimit() == Settings.NO_RESIDENT_LIMIT
                ? null
                : new Lru(this, settings.residentLimit(), locks.create("lruvec"));
        this.strategy = strategy;
        this.folios = folios;
        this.observer = strategy.entryObserver();
        this.walks = walks.apply(this);
    }

    /**
     * The strategy.
     *
     * @return the strategy
     */
    public RmapStrategy strategy() {
        return strategy;
    }

    /**
     * The folio lock.
     *
     * @return it
     */
    public FolioLock folioLock() {
        return folioLock;
    }

    /**
     * The page-table lock classes.
     *
     * @return them
     */
    public PageTableLocks ptl() {
        return ptl;
    }

    /**
     * The counters.
     *
     * @return them
     */
    public Accounts accounts() {
        return accounts;
    }

    /**
     * The forks.
     *
     * @return whether one has run
     */
    public ForkProgress forks() {
        return fork.progress();
    }

    /**
     * The walks.
     *
     * @return the walker of this machine
     */
    public FolioWalks walks() {
        return walks;
    }

    Task task() {
        return accounts.current();
    }

    /** A new folio, which is about to be mapped, waits for the LRU list. */
    void addNew(FolioImpl folio, Task task) {
        batches(task).addNew(folio);
        addResident(folio);
    }

    /** Memory is used for a folio, which took the place of another one or of its page. */
    void addResident(FolioImpl folio) {
        if (folios != null) {
            folios.born();
        }
        if (lru != null) {
            lru.added(folio);
        }
    }

    /** A folio's memory is free. */
    void removeResident(FolioImpl folio) {
        if (folios != null) {
            folios.gone();
        }
        if (lru != null) {
            lru.freed(folio);
        }
    }

    /** Reclaims, if need be, before so many pages are used. The caller holds no lock but mmap locks. */
    void makeRoom(int pages, Task task) {
        if (lru != null) {
            lru.makeRoom(pages, task);
        }
    }

    /**
     * Migrates every folio.
     *
     * @return how many stayed
     */
    public int compact() {
        return compaction.compact();
    }

    /**
     * Whether an entry that maps the folio was used.
     *
     * @param folio the folio
     * @return true if one was
     */
    public boolean isYoung(FolioImpl folio) {
        return references.isYoung(folio, task());
    }

    /**
     * Forgets that the folio was used.
     *
     * @param folio the folio
     */
    public void markOld(FolioImpl folio) {
        references.markOld(folio, task());
    }

    /**
     * Makes sure that the observer can be told of so many new entries under page-table locks, where nothing can be refused.
     * {@link #releaseReserve} follows in any case.
     *
     * @throws ErrnoException ENOMEM if refused; nothing is reserved then
     */
    void reserveEntries(int entries) {
        if (observer != null) {
            try {
                observer.reserve(entries);
            } catch (AllocationRefusedException e) {
                throw refused(e);
            }
        }
    }

    void releaseReserve() {
        if (observer != null) {
            observer.release();
        }
    }

    /** A VMA that is not part of the layout, or not any more, goes away, unless the strategy retains it. */
    void free(VmaImpl vma) {
        if (vma.drop()) {
            vmas.free(vma);
        }
    }

    /**
     * What an entry holds at the moment. The mmap lock need not be held: page tables are safe to look up, and somebody who
     * waits for the lock of a folio may have it.
     */
    @Nullable
    PteTarget entryAt(Mm mm, long address, Task task) {
        long vpn = address >>> Mm.PAGE_SHIFT;
        PteTable table = mm.pageTable.lookup(vpn);
        if (table == null) {
            return null;
        }
        table.lock(ptl, task);
        PteTarget entry = table.entry(PteTable.indexOf(vpn));
        table.unlock(ptl);
        return entry;
    }

    /** The folio batches of the calling thread. */
    static FolioBatches batches(Task task) {
        if (task.kept(Task.Kept.FOLIO_BATCHES) instanceof FolioBatches batches) {
            return batches;
        }
        FolioBatches fresh = new FolioBatches();
        task.keep(Task.Kept.FOLIO_BATCHES, fresh);
        return fresh;
    }

    /**
     * Releases a folio's lock. Whoever unmapped it meanwhile could not take it out of the swap cache: that is done now.
     *
     * @param folio the folio
     * @param task the calling thread's task
     */
    public void unlockFolio(FolioImpl folio, Task task) {
        folioLock.unlock(folio);
        if (folio.isInSwapCache() && folio.mapcount() == 0) {
            swap.tryToFreeCache(folio, task);
        }
    }

    /**
     * Which entries that map a folio were used.
     *
     * @param folio the folio
     * @return how many, or -1
     */
    public int referenced(FolioImpl folio) {
        return references.referenced(folio, task());
    }

    /**
     * What a walk of a KSM folio has to look at.
     *
     * @param folio the folio, locked
     * @return its items
     */
    public List<? extends KsmItem> ksmItems(FolioImpl folio) {
        return ksm.itemsOf(folio);
    }

    /**
     * Merges pages of equal content.
     *
     * @return how many were merged
     */
    public int ksmScan() {
        return ksm.scan();
    }

    /** The address spaces with users, in order of creation. */
    List<Mm> listed() {
        return spaces.all();
    }

    /**
     * Swap slots in use.
     *
     * @return how many
     */
    public long swapSlots() {
        return swap.used();
    }

    /**
     * Creates an address space that is nobody's child.
     *
     * @return the space
     */
    public Mm createSpace() {
        Mm mm = new Mm(this, spaces.newId());
        try {
            strategy.spaceCreated(mm);
        } catch (AllocationRefusedException e) {
            throw refused(e);
        }
        spaces.add(mm);
        return mm;
    }

    /** A space that is not listed yet; a refusal of the strategy passes. */
    Mm createUnlisted() {
        Mm mm = new Mm(this, spaces.newId());
        strategy.spaceCreated(mm);
        return mm;
    }

    void list(Mm mm) {
        spaces.add(mm);
    }

    void unlist(Mm mm) {
        spaces.remove(mm);
    }

    /**
     * The address spaces with users.
     *
     * @return a copy, in order of creation
     */
    public List<AddressSpace> spaces() {
        return new ArrayList<>(spaces.all());
    }

    /** Charges pages to the commit limit (security_vm_enough_memory_mm). */
    void charge(long pages) {
        if (!tryCharge(pages)) {
            throw new ErrnoException(Errno.ENOMEM, pages + " pages exceed the commit limit");
        }
    }

    boolean tryCharge(long pages) {
        if (settings.commitLimit() == Settings.NO_COMMIT_LIMIT || pages == 0) {
            return true;
        }
        boolean fits = committed.addAndGet(pages) <= settings.commitLimit();
        if (!fits) {
            committed.addAndGet(-pages);
        }
        return fits;
    }

    /** Charges pages that somebody has already; cannot fail (vm_acct_memory). */
    void account(long pages) {
        uncharge(-pages);
    }

    void uncharge(long pages) {
        if (settings.commitLimit() != Settings.NO_COMMIT_LIMIT) {
            committed.addAndGet(-pages);
        }
    }

    /** Refuses what needs a capability that the strategy does not declare. */
    void require(Capability capability, String what) {
        if (!settings.has(capability)) {
            throw new ErrnoException(Errno.EINVAL, what + " needs " + capability.word());
        }
    }

    /** What a caller is told when a slab refused. */
    static ErrnoException refused(AllocationRefusedException e) {
        return new ErrnoException(Errno.ENOMEM, "allocation from slab '" + e.slab() + "' refused");
    }

    /** Where Linux allocates maple nodes for a change of the VMA tree; ours need none, but a refusal is possible. */
    void preallocateTreeNodes() {
        FaultInjector injector = settings.injector();
        if (injector != null && injector.refuse("maple_node")) {
            throw new AllocationRefusedException("maple_node");
        }
    }
}
