package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageEntry;

/** An entry that refers to nothing of its own. */
public final class PteMarker extends PteTarget {
    /** The shared zero page: mapped by read faults on anonymous memory, never counted. */
    public static final PteMarker ZERO_PAGE = new PteMarker(PageEntry.Kind.ZERO);
    /** A page of the mapped file; which one follows from the VMA. */
    public static final PteMarker FILE_PAGE = new PteMarker(PageEntry.Kind.FILE);
    /** A guard marker (PTE_MARKER_GUARD): every access fails. */
    public static final PteMarker GUARD = new PteMarker(PageEntry.Kind.GUARD);

    /** A page with a hardware error (SWP_HWPOISON): every access fails. */
    public static final PteMarker POISONED = new PteMarker(PageEntry.Kind.POISONED);

    private final PageEntry.Kind kind;

    private PteMarker(PageEntry.Kind kind) {
        this.kind = kind;
    }

    @Override
    public PageEntry.Kind kind() {
        return kind;
    }
}
