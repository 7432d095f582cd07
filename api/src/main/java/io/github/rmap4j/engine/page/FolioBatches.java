package io.github.rmap4j.engine.page;

import io.github.rmap4j.engine.account.CacheLinePadding;
import io.github.rmap4j.engine.account.Retirable;
import org.jspecify.annotations.Nullable;

/**
 * The folio batches of one processor (mm/swap.c, mm/mlock.c): folios wait in them for a change of their place in the LRU
 * lists, and each holds a reference meanwhile. Seen from outside, a folio that waits is copied on a write fault although
 * only one process maps it. Here every thread is a processor.
 *
 * <p>Used by its thread alone; the folios' counts are atomic.
 */
public final class FolioBatches implements Retirable {
    /** PAGEVEC_SIZE. */
    private static final int SIZE = 31;
    /** As many references as two cache lines hold. */
    private static final int SPARE = 32;

    private final Batch added = new Batch();
    private final Batch lazyFree = new Batch();
    private final Batch munlocked = new Batch();

    /** No folio waits. */
    public FolioBatches() {}

    private static final class Batch extends CacheLinePadding {
        /** In the middle of an array that is longer, for the same reason as the padding. */
        private final @Nullable FolioImpl[] folios = new @Nullable FolioImpl[SPARE + SIZE + SPARE];

        private int size;

        /** Adds a folio; true if the batch is full now and must be emptied. */
        boolean add(FolioImpl folio) {
            folios[SPARE + size++] = folio;
            return size == SIZE;
        }

        @Nullable
        FolioImpl poll() {
            if (size == 0) {
                return null;
            }
            FolioImpl folio = folios[SPARE + --size];
            folios[SPARE + size] = null;
            return folio;
        }
    }

    /**
     * A new folio waits for the LRU list (folio_add_lru). It was born with the reference for that.
     *
     * @param folio the folio
     */
    public void addNew(FolioImpl folio) {
        // A large folio does not wait, and takes the others along (folio_batch_add_and_move).
        if (added.add(folio) || folio.pages() > 1) {
            drainAdded();
        }
    }

    /**
     * MADV_FREE: the folio waits to be moved to the list of clean pages (folio_mark_lazyfree).
     *
     * @param folio the folio
     */
    public void markLazyFree(FolioImpl folio) {
        if (!folio.isOnLru() || folio.isLazyFree() || folio.isInSwapCache()) {
            return;
        }
        if (!folio.enterBatch()) {
            drainLazyFree();
            return;
        }
        if (lazyFree.add(folio) || folio.pages() > 1) {
            drainLazyFree();
        }
    }

    /**
     * The folio is no longer mapped by a locked VMA and waits to become evictable (munlock_folio).
     *
     * @param folio the folio, still mapped elsewhere
     */
    public void munlock(FolioImpl folio) {
        if (!folio.enterBatch()) {
            drainMunlocked();
            return;
        }
        if (munlocked.add(folio) || folio.pages() > 1) {
            drainMunlocked();
        }
    }

    /** The thread is gone, as if its processor had been taken off line (lru_add_drain_cpu). */
    @Override
    public void retire() {
        drain();
    }

    /** Empties all batches (lru_add_drain). */
    public void drain() {
        drainAdded();
        drainLazyFree();
        drainMunlocked();
    }

    private void drainAdded() {
        for (FolioImpl folio = added.poll(); folio != null; folio = added.poll()) {
            folio.leaveNewBatch();
        }
    }

    private void drainLazyFree() {
        for (FolioImpl folio = lazyFree.poll(); folio != null; folio = lazyFree.poll()) {
            if (!folio.isInSwapCache()) {
                folio.setLazyFree();
            }
            folio.leaveBatch();
        }
    }

    private void drainMunlocked() {
        for (FolioImpl folio = munlocked.poll(); folio != null; folio = munlocked.poll()) {
            folio.leaveBatch();
        }
    }
}
