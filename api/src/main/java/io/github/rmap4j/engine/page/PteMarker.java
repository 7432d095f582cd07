package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageVisitor;

/** An entry that refers to nothing of its own. */
public final class PteMarker extends PteTarget {
    /** The shared zero page: mapped by read faults on anonymous memory, never counted. */
    public static final PteMarker ZERO_PAGE = new PteMarker(PageVisitor.Kind.ZERO);
    /** A page of the mapped file; which one follows from the VMA. */
    public static final PteMarker FILE_PAGE = new PteMarker(PageVisitor.Kind.FILE);
    /** A guard marker (PTE_MARKER_GUARD): every access fails. */
    public static final PteMarker GUARD = new PteMarker(PageVisitor.Kind.GUARD);

    private final PageVisitor.Kind kind;

    private PteMarker(PageVisitor.Kind kind) {
        this.kind = kind;
    }

    @Override
    public PageVisitor.Kind kind() {
        return kind;
    }
}
