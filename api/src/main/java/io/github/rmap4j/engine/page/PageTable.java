package io.github.rmap4j.engine.page;

import io.github.rmap4j.spi.Mutex;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The page-table tree of one address space: directories (the part of pgd, pud and pmd) above the {@link PteTable}s.
 *
 * <p>Lookups take no lock. Tables are added under the page_table_lock, with the mmap lock held at least for reading, and
 * removed with the mmap lock held for writing. A lookup that races with removal gets a dead table, which stays empty; so
 * a reader may believe what it finds, and a writer checks {@link PteTable#isDead} after locking.
 */
public final class PageTable {
    /**
     * The kernel's directories are pages: 512 entries on three levels. A process of a simulation is small more often than
     * not, and its directories would be most of what a fork writes; so there are more levels of small ones.
     */
    private static final int DIRECTORY_LEVELS = 5;

    private static final int DIRECTORY_SHIFT = 6;
    private static final int DIRECTORY_ENTRIES = 1 << DIRECTORY_SHIFT;
    private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);

    private static final class Directory {
        final @Nullable Object[] slots = new @Nullable Object[DIRECTORY_ENTRIES];
        int used;
    }

    private final Directory root = new Directory();
    private final Mutex pageTableLock;
    /** The table last found (a page-walk cache); racy, but a table knows its own number and never changes it. */
    private @Nullable PteTable cached;

    private long tables;

    /**
     * An empty tree.
     *
     * @param pageTableLock guards additions
     */
    public PageTable(Mutex pageTableLock) {
        this.pageTableLock = pageTableLock;
    }

    private static int slot(long number, int level) {
        return (int) (number >>> (level * DIRECTORY_SHIFT)) & (DIRECTORY_ENTRIES - 1);
    }

    /**
     * Finds the table of a page.
     *
     * @param vpn virtual page number
     * @return the table, or null
     */
    public @Nullable PteTable lookup(long vpn) {
        long number = vpn >>> PteTable.SHIFT;
        PteTable table = cached;
        if (table != null && table.number == number && !table.isDead()) {
            return table;
        }
        if (number >>> (DIRECTORY_LEVELS * DIRECTORY_SHIFT) != 0) {
            return null;
        }
        Directory directory = root;
        for (int level = DIRECTORY_LEVELS - 1; level > 0; level--) {
            directory = (Directory) SLOTS.getAcquire(directory.slots, slot(number, level));
            if (directory == null) {
                return null;
            }
        }
        table = (PteTable) SLOTS.getAcquire(directory.slots, slot(number, 0));
        if (table != null) {
            cached = table;
        }
        return table;
    }

    /**
     * Finds or adds the table of a page (pte_alloc). The caller holds the mmap lock.
     *
     * @param vpn virtual page number
     * @return the table
     */
    public PteTable lookupOrAdd(long vpn) {
        PteTable table = lookup(vpn);
        if (table != null && !table.isDead()) {
            return table;
        }
        pageTableLock.lock();
        try {
            table = add(vpn >>> PteTable.SHIFT);
        } finally {
            pageTableLock.unlock();
        }
        cached = table;
        return table;
    }

    private PteTable add(long number) {
        Directory directory = root;
        for (int level = DIRECTORY_LEVELS - 1; level > 0; level--) {
            int slot = slot(number, level);
            Directory next = (Directory) directory.slots[slot];
            if (next == null) {
                next = new Directory();
                SLOTS.setRelease(directory.slots, slot, next);
                directory.used++;
            }
            directory = next;
        }
        int slot = slot(number, 0);
        PteTable table = (PteTable) directory.slots[slot];
        if (table == null) {
            table = new PteTable(number);
            SLOTS.setRelease(directory.slots, slot, table);
            directory.used++;
            tables++;
        }
        return table;
    }

    /**
     * The first table at or after a page.
     *
     * @param vpn virtual page number
     * @param endVpn where to stop, exclusive
     * @return the table that covers {@code vpn}, or else the next one that starts before {@code endVpn}, or null
     */
    public @Nullable PteTable next(long vpn, long endVpn) {
        if (vpn >= endVpn) {
            return null;
        }
        PteTable hit = cached;
        if (hit != null && hit.number == vpn >>> PteTable.SHIFT && !hit.isDead()) {
            return hit;
        }
        PteTable found = next(root, DIRECTORY_LEVELS - 1, vpn >>> PteTable.SHIFT, (endVpn - 1) >>> PteTable.SHIFT);
        if (found != null) {
            cached = found;
        }
        return found;
    }

    private static @Nullable PteTable next(Directory directory, int level, long first, long last) {
        // Between first and last the numbers share what is above this directory.
        int to = slot(last, level);
        for (int i = slot(first, level); i <= to; i++) {
            Object below = SLOTS.getAcquire(directory.slots, i);
            if (below == null) {
                continue;
            }
            if (level == 0) {
                return (PteTable) below;
            }
            long base = ((first >>> (level * DIRECTORY_SHIFT)) & -DIRECTORY_ENTRIES | i) << (level * DIRECTORY_SHIFT);
            long span = 1L << (level * DIRECTORY_SHIFT);
            PteTable found = next((Directory) below, level - 1, Math.max(first, base), Math.min(last, base + span - 1));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /**
     * Removes an empty table that the caller has marked dead (free_pgtables). The caller holds the mmap lock for writing.
     *
     * @param table the table
     */
    public void remove(PteTable table) {
        if (cached == table) {
            cached = null;
        }
        pageTableLock.lock();
        try {
            remove(root, DIRECTORY_LEVELS - 1, table.number);
            tables--;
        } finally {
            pageTableLock.unlock();
        }
    }

    private static void remove(Directory directory, int level, long number) {
        int slot = slot(number, level);
        if (level > 0) {
            Directory below = (Directory) directory.slots[slot];
            if (below == null) {
                throw new IllegalStateException("page table " + number + " is not in the tree");
            }
            remove(below, level - 1, number);
            if (below.used > 0) {
                return;
            }
        }
        SLOTS.setRelease(directory.slots, slot, null);
        directory.used--;
    }

    /**
     * How many last-level tables there are.
     *
     * @return the number
     */
    public long tables() {
        return tables;
    }
}
