package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.FolioWalk;
import java.util.function.Consumer;

/** The VMAs of one anon_vma. Guarded by the root's lock. */
sealed interface ChainIndex permits IntervalIndex, VmaIdIndex {
    /** Offers one VMA; false to end the walk. */
    @FunctionalInterface
    interface Offer {
        boolean vma(FolioWalk walk, Vma vma);
    }

    /** Whether there is none. */
    boolean hasNoVmas();

    /** Forgets everything: the object is a new anon_vma. */
    void reset();

    /**
     * Makes sure that the next {@link #add} needs no memory.
     *
     * @throws AllocationRefusedException if refused
     */
    void reserve();

    /** Gives back what was reserved and not needed. */
    void unreserve();

    void add(AnonVmaChain chain);

    void delete(AnonVmaChain chain);

    /** The range of a VMA is about to change. */
    void beforeChange(AnonVmaChain chain);

    /** The range of a VMA has changed. */
    void afterChange(AnonVmaChain chain);

    /** Offers all VMAs whose page offsets overlap a range, both ends inclusive. */
    WalkOutcome offer(FolioWalk walk, long first, long last, Offer offer);

    void visitAll(Consumer<AnonVmaChain> visitor);

    /** Checks the structure. */
    void check();
}
