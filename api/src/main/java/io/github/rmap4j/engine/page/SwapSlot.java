package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageEntry;
import org.jspecify.annotations.Nullable;

/**
 * A page of swap space, and the swap entries of page tables that name it (swp_entry_t and its swap_map byte). Everything
 * is guarded by the slot's monitor, which stands for the lock of a swap cluster: innermost, held for a moment.
 *
 * <p>A slot is in use while entries name it or a folio of the swap cache belongs to it.
 */
public final class SwapSlot extends PteTarget {
    private final long number;
    private int count;
    private long content;
    private @Nullable FolioImpl cached;
    private boolean ofKsm;

    /**
     * A slot that nothing uses yet.
     *
     * @param number its number
     */
    public SwapSlot(long number) {
        this.number = number;
    }

    @Override
    public PageEntry.Kind kind() {
        return PageEntry.Kind.SWAP;
    }

    /**
     * Which slot.
     *
     * @return its number, from 0
     */
    public long number() {
        return number;
    }

    /**
     * The slot saves a KSM page: those who read it back get a copy each, for there is no place where one walk would find
     * them all (ksm_might_need_to_copy).
     */
    public synchronized void setOfKsm() {
        ofKsm = true;
    }

    /**
     * Whether the slot saves a KSM page.
     *
     * @return true after {@link #setOfKsm}
     */
    public synchronized boolean isOfKsm() {
        return ofKsm;
    }

    /** One more entry names the slot (swap_duplicate). */
    public synchronized void duplicate() {
        count++;
    }

    /**
     * One entry less names the slot (swap_free).
     *
     * @return true if nothing uses the slot any more
     */
    public synchronized boolean free() {
        if (count <= 0) {
            throw new IllegalStateException("swap slot " + number + " is freed more often than it was used");
        }
        return --count == 0 && cached == null;
    }

    /**
     * How many entries name it (__swap_count).
     *
     * @return the count
     */
    public synchronized int count() {
        return count;
    }

    /**
     * The folio that the swap cache has for this slot (swap_cache_get_folio).
     *
     * @return the folio, or null
     */
    public synchronized @Nullable FolioImpl cached() {
        return cached;
    }

    /**
     * Puts a folio that was read into the swap cache, unless somebody was faster (swapcache_prepare).
     *
     * @param read a folio with the content of this slot
     * @return the folio that is cached now, or null if the slot is not in use any more
     */
    public synchronized @Nullable FolioImpl cache(FolioImpl read) {
        if (cached == null && count > 0) {
            add(read);
        }
        return cached;
    }

    /**
     * Puts the folio into the swap cache for which the slot was made.
     *
     * @param folio the folio, locked
     */
    public synchronized void add(FolioImpl folio) {
        folio.enterSwapCache();
        cached = folio;
    }

    /**
     * Writes the cached folio's content (swap_writeout).
     *
     * @param word the content
     */
    public synchronized void write(long word) {
        content = word;
    }

    /**
     * What was written last (swap_read_folio).
     *
     * @return the content
     */
    public synchronized long read() {
        return content;
    }

    /**
     * What a process would read.
     *
     * @return the cached folio's content, or else what was written last
     */
    public synchronized long current() {
        return cached != null ? cached.content() : content;
    }

    /**
     * Takes a folio out of the swap cache when no entry needs it there (folio_free_swap). The folio is locked.
     *
     * @param folio the cached folio
     * @return whether it was taken out; the slot is not used any more then
     */
    public synchronized boolean uncacheIfUnused(FolioImpl folio) {
        if (cached != folio || count > 0) {
            return false;
        }
        cached = null;
        folio.leaveSwapCache();
        return true;
    }

    /**
     * Another folio takes the cached one's place. Both are locked.
     *
     * @param source the cached folio
     * @param destination the new one
     */
    public synchronized void replace(FolioImpl source, FolioImpl destination) {
        if (cached == source) {
            source.leaveSwapCache();
            destination.enterSwapCache();
            cached = destination;
        }
    }

    /**
     * Takes a reclaimed folio out of the swap cache (__remove_mapping). The folio is locked and not mapped.
     *
     * @param folio the cached folio
     * @return true if nothing uses the slot any more
     */
    public synchronized boolean uncache(FolioImpl folio) {
        if (cached != folio) {
            throw new IllegalStateException("swap slot " + number + " does not cache this folio");
        }
        cached = null;
        folio.leaveSwapCache();
        return count == 0;
    }

    @Override
    public String toString() {
        return "swap slot " + number;
    }
}
