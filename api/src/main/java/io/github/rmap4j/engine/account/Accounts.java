package io.github.rmap4j.engine.account;

import io.github.rmap4j.api.Distribution;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All counters of a manager. Every thread counts in a {@link Task} of its own, like Linux's per-cpu counters, so that
 * counting never makes two threads wait for one cache line; a reader adds the tasks up.
 */
public final class Accounts {
    /** Enough for some fifty slabs, lock classes and events. */
    static final int CAPACITY = 256;
    /** Enough for as many slabs as the counters allow. */
    static final int PEAKS = 64;

    /** A power of two; threads whose ids differ in the low bits do not meet here. */
    private static final int RECENT = 64;

    /** Tasks of recent threads; racy, but a task knows its thread. Faster than a ThreadLocal, and asked very often. */
    private final @Nullable Task[] recent = new @Nullable Task[RECENT];

    /** The task that was made last: right for whoever works alone, and nearer than {@link #recent}. Racy in the same way. */
    private @Nullable Task newest;

    private final ConcurrentHashMap<Thread, Task> tasks = new ConcurrentHashMap<>();
    /** What threads counted that are gone now. */
    private final Task retired = new Task(null);

    private int used;
    private int usedPeaks;

    /**
     * The calling thread's counters.
     *
     * @return its task
     */
    public Task current() {
        Thread thread = Thread.currentThread();
        Task task = newest;
        if (task != null && task.thread == thread) {
            return task;
        }
        task = recent[(int) thread.getId() & (RECENT - 1)];
        return task != null && task.thread == thread ? task : currentSlowly(thread);
    }

    private Task currentSlowly(Thread thread) {
        Task task = tasks.get(thread);
        if (task == null) {
            retireDead();
            task = new Task(thread);
            tasks.put(thread, task);
            newest = task;
        }
        recent[(int) thread.getId() & (RECENT - 1)] = task;
        return task;
    }

    /** Folds the counters of threads that are gone into one, so that short-lived threads leave nothing behind. */
    private synchronized void retireDead() {
        tasks.forEach((thread, task) -> {
            if (!thread.isAlive() && tasks.remove(thread, task)) {
                retired.absorb(task);
                task.retire();
            }
        });
        Arrays.setAll(recent, i -> {
            Task task = recent[i];
            return task != null && task.thread != null && task.thread.isAlive() ? task : null;
        });
    }

    /**
     * Reserves consecutive counters.
     *
     * @param n how many
     * @return the index of the first
     */
    public synchronized int reserve(int n) {
        if (used + n > CAPACITY) {
            throw new IllegalStateException(
                    "too many slabs, lock classes and counters: at most " + CAPACITY + " numbers");
        }
        int first = used;
        used += n;
        return first;
    }

    /**
     * Reserves a high-water mark.
     *
     * @return its index
     */
    public synchronized int reservePeak() {
        if (usedPeaks == PEAKS) {
            throw new IllegalStateException("too many slabs: at most " + PEAKS);
        }
        return usedPeaks++;
    }

    /**
     * Sum of a counter over all threads.
     *
     * @param index the counter
     * @return its total
     */
    public synchronized long total(int index) {
        long sum = retired.get(index);
        for (Task task : tasks.values()) {
            sum += task.get(index);
        }
        return sum;
    }

    /**
     * A high-water mark over all threads.
     *
     * @param index the mark
     * @return the highest value that any thread saw
     */
    public synchronized long peak(int index) {
        long max = retired.peak(index);
        for (Task task : tasks.values()) {
            max = Math.max(max, task.peak(index));
        }
        return max;
    }

    /**
     * A distribution over all threads.
     *
     * @param kind which
     * @return a copy
     */
    public synchronized Distribution distribution(Task.Walks kind) {
        Distribution sum = new Distribution();
        sum.addAll(retired.walks(kind));
        for (Task task : tasks.values()) {
            sum.addAll(task.walks(kind));
        }
        return sum;
    }
}
