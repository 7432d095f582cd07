package io.github.rmap4j.lazy;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What another thread does while this one is in the middle of something. */
final class Meanwhile {
    /** Long enough for the slowest machine: reached only by a deadlock. */
    private static final long DEADLOCK_SECONDS = 60;

    private final FutureTask<Void> action;
    private final Thread thread;

    private Meanwhile(Runnable action) {
        this.action = new FutureTask<>(action, null);
        thread = new Thread(this.action, "meanwhile");
        thread.setDaemon(true);
    }

    /** Lets another thread do something, until it has done it or waits for somebody. */
    static Meanwhile start(Runnable action) {
        Meanwhile other = new Meanwhile(action);
        other.thread.start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLOCK_SECONDS);
        while (!other.action.isDone() && other.thread.getState() != Thread.State.WAITING) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the other thread neither ends nor waits");
            }
            Thread.yield();
        }
        return other;
    }

    boolean isDone() {
        return action.isDone();
    }

    /** Waits for the end, and fails if the other thread has failed. */
    void join() {
        try {
            action.get(DEADLOCK_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().toString(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the other thread does not come to an end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
