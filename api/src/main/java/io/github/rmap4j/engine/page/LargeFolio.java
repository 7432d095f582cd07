package io.github.rmap4j.engine.page;

import java.util.Arrays;

/**
 * A folio of several pages. Its map counts are guarded by its monitor, which stands for the lock that Linux keeps in
 * {@code _mm_ids} (folio_lock_large_mapcount): innermost, held for a moment.
 *
 * <p>Like Linux it does not know who maps it, only whether one address space may be the only one: it counts the mappings
 * of two address spaces, and remembers when more came to it than it could count.
 */
public final class LargeFolio extends FolioImpl {
    /** The slot counts no address space (MM_ID_DUMMY). */
    private static final int NOBODY = -1;

    private static final int COUNTED_SPACES = 2;

    private final LargePage[] pages;
    private int mappings;
    private final int[] countedSpace = new int[COUNTED_SPACES];
    private final int[] countedMappings = new int[COUNTED_SPACES];
    private boolean maybeMappedShared;
    /** Guarded by the folio lock. */
    private boolean splitting;

    /**
     * A folio whose pages the caller maps exclusively, each once.
     *
     * @param index index of its first page
     * @param pages how many pages, a power of two
     * @param space number of the address space that maps it
     */
    public LargeFolio(long index, int pages, int space) {
        super(index, 0, IN_ONE_BATCH);
        this.pages = new LargePage[pages];
        Arrays.setAll(this.pages, i -> new LargePage(this, i));
        for (LargePage page : this.pages) {
            page.mapcount = 1;
            page.exclusive = true;
        }
        mappings = pages;
        setMapcount(pages);
        Arrays.fill(countedSpace, NOBODY);
        countedSpace[0] = space;
        countedMappings[0] = pages;
    }

    private LargeFolio(LargeFolio source) {
        super(source.index(), 0, (short) 0);
        this.pages = new LargePage[source.pages.length];
        Arrays.setAll(this.pages, i -> new LargePage(this, i));
        Arrays.fill(countedSpace, NOBODY);
        for (int i = 0; i < pages.length; i++) {
            pages[i].setContent(source.pages[i].content());
        }
    }

    @Override
    public LargeFolio replacement() {
        LargeFolio copy = new LargeFolio(this);
        copy.pin();
        copy.takeMarks(this);
        return copy;
    }

    /**
     * A small folio that takes the place of one page, pinned and not mapped yet.
     *
     * @param page which page, from 0
     * @return the new folio
     */
    public FolioImpl splitOff(int page) {
        FolioImpl part = replacement(index() + page, pages[page].content());
        part.setId(id() + page);
        return part;
    }

    /**
     * Whether a split is under way, by whoever holds the folio lock.
     *
     * @return true between begin and end
     */
    @Override
    public boolean isSplitting() {
        return splitting;
    }

    /**
     * A split begins or ends. The caller holds the folio lock.
     *
     * @param newSplitting whether it is under way
     */
    public void setSplitting(boolean newSplitting) {
        splitting = newSplitting;
    }

    /**
     * A page.
     *
     * @param page which, from 0
     * @return the page
     */
    public LargePage page(int page) {
        return pages[page];
    }

    @Override
    public int pages() {
        return pages.length;
    }

    @Override
    public synchronized int mapcount(int page) {
        return pages[page].mapcount;
    }

    @Override
    public synchronized boolean isAnonExclusive(int page) {
        return pages[page].exclusive;
    }

    @Override
    public long content(int page) {
        return pages[page].content();
    }

    @Override
    public synchronized void pin() {
        super.pin();
    }

    @Override
    public synchronized void unpin() {
        super.unpin();
    }

    synchronized void setAnonExclusive(LargePage page) {
        page.exclusive = true;
    }

    synchronized void share(LargePage page, int space) {
        page.exclusive = false;
        map(page, space);
    }

