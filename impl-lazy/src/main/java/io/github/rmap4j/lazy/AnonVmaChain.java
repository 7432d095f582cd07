package io.github.rmap4j.lazy;

import io.github.rmap4j.spi.VmaIntervalNode;
import org.jspecify.annotations.Nullable;

/**
 * A struct anon_vma_chain: one VMA in the tree of one anon_vma. The VMA's list of them is guarded by the mmap lock held
 * for writing, or the VMA lock of its root.
 */
final class AnonVmaChain extends VmaIntervalNode {
    private @Nullable AnonVmaTree holder;
    private @Nullable AnonVma anonVma;
    /** The next one of the VMA: oldest ancestor first. */
    @Nullable
    AnonVmaChain next;

    void init(AnonVmaTree newHolder, AnonVma newAnonVma) {
        setVma(newHolder.vma);
        holder = newHolder;
        anonVma = newAnonVma;
        next = null;
    }

    AnonVma anonVma() {
        AnonVma linked = anonVma;
        if (linked == null) {
            throw new IllegalStateException("use after free of AnonVmaChain");
        }
        return linked;
    }

    /** Whether the VMA was inherited from that of an anon_vma, and has got none of its own so far. */
    boolean isHeirOf(AnonVma ancestor) {
        AnonVmaTree its = holder;
        return its != null && its.parent == ancestor && !its.isFull();
    }

    @Override
    protected void poison() {
        super.poison();
        holder = null;
        anonVma = null;
        next = null;
    }
}
