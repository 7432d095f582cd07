package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.Folio;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A small folio, which is its own page, and what all folios have in common. There are millions of small ones, so each
 * field is paid for: 48 bytes an object.
 *
 * <p>{@code mapState} holds the map count, AnonExclusive and the pin. Invariant: a folio with exactly one mapping is
 * changed only by the holder of the page-table lock of that mapping, so that holder may store plainly. There are
 * exceptions, in which every change is atomic: a folio of the swap cache, which everybody with a swap entry for it may
 * map (folios enter the swap cache before the first such entry is made, which takes the page-table lock), a KSM folio,
 * which a scan maps for others (it becomes one under the page-table lock of its only mapping), and a pinned one, whose mappings a migration takes away or brings back (it is pinned under the page-table lock of a mapping, or
 * before it has one).
 */
public sealed class FolioImpl extends AnonPage implements Folio permits LargeFolio {
    private static final VarHandle OWNER;
    private static final VarHandle MAP_STATE;
    private static final VarHandle ID;
    static final VarHandle LOCK_STATE;
    private static final VarHandle FLAGS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OWNER = lookup.findVarHandle(FolioImpl.class, "owner", Object.class);
            MAP_STATE = lookup.findVarHandle(FolioImpl.class, "mapState", int.class);
            ID = lookup.findVarHandle(FolioImpl.class, "id", int.class);
            LOCK_STATE = lookup.findVarHandle(FolioImpl.class, "lockState", byte.class);
            FLAGS = lookup.findVarHandle(FolioImpl.class, "flags", short.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Numbers folios of all managers; only folios that somebody asks for get one. */
    private static final AtomicInteger NEXT_ID = new AtomicInteger(1);

    private static final int EXCLUSIVE = 1 << 30;
    private static final int PINNED = 1 << 29;
    private static final int COUNT = PINNED - 1;
    private static final int EXCLUSIVELY_MAPPED = EXCLUSIVE | 1;
    private static final int FREED = -1;
    private static final long NO_INDEX = -1;

    private static final short BATCH_REFERENCES = 0xff;
    static final short IN_ONE_BATCH = 1;
    /** Leaves room for as many threads as may pass the check at the same time. */
    private static final short MOST_BATCH_REFERENCES = 0x80;

    private static final short ON_LRU = 0x100;
    private static final short LAZY_FREE = 0x200;
    private static final short SWAP_CACHE = 0x400;
    private static final short DIRTY = 0x800;
    private static final short KSM = 0x1000;
    private static final short REFERENCED = 0x2000;
    private static final short MAPPED_BY_ANYBODY = SWAP_CACHE | KSM;

    /** Written before the folio is published by a page-table entry, or under the folio lock. */
    private @Nullable Object owner;

    private long index;
    /** Guarded by the page-table lock of any mapping that may write, of which there is at most one. */
    private long content;

    private int mapState = EXCLUSIVELY_MAPPED;

    @SuppressWarnings("unused") // through LOCK_STATE
    private volatile byte lockState;

    /** References that folio batches hold (low bits, see {@link FolioBatches}), and the marks. */
    private volatile short flags = IN_ONE_BATCH;

    private int strategyTag;
    private int id;

    /**
     * A folio that the caller maps exclusively, once.
     *
     * @param index its index
     * @param content its first content
     */
    public FolioImpl(long index, long content) {
        this.index = index;
        this.content = content;
    }

    /** A folio that nobody maps yet. */
    FolioImpl(long index, long content, short flags) {
        this.index = index;
        this.content = content;
        this.mapState = 0;
        this.flags = flags;
    }

    /**
     * A folio that takes this one's place, not mapped yet: the same owner, index, content and marks. Both are locked.
     *
     * @return the new folio, pinned; it waits in no batch and is not in the swap cache
     */
    public FolioImpl replacement() {
        return replacement(index, content);
    }

    /** A small folio for a page of this folio. */
    final FolioImpl replacement(long newIndex, long newContent) {
        FolioImpl copy = new FolioImpl(newIndex, newContent, ON_LRU);
        copy.pin();
        copy.takeMarks(this);
        return copy;
    }

    /**
     * A folio that was read from swap and that nobody maps yet.
     *
     * @param content its content
     * @return a folio that is not anonymous before {@link #becomeAnon}
     */
    public static FolioImpl readFromSwap(long content) {
        return new FolioImpl(NO_INDEX, content, IN_ONE_BATCH);
    }

    /**
     * A folio as the engine knows it.
     *
     * @param folio what a caller of the API has
     * @return the same
     * @throws IllegalArgumentException if it is not one of this library
     */
    public static FolioImpl of(Folio folio) {
        if (folio instanceof FolioImpl known) {
            return known;
        }
        throw new IllegalArgumentException("not a folio of this library: " + folio);
    }

    /**
     * Whether a strategy has been told of the folio.
     *
     * @return folio_test_anon
     */
    public boolean isAnon() {
        return index != NO_INDEX;
    }

    /**
     * The folio becomes anonymous; its first mapping follows. The folio is new, or locked.
     *
     * @param newIndex its index
     */
    public void becomeAnon(long newIndex) {
        index = newIndex;
    }

    @Override
    public final FolioImpl folio() {
        return this;
    }

    @Override
    public final int pageIndex() {
        return 0;
    }

    @Override
    public long id() {
        int known = (int) ID.getOpaque(this);
        if (known != 0) {
            return known;
        }
        ID.compareAndSet(this, 0, NEXT_ID.getAndAdd(pages()));
        return (int) ID.getOpaque(this);
    }

    @Override
    public int pages() {
        return 1;
    }

    @Override
    public int mapcount(int page) {
        checkPage(page);
        return mapcount();
    }

    @Override
    public int mapcount() {
        int state = (int) MAP_STATE.getOpaque(this);
        return state == FREED ? 0 : state & COUNT;
    }

    @Override
    public boolean isAnonExclusive(int page) {
        checkPage(page);
        return isAnonExclusive();
    }

    @Override
    public final boolean isAnonExclusive() {
        int state = (int) MAP_STATE.getOpaque(this);
        return state > 0 && (state & EXCLUSIVE) != 0;
    }

    @Override
    public long index() {
        return index;
    }

    @Override
    public long content(int page) {
        checkPage(page);
        return content;
    }

    private static void checkPage(int page) {
        if (page != 0) {
            throw new IndexOutOfBoundsException("page " + page + " of a folio of 1 page");
        }
    }

    @Override
    public final long content() {
        return content;
    }

    @Override
    public final void setContent(long word) {
        content = word;
    }

    @Override
    public final void shareForFork(int space) {
        // Read in this order: who maps a folio of the swap cache does so before it leaves the cache.
        boolean shared = (flags & MAPPED_BY_ANYBODY) != 0;
        int state = (int) MAP_STATE.getOpaque(this);
        if (state == EXCLUSIVELY_MAPPED || (state == 1 && !shared)) {
            MAP_STATE.setOpaque(this, 2);
        } else {
            addMappings(1);
        }
    }

    /** Changes the map count; whoever was exclusive is not any more. Returns the count before. */
    private int addMappings(int difference) {
        while (true) {
            int state = mapState;
            int count = state & COUNT;
            if (state == FREED || count + difference < 0) {
                throw new IllegalStateException("folio " + id() + " is unmapped more often than it was mapped");
            }
            if (MAP_STATE.compareAndSet(this, state, (state & PINNED) | (count + difference))) {
                return count;
            }
        }
    }

    /** Gives a folio that nobody knows yet its number. */
    final void setId(long number) {
        id = (int) number;
    }

    /** Takes over another folio's owner and marks. */
    final void takeMarks(FolioImpl source) {
        flags = (short) (source.flags & (LAZY_FREE | DIRTY) | ON_LRU);
        setOwner(source.owner());
        strategyTag = source.strategyTag;
    }

    /** Sets the map count of a large folio, whose monitor is held. */
    final void setMapcount(int mapcount) {
        MAP_STATE.setOpaque(this, mapState & PINNED | mapcount);
    }

    @Override
    public final void map(int space) {
        addMappings(1);
    }

    @Override
    public final boolean unmap(int space) {
        // Read in this order: who maps a folio of the swap cache does so before it leaves the cache.
        boolean shared = (flags & MAPPED_BY_ANYBODY) != 0;
        int state = (int) MAP_STATE.getOpaque(this);
        if (state == EXCLUSIVELY_MAPPED || (state == 1 && !shared)) {
            MAP_STATE.setOpaque(this, 0);
            return true;
        }
        return addMappings(-1) == 1;
    }

    /**
     * The folio goes away: it is not mapped and not in the swap cache.
     *
     * @return false if it is pinned, or somebody else was faster
     */
    public boolean free() {
        return MAP_STATE.compareAndSet(this, 0, FREED);
    }

    /**
     * The reference count: one for each mapping, each folio batch that the folio waits in, the swap cache, and a pin.
     *
     * @return folio_ref_count
     */
    public int references() {
        short marks = flags;
        return mapcount() + (marks & BATCH_REFERENCES) + ((marks & SWAP_CACHE) == 0 ? 0 : 1) + (isPinned() ? 1 : 0);
    }

    /**
     * Whether somebody besides mappings and the swap cache refers to the folio (folio_expected_ref_count). The folio is
     * locked.
     *
     * @return true if it waits in a batch or is pinned
     */
    public boolean hasExtraReferences() {
        return references() != mapcount() + (isInSwapCache() ? 1 : 0);
    }

    /**
     * Keeps the folio from going away while its mappings are replaced by migration entries. It is locked; the caller holds
     * the page-table lock of a mapping, or nobody knows the folio yet.
     */
    public void pin() {
        MAP_STATE.getAndBitwiseOr(this, PINNED);
    }

    /** Ends {@link #pin}; if the folio is not mapped by then, the caller frees it. */
    public void unpin() {
        if (isPinned()) {
            MAP_STATE.getAndBitwiseAnd(this, ~PINNED);
        }
    }

    /**
     * Whether a migration holds on to the folio.
     *
     * @return true between {@link #pin} and {@link #unpin}
     */
    public final boolean isPinned() {
        int state = (int) MAP_STATE.getOpaque(this);
        return state > 0 && (state & PINNED) != 0;
    }

    /**
     * Whether the folio has left the batch that every new folio waits in.
     *
     * @return folio_test_lru
     */
    public boolean isOnLru() {
        return (flags & ON_LRU) != 0;
    }

    /**
     * Whether the folio may be dropped instead of swapped out (MADV_FREE).
     *
     * @return !folio_test_swapbacked
     */
    public boolean isLazyFree() {
        return (flags & LAZY_FREE) != 0;
    }

    /** One more batch holds a reference; false when there are too many to count, so that batches must be drained. */
    boolean enterBatch() {
        if ((flags & BATCH_REFERENCES) > MOST_BATCH_REFERENCES) {
            return false;
        }
        FLAGS.getAndAdd(this, (short) 1);
        return true;
    }

    void leaveBatch() {
        FLAGS.getAndAdd(this, (short) -1);
    }

    /** A folio leaves the batch for new ones: one reference less, and the mark. */
    void leaveNewBatch() {
        FLAGS.getAndAdd(this, (short) (ON_LRU - 1));
    }

    void enterSwapCache() {
        FLAGS.getAndBitwiseOr(this, SWAP_CACHE);
    }

    void leaveSwapCache() {
        FLAGS.getAndBitwiseAnd(this, (short) ~SWAP_CACHE);
    }

    /**
     * Whether the swap cache refers to the folio.
     *
     * @return folio_test_swapcache
     */
    public boolean isInSwapCache() {
        return (flags & SWAP_CACHE) != 0;
    }

    /** The folio becomes a KSM folio: everybody may map it, nobody may write it. */
    public void becomeKsm() {
        FLAGS.getAndBitwiseOr(this, KSM);
    }

    /**
     * Whether a split is under way, by whoever holds the folio lock.
     *
     * @return always false for a small folio
     */
    public boolean isSplitting() {
        return false;
    }

    /**
     * Whether pages were merged into this folio.
     *
     * @return folio_test_ksm
     */
    public boolean isKsm() {
        return (flags & KSM) != 0;
    }

    /**
     * Notes that reclaim found the folio in use.
     *
     * @return whether it had been noted before (folio_test_clear_referenced and folio_set_referenced)
     */
    public boolean testSetReferenced() {
        return ((short) FLAGS.getAndBitwiseOr(this, REFERENCED) & REFERENCED) != 0;
    }

    /** Forgets {@link #testSetReferenced}. */
    public void clearReferenced() {
        FLAGS.getAndBitwiseAnd(this, (short) ~REFERENCED);
    }

    @Override
    public String toString() {
        return "folio " + id() + " (index " + index + (isKsm() ? ", KSM" : "") + (isInSwapCache() ? ", swap cache" : "")
                + (isLazyFree() ? ", lazy free" : "") + (isOnLru() ? "" : ", not on LRU") + ", references "
                + references() + ", owner " + owner + ")";
    }

    /** Takes exclusivity away (folio_try_share_anon_rmap_pte). The caller holds the page-table lock of the only mapping. */
    public void clearAnonExclusive() {
        MAP_STATE.getAndBitwiseAnd(this, ~EXCLUSIVE);
    }

    /** The content differs from that of any swap slot (folio_mark_dirty). */
    public void markDirty() {
        FLAGS.getAndBitwiseOr(this, DIRTY);
    }

    /** The content is saved, or not needed (folio_clear_dirty). */
    public void clearDirty() {
        FLAGS.getAndBitwiseAnd(this, (short) ~DIRTY);
    }

    /**
     * Whether the content is known to differ from that of any swap slot; the entries that map it may know better.
     *
     * @return folio_test_dirty
     */
    public boolean isDirty() {
        return (flags & DIRTY) != 0;
    }

    /** The folio was written after MADV_FREE (folio_set_swapbacked). */
    public void clearLazyFree() {
        FLAGS.getAndBitwiseAnd(this, (short) ~LAZY_FREE);
    }

    void setLazyFree() {
        FLAGS.getAndBitwiseOr(this, LAZY_FREE);
    }

    /**
     * Whether the caller's mapping is the only one. Stays true while the caller holds its page-table lock and mmap lock.
     *
     * @return true for a map count of 1
     */
    public boolean isMappedOnce() {
        return ((int) MAP_STATE.getAcquire(this) & COUNT) == 1;
    }

    @Override
    public final void setAnonExclusive() {
        if (isPinned()) {
            MAP_STATE.getAndBitwiseOr(this, EXCLUSIVE);
        } else {
            MAP_STATE.setOpaque(this, EXCLUSIVELY_MAPPED);
        }
    }

    /**
     * Whether the folio was freed.
     *
     * @return true after {@link #free}
     */
    public boolean isFreed() {
        return (int) MAP_STATE.getOpaque(this) == FREED;
    }

    /**
     * The strategy's reference.
     *
     * @return folio->mapping
     */
    public @Nullable Object owner() {
        return OWNER.getAcquire(this);
    }

    /**
     * Changes the strategy's owner if it is a certain one. Two threads may do the same.
     *
     * @param from what is replaced
     * @param to what takes its place
     * @return whether it was replaced
     */
    public final boolean replaceOwner(Object from, Object to) {
        boolean same = owner == from;
        if (same) {
            OWNER.setRelease(this, to);
        }
        return same;
    }

    /**
     * Changes the strategy's reference in one step.
     *
     * @param expected what it must be, by identity
     * @param newOwner what takes its place
     * @return whether it was changed
     */
    public final boolean compareAndSetOwner(@Nullable Object expected, @Nullable Object newOwner) {
        return OWNER.compareAndSet(this, expected, newOwner);
    }

    /**
     * Sets the strategy's reference.
     *
     * @param newOwner folio->mapping
     */
    public void setOwner(@Nullable Object newOwner) {
        OWNER.setRelease(this, newOwner);
    }

    /**
     * The strategy's number.
     *
     * @return the tag
     */
    public int strategyTag() {
        return strategyTag;
    }

    /**
     * Sets the strategy's number.
     *
     * @param tag the tag
     */
    public void setStrategyTag(int tag) {
        strategyTag = tag;
    }
}
