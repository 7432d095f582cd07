package io.github.rmap4j.api;

/**
 * Advice for {@link AddressSpace#madvise}, with Linux's values (include/uapi/asm-generic/mman-common.h).
 *
 * @since 0.1
 */
public enum Advice {
    /** MADV_NORMAL: clears the read-ahead hints. */
    NORMAL(0),
    /** MADV_RANDOM: sets VM_RAND_READ. */
    RANDOM(1),
    /** MADV_SEQUENTIAL: sets VM_SEQ_READ. */
    SEQUENTIAL(2),
    /** MADV_WILLNEED: nothing observable here. */
    WILLNEED(3),
    /** MADV_DONTNEED: drops the pages of the range; the VMAs stay as they are. */
    DONTNEED(4),
    /** MADV_FREE: pages may be dropped under memory pressure; anonymous mappings only. */
    FREE(8),
    /** MADV_DONTFORK: a child does not get the range. */
    DONTFORK(10),
    /** MADV_DOFORK: undoes DONTFORK. */
    DOFORK(11),
    /** MADV_MERGEABLE: pages may be merged with equal ones. */
    MERGEABLE(12),
    /** MADV_UNMERGEABLE: undoes MERGEABLE. */
    UNMERGEABLE(13),
    /** MADV_HUGEPAGE: sets VM_HUGEPAGE. */
    HUGEPAGE(14),
    /** MADV_NOHUGEPAGE: sets VM_NOHUGEPAGE. */
    NOHUGEPAGE(15),
    /** MADV_DONTDUMP: sets VM_DONTDUMP. */
    DONTDUMP(16),
    /** MADV_DODUMP: undoes DONTDUMP. */
    DODUMP(17),
    /** MADV_WIPEONFORK: a child gets the range empty; private anonymous mappings only. */
    WIPEONFORK(18),
    /** MADV_KEEPONFORK: undoes WIPEONFORK. */
    KEEPONFORK(19),
    /** MADV_COLD: the pages are the first to be reclaimed. */
    COLD(20),
    /** MADV_PAGEOUT: swaps out the pages of the range that no other process maps. */
    PAGEOUT(21),
    /** MADV_POPULATE_READ: fault the pages in for reading. */
    POPULATE_READ(22),
    /** MADV_POPULATE_WRITE: fault the pages in for writing, breaking copy-on-write. */
    POPULATE_WRITE(23),
    /**
     * MADV_COLLAPSE: gathers the pages of each whole 2 MiB of the range in one folio that is mapped at once; EAGAIN if a
     * page is in use, EINVAL where no such folio fits.
     */
    COLLAPSE(25),
    /** MADV_GUARD_INSTALL: drops the pages of the range and makes every access to it fail. */
    GUARD_INSTALL(102),
    /** MADV_GUARD_REMOVE: removes guard markers. */
    GUARD_REMOVE(103);

    private final int number;

    Advice(int number) {
        this.number = number;
    }

    /**
     * Linux's number.
     *
     * @return the MADV_ value
     */
    public int number() {
        return number;
    }
}
