package io.github.rmap4j.engine.page;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.lock.KernelLockClass;
import io.github.rmap4j.engine.lock.Waiting;
import java.util.Arrays;

/**
 * The folio lock (PG_locked): one byte in the folio, with hashed wait queues shared by all folios, as Linux has them.
 * A walk holds it for long, so waiters sleep.
 */
public final class FolioLock {
    private static final byte FREE = 0;
    private static final byte LOCKED = 1;
    /** Locked, and somebody sleeps on the wait queue. */
    private static final byte WAITED_FOR = 2;

    private static final int SPINS = 64;

    private final KernelLockClass lockClass;
    private final Object[] waitQueues = new Object[64];

    /**
     * The lock of all folios of a manager.
     *
     * @param lockClass its class
     */
    public FolioLock(KernelLockClass lockClass) {
        this.lockClass = lockClass;
        Arrays.setAll(waitQueues, i -> new Object());
    }

    /**
     * Takes the lock if it is free (folio_trylock).
     *
     * @param folio the folio
     * @param task the calling thread's task
     * @return whether it was taken
     */
    public boolean tryLock(FolioImpl folio, Task task) {
        if (!FolioImpl.LOCK_STATE.compareAndSet(folio, FREE, LOCKED)) {
            lockClass.contended(task);
            return false;
        }
        lockClass.enterTried(task);
        return true;
    }

    /**
     * Waits for and takes the lock (folio_lock).
     *
     * @param folio the folio
     * @param task the calling thread's task
     */
    public void lock(FolioImpl folio, Task task) {
        lockClass.enter(task);
        if (FolioImpl.LOCK_STATE.compareAndSet(folio, FREE, LOCKED)) {
            return;
        }
        lockClass.contended(task);
        while (Waiting.gaveWay(lockClass.name())) {
            if (FolioImpl.LOCK_STATE.compareAndSet(folio, FREE, LOCKED)) {
                return;
            }
        }
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (FolioImpl.LOCK_STATE.compareAndSet(folio, FREE, LOCKED)) {
                return;
            }
        }
        sleepUntilLocked(folio);
    }

    private void sleepUntilLocked(FolioImpl folio) {
        Object queue = queue(folio);
        boolean interrupted = false;
        synchronized (queue) {
            // Whoever gets the lock here leaves it marked as waited for: others may sleep on the same queue.
            while ((byte) FolioImpl.LOCK_STATE.getAndSet(folio, WAITED_FOR) != FREE) {
                try {
                    queue.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Releases the lock (folio_unlock).
     *
     * @param folio the folio
     */
    public void unlock(FolioImpl folio) {
        lockClass.leave();
        byte before = (byte) FolioImpl.LOCK_STATE.getAndSet(folio, FREE);
        if (before == WAITED_FOR) {
            Object queue = queue(folio);
            synchronized (queue) {
                queue.notifyAll();
            }
        } else if (before == FREE) {
            throw new IllegalStateException("folio " + folio.id() + " is unlocked but was not locked");
        }
    }

    private Object queue(FolioImpl folio) {
        return waitQueues[System.identityHashCode(folio) & (waitQueues.length - 1)];
    }
}
