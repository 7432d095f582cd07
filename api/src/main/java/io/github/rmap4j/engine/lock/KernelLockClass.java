package io.github.rmap4j.engine.lock;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.engine.account.Accounts;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.RwLock;
import io.github.rmap4j.spi.StrategyContext;
import org.jspecify.annotations.Nullable;

/** A class of locks: they share counters and a place in the lock order. */
public final class KernelLockClass implements StrategyContext.LockClass {
    final Accounts accounts;
    private final String name;
    private final int id;
    private final @Nullable LockDep lockDep;
    private final int reads;
    private final int writes;
    private final int contended;
    private final int heldWork;

    KernelLockClass(Accounts accounts, String name, int id, @Nullable LockDep lockDep) {
        this.accounts = accounts;
        this.name = name;
        this.id = id;
        this.lockDep = lockDep;
        this.reads = accounts.reserve(4);
        this.writes = reads + 1;
        this.contended = reads + 2;
        this.heldWork = reads + 3;
    }

    @Override
    public RwLock newRwLock() {
        return new KernelRwLock(this);
    }

    @Override
    public Mutex newMutex() {
        return new KernelMutex(this);
    }

    /**
     * The class's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    int id() {
        return id;
    }

    /** Checks the order before a thread waits for a lock of this class, so that a deadlock is reported, not met. */
    void willWait() {
        if (lockDep != null) {
            lockDep.willAcquire(this);
        }
    }

    void acquiredRead() {
        acquired(accounts.current(), reads);
    }

    void acquiredWrite() {
        acquired(accounts.current(), writes);
    }

    private void acquired(Task task, int counter) {
        task.increment(counter);
        task.acquired(id);
        if (lockDep != null) {
            lockDep.acquired(this);
        }
    }

    void contended() {
        accounts.current().increment(contended);
    }

    void released() {
        Task task = accounts.current();
        task.add(heldWork, task.released(id));
        if (lockDep != null) {
            lockDep.released(this);
        }
    }

    /**
     * Counts an acquisition of a lock that is not an object of its own, with the checks that
     * {@link #newMutex()} would do.
     *
     * @param task the calling thread's task
     */
    public void enter(Task task) {
        task.increment(writes);
        if (lockDep != null) {
            lockDep.willAcquire(this);
            lockDep.acquired(this);
        }
    }

    /**
     * Like {@link #enter} after a successful try, which cannot deadlock and so makes no order.
     *
     * @param task the calling thread's task
     */
    public void enterTried(Task task) {
        task.increment(writes);
        if (lockDep != null) {
            lockDep.acquired(this);
        }
    }

    /** Counts the release of a lock entered with {@link #enter}. */
    public void leave() {
        if (lockDep != null) {
            lockDep.released(this);
        }
    }

    /**
     * Counts that a lock was not free.
     *
     * @param task the calling thread's task
     */
    public void contended(Task task) {
        task.increment(contended);
    }

    /**
     * The cost.
     *
     * @return a snapshot
     */
    public CostReport.LockCost cost() {
        return new CostReport.LockCost(
                name,
                accounts.total(reads),
                accounts.total(writes),
                accounts.total(contended),
                accounts.total(heldWork));
    }
}