    synchronized void map(LargePage page, int space) {
        page.mapcount++;
        addMappings(1, space);
    }

    /**
     * One more entry maps all pages at once (folio_add_anon_rmap_pmd).
     *
     * @param space number of the address space that maps them
     */
    public synchronized void mapAll(int space) {
        for (LargePage page : pages) {
            page.mapcount++;
        }
        addMappings(pages.length, space);
    }

    /**
     * The same by fork: nobody is exclusive any more (folio_try_dup_anon_rmap_pmd).
     *
     * @param space number of the child's address space
     */
    public synchronized void shareAll(int space) {
        for (LargePage page : pages) {
            page.exclusive = false;
        }
        mapAll(space);
    }

    /** Grants exclusivity of all pages. The caller holds the page-table lock of the only mapping. */
    public synchronized void setAllAnonExclusive() {
        for (LargePage page : pages) {
            page.exclusive = true;
        }
    }

    /**
     * An entry that mapped all pages at once is gone (folio_remove_rmap_pmd).
     *
     * @param space number of the address space that mapped them
     * @return true if nothing maps the folio any more
     */
    public synchronized boolean unmapAll(int space) {
        for (LargePage page : pages) {
            page.mapcount--;
            page.exclusive = false;
        }
        return removeMappings(pages.length, space);
    }

    /** folio_add_return_large_mapcount. */
    private void addMappings(int n, int space) {
        mappings += n;
        if (countedSpace[0] == space) {
            countedMappings[0] += n;
        } else if (countedSpace[1] == space) {
            countedMappings[1] += n;
        } else if (countedSpace[0] == NOBODY) {
            count(0, n, space);
            // Mappings of others may be there that came when no slot was free.
            maybeMappedShared |= mappings != n;
        } else if (countedSpace[1] == NOBODY) {
            count(1, n, space);
            maybeMappedShared = true;
        }
        setMapcount(mappings);
    }

    private void count(int slot, int n, int space) {
        countedSpace[slot] = space;
        countedMappings[slot] = n;
    }

    synchronized boolean unmap(LargePage page, int space) {
        if (page.mapcount <= 0) {
            throw new IllegalStateException(
                    "page " + page.pageIndex() + " of folio " + id() + " is unmapped more often than it was mapped");
        }
        page.mapcount--;
        page.exclusive = false;
        return removeMappings(1, space);
    }

    /** folio_sub_return_large_mapcount. */
    private boolean removeMappings(int n, int space) {
        mappings -= n;
        setMapcount(mappings);
        for (int slot = 0; slot < COUNTED_SPACES; slot++) {
            if (countedSpace[slot] == space) {
                // Fewer were counted than there were if some came when no slot was free.
                countedMappings[slot] -= n;
                if (countedMappings[slot] > 0) {
                    return false;
                }
                countedMappings[slot] = 0;
                countedSpace[slot] = NOBODY;
                break;
            }
        }
        if (countedMappings[0] == mappings || countedMappings[1] == mappings) {
            maybeMappedShared = false;
        }
        return mappings == 0;
    }

    /**
     * Whether one address space has all mappings and nobody else a reference (__wp_can_reuse_large_anon_folio). A folio of
     * which a single page is left is not kept for it.
     *
     * @return true if a write to one of its pages need not copy it
     */
    public synchronized boolean isUsedByOneSpace() {
        return mappings > 1 && !maybeMappedShared && references() == mappings;
    }

    /**
     * Whether the one entry that maps all pages at once is the only user (folio_ref_count of 1).
     *
     * @return true if a write through that entry need not copy anything
     */
    public synchronized boolean isMappedOnceByPmd() {
        return mappings == pages.length && references() == mappings;
    }

    /**
     * Whether more than one address space may map it (folio_maybe_mapped_shared).
     *
     * @return false only if one address space has all mappings
     */
    public synchronized boolean isMaybeMappedShared() {
        return maybeMappedShared;
    }
}
