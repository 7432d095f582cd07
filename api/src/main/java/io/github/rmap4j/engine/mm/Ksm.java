package io.github.rmap4j.engine.mm;

import static io.github.rmap4j.api.VmFlags.VM_MERGEABLE;
import static io.github.rmap4j.api.VmFlags.VM_SHARED;
import static io.github.rmap4j.api.VmFlags.VM_SPECIAL;

import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.LargePage;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.spi.AllocationRefusedException;
import io.github.rmap4j.spi.KsmItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Merges pages of equal content (mm/ksm.c). What equals a page that was merged before is merged at once; two other pages
 * only if neither has changed since the last scan.
 */
final class Ksm {
    private final Machine machine;
    /** Nodes by content; only a scan uses them, and there is one at a time (ksm_thread_mutex). */
    private final Map<Long, List<StableNode>> stableTree = new HashMap<>();
    /** What each page held when it was last scanned; only a scan uses it. */
    private Map<Mm, Map<Long, Long>> checksums = new HashMap<>();

    private final ConcurrentHashMap<FolioImpl, StableNode> nodes = new ConcurrentHashMap<>();
    /** Nodes whose folio is gone: found under page-table locks, where nothing can be released. */
    private final Queue<StableNode> gone = new ConcurrentLinkedQueue<>();

    Ksm(Machine machine) {
        this.machine = machine;
    }

    /** A page that a scan looks at. */
    private record Place(Mm mm, long address) {}

    /** Whether pages of such a VMA may be merged (vma_ksm_compatible). */
    static boolean isCompatible(long flags) {
        return (flags & (VM_SHARED | VM_SPECIAL)) == 0;
    }

    /**
     * Scans all mergeable VMAs once (ksm_do_scan).
     *
     * @return pages that were merged
     */
    synchronized int scan() {
        Task task = machine.task();
        Machine.batches(task).drain();
        releaseGone();
        stableTree.values().removeIf(list -> {
            list.removeIf(node -> node.folio().isFreed());
            return list.isEmpty();
        });
        Map<Mm, Map<Long, Long>> before = checksums;
        checksums = new HashMap<>();
        Map<Long, Place> unstableTree = new HashMap<>();
        int merged = 0;
        for (Mm mm : machine.listed()) {
            Map<Long, Long> old = before.getOrDefault(mm, Map.of());
            Map<Long, Long> now = new HashMap<>();
            for (long address : mergeable(mm, task)) {
                Place place = new Place(mm, address);
                FolioImpl folio = folioAt(place, task);
                if (folio != null && !folio.isKsm()) {
                    merged += compareAndMerge(place, folio, old.get(address), now, unstableTree, task);
                }
            }
            checksums.put(mm, now);
        }
        return merged;
    }

    /** cmp_and_merge_page. */
    private int compareAndMerge(
            Place place,
            FolioImpl folio,
            @Nullable Long lastContent,
            Map<Long, Long> contents,
            Map<Long, Place> unstableTree,
            Task task) {
        long content = folio.content();
        StableNode node = nodeFor(content);
        if (node != null && merge(place, node, task)) {
            return 1;
        }
        contents.put(place.address, content);
        if (lastContent == null || lastContent != content) {
            return 0;
        }
        Place other = unstableTree.putIfAbsent(content, place);
        if (other == null || folioAt(other, task) == folio) {
            return 0;
        }
        unstableTree.remove(content);
        StableNode fresh = promote(place, content, task);
        if (fresh == null) {
            return 0;
        }
        if (!merge(other, fresh, task)) {
            // A KSM page of one user is of no use (break_cow).
            unmergePage(place);
            return 0;
        }
        stableTree.computeIfAbsent(content, word -> new ArrayList<>()).add(fresh);
        return 2;
    }

    private @Nullable StableNode nodeFor(long content) {
        for (StableNode node : stableTree.getOrDefault(content, List.of())) {
            if (!node.isFull() && !node.folio().isFreed()) {
                return node;
            }
        }
        return null;
    }

    /** Addresses of the anonymous pages in mergeable VMAs, as they are now; some may be on their way to another folio. */
    private List<Long> mergeable(Mm mm, Task task) {
        List<Long> addresses = new ArrayList<>();
        mm.mmapLock.lockRead();
        try {
            for (VmaImpl vma = mm.vmas.first(); vma != null; vma = vma.next) {
                if (vma.has(VM_MERGEABLE) && vma.isFaulted()) {
                    addAddresses(vma, vma.start, vma.end, page -> true, addresses, task);
                }
            }
        } finally {
            mm.mmapLock.unlockRead();
        }
        return addresses;
    }

    /** Adds the addresses of the anonymous pages in a range that are wanted. */
    private void addAddresses(
            VmaImpl vma, long start, long end, Predicate<AnonPage> wanted, List<Long> addresses, Task task) {
        EntryRange entries = new EntryRange(vma, start, end);
        while (entries.nextTable()) {
            PteTable table = entries.table();
            table.lock(machine.ptl, task);
            for (int i = entries.from(); i < entries.to(); i++) {
                AnonPage page = pageOf(table.entry(i));
                if (page != null && wanted.test(page)) {
                    addresses.add((table.firstVpn() + i) << Mm.PAGE_SHIFT);
                }
            }
            table.unlock(machine.ptl);
        }
    }

