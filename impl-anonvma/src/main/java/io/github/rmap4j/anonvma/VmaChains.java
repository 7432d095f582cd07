package io.github.rmap4j.anonvma;

import org.jspecify.annotations.Nullable;

/**
 * The anonymous state of a faulted VMA: its anon_vma and its list of chain entries (vm_area_struct.anon_vma and
 * .anon_vma_chain). In Linux both are fields of the VMA.
 */
final class VmaChains {
    /** The number of the VMA, where VMAs are numbered. */
    final int id;

    /** Whose owner folios that are mapped here first get; null only while a fork has not chosen one yet. */
    @Nullable
    AnonVma anonVma;

    @Nullable
    AnonVmaChain newest;

    @Nullable
    AnonVmaChain oldest;

    VmaChains(int id) {
        this.id = id;
    }

    /** list_add: at the head. */
    void addNewest(AnonVmaChain chain) {
        chain.nextOlder = newest;
        chain.nextNewer = null;
        if (newest != null) {
            newest.nextNewer = chain;
        } else {
            oldest = chain;
        }
        newest = chain;
    }

    /** list_is_singular: the VMA was not inherited by fork, or at least not from a faulted one. */
    boolean isSingular() {
        return newest != null && newest == oldest;
    }

    AnonVma owner() {
        AnonVma own = anonVma;
        if (own == null) {
            throw new IllegalStateException("the VMA has no anon_vma");
        }
        return own;
    }
}
