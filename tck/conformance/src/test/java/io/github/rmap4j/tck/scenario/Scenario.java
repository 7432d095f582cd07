package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.Operation;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A memory program and what is expected between its operations. After every operation the manager compares everything
 * with everything; at the end of the test every process exits and nothing may be left in any slab.
 *
 * <p>Pages are numbered as in memory programs. Every expectation returns the scenario, so that a line reads like a line
 * of the scenario list: what is done, then V, A and C.
 */
final class Scenario implements AfterEachCallback {
    /** Linear page index of page 0 of a program. */
    static final long ARENA_PAGE = ProgramMachine.ARENA >>> MemoryManager.PAGE_SHIFT;

    private final MemoryManager manager;
    private final ProgramMachine machine;
    private final List<String> history = new ArrayList<>();
    private final Map<String, Folio> frames = new HashMap<>();
    private final Map<String, Long> words = new HashMap<>();

    private Scenario(MemoryManager manager) {
        this.manager = manager;
        machine = new ProgramMachine(manager);
    }

    /** A scenario under today's Linux. */
    static Scenario anonVma() {
        return with(MemoryManager.builder().strategy("anonvma"));
    }

    /** A scenario under ANON_VMA_LAZY, where VMAs with MADV_HUGEPAGE get folios of 64 KiB. */
    static Scenario lazy() {
        return with(builder("lazy"));
    }

    /** A manager's settings for a strategy: VMAs with MADV_HUGEPAGE get folios of 64 KiB. */
    static MemoryManager.Builder builder(String strategy) {
        return MemoryManager.builder().strategy(strategy).hugepages(4, HugepagePolicy.MADVISE);
    }

    /** A scenario under a strategy with CoW contexts, where VMAs with MADV_HUGEPAGE get folios of 64 KiB. */
    static Scenario cowContexts(String strategy) {
        return with(builder(strategy));
    }

    /** A scenario under a manager with settings of its own. */
    static Scenario with(MemoryManager.Builder builder) {
        return on(builder.checking(MemoryManager.Checking.ON).build());
    }

    /** A scenario under a manager; unless it is registered as an extension, {@link #end} is the test's business. */
    static Scenario on(MemoryManager manager) {
        return new Scenario(manager);
    }

    /** Executes operations that all succeed. */
    Scenario run(String... operations) {
        for (String operation : operations) {
            StepResult result = step(operation);
            assertThat(result.errno()).as("errno %s", here()).isZero();
            assertThat(result.ret()).as("result %s", here()).isZero();
        }
        return this;
    }

    /** Executes an operation that fails. */
    Scenario fails(Errno errno, String operation) {
        StepResult result = step(operation);
        assertThat(result.errno()).as("errno %s", here()).isEqualTo(errno.number());
        assertThat(result.ret()).as("result %s", here()).isEqualTo(-1);
        return this;
    }

    /** Does with a process what memory programs cannot say. */
    Scenario call(int process, String what, Consumer<AddressSpace> action) {
        history.add(process + " " + what);
        action.accept(space(process));
        manager.verify();
        return this;
    }

    /** Does with a process what memory programs cannot say, and expects it to fail. */
    Scenario callFails(Errno errno, int process, String what, Consumer<AddressSpace> action) {
        history.add(process + " " + what);
        assertThatThrownBy(() -> action.accept(space(process)))
                .as("failure %s", here())
                .isInstanceOfSatisfying(
                        ErrnoException.class,
                        e -> assertThat(e.errno()).as("errno %s", here()).isEqualTo(errno));
        manager.verify();
        return this;
    }

    /** Expects A and C: how many anon_vma and anon_vma_chain objects are live. */
    Scenario slabs(long anonVma, long avc) {
        CostReport costs = manager.costs();
        assertThat(List.of(
                        costs.slab("anon_vma").live(),
                        costs.slab("anon_vma_chain").live()))
                .as("anon_vma and anon_vma_chain %s", here())
                .containsExactly(anonVma, avc);
        return this;
    }

    /** Expects how many objects of a slab cache are live. */
    Scenario slab(String name, long live) {
        assertThat(manager.costs().slab(name).live()).as("%s %s", name, here()).isEqualTo(live);
        return this;
    }

    /** Expects how often an event of the strategy has happened. */
    Scenario event(String name, long count) {
        assertThat(events(name)).as("%s %s", name, here()).isEqualTo(count);
        return this;
    }

