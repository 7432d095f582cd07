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

    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Whose task this is; null for the sum of many. */
    final @Nullable Thread thread;

    private final long[] counts = new long[Accounts.CAPACITY];
    private final long[] peaks = new long[Accounts.PEAKS];
    private final Distribution[] walks = new Distribution[Walks.values().length];
    private long work;

    private int[] heldClass = new int[16];
    private long[] heldSince = new long[16];
    private int held;
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
        COUNTS.setOpaque(counts, index, counts[index] + n);
    }

    /**
     * Counts one.
     *
     * @param index the counter
     */
    public void increment(int index) {
        COUNTS.setOpaque(counts, index, counts[index] + 1);
    }

    /**
     * Sets a counter.
     *
     * @param index the counter
     * @param value its new value
     */
    public void set(int index, long value) {
        COUNTS.setOpaque(counts, index, value);
    }

    /**
     * Reads a counter.
     *
     * @param index the counter
     * @return its value
     */
    public long get(int index) {
        return (long) COUNTS.getOpaque(counts, index);
    }

    /**
     * Raises a high-water mark.
     *
     * @param index the mark
     * @param value what was reached
     */
    public void peak(int index, long value) {
        if (value > peaks[index]) {
            COUNTS.setOpaque(peaks, index, value);
        }
    }

    long peak(int index) {
        return (long) COUNTS.getOpaque(peaks, index);
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
        work += units;
    }

    /**
     * A lock is held from now on.
     *
     * @param lockClass number of its class
     */
    public void acquired(int lockClass) {
        if (held == heldClass.length) {
            heldClass = Arrays.copyOf(heldClass, held * 2);
            heldSince = Arrays.copyOf(heldSince, held * 2);
        }
        heldClass[held] = lockClass;
        heldSince[held++] = work;
    }

    /**
     * A lock is no longer held.
     *
     * @param lockClass number of its class
     * @return the work done since it was acquired
     */
    public long released(int lockClass) {
        for (int i = held - 1; i >= 0; i--) {
            if (heldClass[i] == lockClass) {
                long since = heldSince[i];
                held--;
                for (int j = i; j < held; j++) {
                    heldClass[j] = heldClass[j + 1];
                    heldSince[j] = heldSince[j + 1];
                }
                return work - since;
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
        return held;
    }

    /**
     * A held lock.
     *
     * @param i from the outermost, 0
     * @return number of its class
     */
    int heldClass(int i) {
        return heldClass[i];
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
        copy.work = work;
        return copy;
    }

    /**
     * Takes the counters back to a snapshot.
     *
     * @param snapshot made by {@link #snapshot} of this task
     */
    public void restore(Task snapshot) {
        for (int i = 0; i < counts.length; i++) {
            set(i, snapshot.counts[i]);
        }
        System.arraycopy(snapshot.peaks, 0, peaks, 0, peaks.length);
        System.arraycopy(snapshot.walks, 0, walks, 0, walks.length);
        work = snapshot.work;
    }

    void absorb(Task other) {
        for (int i = 0; i < counts.length; i++) {
            add(i, other.get(i));
        }
        for (int i = 0; i < peaks.length; i++) {
            peak(i, other.peak(i));
        }
        for (int i = 0; i < walks.length; i++) {
            walks[i].addAll(other.walks[i]);
        }
    }
}
