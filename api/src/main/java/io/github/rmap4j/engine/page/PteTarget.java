package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageEntry;

/** What a page-table entry that is not empty refers to. */
public abstract sealed class PteTarget permits AnonPage, SwapSlot, MigrationEntry, PteMarker {
    PteTarget() {}

    /**
     * The kind of entry.
     *
     * @return what visitors of page tables are told
     */
    public abstract PageEntry.Kind kind();
}
