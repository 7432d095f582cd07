package io.github.rmap4j.engine.page;

import io.github.rmap4j.api.PageEntry;

/**
 * What page-table entries hold while their page is on its way to another folio (swp_entry_t of type SWP_MIGRATION_*). The
 * entry's bits say what becomes of it: {@link PteTable#WRITE} and {@link PteTable#SWAP_EXCLUSIVE} as if it were present.
 */
public final class MigrationEntry extends PteTarget {
    private final AnonPage page;

    /**
     * The entry for a page. Its folio is locked until the last such entry is replaced.
     *
     * @param page the page that was mapped
     */
    public MigrationEntry(AnonPage page) {
        this.page = page;
    }

    @Override
    public PageEntry.Kind kind() {
        return PageEntry.Kind.MIGRATION;
    }

    /**
     * The page that was mapped.
     *
     * @return the page, of a folio that is locked
     */
    public AnonPage page() {
        return page;
    }
}
