package io.github.rmap4j.anonvma;

import org.jspecify.annotations.Nullable;

/**
 * Which anon_vma a VMA gets, in each case where there is a choice. Linux has had every one of these choices wrong once.
 */
class AnonVmaRules {
    /** reusable_anon_vma: never one with a history of forks, whose chain would have to be copied. */
    boolean mayShare(VmaChains neighbour) {
        return neighbour.isSingular();
    }

    /**
     * Whether fork may give an anon_vma of the parent's chain to the child: one that no VMA uses as its own and that has
     * at most one child. It keeps a daemon that forks and exits for ever from growing its chain.
     */
    boolean mayReuse(AnonVma ancestor, VmaChains parent) {
        return ancestor.numChildren < 2 && ancestor.numActiveVmas == 0;
    }

    /** Whose a copy within the process is: the source's, or the two could not be merged again. */
    AnonVma ownerOfCopy(VmaChains source) {
        return source.owner();
    }

    /**
     * Whose a child's VMA is until fork has chosen: nobody's. A fork that is refused by then gives back what it has
     * counted, and no more.
     */
    @Nullable
    AnonVma ownerBeforeChoice(VmaChains parent) {
        return null;
    }
}
