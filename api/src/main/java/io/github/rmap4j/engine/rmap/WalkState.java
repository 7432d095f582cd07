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
import io.github.rmap4j.engine.lock.Waiting;
import io.github.rmap4j.engine.mm.EntryAction;
import io.github.rmap4j.engine.mm.ForkProgress;
import io.github.rmap4j.engine.mm.Mm;
import io.github.rmap4j.engine.mm.VmaImpl;
import io.github.rmap4j.engine.page.AnonPage;
import io.github.rmap4j.engine.page.FolioImpl;
import io.github.rmap4j.engine.page.MigrationEntry;
import io.github.rmap4j.engine.page.PageTableLocks;
import io.github.rmap4j.engine.page.PteTable;
import io.github.rmap4j.engine.page.PteTarget;
import io.github.rmap4j.engine.page.SwapSlot;
import io.github.rmap4j.spi.EntryScan;
import io.github.rmap4j.spi.FolioWalk;
import org.jspecify.annotations.Nullable;

/** A walk under way. Kept by its thread and used again, so that walks make no garbage. */
final class WalkState implements FolioWalk {
    /** The VMA has changed: another one covers the entry now. */
    private static final int LOOK_AGAIN = -1;

    private static final long END_VPN = MemoryManager.TASK_SIZE >>> MemoryManager.PAGE_SHIFT;

    private final PageTableLocks ptl;
    private final ForkProgress forks;
    /** For {@link #scan}; null before the first. */
    private @Nullable PteTarget @Nullable [] scanned;

    private final ReportedMappings reported = new ReportedMappings();
    private @Nullable FolioImpl folio;
    /** Of the two, one is set during a walk: who is told, without locks, or what is done, under the table's lock. */
    private @Nullable RmapVisitor visitor;

    private boolean check;

    private @Nullable EntryAction action;
    private @Nullable Task task;
    private WalkMode mode = WalkMode.BLOCK;
    private WalkPurpose purpose = WalkPurpose.INSPECT;
    /** Found by {@link #mappedRun}. */
    private int runPage;

    private long visited;
    private long hits;
    private long falseVisits;
    private long indexNodes;
    private long contexts;

    /** {@link #forks} when the walk began, or {@link ForkProgress#RUNNING}. */
    private long forksBefore;

    private int mapcountBefore;
    /** Where {@link #hits} were; not all of them if VMAs were offered. */
    private final VisitedSpaces places = new VisitedSpaces();

    WalkState(PageTableLocks ptl, ForkProgress forks) {
        this.ptl = ptl;
        this.forks = forks;
    }

    boolean isIdle() {
        return folio == null;
    }

    void beginCheck(FolioImpl subject, RmapVisitor newVisitor, Task newTask) {
        check = true;
        beginInspection(subject, newVisitor, WalkMode.BLOCK, newTask);
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
        falseVisits = 0;
        indexNodes = 0;
        contexts = 0;
        reported.clear();
        forksBefore = forks.now();
        mapcountBefore = subject.mapcount();
    }

    void end() {
        folio = null;
        visitor = null;
        check = false;
        places.clear();
        action = null;
        task = null;
    }

    void account(@Nullable WalkCost cost) {
        if (cost != null) {
            cost.add(visited, hits, falseVisits, indexNodes, contexts);
        }
        Task counted = task();
        counted.walks(Task.Walks.VISITED).record(visited);
        counted.walks(Task.Walks.HITS).record(hits);
        counted.walks(Task.Walks.FALSE_VISITS).record(falseVisits);
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
    public boolean isSplitting() {
        return subject().isSplitting();
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
        long before = hits;
        boolean goOn = visit(candidate, address);
        visited(before);
        return goOn;
    }

    private void visited(long hitsBefore) {
        visited++;
        if (hits == hitsBefore) {
            falseVisits++;
        }
    }

    private boolean visit(VmaImpl candidate, long address) {
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
            int pages = mappedRun(mm, at, end);
            if (pages > 0 && !reached(mm, candidate, at, pages)) {
                return false;
            }
            at += (long) Math.max(1, pages) << MemoryManager.PAGE_SHIFT;
        }
        return true;
    }

    /**
     * How many pages from an address on are mapped in the order of the folio, within one table; {@link #runPage} is the
     * first of them.
     */
    private int mappedRun(Mm mm, long start, long end) {
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
        AnonPage page = pageOf(table.entry(first));
        if (page != null && page.folio() == subject()) {
            runPage = page.pageIndex();
            pages = 1;
            while (pages < most && isPage(table.entry(first + pages), runPage + pages)) {
                pages++;
            }
        }
        table.unlock(ptl);
        counted.work(pages + 1);
        return pages;
    }

    private boolean isPage(@Nullable PteTarget entry, int page) {
        AnonPage mapped = pageOf(entry);
        return mapped != null && mapped.folio() == subject() && mapped.pageIndex() == page;
    }

