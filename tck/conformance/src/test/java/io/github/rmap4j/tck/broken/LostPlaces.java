package io.github.rmap4j.tck.broken;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.VmFlags;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.PrepareRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Strategies whose walks leave out places that they should offer. */
final class LostPlaces {
    private static final String ANON_VMA = "anonvma";

    private final List<BrokenStrategy> all = new ArrayList<>();

    private LostPlaces() {}

    static List<BrokenStrategy> all() {
        LostPlaces lost = new LostPlaces();
        lost.always();
        lost.byPurpose();
        lost.layouts();
        lost.moves();
        lost.families();
        lost.folios();
        lost.merged();
        return lost.all;
    }

    /** What a strategy notes when it is called, and what it does not find because of that. */
    private abstract static class Forgetful implements Choosy.Choice {
        private final Map<String, Note> notes = new LinkedHashMap<>();

        /** Something to note. */
        interface Note {
            void take(Call call);
        }

        final void on(String method, Note note) {
            notes.merge(method, note, (first, second) -> call -> {
                first.take(call);
                second.take(call);
            });
        }

        final Map<String, Call.Slip> slips() {
            Map<String, Call.Slip> slips = new LinkedHashMap<>();
            notes.forEach((method, note) -> slips.put(method, call -> {
                note.take(call);
                return call.go();
            }));
            slips.put("walk", call -> call.goWith(new Choosy(call.walk(), this)));
            return slips;
        }
    }

    private void lost(String rule, String base, String slip, Choosy.Choice choice) {
        all.add(new BrokenStrategy(
                rule,
                base,
                slip,
                new SlipProvider(
                        base, context -> Map.of("walk", call -> call.goWith(new Choosy(call.walk(), choice))))));
    }

    private void forgetful(String rule, String slip, Supplier<Forgetful> forgetful) {
        all.add(new BrokenStrategy(
                rule,
                ANON_VMA,
                slip,
                new SlipProvider(ANON_VMA, context -> forgetful.get().slips())));
    }

    /** VMAs, folios or spaces that something happened to are not found any more. */
    private void marked(String rule, String slip, String method, BiConsumer<Marks, Call> mark) {
        forgetful(rule, slip, () -> new Forgetful() {
            private final Marks marks = new Marks();

            {
                on(method, call -> mark.accept(marks, call));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return marks.has(place.vma())
                        || marks.has(place.space())
                        || marks.has(place.walk().folio());
            }
        });
    }

