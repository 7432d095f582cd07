package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageVisitor;

/** What a page-table entry that is not empty refers to. */
public abstract sealed class PteTarget permits FolioImpl, PteMarker {
    PteTarget() {}

    /**
     * The kind of entry.
     *
     * @return what visitors of page tables are told
     */
    public abstract PageVisitor.Kind kind();
}
