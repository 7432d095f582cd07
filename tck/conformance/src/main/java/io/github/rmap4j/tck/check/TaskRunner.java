package io.github.rmap4j.tck.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Runs independent work on all processors; results come in the order of the work, whoever is done first. */
final class TaskRunner {
    /** Long enough for the slowest machine: reached only by a strategy that waits for itself or runs in circles. */
    static final long MOST_SECONDS = 180;

    private final int threads;
    private final long mostSeconds;

    TaskRunner(int threads, long mostSeconds) {
        this.threads = threads;
        this.mostSeconds = mostSeconds;
    }

    /**
     * Runs everything. When something does not end, what has not ended either is given up: threads that run in circles are
     * not to be had back.
     *
     * @param endless the result of the work of an index that does not end
     * @param givenUp the result of what is given up then
     */
    <T> List<T> runAll(List<? extends Callable<T>> work, IntFunction<T> endless, IntFunction<T> givenUp) {
        ExecutorService pool = Executors.newFixedThreadPool(threads, runnable -> {
            Thread thread = new Thread(runnable, "rmap4j-tck");
            // A strategy that never returns must not keep the process alive.
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<T>> futures = new ArrayList<>();
            work.forEach(item -> futures.add(pool.submit(item)));
            List<T> results = new ArrayList<>();
            boolean stuck = false;
            for (int i = 0; i < futures.size(); i++) {
                Future<T> future = futures.get(i);
                T result = stuck && !future.isDone() ? null : resultOrNull(future);
                if (result == null) {
                    result = stuck ? givenUp.apply(i) : endless.apply(i);
                    stuck = true;
                }
                results.add(result);
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private <T> @Nullable T resultOrNull(Future<T> future) {
        try {
            return future.get(mostSeconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            future.cancel(true);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(
                    "the kit itself failed: " + Thrown.text(Objects.requireNonNull(e.getCause())), e.getCause());
        }
    }
}