    private void always() {
        for (String base : List.of(ANON_VMA, "lazy", "cowctx", "cowctx-pruned")) {
            lost("WALK-1", base, "nothing is found", place -> true);
            lost("FORK-1", base, "the walk ends after the first place", place -> place.n() > 0);
            lost(
                    "FORK-1",
                    base,
                    "the walk takes the number of mappings when it begins for that of places left",
                    place -> place.n() >= Math.max(1, place.walk().folio().mapcount() - 1));
        }
        lost(
                "LINUX-1",
                ANON_VMA,
                "a walk that swaps out forgets the last place",
                place -> place.n() > 0 && place.walk().purpose() == WalkPurpose.UNMAP);
        lost("CONCURRENCY-1", ANON_VMA, "each fourth page is not found", place -> (place.address() >> 12) % 4 == 1);
        lost(
                "CONCURRENCY-2",
                ANON_VMA,
                "a page is not found at odd addresses",
                place -> (place.address() >> 12) % 2 == 1);
        lost(
                "CONCURRENCY-3",
                ANON_VMA,
                "the first child is not found",
                place -> place.space().id() == 1);
        lost(
                "CONCURRENCY-4",
                ANON_VMA,
                "no child is found",
                place -> place.space().id() > 0);
        lost(
                "CONCURRENCY-5",
                ANON_VMA,
                "the second of all address spaces is not found",
                place -> place.space().id() == 1);
        lost(
                "CONCURRENCY-7",
                ANON_VMA,
                "address spaces beyond the third are left out",
                place -> place.space().id() > 2);
        lost("FORK-2", ANON_VMA, "only three places are tried", place -> place.n() >= 3);
        lost("FORK-2", "cowctx", "only three places are tried", place -> place.n() >= 3);
        lost(
                "WALK-2",
                ANON_VMA,
                "the first page of a VMA is left out",
                place -> place.address() == vma(place).start());
        lost(
                "WALK-2",
                ANON_VMA,
                "the last page of a VMA is left out",
                place -> place.address() + PAGE_SIZE == vma(place).end()
                        && vma(place).end() - vma(place).start() > PAGE_SIZE);
        lost(
                "WALK-2",
                ANON_VMA,
                "the last page of a page table is left out",
                place -> (place.address() >> 12 & 511) == 511);
        lost(
                "PREPARE-2",
                ANON_VMA,
                "VMAs of files are left out",
                place -> !vma(place).isAnonymous());
        lost(
                "PREPARE-1",
                ANON_VMA,
                "VMAs that begin where another one ends are left out",
                place -> vma(place).addressSpace().vmas().stream()
                        .anyMatch(other -> other.end() == vma(place).start() && other.isFaulted()));
        lost(
                "SPLIT-1",
                ANON_VMA,
                "read-only VMAs are left out",
                place -> vma(place).permissions().charAt(1) != 'w');
        lost(
                "MOVE-1",
                ANON_VMA,
                "the page is looked for where it would be if nothing ever moved",
                place -> vma(place).isAnonymous()
                        && place.walk().index() != place.address() >> 12
                        && place.walk().lastIndex() == place.walk().index());
        lost(
                "FORK-2",
                ANON_VMA,
                "address spaces beyond the second are left out",
                place -> place.space().id() > 1);
        lost(
                "EXIT-1",
                ANON_VMA,
                "a child is not found when nobody else maps the page",
                place -> place.space().id() > 0
                        && place.walk().folio().mapcount() == 1
                        && !place.walk().folio().isAnonExclusive(0));
    }

    private static Vma vma(Choosy.Place place) {
        return Objects.requireNonNull(place.vma());
    }

    private void byPurpose() {
        for (String base : List.of(ANON_VMA, "cowctx")) {
            lost(
                    "SWAP-1",
                    base,
                    "a walk that unmaps ends with the first place",
                    place -> place.n() > 0 && place.walk().purpose() == WalkPurpose.UNMAP);
            lost(
                    "MIGRATION-1",
                    base,
                    "a walk that restores trusts the count of mappings",
                    place -> place.n() > 0 && place.walk().purpose() == WalkPurpose.RESTORE);
            lost(
                    "WALK-7",
                    base,
                    "a walk that asks who used a page ends with the first place",
                    place -> place.n() > 0 && place.walk().purpose() == WalkPurpose.REFERENCED);
        }
        lost(
                "MIGRATION-1",
                "lazy",
                "a walk that restores trusts the count of mappings",
                place -> place.n() > 0 && place.walk().purpose() == WalkPurpose.RESTORE);
        lost(
                "WALK-7",
                ANON_VMA,
                "a walk after an error in memory ends with the first place",
                place -> place.n() > 0 && place.walk().purpose() == WalkPurpose.POISON);
        lost(
                "MIGRATION-1",
                ANON_VMA,
                "a walk that migrates leaves children out",
                place -> place.space().id() > 0 && place.walk().purpose() == WalkPurpose.MIGRATE);
        lost(
                "MIGRATION-3",
                ANON_VMA,
                "a walk that restores leaves out VMAs of files",
                place -> !vma(place).isAnonymous() && place.walk().purpose() == WalkPurpose.RESTORE);
        for (String base : List.of("lazy", "cowctx")) {
            lost(
                    "LARGE-2",
                    base,
                    "a large folio is looked for in one place",
                    place -> place.n() > 0
                            && place.walk().lastIndex() > place.walk().index());
        }
        for (String base : List.of(ANON_VMA)) {
            lost(
                    "LARGE-1",
                    base,
                    "a large folio is looked for in one place",
                    place -> place.n() > 0
                            && place.walk().lastIndex() > place.walk().index());
        }
        lost(
                "LARGE-2",
                ANON_VMA,
                "a large folio is not looked for in children",
                place -> place.space().id() > 0
                        && place.walk().lastIndex() > place.walk().index());
        lost(
                "LARGE-5",
                ANON_VMA,
                "a folio of 2 MiB is not found where it is mapped in part",
                place -> place.walk().lastIndex() - place.walk().index() == 511
                        && vma(place).end() - vma(place).start() < 512 * PAGE_SIZE);
    }

