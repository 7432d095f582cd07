package io.github.rmap4j.tck.program;

import java.util.List;

/**
 * The memory of one process.
 *
 * @param vmas its VMAs in ascending order
 * @param pages its page-table entries that are not empty, in ascending order
 * @param anonExclusive the pages with AnonExclusive set, in ascending order; empty where that is not known
 * @since 0.1
 */
public record ProcessState(List<VmaRange> vmas, List<PageState> pages, List<Long> anonExclusive) {
    /**
     * Copies the lists.
     *
     * @param vmas its VMAs in ascending order
     * @param pages its page-table entries that are not empty, in ascending order
     * @param anonExclusive the pages with AnonExclusive set, in ascending order
     */
    public ProcessState {
        vmas = List.copyOf(vmas);
        pages = List.copyOf(pages);
        anonExclusive = List.copyOf(anonExclusive);
    }
}
