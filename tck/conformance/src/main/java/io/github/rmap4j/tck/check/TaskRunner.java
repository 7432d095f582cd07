package io.github.rmap4j.tck.check;

import java.util.ArrayList;
import java.util.List;
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
    private static final long MOST_SECONDS = 180;

    private final int threads;

    TaskRunner(int threads) {
        this.threads = threads;
    }

    /** Runs everything; work that does not end has the result that {@code endless} gives for its index. */
    <T> List<T> runAll(List<? extends Callable<T>> work, IntFunction<T> endless) {
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
            for (int i = 0; i < futures.size(); i++) {
                T result = resultOrNull(futures.get(i));
                results.add(result == null ? endless.apply(i) : result);
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private static <T> @Nullable T resultOrNull(Future<T> future) {
        try {
            return future.get(MOST_SECONDS, TimeUnit.SECONDS);
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
            throw new IllegalStateException("the kit itself failed: " + Thrown.text(e.getCause()), e.getCause());
        }
    }
}
