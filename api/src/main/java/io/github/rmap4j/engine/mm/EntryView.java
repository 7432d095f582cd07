package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.engine.page.SwapSlot;
import org.jspecify.annotations.Nullable;

/** A copy of a page-table entry for somebody who looks at the model from outside. */
record EntryView(long address, PteTarget target, byte bits) implements PageEntry {
    @Override
    public Kind kind() {
        return target.kind();
    }

    @Override
    public @Nullable Folio folio() {
        return target instanceof AnonPage page ? page.folio() : null;
    }

    @Override
    public int page() {
        return target instanceof AnonPage page ? page.pageIndex() : 0;
    }

    @Override
    public long content() {
        if (target instanceof AnonPage page) {
            return page.content();
        }
        if (target instanceof MigrationEntry migration) {
            return migration.page().content();
        }
        return target instanceof SwapSlot slot ? slot.current() : 0;
    }

    @Override
    public boolean isWritable() {
        return (bits & PteTable.WRITE) != 0;
    }

    @Override
    public long swapSlot() {
        return target instanceof SwapSlot slot ? slot.number() : -1;
    }

    @Override
    public boolean isSwapExclusive() {
        return target instanceof SwapSlot && (bits & PteTable.SWAP_EXCLUSIVE) != 0;
    }
}
