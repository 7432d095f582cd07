package io.github.rmap4j.engine.rmap;

import java.util.Arrays;

/**
 * The mappings that a walk has reported: an open-addressing set of (address space, page). While a VMA is being split,
 * two VMAs may cover a page for a moment, and a strategy may offer both.
 */
final class ReportedMappings {
    private static final int INITIAL = 64;

    private long[] pages = new long[INITIAL];
    private int[] spaces = new int[INITIAL];
    /** The walk that filled a place; places of former walks are empty, so that clearing costs nothing. */
    private int[] walks = new int[INITIAL];

    private int walk = 1;
    private int size;

    void clear() {
        size = 0;
        if (++walk == 0) {
            Arrays.fill(walks, 0);
            walk = 1;
        }
    }

    /** Adds a mapping; false if it is there already. */
    boolean add(int space, long page) {
        int at = slot(space, page, pages.length);
        while (walks[at] == walk) {
            if (pages[at] == page && spaces[at] == space) {
                return false;
            }
            at = (at + 1) & (pages.length - 1);
        }
        pages[at] = page;
        spaces[at] = space;
        walks[at] = walk;
        if (++size > pages.length / 2) {
            grow();
        }
        return true;
    }

    private static int slot(int space, long page, int capacity) {
        long mixed = (page * 0x9E3779B97F4A7C15L) ^ (space * 0xC2B2AE3D27D4EB4FL);
        return (int) (mixed >>> 32) & (capacity - 1);
    }

    private void grow() {
        long[] oldPages = pages;
        int[] oldSpaces = spaces;
        int[] oldWalks = walks;
        pages = new long[oldPages.length * 2];
        spaces = new int[pages.length];
        walks = new int[pages.length];
        size = 0;
        for (int i = 0; i < oldPages.length; i++) {
            if (oldWalks[i] == walk) {
                add(oldSpaces[i], oldPages[i]);
            }
        }
    }
}
