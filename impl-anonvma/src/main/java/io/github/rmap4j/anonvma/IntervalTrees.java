package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.PageMove;

/** As in Linux: chains have a place in an interval tree. */
final class IntervalTrees implements IndexDesign {
    /** struct anon_vma_chain. */
    private static final int CHAIN_BYTES = 64;

    @Override
    public int chainBytes() {
        return CHAIN_BYTES;
    }

    @Override
    public ChainIndex newIndex() {
        return new IntervalIndex();
    }

    @Override
    public int vmaLinked() {
        return 0;
    }

    /** The tree puts it there: of equal ranges the newest comes last. */
    @Override
    public int vmaForked(int parentId) {
        return 0;
    }

    @Override
    public void vmaUnlinked(int id) {}

    /**
     * A walk visits VMAs in the order of their page offsets. A copy made for the move sorts behind its source, so a walk
     * meets an entry at its old or its new place; a VMA that existed before may sort in front of the source, and then a
     * walk could miss both (need_rmap_locks in copy_vma).
     */
    @Override
    public boolean mayOvertakeWalk(PageMove move) {
        return move.mergedIntoDestination()
                && move.destination().pgoff() <= move.source().pgoff();
    }
}
