package io.github.rmap4j.engine.mm;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.PageVisitor;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks at an address space from outside of the model: nothing is counted. */
final class Inspection {
    private Inspection() {}

    static @Nullable Folio folioAt(Mm mm, long address) {
        long vpn = address >>> Mm.PAGE_SHIFT;
        PteTable table = mm.pageTable.lookup(vpn);
        if (table == null) {
            return null;
        }
        table.lockForAccess();
        PteTarget entry = table.entry(PteTable.indexOf(vpn));
        table.unlockAfterAccess();
        return entry instanceof AnonPage page ? page.folio() : null;
    }

    static void forEachPage(Mm mm, long start, long end, PageVisitor visitor) {
        long vpn = start >>> Mm.PAGE_SHIFT;
        long endVpn = Math.min(Mm.pageAlign(end), Mm.TASK_SIZE) >>> Mm.PAGE_SHIFT;
        @Nullable PteTarget[] entries = new @Nullable PteTarget[PteTable.ENTRIES];
        byte[] bits = new byte[PteTable.ENTRIES];
        mm.mmapLock.lockForInspection();
        try {
            for (PteTable table = mm.pageTable.next(vpn, endVpn);
                    table != null;
                    table = mm.pageTable.next(vpn, endVpn)) {
                copy(table, entries, bits);
                long base = table.firstVpn();
                int to = (int) Math.min(PteTable.ENTRIES, endVpn - base);
                for (int i = (int) Math.max(0, vpn - base); i < to; i++) {
                    PteTarget entry = entries[i];
                    if (entry != null) {
                        visitor.visit(new EntryView((base + i) << Mm.PAGE_SHIFT, entry, bits[i]));
                    }
                }
                vpn = base + PteTable.ENTRIES;
            }
        } finally {
            mm.mmapLock.unlockAfterInspection();
        }
    }

    /** The visitor is called without the table's lock. */
    private static void copy(PteTable table, @Nullable PteTarget[] entries, byte[] bits) {
        Arrays.fill(entries, null);
        table.lockForAccess();
        for (int i = 0; i < PteTable.ENTRIES; i++) {
            entries[i] = table.entry(i);
            bits[i] = table.bits(i);
        }
        table.unlockAfterAccess();
    }

    /** Checks that what is mapped fits the VMAs. */
    static void verify(Mm mm) {
        forEachPage(mm, 0, Mm.TASK_SIZE, entry -> {
            VmaImpl vma = mm.lookup(entry.address());
            if (vma == null) {
                throw wrong(mm, "an entry outside of any VMA", entry);
            }
            if (entry.isWritable() && !vma.has(VmFlags.VM_WRITE)) {
                throw wrong(mm, "a writable entry in " + vma, entry);
            }
            if (entry.folio() != null && !vma.isFaulted()) {
                throw wrong(mm, "an anonymous page in unfaulted " + vma, entry);
            }
            if (entry.kind() == PageEntry.Kind.MIGRATION) {
                throw wrong(mm, "a migration entry that nobody restored", entry);
            }
        });
    }

    private static IllegalStateException wrong(Mm mm, String what, PageEntry entry) {
        return new IllegalStateException(
                "space " + mm.id() + " has " + what + " at " + Long.toHexString(entry.address()));
    }
}
