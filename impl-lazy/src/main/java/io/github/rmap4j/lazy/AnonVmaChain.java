package io.github.rmap4j.lazy;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.VmaIntervalNode;
import org.jspecify.annotations.Nullable;

/**
 * A struct anon_vma_chain: one VMA in the tree of one anon_vma. The VMA's list of them is guarded by the mmap lock held
 * for writing, or the VMA lock of its root.
 */
final class AnonVmaChain extends VmaIntervalNode {
    private @Nullable AnonVma anonVma;
    /** The next one of the VMA: oldest ancestor first. */
    @Nullable
    AnonVmaChain next;

    void init(Vma vma, AnonVma newAnonVma) {
        setVma(vma);
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

    @Override
    protected void poison() {
        super.poison();
        anonVma = null;
        next = null;
    }
}
