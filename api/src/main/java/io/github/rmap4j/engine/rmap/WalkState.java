package io.github.rmap4j.engine.rmap;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.engine.account.Task;
import io.github.rmap4j.engine.mm.EntryAction;
import io.github.rmap4j.engine.mm.Mm;
import io.github.rmap4j.engine.mm.VmaImpl;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PageTableLocks;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.spi.FolioWalk;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A walk under way. Kept by its thread and used again, so that walks make no garbage. */
final class WalkState implements FolioWalk {
    private static final long END_VPN = MemoryManager.TASK_SIZE >>> MemoryManager.PAGE_SHIFT;

    private final PageTableLocks ptl;
    private final ReportedMappings reported = new ReportedMappings();
    private @Nullable FolioImpl folio;
    /** Of the two, one is set during a walk: who is told, without locks, or what is done, under the table's lock. */
    private @Nullable RmapVisitor visitor;

    private @Nullable EntryAction action;
    private @Nullable Task task;
    private WalkMode mode = WalkMode.BLOCK;
    private WalkPurpose purpose = WalkPurpose.INSPECT;
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

    void beginInspection(FolioImpl subject, RmapVisitor newVisitor, WalkMode newMode, Task newTask) {
        visitor = newVisitor;
        mode = newMode;
        begin(subject, WalkPurpose.INSPECT, newTask);
    }

    void begin(FolioImpl subject, WalkPurpose newPurpose, WalkMode newMode, EntryAction newAction, Task newTask) {
        action = newAction;
        mode = newMode;
        begin(subject, newPurpose, newTask);
    }

    private void begin(FolioImpl subject, WalkPurpose newPurpose, Task newTask) {
        folio = subject;
        purpose = newPurpose;
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
        action = null;
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
        FolioImpl subject = subject();
        return subject.index() + subject.pages() - 1;
    }

    @Override
    public WalkMode mode() {
        return mode;
    }

    @Override
    public WalkPurpose purpose() {
        return purpose;
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
        FolioImpl subject = subject();
        Mm mm = (Mm) candidate.addressSpace();
        if (subject.pages() == 1) {
            if (address < candidate.start() || address >= candidate.end()) {
                return true;
            }
            EntryAction todo = action;
            if (todo != null) {
                return act(mm, candidate, address, todo);
            }
            return !isMapped(mm, address) || report(mm, candidate, address, 0, 1);
        }
        long end = Math.min(candidate.end(), address + ((long) subject.pages() << MemoryManager.PAGE_SHIFT));
        long start = Math.max(candidate.start(), address);
        for (long at = start; at < end; ) {
            int pages = mappedRun(mm, at, end, (int) ((at - address) >> MemoryManager.PAGE_SHIFT));
            if (pages > 0 && !reached(mm, candidate, at, (int) ((at - address) >> MemoryManager.PAGE_SHIFT), pages)) {
                return false;
            }
            at += (long) Math.max(1, pages) << MemoryManager.PAGE_SHIFT;
        }
        return true;
    }

    /** Pages from an address on that are mapped in the order of the folio, within one table. */
    private int mappedRun(Mm mm, long start, long end, int firstPage) {
        long vpn = start >>> MemoryManager.PAGE_SHIFT;
        PteTable table = mm.pageTable().lookup(vpn);
        if (table == null) {
            return 0;
        }
        Task counted = task();
        int first = PteTable.indexOf(vpn);
        int most = (int) Math.min(PteTable.ENTRIES - first, (end - start) >>> MemoryManager.PAGE_SHIFT);
        int pages = 0;
        table.lock(ptl, counted);
        while (pages < most && isPage(table.entry(first + pages), firstPage + pages)) {
            pages++;
        }
        table.unlock(ptl);
        counted.work(pages + 1);
        return pages;
    }

    private boolean isPage(@Nullable PteTarget entry, int page) {
        AnonPage mapped = pageOf(entry);
        return mapped != null && mapped.folio() == subject() && mapped.pageIndex() == page;
    }

    private boolean reached(Mm mm, VmaImpl vma, long address, int page, int pages) {
        EntryAction todo = action;
        if (todo == null) {
            return report(mm, vma, address, page, pages);
        }
        for (int i = 0; i < pages; i++) {
            if (!act(mm, vma, address + ((long) i << MemoryManager.PAGE_SHIFT), todo)) {
                return false;
            }
        }
        return true;
    }

    /** Does what is to be done if the entry maps the folio: under the table's lock, so that the entry stays as it is. */
    private boolean act(Mm mm, VmaImpl vma, long address, EntryAction todo) {
        long vpn = address >>> MemoryManager.PAGE_SHIFT;
        PteTable table = mm.pageTable().lookup(vpn);
        if (table == null) {
            return true;
        }
        Task counted = task();
        int i = PteTable.indexOf(vpn);
        boolean goOn = true;
        table.lock(ptl, counted);
        if (isSubject(table.entry(i))) {
            hits++;
            goOn = todo.apply(vma, address, table, i);
        }
        table.unlock(ptl);
        counted.work(1);
        return goOn;
    }

