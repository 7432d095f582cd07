package io.github.rmap4j.engine.account;

import io.github.rmap4j.api.Distribution;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one thread has counted, and the locks it holds now. Written by its thread alone; counters may be read by others.
 */
public final class Task {
    /** What is kept as a distribution over walks. */
    public enum Walks {
        /** Candidates visited. */
        VISITED,
        /** Mappings found. */
        HITS,
        /** Candidates that did not map the folio. */
        FALSE_VISITS,
        /** Index nodes touched. */
        INDEX_NODES,
        /** Contexts entered. */
        CONTEXTS
    }

    /** What a thread keeps between operations. */
    public enum Kept {
        /** The state of a walk, used again so that walks make no garbage. */
        WALK,
        /** The folio batches of this "processor". */
        FOLIO_BATCHES
    }

    /** MAX_LOCK_DEPTH of Linux's lockdep. */
    private static final int MAX_HELD = 48;

    /** Two cache lines at both ends of the cells: a line written by two threads would cost each a miss at every count. */
    private static final int SPARE = 16;

    private static final int COUNTS = SPARE;
    private static final int PEAKS = COUNTS + Accounts.CAPACITY;
    private static final int WORK = PEAKS + Accounts.PEAKS;
    private static final int HELD = WORK + 1;
    private static final int HELD_CLASS = HELD + 1;
    private static final int HELD_SINCE = HELD_CLASS + MAX_HELD;
    private static final int CELLS = HELD_SINCE + MAX_HELD + SPARE;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    /** Whose task this is; null for the sum of many. */
    final @Nullable Thread thread;

    /** All that changes at every step, in one array that no other thread's task can share a cache line with. */
    private final long[] cells = new long[CELLS];

    private final Distribution[] walks = new Distribution[Walks.values().length];
    private final @Nullable Object[] kept = new @Nullable Object[Kept.values().length];

    Task(@Nullable Thread thread) {
        this.thread = thread;
        Arrays.setAll(walks, i -> new Distribution());
    }

    /**
     * Counts.
     *
     * @param index the counter
     * @param n how much
     */
    public void add(int index, long n) {
        CELL.setOpaque(cells, COUNTS + index, cells[COUNTS + index] + n);
    }

    /**
     * Counts one.
     *
     * @param index the counter
     */
    public void increment(int index) {
        CELL.setOpaque(cells, COUNTS + index, cells[COUNTS + index] + 1);
    }

    /**
     * Sets a counter.
     *
     * @param index the counter
     * @param value its new value
     */
    public void set(int index, long value) {
        CELL.setOpaque(cells, COUNTS + index, value);
    }

    /**
     * Reads a counter.
     *
     * @param index the counter
     * @return its value
     */
    public long get(int index) {
        return (long) CELL.getOpaque(cells, COUNTS + index);
    }

    /**
     * Raises a high-water mark.
     *
     * @param index the mark
     * @param value what was reached
     */
    public void peak(int index, long value) {
        if (value > cells[PEAKS + index]) {
            CELL.setOpaque(cells, PEAKS + index, value);
        }
    }

    long peak(int index) {
        return (long) CELL.getOpaque(cells, PEAKS + index);
    }

    /**
     * A distribution.
     *
     * @param kind which
     * @return the live distribution
     */
    public Distribution walks(Walks kind) {
        return walks[kind.ordinal()];
    }

    /**
     * Counts work, which is attributed to the locks held at the time.
     *
     * @param units entries, VMAs or nodes touched
     */
    public void work(long units) {
        cells[WORK] += units;
    }

    /**
     * A lock is held from now on.
     *
     * @param lockClass number of its class
     */
    public void acquired(int lockClass) {
        int held = held();
        if (held == MAX_HELD) {
            throw new IllegalStateException("a thread holds more than " + MAX_HELD + " locks");
        }
        cells[HELD_CLASS + held] = lockClass;
        cells[HELD_SINCE + held] = cells[WORK];
        cells[HELD] = held + 1;
    }

    /**
     * A lock is no longer held.
     *
     * @param lockClass number of its class
     * @return the work done since it was acquired
     */
    public long released(int lockClass) {
        int held = held();
        for (int i = held - 1; i >= 0; i--) {
            if (cells[HELD_CLASS + i] == lockClass) {
                long since = cells[HELD_SINCE + i];
                for (int j = i; j < held - 1; j++) {
                    cells[HELD_CLASS + j] = cells[HELD_CLASS + j + 1];
                    cells[HELD_SINCE + j] = cells[HELD_SINCE + j + 1];
                }
                cells[HELD] = held - 1;
                return cells[WORK] - since;
            }
        }
        throw new IllegalStateException("this thread does not hold the lock it releases");
    }

    /**
     * How many locks the thread holds.
     *
     * @return the number
     */
    int held() {
        return (int) cells[HELD];
    }

    /**
     * A held lock.
     *
     * @param i from the outermost, 0
     * @return number of its class
     */
    int heldClass(int i) {
        return (int) cells[HELD_CLASS + i];
    }

    /**
     * An object that the thread keeps between operations.
     *
     * @param which which
     * @return what was last kept, or null
     */
    public @Nullable Object kept(Kept which) {
        return kept[which.ordinal()];
    }

    /**
     * Keeps an object.
     *
     * @param which which
     * @param object what to keep
     */
    public void keep(Kept which, Object object) {
        kept[which.ordinal()] = object;
    }

    /**
     * Copies the counters, so that {@link #restore} can forget what was counted since.
     *
     * @return a copy
     */
    public Task snapshot() {
        Task copy = new Task(null);
        copy.absorb(this);
        copy.cells[WORK] = cells[WORK];
        return copy;
    }

    /**
     * Takes the counters back to a snapshot.
     *
     * @param snapshot made by {@link #snapshot} of this task
     */
    public void restore(Task snapshot) {
        System.arraycopy(snapshot.cells, COUNTS, cells, COUNTS, WORK + 1 - COUNTS);
        System.arraycopy(snapshot.walks, 0, walks, 0, walks.length);
    }

    /** Whose thread has ended leaves nothing behind. */
    void retire() {
        for (Object object : kept) {
            if (object instanceof Retirable retirable) {
                retirable.retire();
            }
        }
    }

    void absorb(Task other) {
        for (int i = 0; i < Accounts.CAPACITY; i++) {
            add(i, other.get(i));
        }
        for (int i = 0; i < Accounts.PEAKS; i++) {
            peak(i, other.peak(i));
        }
        for (int i = 0; i < walks.length; i++) {
            walks[i].addAll(other.walks[i]);
        }
    }
}