    private void layouts() {
        marked("SPLIT-1", "what a split creates is left out", "endChange", (marks, call) -> {
            if (call.change().removed().isEmpty()) {
                marks.add(call.change().created());
            }
        });
        forgetful("SPLIT-2", "pieces are left out when the first piece is gone", () -> new Forgetful() {
            private final Map<Vma, Vma> origins = new ConcurrentHashMap<>();
            private final Marks gone = new Marks();

            {
                on("endChange", call -> {
                    Vma created = call.change().created();
                    if (created != null) {
                        origins.put(created, call.change().vma());
                    }
                });
                on("vmaUnlinked", call -> gone.add(call.vma(0)));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return gone.has(origins.get(vma(place)));
            }
        });
        forgetful("SPLIT-3", "what comes in the place of a VMA that is gone is left out", () -> new Forgetful() {
            private final Set<Long> gone = ConcurrentHashMap.newKeySet();

            {
                on("vmaUnlinked", call -> gone.add(call.vma(0).start()));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return gone.contains(vma(place).start());
            }
        });
        marked("MERGE-1", "what a merge leaves is left out", "endChange", (marks, call) -> {
            if (!call.change().removed().isEmpty()) {
                marks.add(call.change().vma());
            }
        });
        marked("MERGE-2", "what takes over the pages of a neighbour is left out", "endChange", (marks, call) -> {
            marks.add(call.change().heir());
        });
        marked("MERGE-1", "a VMA that takes pages in from its side is left out", "endChange", (marks, call) -> {
            LayoutChange change = call.change();
            if (change.adjacent() != null && change.removed().isEmpty()) {
                marks.add(change.adjacent());
            }
        });
        forgetful(
                "MERGE-5", "what a merge leaves is left out in processes that have a relative", () -> new Forgetful() {
                    private final Marks forked = new Marks();
                    private final Marks heirs = new Marks();

                    {
                        on("forkEnd", call -> {
                            forked.add(call.space(0));
                            forked.add(call.space(1));
                        });
                        on("endChange", call -> {
                            if (!call.change().removed().isEmpty()
                                    && forked.has(call.change().vma().addressSpace())) {
                                heirs.add(call.change().vma());
                            }
                        });
                    }

                    @Override
                    public boolean leavesOut(Choosy.Place place) {
                        return heirs.has(place.vma());
                    }
                });
        marked("MERGE-4", "VMAs that become one over a hole are left out", "endChange", (marks, call) -> {
            if (call.change().removed().size() > 0 && call.change().adjacent() == null) {
                marks.add(call.change().vma());
            }
        });
        forgetful("UNMAP-1", "what is left of a VMA is left out", () -> new Forgetful() {
            private final Map<Vma, Vma> origins = new ConcurrentHashMap<>();
            private final Marks cut = new Marks();

            {
                on("endChange", call -> {
                    Vma created = call.change().created();
                    if (created != null) {
                        origins.put(created, call.change().vma());
                    }
                });
                on("vmaUnlinked", call -> cut.add(origins.get(call.vma(0))));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return cut.has(place.vma());
            }
        });
        forgetful("UNMAP-2", "what replaces a mapping at once is left out", () -> new Forgetful() {
            private final Set<Long> gone = ConcurrentHashMap.newKeySet();

            {
                on("vmaUnlinked", call -> {
                    for (long page = call.vma(0).start(); page < call.vma(0).end(); page += PAGE_SIZE) {
                        gone.add(page);
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return gone.contains(place.address());
            }
        });
        forgetful("UNMAP-3", "a page that comes back after MADV_DONTNEED is left out", () -> new Forgetful() {
            private final Set<Long> freed = ConcurrentHashMap.newKeySet();
            private final Set<Long> back = ConcurrentHashMap.newKeySet();

            {
                on("folioFreed", call -> freed.add(call.folio(0).index()));
                on("folioMapped", call -> {
                    if (freed.contains(call.folio(0).index())) {
                        back.add(call.folio(0).index());
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return back.contains(place.walk().index());
            }
        });
        forgetful("PREPARE-3", "pages beside a guard are left out", () -> new Forgetful() {
            // A fault maps a page right after it has prepared the VMA; a guard does not, and then the step is over.
            private @Nullable Vma prepared;
            private final Marks guarded = new Marks();

            {
                on("prepare", call -> prepared = ((PrepareRequest) call.argument(0)).vma());
                on("folioMapped", call -> prepared = null);
                on("verify", call -> guarded.add(prepared));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return guarded.has(vma(place));
            }
        });
    }

    private void moves() {
        marked(
                "MOVE-1",
                "the copy that mremap makes is left out",
                "vmaCopied",
                (marks, call) -> marks.add(call.vma(1)));
        forgetful("MOVE-2", "what comes where a page has left is left out", () -> new Forgetful() {
            private final Set<Long> left = ConcurrentHashMap.newKeySet();

            {
                on("beginMove", call -> left.add(((PageMove) call.argument(0)).from()));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return left.contains(place.address()) && place.walk().index() == place.address() >> 12;
            }
        });
        forgetful("MOVE-3", "what moves twice is left out", () -> new Forgetful() {
            private final Marks once = new Marks();
            private final Marks twice = new Marks();

            {
                on("vmaCopied", call -> (once.has(call.vma(0)) ? twice : once).add(call.vma(1)));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return twice.has(place.vma());
            }
        });
        forgetful("MOVE-4", "a part of what has moved is left out when it moves on", () -> new Forgetful() {
            private final Marks moved = new Marks();
            private final Marks part = new Marks();

            {
                on("vmaCopied", call -> {
                    Vma source = call.vma(0);
                    Vma copy = call.vma(1);
                    if (moved.has(source) && copy.end() - copy.start() < source.end() - source.start()) {
                        part.add(copy);
                    }
                    moved.add(copy);
                });
                on("endChange", call -> {
                    if (moved.has(call.change().vma())) {
                        part.add(call.change().created());
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return part.has(place.vma());
            }
        });
        marked("MOVE-5", "what MREMAP_DONTUNMAP leaves behind is left out", "vmaCopied", (marks, call) -> {
            marks.add(call.vma(0));
        });
        forgetful("MOVE-6", "children do not inherit moved VMAs", () -> new Forgetful() {
            private final Marks moved = new Marks();
            private final Marks inherited = new Marks();

            {
                on("vmaCopied", call -> moved.add(call.vma(1)));
                on("vmaForked", call -> {
                    if (moved.has(call.vma(0))) {
                        inherited.add(call.vma(1));
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return inherited.has(place.vma());
            }
        });
        forgetful("MOVE-7", "what moves after a fork is left out", () -> new Forgetful() {
            private final Marks forked = new Marks();
            private final Marks moved = new Marks();

            {
                on("forkEnd", call -> {
                    forked.add(call.space(0));
                    forked.add(call.space(1));
                });
                on("vmaCopied", call -> {
                    if (forked.has(call.vma(0).addressSpace())) {
                        moved.add(call.vma(1));
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return moved.has(place.vma());
            }
        });
        marked("MOVE-8", "a VMA that moves before its first page is left out", "vmaCopied", (marks, call) -> {
            if (!call.vma(0).isFaulted()) {
                marks.add(call.vma(1));
            }
        });
        forgetful("MOVE-9", "what moves home into its neighbours is left out", () -> new Forgetful() {
            private final Set<Long> home = ConcurrentHashMap.newKeySet();

            {
                on("endMove", call -> {
                    PageMove move = (PageMove) call.argument(0);
                    if (move.mergedIntoDestination()) {
                        home.add(move.to());
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return home.contains(place.address());
            }
        });
        forgetful("MOVE-10", "what a VMA grows by is left out", () -> new Forgetful() {
            private final Map<Vma, Long> ends = new ConcurrentHashMap<>();

            {
                on("prepare", call -> {
                    Vma vma = ((PrepareRequest) call.argument(0)).vma();
                    ends.put(vma, vma.end());
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                Long end = ends.get(vma(place));
                return end != null && place.address() >= end;
            }
        });
        marked(
                "MOVE-11",
                "what UFFDIO_MOVE moves is left out",
                "folioMoved",
                (marks, call) -> marks.add(call.folio(0)));
    }

    private void families() {
        marked("FORK-1", "children are left out", "forkBegin", (marks, call) -> marks.add(call.space(1)));
        marked("FORK-1", "a parent is left out from its first fork on", "forkEnd", (marks, call) -> {
            marks.add(call.space(0));
        });
        forgetful("FORK-2", "grandchildren are left out", () -> new Forgetful() {
            private final Marks children = new Marks();
            private final Marks grandchildren = new Marks();

            {
                on("forkBegin", call -> (children.has(call.space(0)) ? grandchildren : children).add(call.space(1)));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return grandchildren.has(place.space());
            }
        });
        forgetful(
                "FORK-3", "what a child maps in the place of what fork leaves out is left out", () -> new Forgetful() {
                    private final Marks inherited = new Marks();

                    {
                        on("vmaForked", call -> inherited.add(call.vma(1)));
                    }

                    @Override
                    public boolean leavesOut(Choosy.Place place) {
                        return place.space().id() > 0 && !inherited.has(place.vma());
                    }
                });
        forgetful("FORK-4", "a child inherits the first VMA only", () -> new Forgetful() {
            private final Marks children = new Marks();
            private final Marks more = new Marks();

            {
                on("vmaForked", call -> {
                    AddressSpace child = call.vma(1).addressSpace();
                    if (children.has(child)) {
                        more.add(call.vma(1));
                    }
                    children.add(child);
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return more.has(place.vma());
            }
        });
        marked("REUSE-1", "the copy that a child makes is looked for in its parent", "folioMapped", (marks, call) -> {
            if (call.vma(1).addressSpace().id() > 0) {
                marks.add(call.folio(0));
            }
        });
        marked("REUSE-2", "a page that its last process uses on is left out", "folioReused", (marks, call) -> {
            marks.add(call.folio(0));
        });
        forgetful("REUSE-3", "children that are born after an exit are left out", () -> new Forgetful() {
            private final Marks exits = new Marks();
            private final Marks late = new Marks();

            {
                on("spaceExited", call -> exits.add(call.space(0)));
                on("forkBegin", call -> {
                    if (!exits.isEmpty()) {
                        late.add(call.space(1));
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return late.has(place.space());
            }
        });
        forgetful("EXIT-1", "after the exit of its parent a child is left out", () -> new Forgetful() {
            private final Map<AddressSpace, AddressSpace> parents = new ConcurrentHashMap<>();
            private final Marks exits = new Marks();

            {
                on("forkBegin", call -> parents.put(call.space(1), call.space(0)));
                on("spaceExited", call -> exits.add(call.space(0)));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return exits.has(parents.get(place.space()));
            }
        });
        forgetful("EXIT-2", "what exec or exit of a relative leaves is left out", () -> new Forgetful() {
            private final Marks exits = new Marks();

            {
                on("spaceExited", call -> exits.add(call.space(0)));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return !exits.isEmpty() && place.n() == 0;
            }
        });
        forgetful("EXIT-3", "the last of three generations is left out", () -> new Forgetful() {
            private final Set<AddressSpace> exits = ConcurrentHashMap.newKeySet();

            {
                on("spaceExited", call -> exits.add(call.space(0)));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return exits.size() > 1;
            }
        });
    }

    private void folios() {
        marked("SWAP-2", "a page that comes back from swap is left out", "folioMappedShared", (marks, call) -> {
            marks.add(call.folio(0));
        });
        marked(
                "SWAP-2",
                "a page of the swap cache that is mapped again is left out",
                "folioMappedFromSwapCache",
                (marks, call) -> marks.add(call.folio(0)));
        forgetful("SWAP-3", "a page that comes back where it moved to is left out", () -> new Forgetful() {
            private final Marks back = new Marks();

            {
                on("folioMapped", call -> {
                    Vma vma = call.vma(1);
                    if (vma.isAnonymous() && vma.pgoff() != vma.start() >> 12) {
                        back.add(call.folio(0));
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return back.has(place.walk().folio());
            }
        });
        forgetful("SWAP-4", "a page of the swap cache is found where it was mapped last only", () -> new Forgetful() {
            private final Map<Object, AddressSpace> last = new ConcurrentHashMap<>();

            {
                on(
                        "folioMappedFromSwapCache",
                        call -> last.put(call.folio(0), call.vma(1).addressSpace()));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                AddressSpace space = last.get(place.walk().folio());
                return space != null && space != place.space();
            }
        });
        marked("MIGRATION-2", "the new frame of a page is left out", "folioReplaced", (marks, call) -> {
            marks.add(call.folio(1));
        });
        forgetful("LARGE-3", "the parts of a folio that was split are left out", () -> new Forgetful() {
            private final Marks splitting = new Marks();
            private final Marks parts = new Marks();

            {
                on("beginSplit", call -> splitting.add(call.folio(0)));
                on("folioReplaced", call -> {
                    if (splitting.has(call.folio(0))) {
                        parts.add(call.folio(1));
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return parts.has(place.walk().folio());
            }
        });
        forgetful("LARGE-4", "a part of a large folio that moves is left out", () -> new Forgetful() {
            private final Marks moved = new Marks();

            {
                on("vmaCopied", call -> moved.add(call.vma(1)));
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return moved.has(place.vma())
                        && place.walk().lastIndex() > place.walk().index();
            }
        });
        marked("LARGE-5", "pages that are gathered in one folio are left out", "beginCollapse", (marks, call) -> {
            marks.add(call.vma(0));
        });
    }

    private void ksm(String rule, String slip, Choosy.Choice choice) {
        all.add(new BrokenStrategy(
                rule,
                ANON_VMA,
                slip,
                new SlipProvider(
                        ANON_VMA, context -> Map.of("walkKsm", call -> call.goWith(new Choosy(call.walk(), choice))))));
    }

    private void merged() {
        ksm("KSM-1", "of merged pages the first is found", place -> place.n() > 0);
        ksm(
                "KSM-2",
                "merged pages are not looked for in children",
                place -> place.space().id() > 1);
        ksm(
                "KSM-2",
                "merged pages are looked for in VMAs that begin where they were merged",
                place -> (vma(place).flags() & VmFlags.VM_WRITE) == 0);
        ksm(
                "KSM-4",
                "a walk that unmaps a merged page ends with the first place",
                place -> place.n() > 0
                        && place.walk().purpose() != WalkPurpose.INSPECT
                        && place.walk().purpose() != WalkPurpose.REFERENCED);
        forgetful("KSM-3", "a page that belongs to its process again is left out", () -> new Forgetful() {
            private final Set<Long> merged = ConcurrentHashMap.newKeySet();

            {
                on("retain", call -> {
                    if (call.argument(0) instanceof Vma vma) {
                        merged.add(vma.start());
                    }
                });
            }

            @Override
            public boolean leavesOut(Choosy.Place place) {
                return merged.contains(vma(place).start())
                        && place.walk().folio().mapcount() == 1;
            }
        });
    }
}