    /** How often an event of the strategy has happened. */
    long events(String name) {
        return manager.costs().events().stream()
                .filter(event -> event.name().equals(name))
                .mapToLong(CostReport.EventCost::count)
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no event " + name));
    }

    /** With CoW contexts: expects how many there are, dead ones included, and how many of those are dead. */
    Scenario contexts(int live, int dead) {
        return slab("cow_context", live).event("cow_dead_contexts", dead);
    }

    /** With CoW contexts: expects how many ranges of indices all remap trees have. */
    Scenario remaps(int ranges) {
        return event("cow_remap_ranges", ranges);
    }

    /** Under ANON_VMA_LAZY: expects VMAs that have a root, and roots that are allocated although they left the layout. */
    Scenario roots(int references, int zombies) {
        int vmas = manager.addressSpaces().stream()
                .mapToInt(AddressSpace::mapCount)
                .sum();
        return event("lazy_root_references", references)
                .event("lazy_zombies", zombies)
                .slab("vm_area_struct", vmas + zombies);
    }

    /** Expects pages of process 0 that were never anywhere else, which a walk finds there alone with one visit. */
    Scenario ownPages(int first, int pages) {
        for (int page = first; page < first + pages; page++) {
            page(0, page).exclusive().index(ARENA_PAGE + page).walk(1, 1);
        }
        return this;
    }

    /** Expects V: how many VMAs a process has. */
    Scenario vmas(int process, int count) {
        assertThat(areas(process)).as("VMAs of process %d %s", process, here()).hasSize(count);
        assertThat(space(process).mapCount())
                .as("map_count of process %d %s", process, here())
                .isEqualTo(count);
        return this;
    }

    /** Expects the VMAs of a process, each as {@code "start-end perm"} with the end exclusive: {@code "0-3 rw-p"}. */
    Scenario layout(int process, String... areas) {
        assertThat(areas(process)).as("VMAs of process %d %s", process, here()).containsExactly(areas);
        return this;
    }

    /** Expects flags on the VMA that contains a page: all of {@code set}, none of {@code clear}. */
    Scenario flags(int process, int page, long set, long clear) {
        Vma vma = space(process).vmaAt(address(page));
        assertThat(vma).as("VMA at page %d %s", page, here()).isNotNull();
        assertThat(vma.flags() & (set | clear))
                .as("flags at page %d %s", page, here())
                .isEqualTo(set);
        return this;
    }

    /** Expects vm_pgoff of the VMA that contains a page, absolute. */
    Scenario pgoff(int process, int page, long pgoff) {
        Vma vma = space(process).vmaAt(address(page));
        assertThat(vma).as("VMA at page %d %s", page, here()).isNotNull();
        assertThat(vma.pgoff()).as("vm_pgoff at page %d %s", page, here()).isEqualTo(pgoff);
        return this;
    }

    /** Expects map counts of consecutive pages; 0 where no anonymous page is. */
    Scenario mapcounts(int process, int first, int... counts) {
        int[] actual = new int[counts.length];
        space(process).forEachPage(address(first), address(first + counts.length), entry -> {
            Folio folio = entry.folio();
            if (folio != null) {
                actual[(int) ((entry.address() - address(first)) >>> MemoryManager.PAGE_SHIFT)] =
                        folio.mapcount(entry.page());
            }
        });
        assertThat(actual)
                .as("map counts of process %d from page %d on %s", process, first, here())
                .containsExactly(counts);
        return this;
    }

    /**
     * Expects what the entries of consecutive pages hold, a letter a page: {@code a} anonymous, {@code s} a swap entry, {@code p} a poisoned page, {@code z} the zero page,
     * {@code f} a file's page, {@code g} a guard marker, {@code .} nothing.
     */
    Scenario entries(int process, int first, String letters) {
        char[] actual = new char[letters.length()];
        Arrays.fill(actual, '.');
        space(process)
                .forEachPage(
                        address(first),
                        address(first + letters.length()),
                        entry -> actual[(int) ((entry.address() - address(first)) >>> MemoryManager.PAGE_SHIFT)] =
                                letter(entry.kind()));
        assertThat(new String(actual))
                .as("entries of process %d from page %d on %s", process, first, here())
                .isEqualTo(letters);
        return this;
    }

