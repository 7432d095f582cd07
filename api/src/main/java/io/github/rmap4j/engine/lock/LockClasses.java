package io.github.rmap4j.engine.lock;

import io.github.rmap4j.api.CostReport.LockCost;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.engine.account.Accounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lock classes of one manager. */
public final class LockClasses {
    private final Accounts accounts;
    private final @Nullable LockDep lockDep;
    private final List<KernelLockClass> classes = new ArrayList<>();

    /**
     * No classes yet.
     *
     * @param accounts where locks are counted
     * @param checking whether the order is checked
     */
    public LockClasses(Accounts accounts, Checking checking) {
        this.accounts = accounts;
        this.lockDep = checking == Checking.ON ? new LockDep() : null;
    }

    /**
     * Creates a class.
     *
     * @param name its name, not yet used
     * @return the class
     */
    public synchronized KernelLockClass create(String name) {
        for (KernelLockClass existing : classes) {
            if (existing.name().equals(name)) {
                throw new IllegalArgumentException("lock class '" + name + "' exists already");
            }
        }
        KernelLockClass created = new KernelLockClass(accounts, name, classes.size(), lockDep);
        classes.add(created);
        return created;
    }

    /**
     * The costs.
     *
     * @return per class, by name
     */
    public synchronized List<LockCost> costs() {
        return classes.stream()
                .map(KernelLockClass::cost)
                .sorted(Comparator.comparing(LockCost::lockClass))
                .toList();
    }
}