    /** A run of pages that were mapped a moment ago, of a VMA that the strategy keeps still. */
    private boolean reached(Mm mm, VmaImpl vma, long address, int pages) {
        EntryAction todo = action;
        if (todo == null) {
            return report(mm, vma, address, runPage, pages);
        }
        for (int i = 0; i < pages; ) {
            int done = actOnEntry(mm, vma, address + ((long) i << MemoryManager.PAGE_SHIFT), Vmas.KEPT, todo);
            if (done == 0) {
                return false;
            }
            i += done;
        }
        return true;
    }

    /** Whether a VMA can change while the walk looks at it. */
    private enum Vmas {
        /** The strategy keeps it still. */
        KEPT,
        /** It was found without a lock. */
        CHANGING
    }

    private boolean act(Mm mm, VmaImpl vma, long address, EntryAction todo) {
        return actOnEntry(mm, vma, address, Vmas.KEPT, todo) > 0;
    }

    /**
     * Does what is to be done if the entry maps the folio: under the table's lock, so that the entry stays as it is.
     *
     * @return the pages that are done with, 0 to end the walk, or {@link #LOOK_AGAIN}
     */
    private int actOnEntry(Mm mm, VmaImpl vma, long address, Vmas vmas, EntryAction todo) {
        long vpn = address >>> MemoryManager.PAGE_SHIFT;
        PteTable table = mm.pageTable().lookup(vpn);
        if (table == null) {
            return 1;
        }
        Task counted = task();
        int i = PteTable.indexOf(vpn);
        int done = 1;
        table.lock(ptl, counted);
        if (isSubject(table.entry(i))) {
            done = vmas == Vmas.KEPT || covers(vma, mm, address) ? apply(vma, address, table, i, todo) : LOOK_AGAIN;
        }
        table.unlock(ptl);
        counted.work(1);
        return done;
    }

    private static boolean covers(VmaImpl vma, Mm mm, long address) {
        return vma.isAttached() && vma.addressSpace() == mm && vma.start() <= address && address < vma.end();
    }

    private int apply(VmaImpl vma, long address, PteTable table, int i, EntryAction todo) {
        // Whoever only looks may come by twice; others find nothing any more.
        if (purpose != WalkPurpose.REFERENCED
                || reported.add(((Mm) vma.addressSpace()).id(), address >>> MemoryManager.PAGE_SHIFT)) {
            hits++;
        }
        if (table.huge() == null) {
            return todo.apply(vma, address, table, i) ? 1 : 0;
        }
        long start = table.firstVpn() << MemoryManager.PAGE_SHIFT;
        return todo.applyHuge(vma, start, table) ? PteTable.ENTRIES - i : 0;
    }

    @Override
    public boolean candidate(AddressSpace space, long address) {
        return candidate((Mm) space, address, null);
    }

    @Override
    public boolean candidate(AddressSpace space, long address, Vma likely) {
        return candidate((Mm) space, address, (VmaImpl) likely);
    }

    private boolean candidate(Mm mm, long address, @Nullable VmaImpl likely) {
        long before = hits;
        int moves = mm.moveSequence();
        boolean goOn = visit(mm, address, likely);
        visited(before);
        if (hits != before) {
            places.add(mm, moves);
        }
        return goOn;
    }

    private boolean visit(Mm mm, long address, @Nullable VmaImpl likely) {
        long end = address + ((long) subject().pages() << MemoryManager.PAGE_SHIFT);
        for (long at = address; at < end; ) {
            int done = probe(mm, at, end, likely);
            if (done == 0) {
                return false;
            }
            at += (long) done << MemoryManager.PAGE_SHIFT;
        }
        return true;
    }

    /**
     * Reports, or does what is to be done to, what maps the folio at an address.
     *
     * @param end where to stop, exclusive
     * @param likely a VMA that may be there
     * @return the pages that are done with, at least 1, or 0 to end the walk
     */
    private int probe(Mm mm, long address, long end, @Nullable VmaImpl likely) {
        EntryAction todo = action;
        return todo == null ? reportRun(mm, address, end, likely) : actOnPage(mm, address, likely, todo);
    }

    private int reportRun(Mm mm, long address, long end, @Nullable VmaImpl likely) {
        // The VMA is looked up without a lock: if it is gone by then, the mapping is either gone too or in a new VMA.
        for (int pages = mappedRun(mm, address, end); pages > 0; pages = mappedRun(mm, address, end)) {
            VmaImpl vma = lookup(mm, address, likely);
            if (vma != null) {
                int inVma = (int) Math.min(pages, (vma.end() - address) >> MemoryManager.PAGE_SHIFT);
                if (inVma > 0) {
                    return report(mm, vma, address, runPage, inVma) ? inVma : 0;
                }
            }
            Waiting.spin("layout");
        }
        return 1;
    }

