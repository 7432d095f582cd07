package io.github.rmap4j.spi;

/**
 * A sleeping reader-writer lock (rw_semaphore). Not reentrant. Acquisitions are counted by lock class and mode.
 *
 * @since 0.1
 */
public interface RwLock {
    /** Waits for and takes the lock for reading (down_read). */
    void lockRead();

    /**
     * Takes the lock for reading if that needs no waiting (down_read_trylock).
     *
     * @return whether it was taken
     */
    boolean tryLockRead();

    /** Releases a read lock (up_read). */
    void unlockRead();

    /** Waits for and takes the lock for writing (down_write). */
    void lockWrite();

    /**
     * Takes the lock for writing if that needs no waiting (down_write_trylock).
     *
     * @return whether it was taken
     */
    boolean tryLockWrite();

    /** Releases the write lock (up_write). */
    void unlockWrite();
}
