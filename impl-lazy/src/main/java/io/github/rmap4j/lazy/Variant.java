package io.github.rmap4j.lazy;

/** Which VMAs may be lazy: the series as posted, and two smaller proposals. */
enum Variant {
    /** All, and children inherit without an anon_vma of their own. */
    LAZY,
    /**
     * Only VMAs that a process made itself, and only while it has never forked (Barry Song's "case 2", as an Android GKI
     * kernel could carry it). Inherited VMAs are as in Linux today.
     */
    GKI,
    /** Only those of processes that have promised never to fork (PR_SET_NOFORK); all others are as in Linux today. */
    NOFORK
}
