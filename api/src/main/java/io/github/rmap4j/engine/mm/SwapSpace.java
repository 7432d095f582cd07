package io.github.rmap4j.engine.mm;

import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.SwapSlot;
import java.util.BitSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Swap space, the swap cache, and the end of folios (mm/swapfile.c, mm/swap_state.c). A folio in the swap cache belongs
 * to one slot, and the slot to it, from reclaim's first step or a read until nobody needs the one for the other.
 */
final class SwapSpace {
    private final Machine machine;
    private final BitSet numbers = new BitSet();
    private final ConcurrentHashMap<FolioImpl, SwapSlot> cache = new ConcurrentHashMap<>();

    SwapSpace(Machine machine) {
        this.machine = machine;
    }

    /** Puts a folio that is not in the swap cache there, with a new slot (folio_alloc_swap); null when swap is full. */
    @Nullable
    SwapSlot addToCache(FolioImpl folio) {
        int number;
        synchronized (numbers) {
            number = numbers.nextClearBit(0);
            if (number >= machine.settings.swapPages()) {
                return null;
            }
            numbers.set(number);
        }
        SwapSlot slot = new SwapSlot(number);
        cache.put(folio, slot);
        slot.add(folio);
        folio.markDirty();
        return slot;
    }

    /** The slot of a folio, which is locked; null if it is not in the swap cache. */
    @Nullable
    SwapSlot slotOf(FolioImpl folio) {
        return cache.get(folio);
    }

    /**
     * Reads a slot's content into a folio of the swap cache, unless there is one (read_swap_cache_async); null if nothing
     * uses the slot any more.
     */
    @Nullable
    FolioImpl readIntoCache(SwapSlot slot, Task task) {
        FolioImpl read = FolioImpl.readFromSwap(slot.read());
        cache.put(read, slot);
        FolioImpl cached = slot.cache(read);
        if (cached == read) {
            machine.addNew(read, task);
        } else {
            cache.remove(read);
        }
        return cached;
    }

    /**
     * Takes a folio out of the swap cache if no swap entry needs it there (folio_free_swap). The folio is locked.
     *
     * @return whether it is no longer in the swap cache
     */
    boolean freeCache(FolioImpl folio) {
        SwapSlot slot = cache.get(folio);
        if (slot == null || !slot.uncacheIfUnused(folio)) {
            return false;
        }
        cache.remove(folio);
        folio.markDirty();
        release(slot);
        return true;
    }

    /** A folio with a hardware error leaves the swap cache: who has a swap entry reads the slot again. It is locked. */
    void forget(FolioImpl folio) {
        SwapSlot slot = cache.get(folio);
        if (slot != null) {
            reclaimed(folio, slot);
        }
    }

    /** Another folio takes the place of one that may be in the swap cache. Both are locked. */
    void replace(FolioImpl source, FolioImpl destination) {
        SwapSlot slot = cache.get(source);
        if (slot != null) {
            cache.put(destination, slot);
            slot.replace(source, destination);
            cache.remove(source);
        }
    }

    /** A reclaimed folio leaves the swap cache and goes away (__remove_mapping). It is locked and not mapped. */
    void reclaimed(FolioImpl folio, SwapSlot slot) {
        boolean unused = slot.uncache(folio);
        cache.remove(folio);
        if (unused) {
            release(slot);
        }
        free(folio);
    }

    /** A page replaces an entry that names a slot (swap_free). */
    void replaceEntry(SwapSlot slot) {
        if (slot.free()) {
            release(slot);
        }
    }

    /** A page-table entry goes away that names a slot (free_swap_and_cache). */
    void freeEntry(SwapSlot slot, Task task) {
        if (slot.free()) {
            release(slot);
            return;
        }
        FolioImpl cached = slot.cached();
        if (cached != null && cached.mapcount() == 0) {
            tryToFreeCache(cached, task);
        }
    }

    /** The last mapping of a folio is gone. The caller holds the page-table lock of that mapping. */
    void lastMappingGone(FolioImpl folio, Task task) {
        if (folio.isInSwapCache()) {
            tryToFreeCache(folio, task);
        } else {
            free(folio);
        }
    }

    /**
     * Takes a folio that nobody maps out of the swap cache and frees it, if no swap entry needs it (free_swap_cache).
     * Whoever holds its lock now does that after he has released it; so does this method, for others that came meanwhile.
     */
    void tryToFreeCache(FolioImpl folio, Task task) {
        do {
            if (!machine.folioLock.tryLock(folio, task)) {
                return;
            }
            boolean gone = folio.mapcount() == 0 && (freeCache(folio) || !folio.isInSwapCache());
            machine.folioLock.unlock(folio);
            if (gone) {
                free(folio);
                return;
            }
        } while (isUnused(folio));
    }

    /** In the swap cache for nobody. */
    private boolean isUnused(FolioImpl folio) {
        SwapSlot slot = cache.get(folio);
        return slot != null && folio.mapcount() == 0 && slot.count() == 0;
    }

    /** A folio goes away if it is not mapped. */
    void free(FolioImpl folio) {
        if (!folio.free()) {
            return;
        }
        machine.removeResident(folio);
        if (folio.isAnon()) {
            if (folio.isKsm()) {
                machine.ksm.folioFreed(folio);
            } else {
                machine.strategy.folioFreed(folio);
                folio.setOwner(null);
            }
        }
    }

    private void release(SwapSlot slot) {
        synchronized (numbers) {
            numbers.clear((int) slot.number());
        }
    }

    long used() {
        synchronized (numbers) {
            return numbers.cardinality();
        }
    }
}
