package io.github.rmap4j.tck.stress;

import io.github.rmap4j.tck.check.FindingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs tasks side by side, and says where everybody stands when they do not come to an end. */
public final class Threads {
    /** Long enough for the slowest machine: reached only by a deadlock or livelock. */
    private static final long DEADLOCK_SECONDS = 120;

    private Threads() {}

    /** Runs all tasks to their ends; throws the first failure. */
    public static void runAll(List<? extends Callable<Void>> tasks) {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        Map<Thread, StackTraceElement[]> stuck = Map.of();
        try {
            List<Future<Void>> results = new ArrayList<>();
            for (Callable<Void> task : tasks) {
                results.add(threads.submit(task));
            }
            threads.shutdown();
            if (!threads.awaitTermination(DEADLOCK_SECONDS, TimeUnit.SECONDS)) {
                stuck = Thread.getAllStackTraces();
            }
            for (Future<Void> result : results) {
                if (stuck.isEmpty() || result.isDone()) {
                    result.get();
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FindingException finding) {
                throw finding;
            }
            throw new AssertionError(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException | CancellationException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
        if (!stuck.isEmpty()) {
            throw new AssertionError("threads do not come to an end:\n" + describe(stuck));
        }
    }

    private static String describe(Map<Thread, StackTraceElement[]> stacks) {
        StringBuilder text = new StringBuilder();
        stacks.forEach((thread, stack) -> {
            text.append(thread.getName()).append(' ').append(thread.getState()).append('\n');
            for (StackTraceElement element : stack) {
                text.append("    at ").append(element).append('\n');
            }
        });
        return text.toString();
    }
}
