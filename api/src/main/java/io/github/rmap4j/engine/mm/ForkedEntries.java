package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.spi.ForkedRun;
import org.jspecify.annotations.Nullable;

/** The part of a page table that fork has just copied. */
final class ForkedEntries implements ForkedRun {
    private final PteTable table;
    private final int first;
    private final int end;

    ForkedEntries(PteTable table, int first, int last) {
        this.table = table;
        this.first = first;
        this.end = table.huge() == null ? last : first + 1;
    }

    @Override
    public int entries() {
        return end - first;
    }

    @Override
    public @Nullable Folio folio(int entry) {
        return table.entry(first + entry) instanceof AnonPage page ? page.folio() : null;
    }

    @Override
    public int replaceOwner(Object from, Object to) {
        int replaced = 0;
        for (int i = first; i < end; i++) {
            if (table.entry(i) instanceof AnonPage page && page.folio().replaceOwner(from, to)) {
                replaced++;
            }
        }
        return replaced;
    }
}