    /** How it goes on after an entry whose VMA nobody keeps still. */
    private enum Step {
        NEXT,
        STOP,
        /** The VMA has changed: another one covers the entry now. */
        LOOK_AGAIN
    }

    /** Like {@link #act}, for a VMA that was found without a lock. */
    private Step actIfStillThere(Mm mm, VmaImpl vma, long address, EntryAction todo) {
        long vpn = address >>> MemoryManager.PAGE_SHIFT;
        PteTable table = mm.pageTable().lookup(vpn);
        if (table == null) {
            return Step.NEXT;
        }
        Task counted = task();
        int i = PteTable.indexOf(vpn);
        Step step = Step.NEXT;
        table.lock(ptl, counted);
        if (isSubject(table.entry(i))) {
            boolean covers =
                    vma.isAttached() && vma.addressSpace() == mm && vma.start() <= address && address < vma.end();
            if (!covers) {
                step = Step.LOOK_AGAIN;
            } else {
                hits++;
                step = todo.apply(vma, address, table, i) ? Step.NEXT : Step.STOP;
            }
        }
        table.unlock(ptl);
        counted.work(1);
        return step;
    }

    @Override
    public boolean candidate(AddressSpace space, long address) {
        visited++;
        int pages = subject().pages();
        for (int page = 0; page < pages; page++) {
            if (!probe((Mm) space, address + ((long) page << MemoryManager.PAGE_SHIFT))) {
                return false;
            }
        }
        return true;
    }

    private boolean probe(Mm mm, long address) {
        // The VMA is looked up without a lock: if it is gone by then, the mapping is either gone too or in a new VMA.
        for (int page = pageAt(mm, address); page >= 0; page = pageAt(mm, address)) {
            VmaImpl vma = mm.lookupLockless(address);
            EntryAction todo = action;
            if (vma != null && todo == null) {
                return report(mm, vma, address, page, 1);
            }
            Step step = vma == null ? Step.LOOK_AGAIN : actIfStillThere(mm, vma, address, Objects.requireNonNull(todo));
            if (step != Step.LOOK_AGAIN) {
                return step == Step.NEXT;
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
        Task counted = task();
        table.lock(ptl, counted);
        int found = -1;
        for (int i = from; i < PteTable.ENTRIES && found < 0; i++) {
            if (isSubject(table.entry(i))) {
                found = i;
            }
        }
        table.unlock(ptl);
        counted.work(PteTable.ENTRIES - from);
        return found;
    }

    /** Whether an entry refers to a page of the folio. */
    private boolean isSubject(@Nullable PteTarget entry) {
        FolioImpl subject = subject();
        AnonPage page = pageOf(entry);
        return page == subject || (page != null && page.folio() == subject);
    }

    /** The page that an entry maps, or for {@link WalkPurpose#RESTORE} the page that it will map. */
    private @Nullable AnonPage pageOf(@Nullable PteTarget entry) {
        if (purpose == WalkPurpose.RESTORE) {
            return entry instanceof MigrationEntry migration ? migration.page() : null;
        }
        return entry instanceof AnonPage page ? page : null;
    }

    /** page_vma_mapped_walk: only the page tables know. */
    private boolean isMapped(Mm mm, long address) {
        return pageAt(mm, address) >= 0;
    }

    /** Which page of the folio is mapped at an address; -1 if none is. */
    private int pageAt(Mm mm, long address) {
        long vpn = address >>> MemoryManager.PAGE_SHIFT;
        PteTable table = mm.pageTable().lookup(vpn);
        if (table == null) {
            return -1;
        }
        Task counted = task();
        table.lock(ptl, counted);
        PteTarget entry = table.entry(PteTable.indexOf(vpn));
        table.unlock(ptl);
        counted.work(1);
        AnonPage page = pageOf(entry);
        return page != null && page.folio() == subject() ? page.pageIndex() : -1;
    }

    /** Reports the pages of a run that were not reported before. */
    private boolean report(Mm mm, VmaImpl vma, long address, int page, int pages) {
        long vpn = address >>> MemoryManager.PAGE_SHIFT;
        RmapVisitor current = visitor;
        if (current == null) {
            throw new IllegalStateException("the walk is over");
        }
        for (int from = 0; from < pages; ) {
            int to = from;
            while (to < pages && reported.add(mm.id(), vpn + to)) {
                to++;
            }
            if (to > from) {
                hits++;
                long start = address + ((long) from << MemoryManager.PAGE_SHIFT);
                if (!current.visit(vma, start, page + from, to - from)) {
                    return false;
                }
            }
            from = to + 1;
        }
        return true;
    }
}
