package io.github.rmap4j.tck.recording;

/**
 * What is compared beyond the memory of the processes, where a strategy's kernel objects are those of Linux.
 *
 * @since 0.1
 */
public enum Compare {
    /**
     * That VMAs are the same. Without it a recorded VMA may be several in the replay, without a gap and with equal
     * permissions: a merge that the strategy has missed ({@link MissedMerge}).
     */
    EXACT_VMAS,
    /** The numbers of live anon_vma and anon_vma_chain objects. */
    ANON_VMA_COUNTS
}
