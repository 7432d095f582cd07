package io.github.rmap4j.anonvma;

/**
 * The decisions that keep chains short and right, and that Linux got wrong before: tests put the old ones in their place and
 * see that they are caught.
 */
class AnonVmaRules {
    /**
     * Whether a copy of a VMA in a child may take an anon_vma that the VMA is linked to: nobody uses it as its own, and at most one anon_vma
     * descends from it (since 5.19.7; see CVE-2022-42703).
     */
    boolean mayReuse(VmaChains source, AnonVma ancestor) {
        return ancestor.numChildren < 2 && ancestor.numActiveVmas == 0;
    }

    /** Whether a VMA may take its neighbour's anon_vma: not from a history of forks, whose chain would have to be copied. */
    boolean mayShare(VmaChains neighbour) {
        return neighbour.isSingular();
    }

    /** The anon_vma of a copy that is not made by fork: never another one than the source's (since 5.5). */
    AnonVma ownerOfCopy(VmaChains source) {
        return source.owner();
    }
}
