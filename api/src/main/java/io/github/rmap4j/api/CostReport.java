package io.github.rmap4j.api;

import java.util.List;

/**
 * What a manager's work has cost, in numbers that do not depend on the machine.
 *
 * @param slabs memory per slab cache, by name
 * @param locks lock acquisitions per lock class and mode, by class
 * @param events the strategy's own events, by name
 * @param walks all reverse-map walks
 * @since 0.1
 */
public record CostReport(List<SlabCost> slabs, List<LockCost> locks, List<EventCost> events, Walks walks) {
    /**
     * Copies the lists.
     *
     * @param slabs memory per slab cache
     * @param locks acquisitions per lock class
     * @param events the strategy's events
     * @param walks all walks
     */
    public CostReport {
        slabs = List.copyOf(slabs);
        locks = List.copyOf(locks);
        events = List.copyOf(events);
    }

    /**
     * One slab cache.
     *
     * @param name the cache's name as in /proc/slabinfo
     * @param objectBytes size of one object in Linux, in bytes
     * @param live objects in use
     * @param peak most objects that were in use at one time; when several threads allocate, off by at most 128 objects
     *     for each of the others
     * @param allocations objects allocated so far
     */
    public record SlabCost(String name, int objectBytes, long live, long peak, long allocations) {
        /**
         * Bytes in use.
         *
         * @return live objects times their size
         */
        public long liveBytes() {
            return live * objectBytes;
        }

        /**
         * Most bytes in use.
         *
         * @return peak objects times their size
         */
        public long peakBytes() {
            return peak * objectBytes;
        }
    }

    /**
     * One lock class.
     *
     * @param lockClass its name
     * @param reads acquisitions for reading
     * @param writes acquisitions for writing; all acquisitions of a mutex or spin lock
     * @param contended acquisitions that had to wait, or tries that failed
     * @param heldWork units of work (page-table entries, VMAs and index nodes touched) done while it was held; 0 for
     *     the classes ptl and folio_lock, where it is not measured
     */
    public record LockCost(String lockClass, long reads, long writes, long contended, long heldWork) {}

    /**
     * An event counter of the strategy.
     *
     * @param name its name
     * @param unit what it counts
     * @param description one sentence
     * @param count how many so far
     */
    public record EventCost(String name, String unit, String description, long count) {}

    /**
     * The walks.
     *
     * @param visited candidates that the strategy offered per walk
     * @param hits mappings found per walk: pages, or runs of consecutive pages of a large folio
     * @param falseVisits candidates per walk that mapped no page of the folio
     * @param indexNodes index nodes touched per walk
     * @param contexts address spaces or contexts entered per walk
     */
    public record Walks(
            Distribution visited,
            Distribution hits,
            Distribution falseVisits,
            Distribution indexNodes,
            Distribution contexts) {}

    /**
     * The slab of a name.
     *
     * @param name the cache's name
     * @return its cost; zeros if the manager has no such slab
     */
    public SlabCost slab(String name) {
        for (SlabCost slab : slabs) {
            if (slab.name().equals(name)) {
                return slab;
            }
        }
        return new SlabCost(name, 0, 0, 0, 0);
    }

    /**
     * The lock class of a name.
     *
     * @param name the lock class
     * @return its cost; zeros if the manager has no such class
     */
    public LockCost lock(String name) {
        for (LockCost lock : locks) {
            if (lock.lockClass().equals(name)) {
                return lock;
            }
        }
        return new LockCost(name, 0, 0, 0, 0);
    }
}
