package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.VmaIntervalNode;
import org.jspecify.annotations.Nullable;

/**
 * A struct anon_vma_chain: one VMA in the tree of one anon_vma. Is an entry of two structures: the VMA's chain, newest
 * first, guarded by the mmap lock and (for the first entry) the page_table_lock; and the anon_vma's interval tree,
 * guarded by the root's lock.
 */
final class AnonVmaChain extends VmaIntervalNode {
    private @Nullable AnonVma anonVma;
    private int id;
    /** The next older entry of the VMA's chain. */
    @Nullable
    AnonVmaChain nextOlder;
    /** The next newer entry of the VMA's chain. */
    @Nullable
    AnonVmaChain nextNewer;

    void init(Vma newVma, int vmaId, AnonVma newAnonVma) {
        setVma(newVma);
        number(vmaId);
        anonVma = newAnonVma;
        nextOlder = null;
        nextNewer = null;
    }

    void number(int vmaId) {
        id = vmaId;
    }

    /** The number of the VMA, where VMAs are numbered. */
    int id() {
        return id;
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
        nextOlder = null;
        nextNewer = null;
    }
}
