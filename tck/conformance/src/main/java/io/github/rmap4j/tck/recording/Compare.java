package io.github.rmap4j.tck.recording;

/**
 * What is compared beyond the memory of the processes, where a strategy's kernel objects are those of Linux.
 *
 * @since 0.1
 */
public enum Compare {
    /**
     * That VMAs are the same. Without it adjacent VMAs with equal permissions may be one in the replay, or the other way
     * round: merges that only one of the two designs allows ({@link Boundary}).
     */
    EXACT_VMAS,
    /** The numbers of live anon_vma and anon_vma_chain objects. */
    ANON_VMA_COUNTS
}
