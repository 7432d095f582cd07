package io.github.rmap4j.api;

/**
 * A thread that gives way where others wait. Implemented by a subclass of {@link Thread} that wants to decide when which
 * thread runs, to try one interleaving of operations after another and to repeat it: the lock of a simulation that is not
 * free is never waited for in such a thread, and no loop spins in it.
 *
 * <p>Everything that blocks is told here; other threads wait as ever.
 *
 * @since 0.2
 */
public interface CooperativeThread {
    /**
     * The calling thread, which is this one, cannot go on before another thread has done something. It tries again when
     * this returns. An error that is thrown here ends the operation; the manager is of no use afterwards.
     *
     * @param lockClass what it waits for: the class of a lock as in {@link CostReport.LockCost}, or the name of what is
     *     looked at again
     */
    void giveWay(String lockClass);
}
