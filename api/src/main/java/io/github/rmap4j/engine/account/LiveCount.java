package io.github.rmap4j.engine.account;

import io.github.rmap4j.api.CostReport;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many objects of a kind are in use. Counted in batches as in Linux's percpu_counter: a thread folds its difference
 * into the shared count when it reaches {@link #BATCH}. A single thread sees exact numbers at every moment.
 */
public final class LiveCount {
    private static final int BATCH = 128;

    private final Accounts accounts;
    private final AtomicLong folded = new AtomicLong();
    private final int allocations;
    private final int difference;
    private final int peak;

    /**
     * No object yet.
     *
     * @param accounts where to count
     */
    public LiveCount(Accounts accounts) {
        this.accounts = accounts;
        this.allocations = accounts.reserve(2);
        this.difference = allocations + 1;
        this.peak = accounts.reservePeak();
    }

    /** One more. */
    public void born() {
        Task task = accounts.current();
        task.increment(allocations);
        long mine = task.get(difference) + 1;
        task.peak(peak, folded.getOpaque() + mine);
        count(task, mine);
    }

    /** One less. */
    public void gone() {
        Task task = accounts.current();
        count(task, task.get(difference) - 1);
    }

    private void count(Task task, long mine) {
        if (mine >= BATCH || mine <= -BATCH) {
            folded.addAndGet(mine);
            mine = 0;
        }
        task.set(difference, mine);
    }

    /**
     * The cost.
     *
     * @param name what is counted
     * @param objectBytes size of an object in bytes
     * @return a snapshot
     */
    public CostReport.SlabCost cost(String name, int objectBytes) {
        return new CostReport.SlabCost(
                name,
                objectBytes,
                folded.get() + accounts.total(difference),
                accounts.peak(peak),
                accounts.total(allocations));
    }
}