    /** Expects a swap entry at a page that says that the page belongs to this process alone. */
    Scenario exclusiveSwap(int process, int page) {
        assertThat(swapEntry(process, page).isSwapExclusive())
                .as("exclusive bit at page %d of process %d %s", page, process, here())
                .isTrue();
        return this;
    }

    /** Expects a swap entry at a page that others may have, too. */
    Scenario sharedSwap(int process, int page) {
        assertThat(swapEntry(process, page).isSwapExclusive())
                .as("exclusive bit at page %d of process %d %s", page, process, here())
                .isFalse();
        return this;
    }

    /** Expects the same swap slot at a page of two processes. */
    Scenario sameSlot(int page, int process, int other) {
        assertThat(swapEntry(process, page).swapSlot())
                .as("swap slot at page %d of processes %d and %d %s", page, process, other, here())
                .isEqualTo(swapEntry(other, page).swapSlot());
        return this;
    }

    private PageEntry swapEntry(int process, int page) {
        List<PageEntry> entries = new ArrayList<>();
        space(process).forEachPage(address(page), address(page + 1), entries::add);
        assertThat(entries)
                .as("swap entry at page %d of process %d %s", page, process, here())
                .extracting(PageEntry::kind)
                .containsExactly(PageEntry.Kind.SWAP);
        return entries.get(0);
    }

    /** Expects so many swap slots in use. */
    Scenario swapSlots(long count) {
        assertThat(manager.swapSlots()).as("swap slots %s", here()).isEqualTo(count);
        return this;
    }

    /** Expects that the pages of a range belong to one folio, in its order, from one of its pages on. */
    Scenario folioRun(int process, int first, int length, int folioPages, int firstFolioPage) {
        List<PageEntry> entries = new ArrayList<>();
        space(process).forEachPage(address(first), address(first + length), entries::add);
        assertThat(entries)
                .as("entries of process %d from page %d %s", process, first, here())
                .hasSize(length);
        Folio folio = entries.get(0).folio();
        assertThat(folio).as("folio at page %d %s", first, here()).isNotNull();
        assertThat(folio.pages()).as("pages of the folio %s", here()).isEqualTo(folioPages);
        for (int i = 0; i < length; i++) {
            assertThat(entries.get(i).folio())
                    .as("folio at page %d %s", first + i, here())
                    .isSameAs(folio);
            assertThat(entries.get(i).page())
                    .as("page of the folio at page %d %s", first + i, here())
                    .isEqualTo(firstFolioPage + i);
        }
        return this;
    }

    /** The number of the page frame at a page. */
    long frame(int process, int page) {
        List<PageEntry> entries = new ArrayList<>();
        space(process).forEachPage(address(page), address(page + 1), entries::add);
        Folio folio = entries.get(0).folio();
        assertThat(folio)
                .as("folio at page %d of process %d %s", page, process, here())
                .isNotNull();
        return folio.id() + entries.get(0).page();
    }

    /** Expects a full walk of the folio at a page to visit and hit so many VMAs, and to report every mapping. */
    Scenario walk(int process, int page, int visits, int hits) {
        page(process, page).walk(visits, hits);
        return this;
    }

    /** The anonymous page at a page of a process, about which several things are expected. */
    Page page(int process, int page) {
        return new Page(process, page);
    }

    /** How often a lock class was taken so far, for reading and for writing. */
    CostReport.LockCost lock(String lockClass) {
        return manager.costs().lock(lockClass);
    }

    MemoryManager manager() {
        return manager;
    }

    AddressSpace space(int process) {
        AddressSpace space = machine.processes().get(process);
        assertThat(space).as("process %d %s", process, here()).isNotNull();
        return space;
    }

