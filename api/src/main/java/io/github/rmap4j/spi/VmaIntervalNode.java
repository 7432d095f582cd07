package io.github.rmap4j.spi;

import io.github.rmap4j.api.Vma;
import org.jspecify.annotations.Nullable;

/**
 * One VMA in one {@link VmaIntervalTree}. Its key is the VMA's range of page offsets, so the VMA's range may change only
 * while the node is not in the tree. Strategies subclass it with what they keep beside the VMA.
 *
 * @since 0.1
 */
public abstract class VmaIntervalNode extends SlabObject {
    private @Nullable Vma vma;

    @Nullable
    VmaIntervalNode left;

    @Nullable
    VmaIntervalNode right;

    @Nullable
    VmaIntervalNode up;

    boolean red;
    /** Largest last page offset in this subtree. */
    long subtreeLast;

    /** For subclasses. */
    protected VmaIntervalNode() {}

    /**
     * Begins a life.
     *
     * @param newVma the VMA
     */
    protected final void setVma(Vma newVma) {
        vma = newVma;
    }

    /**
     * The VMA.
     *
     * @return it
     * @throws IllegalStateException on a use after free
     */
    public final Vma vma() {
        Vma linked = vma;
        if (linked == null) {
            throw new IllegalStateException("use after free of " + getClass().getSimpleName());
        }
        return linked;
    }

    /** First page offset of the VMA (avc_start_pgoff). */
    final long startPgoff() {
        return vma().pgoff();
    }

    /** Last page offset of the VMA, inclusive (avc_last_pgoff). */
    final long lastPgoff() {
        Vma linked = vma();
        return linked.pgoff() + ((linked.end() - linked.start()) >> 12) - 1;
    }

    /** Subclasses that override it call it. */
    @Override
    protected void poison() {
        vma = null;
        left = null;
        right = null;
        up = null;
    }
}