    private static @Nullable AnonPage pageOf(@Nullable PteTarget entry) {
        if (entry instanceof MigrationEntry migration) {
            return migration.page();
        }
        return entry instanceof AnonPage page ? page : null;
    }

    /** The folio of a page that may be merged; of a large folio only after a split. Null if there is none now. */
    private @Nullable FolioImpl folioAt(Place place, Task task) {
        place.mm.mmapLock.lockRead();
        try {
            return mergeableAt(place) == null ? null : smallFolioAt(place, task);
        } finally {
            place.mm.mmapLock.unlockRead();
        }
    }

    /** find_mergeable_vma. */
    private static @Nullable VmaImpl mergeableAt(Place place) {
        VmaImpl vma = place.mm.find(place.address);
        return vma != null && vma.start <= place.address && vma.has(VM_MERGEABLE) && vma.isFaulted() ? vma : null;
    }

    private @Nullable FolioImpl smallFolioAt(Place place, Task task) {
        PteTarget entry = machine.entryAt(place.mm, place.address, task);
        if (entry instanceof LargePage page) {
            machine.largeFolios.split(page.folio(), Migration.ZeroFilled.TO_ZERO_PAGE, task);
            entry = machine.entryAt(place.mm, place.address, task);
        }
        return entry instanceof FolioImpl folio ? folio : null;
    }

    /** try_to_merge_one_page without a KSM page: the page becomes one. Null if somebody else uses it. */
    private @Nullable StableNode promote(Place place, long content, Task task) {
        place.mm.mmapLock.lockRead();
        try {
            VmaImpl vma = mergeableAt(place);
            FolioImpl folio = vma == null ? null : smallFolioAt(place, task);
            if (vma == null || folio == null || !machine.folioLock.tryLock(folio, task)) {
                return null;
            }
            StableNode node = promoteLocked(place, vma, folio, content, task);
            machine.unlockFolio(folio, task);
            return node;
        } finally {
            place.mm.mmapLock.unlockRead();
        }
    }

    private @Nullable StableNode promoteLocked(Place place, VmaImpl vma, FolioImpl folio, long content, Task task) {
        Object retained = retain(vma);
        if (retained == null) {
            return null;
        }
        StableNode node = new StableNode(folio, content);
        node.add(new StableNode.Item(retained, place.mm, place.address));
        // Whoever has a swap entry for the folio would map it where no item says so.
        boolean promoted =
                (!folio.isInSwapCache() || machine.swap.freeCache(folio)) && promoteEntry(place, folio, node, task);
        if (!promoted) {
            machine.strategy.release(retained);
        }
        return promoted ? node : null;
    }

    /** What the strategy keeps of a VMA beyond its life; null if it cannot, and the page stays as it is. */
    private @Nullable Object retain(VmaImpl vma) {
        try {
            return machine.strategy.retain(vma);
        } catch (AllocationRefusedException e) {
            return null;
        }
    }

    private boolean promoteEntry(Place place, FolioImpl folio, StableNode node, Task task) {
        long vpn = place.address >>> Mm.PAGE_SHIFT;
        PteTable table = place.mm.pageTable.lookupOrAdd(vpn);
        int i = PteTable.indexOf(vpn);
        table.lock(machine.ptl, task);
        // Of a folio that others map as well nobody could say where: they may have moved it.
        boolean promoted = table.entry(i) == folio
                && folio.content() == node.content()
                && folio.isMappedOnce()
                && !folio.hasExtraReferences();
        if (promoted) {
            writeProtect(table, i, folio);
            machine.strategy.folioMerged(folio);
            folio.becomeKsm();
            nodes.put(folio, node);
        }
        table.unlock(machine.ptl);
        return promoted;
    }

    /** write_protect_page. */
    private static void writeProtect(PteTable table, int i, FolioImpl folio) {
        byte bits = table.bits(i);
        if ((bits & PteTable.DIRTY) != 0) {
            folio.markDirty();
        }
        folio.clearAnonExclusive();
        table.setBits(i, (byte) (bits & ~(PteTable.WRITE | PteTable.DIRTY)));
    }

    /** try_to_merge_with_ksm_page: a mapping of the KSM folio takes the place of the page. */
    private boolean merge(Place place, StableNode node, Task task) {
        try {
            machine.reserveEntries(1);
        } catch (ErrnoException e) {
            return false;
        }
        try {
            return mergeReserved(place, node, task);
        } finally {
            machine.releaseReserve();
        }
    }

    private boolean mergeReserved(Place place, StableNode node, Task task) {
        place.mm.mmapLock.lockRead();
        try {
            VmaImpl vma = mergeableAt(place);
            FolioImpl folio = vma == null ? null : smallFolioAt(place, task);
            if (vma == null || folio == null || folio.isKsm()) {
                return false;
            }
            FolioImpl merged = node.folio();
            machine.folioLock.lock(merged, task);
            try {
                return node.folio() == merged && mergeInto(merged, node, vma, place.address, folio, task);
            } finally {
                machine.unlockFolio(merged, task);
            }
        } finally {
            place.mm.mmapLock.unlockRead();
        }
    }

