package io.github.rmap4j.engine.lock;

import io.github.rmap4j.spi.RwLock;
import java.io.Serial;
import java.util.concurrent.locks.StampedLock;

/** A reader-writer lock. Extends the lock it uses only to save an object for each lock. */
public final class KernelRwLock extends StampedLock implements RwLock {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient KernelLockClass lockClass;

    KernelRwLock(KernelLockClass lockClass) {
        this.lockClass = lockClass;
    }

    /**
     * A lock.
     *
     * @param lockClass its class
     * @return a new lock
     */
    public static KernelRwLock of(KernelLockClass lockClass) {
        return new KernelRwLock(lockClass);
    }

    @Override
    public void lockRead() {
        lockClass.willWait();
        if (tryReadLock() == 0) {
            lockClass.contended();
            waitToRead();
        }
        lockClass.acquiredRead();
    }

    private void waitToRead() {
        while (Waiting.gaveWay(lockClass.name())) {
            if (tryReadLock() != 0) {
                return;
            }
        }
        readLock();
    }

    private void waitToWrite() {
        while (Waiting.gaveWay(lockClass.name())) {
            if (tryWriteLock() != 0) {
                return;
            }
        }
        writeLock();
    }

    @Override
    public boolean tryLockRead() {
        if (tryReadLock() == 0) {
            lockClass.contended();
            return false;
        }
        lockClass.acquiredRead();
        return true;
    }

    @Override
    public void unlockRead() {
        lockClass.released();
        if (!tryUnlockRead()) {
            throw new IllegalStateException("read lock '" + lockClass.name() + "' is not held");
        }
    }

    @Override
    public void lockWrite() {
        lockClass.willWait();
        if (tryWriteLock() == 0) {
            lockClass.contended();
            waitToWrite();
        }
        lockClass.acquiredWrite();
    }

    @Override
    public boolean tryLockWrite() {
        if (tryWriteLock() == 0) {
            lockClass.contended();
            return false;
        }
        lockClass.acquiredWrite();
        return true;
    }

    @Override
    public void unlockWrite() {
        lockClass.released();
        if (!tryUnlockWrite()) {
            throw new IllegalStateException("write lock '" + lockClass.name() + "' is not held");
        }
    }

    /** Takes the lock for reading on behalf of somebody who looks at the model from outside: not counted. */
    public void lockForInspection() {
        if (tryReadLock() == 0) {
            waitToRead();
        }
    }

    /** Releases what {@link #lockForInspection} took. */
    public void unlockAfterInspection() {
        if (!tryUnlockRead()) {
            throw new IllegalStateException("read lock '" + lockClass.name() + "' is not held");
        }
    }
}
