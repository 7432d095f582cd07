package io.github.rmap4j.engine.rmap;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.mm.Mm;
import io.github.rmap4j.engine.mm.VmaImpl;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.PageTableLocks;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.spi.FolioWalk;
import org.jspecify.annotations.Nullable;

/** A walk under way. Kept by its thread and used again, so that walks make no garbage. */
final class WalkState implements FolioWalk {
    private static final long END_VPN = MemoryManager.TASK_SIZE >>> MemoryManager.PAGE_SHIFT;

    private final PageTableLocks ptl;
    private final ReportedMappings reported = new ReportedMappings();
    private @Nullable FolioImpl folio;
    private @Nullable RmapVisitor visitor;
    private @Nullable Task task;
    private WalkMode mode = WalkMode.BLOCK;
    private long visited;
    private long hits;
    private long indexNodes;
    private long contexts;

    WalkState(PageTableLocks ptl) {
        this.ptl = ptl;
    }

    boolean isIdle() {
        return folio == null;
    }

    void begin(FolioImpl subject, RmapVisitor newVisitor, WalkMode newMode, Task newTask) {
        folio = subject;
        visitor = newVisitor;
        mode = newMode;
        task = newTask;
        visited = 0;
        hits = 0;
        indexNodes = 0;
        contexts = 0;
        reported.clear();
    }

    void end() {
        folio = null;
        visitor = null;
        task = null;
    }

    void account(@Nullable WalkCost cost) {
        if (cost != null) {
            cost.add(visited, hits, indexNodes, contexts);
        }
        Task counted = task();
        counted.walks(Task.Walks.VISITED).record(visited);
        counted.walks(Task.Walks.HITS).record(hits);
        counted.walks(Task.Walks.FALSE_VISITS).record(Math.max(0, visited - hits));
        counted.walks(Task.Walks.INDEX_NODES).record(indexNodes);
        counted.walks(Task.Walks.CONTEXTS).record(contexts);
    }

    private Task task() {
        Task current = task;
        if (current == null) {
            throw new IllegalStateException("the walk is over");
        }
        return current;
    }

    private FolioImpl subject() {
        FolioImpl current = folio;
        if (current == null) {
            throw new IllegalStateException("the walk is over");
        }
        return current;
    }

    @Override
    public Folio folio() {
        return subject();
    }

    @Override
    public long index() {
        return subject().index();
    }

    @Override
    public long lastIndex() {
        return subject().index();
    }

    @Override
    public WalkMode mode() {
        return mode;
    }

    @Override
    public void indexNode() {
        indexNodes++;
    }

    @Override
    public void context() {
        contexts++;
    }

    @Override
    public boolean candidate(Vma vma, long address) {
        VmaImpl candidate = (VmaImpl) vma;
        candidate.checkLive();
        visited++;
        if (address < candidate.start() || address >= candidate.end()) {
            return true;
        }
        Mm mm = (Mm) candidate.addressSpace();
        return !isMapped(mm, address) || report(mm, candidate, address);
    }

    @Override
    public boolean candidate(AddressSpace space, long address) {
        visited++;
        return probe((Mm) space, address);
    }

    private boolean probe(Mm mm, long address) {
        // The VMA is looked up without a lock: if it is gone by then, the mapping is either gone too or in a new VMA.
        while (isMapped(mm, address)) {
            VmaImpl vma = mm.lookupLockless(address);
            if (vma != null) {
                return report(mm, vma, address);
            }
            Thread.onSpinWait();
        }
        return true;
    }

    @Override
    public boolean candidate(AddressSpace space) {
        visited++;
        Mm mm = (Mm) space;
        int before;
        do {
            before = mm.moveSequence();
            long vpn = 0;
            for (PteTable table = mm.pageTable().next(vpn, END_VPN);
                    table != null;
                    table = mm.pageTable().next(vpn, END_VPN)) {
                for (int i = nextMapped(table, 0); i >= 0; i = nextMapped(table, i + 1)) {
                    if (!probe(mm, (table.firstVpn() + i) << MemoryManager.PAGE_SHIFT)) {
                        return false;
                    }
                }
                vpn = table.firstVpn() + PteTable.ENTRIES;
            }
        } while (before != mm.moveSequence());
        return true;
    }

    private int nextMapped(PteTable table, int from) {
        FolioImpl subject = subject();
        Task counted = task();
        table.lock(ptl, counted);
        int found = -1;
        for (int i = from; i < PteTable.ENTRIES && found < 0; i++) {
            if (table.entry(i) == subject) {
                found = i;
            }
        }
        table.unlock(ptl);
        counted.work(PteTable.ENTRIES - from);
        return found;
    }

    /** page_vma_mapped_walk: only the page tables know. */
    private boolean isMapped(Mm mm, long address) {
        long vpn = address >>> MemoryManager.PAGE_SHIFT;
        PteTable table = mm.pageTable().lookup(vpn);
        if (table == null) {
            return false;
        }
        Task counted = task();
        table.lock(ptl, counted);
        boolean mapped = table.entry(PteTable.indexOf(vpn)) == subject();
        table.unlock(ptl);
        counted.work(1);
        return mapped;
    }

    private boolean report(Mm mm, VmaImpl vma, long address) {
        if (!reported.add(mm.id(), address >>> MemoryManager.PAGE_SHIFT)) {
            return true;
        }
        hits++;
        RmapVisitor current = visitor;
        if (current == null) {
            throw new IllegalStateException("the walk is over");
        }
        return current.visit(vma, address);
    }
}