    private boolean mergeInto(
            FolioImpl merged, StableNode node, VmaImpl vma, long address, FolioImpl folio, Task task) {
        // Its last mapping may go away at any moment, and the folio with it.
        merged.pin();
        if (!merged.isPinned()) {
            return false;
        }
        boolean replaced = false;
        if (machine.folioLock.tryLock(folio, task)) {
            Object retained = retain(vma);
            if (retained != null) {
                // Known to walks before there is anything to find.
                if (!node.add(new StableNode.Item(retained, vma.mm(), address))) {
                    machine.strategy.release(retained);
                }
                replaced = replacePage(vma, address, folio, merged, task);
            }
            machine.unlockFolio(folio, task);
        }
        merged.unpin();
        if (merged.mapcount() == 0) {
            machine.swap.lastMappingGone(merged, task);
        }
        return replaced;
    }

    /** replace_page. */
    private boolean replacePage(VmaImpl vma, long address, FolioImpl folio, FolioImpl merged, Task task) {
        long vpn = address >>> Mm.PAGE_SHIFT;
        PteTable table = vma.mm().pageTable.lookupOrAdd(vpn);
        int i = PteTable.indexOf(vpn);
        table.lock(machine.ptl, task);
        boolean equal = table.entry(i) == folio && folio.content() == merged.content() && !folio.hasExtraReferences();
        if (equal) {
            merged.map(vma.mm().id());
            table.set(i, merged, (byte) (table.bits(i) & ~(PteTable.WRITE | PteTable.DIRTY)));
            if (machine.observer != null) {
                machine.observer.unmapped(vma, address, folio, 0);
                machine.observer.mapped(vma, address, merged, 0);
            }
            machine.zap.unmap(folio, vma, task);
        }
        table.unlock(machine.ptl);
        return equal;
    }

    private void unmergePage(Place place) {
        place.mm.mmapLock.lockRead();
        try {
            VmaImpl vma = mergeableAt(place);
            if (vma != null) {
                machine.fault.unshare(vma, place.address);
            }
        } catch (ErrnoException e) {
            // No memory for a copy: the page stays merged with itself.
        } finally {
            place.mm.mmapLock.unlockRead();
        }
    }

    /** Gives a VMA copies of its own of all KSM pages in a range (unmerge_ksm_pages). The caller holds the mmap lock. */
    void unmerge(VmaImpl vma, long start, long end) {
        if (!vma.has(VM_MERGEABLE) || !vma.isFaulted()) {
            return;
        }
        List<Long> merged = new ArrayList<>();
        addAddresses(vma, start, end, page -> page.folio().isKsm(), merged, machine.task());
        for (long address : merged) {
            machine.fault.unshare(vma, address);
        }
    }

    /** prctl(PR_SET_MEMORY_MERGE, 1): all VMAs, and those to come. The caller holds the mmap lock for writing. */
    static void enable(Mm mm) {
        mm.mergesAny = true;
        for (VmaImpl vma = mm.vmas.first(); vma != null; vma = vma.next) {
            if (isCompatible(vma.flags())) {
                vma.setFlags(vma.flags() | VM_MERGEABLE);
            }
        }
    }

    /** prctl(PR_SET_MEMORY_MERGE, 0). The caller holds the mmap lock for writing. */
    void disable(Mm mm) {
        for (VmaImpl vma = mm.vmas.first(); vma != null; vma = vma.next) {
            unmerge(vma, vma.start, vma.end);
            vma.setFlags(vma.flags() & ~VM_MERGEABLE);
        }
        mm.mergesAny = false;
    }

    /** What a walk of a KSM folio, which is locked, has to look at. */
    List<? extends KsmItem> itemsOf(FolioImpl folio) {
        StableNode node = nodes.get(folio);
        return node == null ? List.of() : node.items();
    }

    /** Another folio takes the place of a KSM folio (folio_migrate_ksm). Both are locked; walks may ask for either. */
    void replace(FolioImpl source, FolioImpl destination) {
        StableNode node = nodes.get(source);
        if (node != null) {
            destination.becomeKsm();
            nodes.put(destination, node);
            node.setFolio(destination);
        }
    }

    /** A KSM folio goes away. Must not take locks. */
    void folioFreed(FolioImpl folio) {
        StableNode node = nodes.remove(folio);
        if (node != null && node.folio() == folio) {
            gone.add(node);
        }
    }

    /** Releases what the items of nodes without a folio hold. The caller holds no lock but mmap locks. */
    void releaseGone() {
        Task task = machine.task();
        for (StableNode node = gone.poll(); node != null; node = gone.poll()) {
            FolioImpl folio = node.folio();
            // A walk that began before the last mapping went away may still be looking.
            machine.folioLock.lock(folio, task);
            for (StableNode.Item item : node.items()) {
                machine.strategy.release(item.retained());
            }
            machine.folioLock.unlock(folio);
        }
    }
}
