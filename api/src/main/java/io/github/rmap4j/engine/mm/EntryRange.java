package io.github.rmap4j.engine.mm;

import io.github.rmap4j.engine.page.PageTable;
import io.github.rmap4j.engine.page.PteTable;
import org.jspecify.annotations.Nullable;

/** The page tables of a range, one after the other, and which of their entries belong to it (walk_page_range). */
final class EntryRange {
    private final PageTable pageTable;
    private final long endVpn;
    private long vpn;
    private @Nullable PteTable table;
    private int from;
    private int to;

    EntryRange(VmaImpl vma, long start, long end) {
        this(vma.mm(), start, end);
    }

    EntryRange(Mm mm, long start, long end) {
        this.pageTable = mm.pageTable;
        this.vpn = start >>> Mm.PAGE_SHIFT;
        this.endVpn = end >>> Mm.PAGE_SHIFT;
    }

    /** Goes to the next table; false if there is none. */
    boolean nextTable() {
        PteTable next = pageTable.next(vpn, endVpn);
        table = next;
        if (next == null) {
            return false;
        }
        long base = next.firstVpn();
        from = (int) Math.max(0, vpn - base);
        to = (int) Math.min(PteTable.ENTRIES, endVpn - base);
        vpn = base + PteTable.ENTRIES;
        return true;
    }

    PteTable table() {
        PteTable current = table;
        if (current == null) {
            throw new IllegalStateException("no table yet");
        }
        return current;
    }

    /** First entry of the table that belongs to the range. */
    int from() {
        return from;
    }

    /** End of those entries, exclusive. */
    int to() {
        return to;
    }
}
