package io.github.rmap4j.anonvma;

import io.github.rmap4j.api.Vma;
import io.github.rmap4j.spi.SlabObject;
import org.jspecify.annotations.Nullable;

/**
 * A struct anon_vma_chain: one VMA in the tree of one anon_vma. Is an entry of two structures: the VMA's chain, newest
 * first, guarded by the mmap lock and (for the first entry) the page_table_lock; and the anon_vma's interval tree,
 * guarded by the root's lock.
 *
 * <p>Its key in the tree is the VMA's page-offset range, so the VMA's range may change only while it is not in the tree.
 */
final class AnonVmaChain extends SlabObject {
    private @Nullable Vma vma;
    private @Nullable AnonVma anonVma;
    /** The next older entry of the VMA's chain. */
    @Nullable
    AnonVmaChain nextOlder;
    /** The next newer entry of the VMA's chain. */
    @Nullable
    AnonVmaChain nextNewer;

    @Nullable
    AnonVmaChain left;

    @Nullable
    AnonVmaChain right;

    @Nullable
    AnonVmaChain up;

    boolean red;
    /** Largest last page offset in this subtree. */
    long subtreeLast;

    void init(Vma newVma, AnonVma newAnonVma) {
        vma = newVma;
        anonVma = newAnonVma;
        nextOlder = null;
        nextNewer = null;
    }

    Vma vma() {
        Vma linked = vma;
        if (linked == null) {
            throw new IllegalStateException("use after free of AnonVmaChain");
        }
        return linked;
    }

    AnonVma anonVma() {
        AnonVma linked = anonVma;
        if (linked == null) {
            throw new IllegalStateException("use after free of AnonVmaChain");
        }
        return linked;
    }

    /** First page offset of the VMA (avc_start_pgoff). */
    long startPgoff() {
        return vma().pgoff();
    }

    /** Last page offset of the VMA, inclusive (avc_last_pgoff). */
    long lastPgoff() {
        Vma linked = vma();
        return linked.pgoff() + ((linked.end() - linked.start()) >> 12) - 1;
    }

    @Override
    protected void poison() {
        vma = null;
        anonVma = null;
        nextOlder = null;
        nextNewer = null;
        left = null;
        right = null;
        up = null;
    }
}
