package io.github.rmap4j.tck;

import java.util.Locale;

/**
 * What a rule is about, in the order of the rules page.
 *
 * @since 0.1
 */
public enum Area {
    /** Walks of the reverse map. */
    WALK("Walks"),
    /** The first anonymous page of a VMA. */
    PREPARE("First pages"),
    /** Fork. */
    FORK("Forks"),
    /** Copy-on-write, and pages and objects that are used again. */
    REUSE("Reuse"),
    /** VMAs that split. */
    SPLIT("Splits"),
    /** VMAs that merge. */
    MERGE("Merges"),
    /** mremap and UFFDIO_MOVE. */
    MOVE("Moves"),
    /** munmap, MAP_FIXED and MADV_DONTNEED. */
    UNMAP("Unmap"),
    /** Exit and exec. */
    EXIT("Exit"),
    /** Swap. */
    SWAP("Swap"),
    /** Migration. */
    MIGRATION("Migration"),
    /** Large folios. */
    LARGE("Large folios"),
    /** Merged pages. */
    KSM("KSM"),
    /** What is counted, and the strategy's own invariants. */
    ACCOUNTING("Accounting"),
    /** Objects that stay behind. */
    LEAK("Leaks"),
    /** Allocations that are refused. */
    REFUSAL("Refused allocations"),
    /** Several threads. */
    CONCURRENCY("Concurrency"),
    /** Errors, exceptions and what a strategy cannot do. */
    ERROR("Errors"),
    /** Equality with Linux. */
    LINUX("Linux");

    private final String title;

    Area(String title) {
        this.title = title;
    }

    /**
     * The heading on the rules page.
     *
     * @return a word or two
     */
    public String title() {
        return title;
    }

    /**
     * What the ids of its rules begin with, in lower case.
     *
     * @return the name in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
