package io.github.rmap4j.engine.page;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.lock.KernelLockClass;
import io.github.rmap4j.engine.lock.Waiting;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A last-level page table: 512 entries, 2 MiB of addresses, one lock (ptl). Every entry is read and written under it.
 *
 * <p>It also stands for the entry of the directory above it (pmd), which may map all 2 MiB at once instead of naming a
 * table. Then all entries can be read as if there were a table, and share their bits, but none can be changed alone: see
 * {@link #splitHuge}.
 */
public final class PteTable {
    /** Entries of a table. */
    public static final int ENTRIES = 512;

    /** Binary logarithm of {@link #ENTRIES}. */
    public static final int SHIFT = 9;

    /** Hardware lets a process write without a fault. */
    public static final byte WRITE = 1;

    /** Present for the kernel but not for the process (PROT_NONE). */
    public static final byte PROT_NONE = 2;

    /** The process has used the page since this was last cleared (pte_young). */
    public static final byte ACCESSED = 4;

    /** The process has written the page since this was last cleared. */
    public static final byte DIRTY = 8;

    /** In a swap entry: the page belonged to this process alone (pte_swp_exclusive). */
    public static final byte SWAP_EXCLUSIVE = 16;

    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(PteTable.class, "lock", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The addresses it covers: virtual page number divided by {@link #ENTRIES}. */
    final long number;

    /** Entries and bits in parts that come into being when they are filled: most tables of a small process hold little. */
    private final @Nullable Part[] parts = new @Nullable Part[ENTRIES / Part.ENTRIES];

    /** What is mapped at once: a folio of 512 pages, a migration entry for one, or the zero page. */
    private @Nullable PteTarget huge;

    private byte hugeBits;
    /** Whether the directory's entry names a table, be it an empty one. */
    private boolean populated;
    /** Entries that are not empty. */
    private int used;
    /** Unlinked from the page-table tree: whoever finds this after locking must look the table up again. */
    private boolean dead;

    @SuppressWarnings("unused") // through LOCK
    private int lock;

    private static final class Part {
        static final int SHIFT = 6;
        static final int ENTRIES = 1 << SHIFT;

        final @Nullable PteTarget[] entries = new @Nullable PteTarget[ENTRIES];
        final byte[] bits = new byte[ENTRIES];
    }

    PteTable(long number) {
        this.number = number;
    }

    /**
     * Index of a page's entry.
     *
     * @param vpn virtual page number
     * @return the index in its table
     */
    public static int indexOf(long vpn) {
        return (int) vpn & (ENTRIES - 1);
    }

    /**
     * First page.
     *
     * @return virtual page number of entry 0
     */
    public long firstVpn() {
        return number << SHIFT;
    }

    /**
     * What an entry holds.
     *
     * @param i its index
     * @return the target, or null for an empty entry
     */
    public @Nullable PteTarget entry(int i) {
        if (huge != null) {
            return partOf(huge, i);
        }
        Part part = parts[i >>> Part.SHIFT];
        return part == null ? null : part.entries[i & (Part.ENTRIES - 1)];
    }

    /**
     * Bits of an entry.
     *
     * @param i its index
     * @return a set of {@link #WRITE} and the others
     */
    public byte bits(int i) {
        if (huge != null) {
            return hugeBits;
        }
        Part part = parts[i >>> Part.SHIFT];
        return part == null ? 0 : part.bits[i & (Part.ENTRIES - 1)];
    }

    /**
     * Fills or replaces an entry.
     *
     * @param i its index
     * @param target what it holds
     * @param newBits its bits
     */
    public void set(int i, PteTarget target, byte newBits) {
        checkSplit();
        populated = true;
        Part part = parts[i >>> Part.SHIFT];
        if (part == null) {
            part = new Part();
            parts[i >>> Part.SHIFT] = part;
        }
        int at = i & (Part.ENTRIES - 1);
        if (part.entries[at] == null) {
            used++;
        }
        part.entries[at] = target;
        part.bits[at] = newBits;
    }

    /**
     * Changes the bits of an entry that is not empty, or of all if all are mapped at once.
     *
     * @param i its index
     * @param newBits the bits
     */
    public void setBits(int i, byte newBits) {
        if (huge != null) {
            hugeBits = newBits;
            return;
        }
        Part part = parts[i >>> Part.SHIFT];
        if (part == null) {
            throw new IllegalStateException("entry " + i + " is empty");
        }
        part.bits[i & (Part.ENTRIES - 1)] = newBits;
    }

    /**
     * Empties an entry.
     *
     * @param i its index
     */
    public void clear(int i) {
        checkSplit();
        Part part = parts[i >>> Part.SHIFT];
        int at = i & (Part.ENTRIES - 1);
        if (part != null && part.entries[at] != null) {
            part.entries[at] = null;
            part.bits[at] = 0;
            used--;
        }
    }

    /**
     * How many entries are not empty.
     *
     * @return the number
     */
    public int used() {
        return huge != null ? ENTRIES : used;
    }

    private static PteTarget partOf(PteTarget whole, int i) {
        if (whole instanceof LargeFolio folio) {
            return folio.page(i);
        }
        return whole instanceof MigrationEntry migration && migration.page() instanceof LargeFolio folio
                ? new MigrationEntry(folio.page(i))
                : whole;
    }

    private void checkSplit() {
        if (huge != null) {
            throw new IllegalStateException("entries of a huge mapping cannot be changed alone");
        }
    }

    /**
     * What is mapped at once (pmd_trans_huge, is_pmd_migration_entry).
     *
     * @return a folio of 512 pages, a migration entry whose page is such a folio, or the zero page; null if there is a
     *     table or nothing
     */
    public @Nullable PteTarget huge() {
        return huge;
    }

    /**
     * Whether there is neither a table nor anything mapped (pmd_none).
     *
     * @return true if everything could be mapped at once
     */
    public boolean isVacant() {
        return huge == null && !populated;
    }

    /**
     * Maps everything at once.
     *
     * @param whole the folio, the migration entry or the zero page
     * @param newBits bits for all of it
     */
    public void setHuge(PteTarget whole, byte newBits) {
        if (used > 0) {
            throw new IllegalStateException(used + " pages are mapped by the table");
        }
        huge = whole;
        hugeBits = newBits;
        populated = false;
    }

    /** Maps nothing any more; nothing is left but {@link #isVacant}. */
    public void clearHuge() {
        huge = null;
    }

    /** Replaces what maps everything at once by a table that maps the same page by page (__split_huge_pmd). */
    public void splitHuge() {
        PteTarget whole = huge;
        if (whole != null) {
            huge = null;
            for (int i = 0; i < ENTRIES; i++) {
                set(i, partOf(whole, i), hugeBits);
            }
        }
    }

    /** There is a table from now on, be it an empty one (pte_alloc). */
    public void populate() {
        checkSplit();
        populated = true;
    }

    /** The empty table goes away (try_to_free_pte). */
    public void vacate() {
        if (used() > 0) {
            throw new IllegalStateException("a table that maps " + used() + " pages is in use");
        }
        populated = false;
    }

    /**
     * Whether the table was unlinked.
     *
     * @return true if the table must be looked up again
     */
    public boolean isDead() {
        return dead;
    }

    /** Marks the table as unlinked. The caller holds its lock and removes it from the tree afterwards. */
    public void die() {
        dead = true;
    }

    /**
     * Takes the table's lock.
     *
     * @param locks counts it
     * @param task the calling thread's task
     */
    public void lock(PageTableLocks locks, Task task) {
        locks.outer().enter(task);
        acquire(locks.outer(), task);
    }

    /**
     * Takes the table's lock on behalf of a processor that reads or writes memory through a present entry: no lock is
     * taken in Linux, so none is counted.
     */
    public void lockForAccess() {
        if (!LOCK.compareAndSet(this, 0, 1)) {
            spin();
        }
    }

    /** Releases the lock taken with {@link #lockForAccess}. */
    public void unlockAfterAccess() {
        LOCK.setRelease(this, 0);
    }

    /**
     * Takes the table's lock while holding that of another one; only under the mmap lock for writing.
     *
     * @param locks counts it
     * @param task the calling thread's task
     */
    public void lockNested(PageTableLocks locks, Task task) {
        locks.nested().enter(task);
        acquire(locks.nested(), task);
    }

    private void acquire(KernelLockClass lockClass, Task task) {
        if (LOCK.compareAndSet(this, 0, 1)) {
            return;
        }
        lockClass.contended(task);
        spin();
    }

    private void spin() {
        int spins = 0;
        while (!LOCK.weakCompareAndSetAcquire(this, 0, 1)) {
            if (Waiting.gaveWay("page table")) {
                continue;
            }
            // A holder never sleeps, but it may have lost its processor.
            if (++spins < 128) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /**
     * Releases the lock taken with {@link #lock}.
     *
     * @param locks counts it
     */
    public void unlock(PageTableLocks locks) {
        LOCK.setRelease(this, 0);
        locks.outer().leave();
    }

    /**
     * Releases the lock taken with {@link #lockNested}.
     *
     * @param locks counts it
     */
    public void unlockNested(PageTableLocks locks) {
        LOCK.setRelease(this, 0);
        locks.nested().leave();
    }
}
