package io.github.rmap4j.engine.lock;

import io.github.rmap4j.api.CooperativeThread;

/** What a thread does that cannot go on: nowhere is it asked while there is no contention. */
public final class Waiting {
    private Waiting() {}

    /**
     * Lets another thread run if the calling one is cooperative.
     *
     * @param lockClass what it waits for
     * @return whether it was: then there is something new, and it must not block
     */
    public static boolean gaveWay(String lockClass) {
        if (Thread.currentThread() instanceof CooperativeThread thread) {
            thread.giveWay(lockClass);
            return true;
        }
        return false;
    }

    /**
     * A turn of a loop that waits for something short.
     *
     * @param what it waits for
     */
    public static void spin(String what) {
        if (!gaveWay(what)) {
            Thread.onSpinWait();
        }
    }
}
