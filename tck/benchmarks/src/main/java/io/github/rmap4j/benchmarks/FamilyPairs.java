package io.github.rmap4j.benchmarks;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MemoryManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@link SeparateFamilies} in pairs: a second of one thread, then a second of two, and so on in one JVM. On a machine whose
 * speed changes from minute to minute neighbours in time compare better than JVMs. For each pair also two threads with a
 * manager each, which share nothing but the machine.
 */
public final class FamilyPairs {
    private static final int WARMUPS = 4;
    private static final int PAIRS = 26;
    private static final long NANOS = 1_000_000_000;

    private FamilyPairs() {}

    /** Runs the pairs; the argument names a strategy. */
    public static void main(String[] arguments) throws InterruptedException {
        String strategy = arguments.length > 0 ? arguments[0] : "anonvma";
        MemoryManager shared = manager(strategy);
        MemoryManager own = manager(strategy);
        double sharedSum = 0;
        double separateSum = 0;
        for (int i = 0; i < WARMUPS + PAIRS; i++) {
            double one = operations(List.of(shared));
            double two = operations(List.of(shared, shared));
            double separate = operations(List.of(shared, own));
            if (i >= WARMUPS) {
                sharedSum += two / one;
                separateSum += separate / one;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "two threads do the work of one so many times, mean of %d pairs: one manager %.2f, a manager each %.2f%n",
                PAIRS,
                sharedSum / PAIRS,
                separateSum / PAIRS);
    }

    private static MemoryManager manager(String strategy) {
        return MemoryManager.builder().strategy(strategy).build();
    }

    /** Operations in a second, one thread for each manager of the list. */
    private static long operations(List<MemoryManager> managers) throws InterruptedException {
        AtomicLong total = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (MemoryManager manager : managers) {
            Thread thread = new Thread(() -> {
                AddressSpace parent = SeparateFamilies.createParent(manager);
                long end = System.nanoTime() + NANOS;
                long done = 0;
                for (; System.nanoTime() < end; done++) {
                    SeparateFamilies.operate(parent);
                }
                total.addAndGet(done);
                parent.exit();
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return total.get();
    }
}
