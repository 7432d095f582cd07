package io.github.rmap4j.spi;

import io.github.rmap4j.api.Vma;
import org.jspecify.annotations.Nullable;

/**
 * Asks a strategy to make a VMA ready for its first anonymous folio.
 *
 * @since 0.1
 */
public interface PrepareRequest {
    /**
     * The VMA.
     *
     * @return a VMA that is not yet faulted, or that another thread is preparing at this moment
     */
    Vma vma();

    /**
     * The VMA that ends where this one starts, if the two differ at most in access rights (anon_vma_compatible: equal
     * policy and file, flags equal but for READ, WRITE, EXEC and the flags that merging ignores, contiguous pgoff), so
     * that they could become mergeable.
     *
     * @return the neighbour below, or null
     */
    @Nullable
    Vma compatiblePrevious();

    /**
     * The VMA that starts where this one ends, under the same conditions.
     *
     * @return the neighbour above, or null
     */
    @Nullable
    Vma compatibleNext();
}