    private int actOnPage(Mm mm, long address, @Nullable VmaImpl likely, EntryAction todo) {
        if (mm.pageTable().lookup(address >>> MemoryManager.PAGE_SHIFT) == null) {
            return 1;
        }
        while (true) {
            VmaImpl vma = lookup(mm, address, likely);
            int done = vma == null ? LOOK_AGAIN : actOnEntry(mm, vma, address, Vmas.CHANGING, todo);
            if (done != LOOK_AGAIN) {
                return done;
            }
            // An entry without a VMA is about to be emptied: the walk is not complete before.
            if (vma == null && !isMapped(mm, address)) {
                return 1;
            }
            Waiting.spin("layout");
        }
    }

    private static @Nullable VmaImpl lookup(Mm mm, long address, @Nullable VmaImpl likely) {
        return likely != null && covers(likely, mm, address) ? likely : mm.lookupLockless(address);
    }

    @Override
    public int moves(AddressSpace space) {
        return ((Mm) space).moveSequence();
    }

    @Override
    public boolean candidate(AddressSpace space) {
        long before = hits;
        boolean goOn = visitAll((Mm) space);
        visited(before);
        return goOn;
    }

    private boolean visitAll(Mm mm) {
        int before;
        do {
            before = mm.moveSequence();
            long vpn = 0;
            for (PteTable table = mm.pageTable().next(vpn, END_VPN);
                    table != null;
                    table = mm.pageTable().next(vpn, END_VPN)) {
                vpn = table.firstVpn() + PteTable.ENTRIES;
                for (int i = nextMapped(table, 0); i >= 0; ) {
                    int done = probe(
                            mm,
                            (table.firstVpn() + i) << MemoryManager.PAGE_SHIFT,
                            vpn << MemoryManager.PAGE_SHIFT,
                            null);
                    if (done == 0) {
                        return false;
                    }
                    i = nextMapped(table, i + done);
                }
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

    @Override
    public boolean isCheck() {
        return check;
    }

    @Override
    public long hits() {
        return hits;
    }

    /**
     * The folio is locked: besides fork only faults of the swap cache and KSM could map it, and those need its lock. So
     * without a fork its mappings can only have become fewer, and if their number is that of before, they are the same.
     * One that has moved may have been found twice.
     */
    @Override
    public boolean allFound() {
        FolioImpl subject = subject();
        int mapcount = subject.mapcount();
        return switch (purpose) {
            case UNMAP, POISON, MIGRATE -> mapcount == 0;
            case RESTORE -> false;
            case INSPECT, REFERENCED ->
                mapcount == mapcountBefore
                        && mapcount == hits
                        && subject.pages() == 1
                        && !subject.isKsm()
                        && !subject.isInSwapCache()
                        && forksBefore != ForkProgress.RUNNING
                        && forksBefore == forks.now()
                        && places.size() == hits
                        && places.haveNotMoved();
        };
    }

    @Override
    public boolean scan(AddressSpace space, long start, long end, EntryScan scan) {
        Mm mm = (Mm) space;
        long vpn = start >>> MemoryManager.PAGE_SHIFT;
        long endVpn = Math.min(end >>> MemoryManager.PAGE_SHIFT, END_VPN);
        for (PteTable table = mm.pageTable().next(vpn, endVpn);
                table != null;
                table = mm.pageTable().next(vpn, endVpn)) {
            long base = table.firstVpn();
            int first = (int) Math.max(0, vpn - base);
            int last = (int) Math.min(PteTable.ENTRIES, endVpn - base);
            if (table.used() > 0 && !scan(table, first, last, scan)) {
                return false;
            }
            vpn = base + PteTable.ENTRIES;
        }
        return true;
    }

    /** Called without the table's lock: the strategy may take its own. */
    private boolean scan(PteTable table, int first, int last, EntryScan scan) {
        Task counted = task();
        @Nullable PteTarget[] entries = scanned;
        if (entries == null) {
            entries = new @Nullable PteTarget[PteTable.ENTRIES];
            scanned = entries;
        }
        table.lock(ptl, counted);
        for (int i = first; i < last; i++) {
            entries[i] = table.entry(i);
        }
        table.unlock(ptl);
        counted.work(last - first);
        boolean goOn = true;
        for (int i = first; i < last; i++) {
            PteTarget entry = entries[i];
            entries[i] = null;
            if (goOn && entry != null) {
                goOn = scan((table.firstVpn() + i) << MemoryManager.PAGE_SHIFT, entry, scan);
            }
        }
        return goOn;
    }

    private static boolean scan(long address, PteTarget entry, EntryScan scan) {
        AnonPage page = entry instanceof MigrationEntry migration
                ? migration.page()
                : entry instanceof AnonPage present ? present : null;
        return page != null
                ? scan.entry(address, page.folio(), page.pageIndex())
                : !(entry instanceof SwapSlot) || scan.entry(address, null, 0);
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
        long vpn = address >>> MemoryManager.PAGE_SHIFT;
        PteTable table = mm.pageTable().lookup(vpn);
        if (table == null) {
            return false;
        }
        Task counted = task();
        table.lock(ptl, counted);
        PteTarget entry = table.entry(PteTable.indexOf(vpn));
        table.unlock(ptl);
        counted.work(1);
        return isSubject(entry);
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
