package io.github.rmap4j.tck.broken;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.tck.strategy.ForwardingWalk;
import org.jspecify.annotations.Nullable;

/** Leaves out some of the places that a walk offers. */
final class Choosy extends ForwardingWalk {
    /** Decides about a place. */
    interface Choice {
        /**
         * Whether it is left out.
         *
         * @param place it
         */
        boolean leavesOut(Place place);
    }

    /**
     * A place that is offered.
     *
     * @param walk the walk
     * @param n how many were offered before
     * @param space where
     * @param address in bytes
     * @param vma the VMA there, or null if the strategy does not know it
     */
    record Place(
            FolioWalk walk,
            int n,
            AddressSpace space,
            long address,
            @Nullable Vma vma) {}

    private final FolioWalk walk;
    private final Choice choice;
    private int offered;

    Choosy(FolioWalk walk, Choice choice) {
        super(walk);
        this.walk = walk;
        this.choice = choice;
    }

    private boolean leavesOut(AddressSpace space, long address, @Nullable Vma vma) {
        return choice.leavesOut(new Place(walk, offered++, space, address, vma));
    }

    @Override
    public boolean candidate(Vma vma, long address) {
        return leavesOut(vma.addressSpace(), address, vma) || super.candidate(vma, address);
    }

    @Override
    public boolean candidate(AddressSpace space, long address) {
        return leavesOut(space, address, null) || super.candidate(space, address);
    }

    @Override
    public boolean candidate(AddressSpace space, long address, Vma likely) {
        return leavesOut(space, address, likely) || super.candidate(space, address, likely);
    }
}
