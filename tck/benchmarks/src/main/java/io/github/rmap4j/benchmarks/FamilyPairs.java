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
    /** Name of the throughput of two threads under one manager, over that of one thread. */
    public static final String ONE_MANAGER = "pair_one_manager";

    /** Name of the throughput of two threads with a manager each, over that of one thread. */
    public static final String MANAGER_EACH = "pair_manager_each";

    private static final int WARMUPS = 4;
    private static final int PAIRS = 26;
    private static final long NANOS = 1_000_000_000;

    private FamilyPairs() {}

    /** Runs the pairs and prints a line {@code NAME RATIO} for each; the argument names a strategy. */
    public static void main(String[] arguments) throws InterruptedException {
        String strategy = arguments.length > 0 ? arguments[0] : "anonvma";
        MemoryManager shared = manager(strategy);
        MemoryManager own = manager(strategy);
        for (int i = 0; i < WARMUPS + PAIRS; i++) {
            double one = operations(List.of(shared));
            double two = operations(List.of(shared, shared));
            double separate = operations(List.of(shared, own));
            if (i >= WARMUPS) {
                System.out.printf(Locale.ROOT, "%s %.4f%n", ONE_MANAGER, two / one);
                System.out.printf(Locale.ROOT, "%s %.4f%n", MANAGER_EACH, separate / one);
            }
        }
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
