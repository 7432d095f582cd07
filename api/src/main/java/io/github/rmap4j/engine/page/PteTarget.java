package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageVisitor;

/** What a page-table entry that is not empty refers to. */
public abstract sealed class PteTarget permits FolioImpl, PteTarget.Marker {
    /** The shared zero page: mapped by read faults on anonymous memory, never counted. */
    public static final PteTarget ZERO_PAGE = new Marker(PageVisitor.Kind.ZERO);
    /** A page of the mapped file; which one follows from the VMA. */
    public static final PteTarget FILE_PAGE = new Marker(PageVisitor.Kind.FILE);
    /** A guard marker (PTE_MARKER_GUARD): every access fails. */
    public static final PteTarget GUARD = new Marker(PageVisitor.Kind.GUARD);

    PteTarget() {}

    /**
     * The kind of entry.
     *
     * @return what visitors of page tables are told
     */
    public abstract PageVisitor.Kind kind();

    /** An entry that refers to nothing of its own. */
    static final class Marker extends PteTarget {
        private final PageVisitor.Kind kind;

        Marker(PageVisitor.Kind kind) {
            this.kind = kind;
        }

        @Override
        public PageVisitor.Kind kind() {
            return kind;
        }
    }
}