    static long address(int page) {
        return ProgramMachine.ARENA + page * MemoryManager.PAGE_SIZE;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isEmpty()) {
            end();
        }
    }

    /** All processes exit and leave nothing behind. */
    void end() {
        for (int process : List.copyOf(machine.processes().keySet())) {
            run(process + " exit");
        }
        assertThat(manager.swapSlots()).as("swap slots %s", here()).isZero();
        assertThat(manager.costs().slabs())
                .as("slabs %s", here())
                .isNotEmpty()
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }

    private int processOf(AddressSpace space) {
        return machine.processes().entrySet().stream()
                .filter(process -> process.getValue() == space)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private final class RunCollector implements RmapVisitor {
        private final List<String> runs;

        RunCollector(List<String> runs) {
            this.runs = runs;
        }

        @Override
        public boolean visit(Vma vma, long address) {
            throw new AssertionError("called for a visitor that wants ranges");
        }

        @Override
        public boolean visit(Vma vma, long address, int page, int pages) {
            return runs.add(processOf(vma.addressSpace()) + ":" + number(address) + "=" + page + "+" + pages);
        }
    }

    private StepResult step(String operation) {
        history.add(operation);
        Operation parsed =
                MemoryProgram.parse("scenario", operation).operations().get(0);
        StepResult result = machine.execute(parsed);
        manager.verify();
        return result;
    }

    private List<String> areas(int process) {
        return space(process).vmas().stream()
                .map(vma -> number(vma.start()) + "-" + number(vma.end()) + " " + vma.permissions())
                .toList();
    }

    private static long number(long address) {
        return (address - ProgramMachine.ARENA) >> MemoryManager.PAGE_SHIFT;
    }

    private static char letter(PageEntry.Kind kind) {
        return switch (kind) {
            case ANON -> 'a';
            case SWAP -> 's';
            case MIGRATION -> 'm';
            case POISONED -> 'p';
            case ZERO -> 'z';
            case FILE -> 'f';
            case GUARD -> 'g';
        };
    }

    private String here() {
        return "after\n    " + String.join("\n    ", history) + "\n";
    }

    /** One anonymous page of one process. */
    final class Page {
        private final int process;
        private final int number;
        private final Folio folio;
        private final int pageOfFolio;

        private Page(int process, int number) {
            this.process = process;
            this.number = number;
            Folio[] found = new Folio[1];
            int[] page = new int[1];
            space(process).forEachPage(address(number), address(number + 1), entry -> {
                found[0] = entry.folio();
                page[0] = entry.page();
            });
            assertThat(found[0]).as("folio of %s", this).isNotNull();
            this.folio = found[0];
            this.pageOfFolio = page[0];
        }

        /** Gives a name to a frame that must differ from all frames with names. */
        Page isNew(String name) {
            assertThat(frames).as("frames with names; %s", this).doesNotContainValue(folio);
            assertThat(folio.id()).as("id of %s", this).isPositive().isEqualTo(folio.id());
            assertThat(frames.values())
                    .extracting(Folio::id)
                    .as("ids of frames")
                    .doesNotContain(folio.id());
            frames.put(name, folio);
            return this;
        }

        /** Expects the frame of a name. */
        Page is(String name) {
            assertThat(frames).as("frames with names").containsKey(name);
            assertThat(folio).as("frame '%s' at %s", name, this).isSameAs(frames.get(name));
            return this;
        }

        /** Gives a name to the word that was just written here and that must differ from all words with names. */
        Page wrote(String word) {
            long content = folio.content(pageOfFolio);
            assertThat(words).as("words with names; %s", this).doesNotContainValue(content);
            assertThat(content).as("a word that was written; %s", this).isBetween(1L, machine.words());
            words.put(word, content);
            return this;
        }

        /** Expects the word of a name, to the eye of the process and in the frame. */
        Page holds(String word) {
            assertThat(words).as("words with names").containsKey(word);
            assertThat(folio.content(pageOfFolio)).as("'%s' in %s", word, this).isEqualTo(words.get(word));
            assertThat(space(process).read(address(number)))
                    .as("'%s' read from %s", word, this)
                    .isEqualTo(words.get(word));
            return this;
        }

        /** Expects a map count, and that AnonExclusive is set. */
        Page exclusive() {
            assertThat(folio.isAnonExclusive(pageOfFolio))
                    .as("AnonExclusive of %s", this)
                    .isTrue();
            return mapcount(1);
        }

        /** Expects a map count, and that AnonExclusive is not set. */
        Page shared(int mapcount) {
            assertThat(folio.isAnonExclusive(pageOfFolio))
                    .as("AnonExclusive of %s", this)
                    .isFalse();
            return mapcount(mapcount);
        }

        /** Expects folio->index, absolute. */
        Page index(long index) {
            assertThat(folio.index()).as("index of %s", this).isEqualTo(index);
            return this;
        }

        /** Expects a full walk to visit and hit so many VMAs, and to report exactly the mappings there are. */
        Page walk(int visits, int hits) {
            List<String> reported = new ArrayList<>();
            WalkCost cost = new WalkCost();
            WalkOutcome outcome = manager.rmapWalker()
                    .walk(
                            folio,
                            (vma, address) -> reported.add(place(vma.addressSpace(), address)),
                            WalkMode.BLOCK,
                            cost);
            assertThat(outcome).as("walk of %s", this).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(reported).as("mappings of %s", this).containsExactlyInAnyOrderElementsOf(mappings());
            assertThat(reported).as("mappings of %s", this).hasSize(hits);
            assertThat(cost.hits()).as("walk hits of %s", this).isEqualTo(hits);
            assertThat(cost.visited()).as("walk visits of %s", this).isEqualTo(visits);
            return this;
        }

        /**
         * With CoW contexts: expects a full walk to enter so many contexts, to look at so many addresses, and to report
         * exactly the mappings there are. With pruning it may do with less.
         */
        Page looks(int contexts, int probes, int hits) {
            List<String> reported = new ArrayList<>();
            WalkCost cost = new WalkCost();
            WalkOutcome outcome = manager.rmapWalker()
                    .walk(
                            folio,
                            (vma, address) -> reported.add(place(vma.addressSpace(), address)),
                            WalkMode.BLOCK,
                            cost);
            assertThat(outcome).as("walk of %s", this).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(reported).as("mappings of %s", this).containsExactlyInAnyOrderElementsOf(mappings());
            assertThat(reported).as("mappings of %s", this).hasSize(hits);
            List<Long> expected = List.of((long) contexts, (long) probes);
            List<Long> actual = List.of(cost.contexts(), cost.visited());
            if (manager.strategy().equals("cowctx")) {
                assertThat(actual).as("contexts and probes of %s", this).isEqualTo(expected);
            } else {
                assertThat(cost.contexts()).as("contexts of %s", this).isLessThanOrEqualTo(contexts);
                assertThat(cost.visited()).as("probes of %s", this).isLessThanOrEqualTo(probes);
            }
            return this;
        }

        /**
         * Expects a full walk to visit so many VMAs, and to report these runs of pages of a large folio: process, page, page
         * of the folio, and length, as {@code 1:20=4+8}.
         */
        Page runs(int visits, String... runs) {
            List<String> reported = new ArrayList<>();
            WalkCost cost = new WalkCost();
            WalkOutcome outcome = manager.rmapWalker().walk(folio, new RunCollector(reported), WalkMode.BLOCK, cost);
            assertThat(outcome).as("walk of %s", this).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(reported).as("mappings of %s", this).containsExactlyInAnyOrder(runs);
            assertThat(cost.visited()).as("walk visits of %s", this).isEqualTo(visits);
            return this;
        }

        /** Expects a walk to report mappings of these processes in this order. */
        Page order(Integer... processes) {
            List<Integer> reported = new ArrayList<>();
            manager.rmapWalker().walk(folio, (vma, address) -> reported.add(processOf(vma.addressSpace())));
            assertThat(reported).as("order of a walk of %s", this).containsExactly(processes);
            return this;
        }

        /** Expects a walk that stops at its first hit to have visited so many VMAs. */
        Page firstHit(int visits) {
            WalkCost cost = new WalkCost();
            WalkOutcome outcome = manager.rmapWalker().walk(folio, (vma, address) -> false, WalkMode.BLOCK, cost);
            assertThat(outcome).as("walk of %s", this).isEqualTo(WalkOutcome.STOPPED);
            assertThat(cost.hits()).as("walk hits of %s", this).isEqualTo(1);
            assertThat(cost.visited()).as("walk visits of %s", this).isEqualTo(visits);
            return this;
        }

        private Page mapcount(int expected) {
            assertThat(folio.mapcount(pageOfFolio)).as("map count of %s", this).isEqualTo(expected);
            return this;
        }

        private List<String> mappings() {
            List<String> places = new ArrayList<>();
            for (AddressSpace space : manager.addressSpaces()) {
                space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                    Folio other = entry.folio();
                    if (other == folio) {
                        places.add(place(space, entry.address()));
                    }
                });
            }
            return places;
        }

        private String place(AddressSpace space, long address) {
            return "space " + space.id() + " page " + number(address);
        }

        @Override
        public String toString() {
            return "page " + number + " of process " + process + " " + here();
        }
    }
}
