package io.github.rmap4j.engine.lock;

import io.github.rmap4j.spi.Mutex;
import java.io.Serial;
import java.util.concurrent.locks.StampedLock;

/** A lock with one holder. Extends the lock it uses only to save an object for each lock. */
public final class KernelMutex extends StampedLock implements Mutex {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient KernelLockClass lockClass;

    KernelMutex(KernelLockClass lockClass) {
        this.lockClass = lockClass;
    }

    /**
     * A lock.
     *
     * @param lockClass its class
     * @return a new lock
     */
    public static KernelMutex of(KernelLockClass lockClass) {
        return new KernelMutex(lockClass);
    }

    @Override
    public void lock() {
        lockClass.willWait();
        if (tryWriteLock() == 0) {
            lockClass.contended();
            waitForIt();
        }
        lockClass.acquiredWrite();
    }

    private void waitForIt() {
        while (Waiting.gaveWay(lockClass.name())) {
            if (tryWriteLock() != 0) {
                return;
            }
        }
        writeLock();
    }

    @Override
    public boolean tryLock() {
        if (tryWriteLock() == 0) {
            lockClass.contended();
            return false;
        }
        lockClass.acquiredWrite();
        return true;
    }

    @Override
    public void unlock() {
        lockClass.released();
        if (!tryUnlockWrite()) {
            throw new IllegalStateException("lock '" + lockClass.name() + "' is not held");
        }
    }
}
