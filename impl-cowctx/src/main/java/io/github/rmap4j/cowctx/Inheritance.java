package io.github.rmap4j.cowctx;

import java.util.Arrays;

/**
 * Which pages a child may still map that it has inherited, by index. It can only lose them, so what was true once stays
 * true: whatever is known to be gone is gone. Unchanging.
 *
 * @param first no inherited page has a smaller index
 * @param last no inherited page has a larger index; smaller than {@code first} if none is left
 * @param from from here on {@code pages} tells page by page
 * @param to up to here, inclusive
 * @param blocks numbers of the blocks of {@link #BLOCK} indices between the two that hold any, ascending
 * @param pages for each block a bit for each index that may be mapped
 */
record Inheritance(long first, long last, long from, long to, long[] blocks, long[] pages) {
    /** Indices in a block. */
    static final int BLOCK = Long.SIZE;

    static final int BLOCK_SHIFT = 6;

    private static final long[] NONE = {};

    /** Everything. */
    static final Inheritance UNKNOWN = within(0, Long.MAX_VALUE);

    /** Nothing but a range of indices. */
    static Inheritance within(long first, long last) {
        return new Inheritance(first, last, 1, 0, NONE, NONE);
    }

    /** Whether a page with one of these indices may be mapped. */
    boolean mayHold(long firstIndex, long lastIndex) {
        if (lastIndex < first || firstIndex > last || last < first) {
            return false;
        }
        return firstIndex < from || lastIndex > to || isMarked(firstIndex, lastIndex);
    }

    private boolean isMarked(long firstIndex, long lastIndex) {
        int at = Arrays.binarySearch(blocks, firstIndex >> BLOCK_SHIFT);
        for (int i = at < 0 ? -at - 1 : at; i < blocks.length && blocks[i] <= lastIndex >> BLOCK_SHIFT; i++) {
            if ((pages[i] & marks(blocks[i], firstIndex, lastIndex)) != 0) {
                return true;
            }
        }
        return false;
    }

    /** The bits of a block for some indices, of which it has at least one. */
    static long marks(long block, long firstIndex, long lastIndex) {
        int low = (int) Math.max(0, firstIndex - (block << BLOCK_SHIFT));
        int high = (int) Math.min(BLOCK - 1, lastIndex - (block << BLOCK_SHIFT));
        return (-1L << low) & (-1L >>> (BLOCK - 1 - high));
    }

    /** Whether it tells more than ranges. */
    boolean hasBlocks() {
        return blocks.length > 0;
    }
}
