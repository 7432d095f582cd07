package io.github.rmap4j.spi;

/**
 * A lock with one holder, for short sections. Not reentrant. Acquisitions are counted by lock class.
 *
 * @since 0.1
 */
public interface Mutex {
    /** Waits for and takes the lock. */
    void lock();

    /**
     * Takes the lock if that needs no waiting.
     *
     * @return whether it was taken
     */
    boolean tryLock();

    /** Releases the lock. */
    void unlock();
}
