package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.PageVisitor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A small folio. There are millions of them, so each field is paid for: 48 bytes an object.
 *
 * <p>{@code mapState} holds the map count and AnonExclusive. Invariant: a folio with exactly one mapping is changed only
 * by the holder of the page-table lock of that mapping (nobody else can add one), so that holder may store plainly;
 * with several mappings, several page-table locks are involved and every change is atomic.
 */
public final class FolioImpl extends PteTarget implements Folio {
    private static final VarHandle OWNER;
    private static final VarHandle MAP_STATE;
    private static final VarHandle ID;
    static final VarHandle LOCK_STATE;
    private static final VarHandle LRU_STATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OWNER = lookup.findVarHandle(FolioImpl.class, "owner", Object.class);
            MAP_STATE = lookup.findVarHandle(FolioImpl.class, "mapState", int.class);
            ID = lookup.findVarHandle(FolioImpl.class, "id", int.class);
            LOCK_STATE = lookup.findVarHandle(FolioImpl.class, "lockState", byte.class);
            LRU_STATE = lookup.findVarHandle(FolioImpl.class, "lruState", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Numbers folios of all managers; only folios that somebody asks for get one. */
    private static final AtomicInteger NEXT_ID = new AtomicInteger(1);

    private static final int EXCLUSIVE = 1 << 30;
    private static final int EXCLUSIVELY_MAPPED = EXCLUSIVE | 1;
    private static final int FREED = -1;

    private static final byte BATCH_REFERENCES = 0x0f;
    private static final byte ON_LRU = 0x10;
    private static final byte LAZY_FREE = 0x20;

    /** Written before the folio is published by a page-table entry, or under the folio lock. */
    private @Nullable Object owner;

    private long index;
    /** Guarded by the page-table lock of any mapping that may write, of which there is at most one. */
    private long content;

    private int mapState = EXCLUSIVELY_MAPPED;

    @SuppressWarnings("unused") // through LOCK_STATE
    private volatile byte lockState;

    /** References that folio batches hold (low bits), {@link #ON_LRU} and {@link #LAZY_FREE}; see {@link FolioBatches}. */
    private volatile byte lruState = 1;

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

    @Override
    public PageVisitor.Kind kind() {
        return PageVisitor.Kind.ANON;
    }

    @Override
    public long id() {
        int known = (int) ID.getOpaque(this);
        if (known != 0) {
            return known;
        }
        ID.compareAndSet(this, 0, NEXT_ID.getAndIncrement());
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
        return state == FREED ? 0 : state & ~EXCLUSIVE;
    }

    @Override
    public boolean isAnonExclusive(int page) {
        checkPage(page);
        return isAnonExclusive();
    }

    /**
     * AnonExclusive of the only page.
     *
     * @return the mark
     */
    public boolean isAnonExclusive() {
        return (int) MAP_STATE.getOpaque(this) == EXCLUSIVELY_MAPPED;
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

    /**
     * The content word. The caller holds the page-table lock of a mapping.
     *
     * @return the word
     */
    public long content() {
        return content;
    }

    /**
     * Stores the content word. The caller holds the page-table lock of the mapping, which is writable.
     *
     * @param word the word
     */
    public void setContent(long word) {
        content = word;
    }

    /**
     * One more mapping, by fork: nobody is exclusive any more. The caller holds the page-table lock of a mapping.
     */
    public void shareForFork() {
        if ((mapState & ~EXCLUSIVE) == 1) {
            MAP_STATE.setOpaque(this, 2);
        } else {
            MAP_STATE.getAndAdd(this, 1);
        }
    }

    /**
     * One mapping less. The caller holds the page-table lock of that mapping and removes it.
     *
     * @return true if it was the last: the folio is freed and never used again
     */
    public boolean unmap() {
        int state = mapState;
        if ((state & ~EXCLUSIVE) == 1) {
            MAP_STATE.setOpaque(this, FREED);
            return true;
        }
        int before = (int) MAP_STATE.getAndAdd(this, -1);
        if (before == 1) {
            MAP_STATE.setOpaque(this, FREED);
            return true;
        }
        if (before <= 0) {
            throw new IllegalStateException("folio " + id() + " is unmapped more often than it was mapped");
        }
        return false;
    }

    /**
     * The reference count: one for each mapping and one for each folio batch that the folio waits in.
     *
     * @return folio_ref_count
     */
    public int references() {
        return mapcount() + (lruState & BATCH_REFERENCES);
    }

    /**
     * Whether the folio has left the batch that every new folio waits in.
     *
     * @return folio_test_lru
     */
    public boolean isOnLru() {
        return (lruState & ON_LRU) != 0;
    }

    boolean isLazyFree() {
        return (lruState & LAZY_FREE) != 0;
    }

    void enterBatch() {
        LRU_STATE.getAndAdd(this, (byte) 1);
    }

    void leaveBatch() {
        LRU_STATE.getAndAdd(this, (byte) -1);
    }

    /** A folio leaves the batch for new ones: one reference less, and the mark. */
    void leaveNewBatch() {
        LRU_STATE.getAndAdd(this, (byte) (ON_LRU - 1));
    }

    void setLazyFree() {
        LRU_STATE.getAndBitwiseOr(this, LAZY_FREE);
    }

    /**
     * Whether the caller's mapping is the only one. Stays true while the caller holds its page-table lock and mmap lock.
     *
     * @return true for a map count of 1
     */
    public boolean isMappedOnce() {
        return ((int) MAP_STATE.getAcquire(this) & ~EXCLUSIVE) == 1;
    }

    /** Grants exclusivity. The caller holds the page-table lock of the only mapping. */
    public void setAnonExclusive() {
        MAP_STATE.setOpaque(this, EXCLUSIVELY_MAPPED);
    }

    /**
     * Whether the folio was freed.
     *
     * @return true after the last unmap
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
