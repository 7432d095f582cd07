package io.github.rmap4j.api;

/**
 * Versions of Linux whose rules for merging VMAs and reusing anon_vmas differ.
 *
 * @since 0.1
 */
public enum KernelVersion {
    /**
     * Linux 6.15 and older: a VMA with anonymous pages does not merge into a neighbour that never had any
     * (is_mergeable_anon_vma before 879bca0a2c4f).
     */
    V6_15,
    /** Linux 6.18.44. */
    V6_18,
    /**
     * Linux 7.0: as 6.18, but copying a VMA's chain of anon_vmas reverses its order, and fork looks for an idle anon_vma in
     * that order (anon_vma_clone after the series "mm: clean up anon_vma implementation" of January 2026).
     */
    V7_0
}
