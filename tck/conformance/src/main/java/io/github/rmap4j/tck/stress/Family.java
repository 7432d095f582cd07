package io.github.rmap4j.tck.stress;

import io.github.rmap4j.api.AddressSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Related processes that several threads use at once, and who may see which word.
 *
 * <p>Every word names its writer and carries a number that only grows. A process may see what it wrote itself, and what
 * an ancestor wrote before the fork that led here was over.
 */
final class Family {
    private static final int NUMBER_BITS = 40;

    /** A process. */
    static final class Process {
        private final int number;
        private final AddressSpace space;
        private final @Nullable Process parent;
        /** Words of the parent up to this number may be inherited. */
        private final long inheritedUpTo;

        private Process(int number, AddressSpace space, @Nullable Process parent, long inheritedUpTo) {
            this.number = number;
            this.space = space;
            this.parent = parent;
            this.inheritedUpTo = inheritedUpTo;
        }

        AddressSpace space() {
            return space;
        }

        /** Whether this process stays until the end, and with it the anchors. */
        boolean isPermanent() {
            return number < PERMANENT;
        }

        boolean maySee(long word) {
            int writer = (int) (word >>> NUMBER_BITS) - 1;
            long number = word & ((1L << NUMBER_BITS) - 1);
            long bound = Long.MAX_VALUE;
            for (Process process = this; process != null; process = process.parent) {
                if (process.number == writer) {
                    return number <= bound;
                }
                bound = Math.min(bound, process.inheritedUpTo);
            }
            return word == 0;
        }

        @Override
        public String toString() {
            return "process " + number + (parent == null ? "" : ", child of " + parent.number);
        }
    }

    /** The first processes never exit. */
    static final int PERMANENT = 3;

    private final int limit;
    private final AtomicLong words = new AtomicLong();
    private final List<Process> processes = new ArrayList<>();
    private int numbers;

    Family(AddressSpace first, int limit) {
        this.limit = limit;
        processes.add(new Process(numbers++, first, null, 0));
    }

    /** A new word of a process. */
    long word(Process writer) {
        return ((writer.number + 1L) << NUMBER_BITS) | words.incrementAndGet();
    }

    /** Forks, unless there are enough processes. */
    void fork(Process parent) {
        synchronized (this) {
            if (processes.size() >= limit) {
                return;
            }
        }
        AddressSpace space = parent.space.fork();
        long inheritedUpTo = words.get();
        synchronized (this) {
            processes.add(new Process(numbers++, space, parent, inheritedUpTo));
        }
    }

    /** Takes a process out of the family; it ends when the last thread that uses it has released it. */
    void exit(Process process) {
        synchronized (this) {
            if (process.isPermanent() || !processes.remove(process)) {
                return;
            }
        }
        process.space.exit();
    }

    /** A random process, which will not end before it is released. */
    synchronized Process use(SplittableRandom random) {
        Process process = processes.get(random.nextInt(processes.size()));
        process.space.share();
        return process;
    }

    void release(Process process) {
        process.space.exit();
    }

    synchronized List<Process> processes() {
        return List.copyOf(processes);
    }

    /** The end of everybody. */
    synchronized void exitAll() {
        processes.forEach(process -> process.space.exit());
        processes.clear();
    }
}
