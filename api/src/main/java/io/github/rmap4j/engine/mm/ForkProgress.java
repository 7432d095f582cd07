package io.github.rmap4j.engine.mm;

import java.util.concurrent.atomic.AtomicLong;

/** Tells whether a fork of any address space ran between two moments. */
public final class ForkProgress {
    /** A fork is running. */
    public static final long RUNNING = -1;

    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    ForkProgress() {}

    void begin() {
        begun.incrementAndGet();
    }

    void end() {
        ended.incrementAndGet();
    }

    /**
     * How many forks there were.
     *
     * @return the number, or {@link #RUNNING} if that is not all
     */
    public long now() {
        // In this order: a fork that begins between the two makes them differ.
        long over = ended.get();
        return begun.get() == over ? over : RUNNING;
    }
}
