package io.github.rmap4j.spi;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Something that a design may leave out or promise beyond finding every mapping. What a provider does not
 * {@linkplain RmapStrategyProvider#capabilities() declare} its managers refuse as a kernel does that was configured without
 * it, and nothing changes.
 *
 * @since 0.1
 */
public enum Capability {
    /**
     * Pages leave memory and come back (CONFIG_SWAP): {@link RmapStrategy#folioMappedShared},
     * {@link RmapStrategy#folioMappedFromSwapCache}. Without it there is no swap space: pages stay where they are.
     */
    SWAP,
    /**
     * Pages move to other frames (CONFIG_MIGRATION): {@link RmapStrategy#retain(io.github.rmap4j.api.Folio)},
     * {@link RmapStrategy#folioReplaced}. Without it they do not.
     */
    MIGRATION,
    /**
     * Folios of several pages (CONFIG_TRANSPARENT_HUGEPAGE): walks of a range of indices,
     * {@link RmapStrategy#beginSplit}, {@link RmapStrategy#beginCollapse}. Needs {@link #MIGRATION}. Without it all folios
     * are small, and MADV_HUGEPAGE, MADV_NOHUGEPAGE and MADV_COLLAPSE say EINVAL.
     */
    LARGE_FOLIOS,
    /**
     * Pages of equal content are merged (CONFIG_KSM): {@link RmapStrategy#walkKsm},
     * {@link RmapStrategy#retain(io.github.rmap4j.api.Vma)}. Without it MADV_MERGEABLE, MADV_UNMERGEABLE and
     * PR_SET_MEMORY_MERGE say EINVAL, and a scan finds nothing.
     */
    KSM,
    /** UFFDIO_MOVE: {@link RmapStrategy#folioMoved}. Without it the call says EINVAL. */
    USERFAULT_MOVE,
    /**
     * VMAs are split and merged where Linux with its anon_vma does it, and nowhere else. A promise only: nothing is refused
     * without it. The conformance kit replays recordings of a live kernel for those who declare it.
     */
    LINUX_VMA_LAYOUT;

    private static final Set<Capability> OPERATIONS =
            Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(LINUX_VMA_LAYOUT)));

    /**
     * All that operations may need.
     *
     * @return every capability but {@link #LINUX_VMA_LAYOUT}
     */
    public static Set<Capability> operations() {
        return OPERATIONS;
    }

    /**
     * The word in texts.
     *
     * @return the name in lower case, with hyphens
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The capability of a word.
     *
     * @param word as {@link #word} gives it
     * @return the capability
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Capability of(String word) {
        for (Capability capability : values()) {
            if (capability.word().equals(word)) {
                return capability;
            }
        }
        throw new IllegalArgumentException("no capability '" + word + "'; there are "
                + EnumSet.allOf(Capability.class).stream().map(Capability::word).toList());
    }
}
