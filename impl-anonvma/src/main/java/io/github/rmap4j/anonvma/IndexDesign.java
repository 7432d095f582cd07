package io.github.rmap4j.anonvma;

import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.PageMove;

/** How an anon_vma knows its VMAs. */
sealed interface IndexDesign permits IntervalTrees, VmaIdTrees {
    /** Size of a chain entry in Linux, in bytes. */
    int chainBytes();

    /** An index without VMAs. */
    ChainIndex newIndex();

    /**
     * A VMA gets its first chain entry.
     *
     * @return its id
     * @throws AllocationRefusedException if there is none left
     */
    int vmaLinked();

    /**
     * A VMA that fork has made gets its first chain entry. Its entries are copied without the root's lock: it must come
     * after its parent's, or a walk that has passed it misses what is copied from there before it gets there.
     *
     * @param parentId the id of the VMA that it is copied from
     * @return its id
     * @throws AllocationRefusedException if there is none left that comes after
     */
    int vmaForked(int parentId);

    /** A VMA has lost its last chain entry. */
    void vmaUnlinked(int id);

    /** Whether a walk may pass by an entry on its move from one VMA to another, unless the root's lock is held. */
    boolean mayOvertakeWalk(PageMove move);
}
