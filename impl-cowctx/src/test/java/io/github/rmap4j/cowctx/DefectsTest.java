package io.github.rmap4j.cowctx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.Mutex;
import io.github.rmap4j.spi.PrepareRequest;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The defects that were found in the proof of concept by reading it. Each is switched on in a strategy that is wrong in this
 * one point, and a check notices; without it the same story passes.
 */
@DisplayName("Defects of the proof of concept")
class DefectsTest {
    private static final long BASE = 0x100000000000L;
    private static final long PAGE = MemoryManager.PAGE_SIZE;

    /**
     * A defect.
     *
     * @param name its letter, and what is wrong
     * @param wrong the strategy that has it
     * @param story what shows it
     * @param complaint part of what the check says
     */
    private record Defect(String name, Function<World, Strategies> wrong, Story story, String complaint) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** What happens, with checks in between. */
    private interface Story {
        void tell(World world);
    }

    /** Makes a strategy. */
    private interface Strategies {
        RmapStrategy create(StrategyContext context);
    }

    static Stream<Defect> defects() {
        return Stream.of(
                new Defect(
                        "a: an exclusive folio ends the walk before the offsets of moved pages are tried",
                        world -> context -> new Wrong(context) {
                            @Override
                            public WalkOutcome walk(FolioWalk walk) {
                                return walkAll(walk, at -> {
                                    boolean exclusive = walk.folio().mapcount() == 1;
                                    AddressSpace space = Objects.requireNonNull(at.space());
                                    walk.candidate(space, walk.index() << 12);
                                    return exclusive ? Visit.Result.ALL_FOUND : visit(walk, at, End.NOT_EARLY);
                                });
                            }
                        },
                        world -> {
                            AddressSpace space = world.process(2);
                            move(space, 0, 100, 2);
                            world.manager.verify();
                        },
                        "misses [0:100000064000=0]"),
                new Defect(
                        "b: a folio that one descendant maps ends the walk at the first context that is alive",
                        world -> context -> new Wrong(context) {
                            @Override
                            public WalkOutcome walk(FolioWalk walk) {
                                boolean exclusive = walk.folio().mapcount() == 1;
                                return walkAll(
                                        walk,
                                        at -> visit(walk, at, End.NOT_EARLY) == Visit.Result.GO_ON && exclusive
                                                ? Visit.Result.ALL_FOUND
                                                : Visit.Result.GO_ON);
                            }
                        },
                        world -> {
                            AddressSpace parent = world.process(1);
                            parent.fork();
                            parent.write(address(0), 2);
                            world.manager.verify();
                        },
                        "misses [1:100000000000=0]"),
                new Defect(
                        "c: an offset that is put in the middle of others overwrites one",
                        world -> context -> new Wrong(context, (nodes, lock) -> new RemapTree(nodes, lock) {
                            @Override
                            long[] with(long[] offsets, long offset) {
                                long[] more = super.with(offsets, offset);
                                int at = Arrays.binarySearch(more, offset);
                                if (more.length > offsets.length && at > 0 && at < offsets.length) {
                                    more[at - 1] = offset;
                                }
                                return more;
                            }
                        }),
                        world -> {
                            AddressSpace space = world.process(1);
                            move(space, 0, 100, 1);
                            map(space, 0, 1);
                            move(space, 0, 300, 1);
                            map(space, 0, 1);
                            move(space, 0, 200, 1);
                            world.manager.verify();
                        },
                        "page 100000064000 of mm 0 was moved by 100 pages, which its context does not know"),
                new Defect(
                        "d: an offset is taken out of an array that a walk is reading",
                        world -> context -> new Wrong(context, (nodes, lock) -> new SharedArrays(nodes, lock)) {
                            @Override
                            public WalkOutcome walk(FolioWalk walk) {
                                return super.walk(world.interrupted(walk));
                            }
                        },
                        world -> {
                            AddressSpace space = world.process(1);
                            for (int place : new int[] {100, 200, 300}) {
                                move(space, 0, place, 1);
                                map(space, 0, 1);
                            }
                            // Offset 0 and the first one were tried when the first one goes away: the next slips by.
                            world.afterCandidates(2, () -> space.munmap(address(100), PAGE));
                            world.walk(space, 200);
                        },
                        "a walk finds [] instead of [200]"),
                new Defect(
                        "e: moving the first pages of a range again takes the offset from all of it",
                        world -> context -> new Wrong(context, (nodes, lock) -> new RemapTree(nodes, lock) {
                            @Override
                            int remove(long first, long last, long offset) {
                                return super.remove(first, last + 1000, offset);
                            }
                        }),
                        world -> {
                            AddressSpace space = world.process(12);
                            move(space, 0, 100, 12);
                            move(space, 100, 200, 3);
                            world.manager.verify();
                        },
                        "page 100000067000 of mm 0 was moved by 100 pages, which its context does not know"),
                new Defect(
                        "f: a part that is split off has the offset of where it begins from the start of all",
                        world -> context ->
                                new Wrong(context, tree -> new VmaOffsets(context, tree.tree, tree.counters) {
                                    @Override
                                    void inherit(Vma vma, Vma from) {
                                        assign(vma, (vma.start() - from.start() >> 12) + of(from));
                                    }
                                }),
                        world -> {
                            AddressSpace space = world.process(8);
                            move(space, 0, 100, 8);
                            space.mprotect(address(100), 4 * PAGE, Prot.PROT_READ);
                            move(space, 104, 300, 4);
                            world.manager.verify();
                        },
                        "was moved by"),
                new Defect(
                        "g: DONTUNMAP of a VMA that was moved before drops the offset of its new pages",
                        world -> context -> new Wrong(context) {
                            @Override
                            public void prepare(PrepareRequest request) {
                                offsets.assign(request.vma(), VmaOffsets.base(request.vma()));
                            }
                        },
                        world -> {
                            AddressSpace space = world.process(2);
                            move(space, 0, 50, 2);
                            space.mremap(
                                    address(50),
                                    2 * PAGE,
                                    2 * PAGE,
                                    MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED | MapFlags.MREMAP_DONTUNMAP,
                                    address(100));
                            space.write(address(50), 1);
                            world.manager.verify();
                        },
                        "page 100000032000 of mm 0 was moved by 50 pages, which its context does not know"),
                new Defect(
                        "h: what is deleted ends at 32 bits",
                        world -> context -> new Wrong(context, (nodes, lock) -> new RemapTree(nodes, lock) {
                            @Override
                            int remove(long first, long last, long offset) {
                                return first > 0xffffffffL
                                        ? 0
                                        : super.remove(first, Math.min(last, 0xffffffffL), offset);
                            }
                        }),
                        DefectsTest::storm,
                        "101 ranges are left"),
                new Defect(
                        "i: an offset is removed before the new one is there",
                        world -> context -> new Wrong(context) {
                            @Override
                            public void prepareChange(LayoutChange change) {}

                            @Override
                            public void beginChange(LayoutChange change) {
                                if (change.vma().isFaulted() && change.created() == null) {
                                    long offset = offsets.of(change.vma());
                                    offsets.retire(
                                            change.vma(),
                                            change.vma().start(),
                                            change.vma().end(),
                                            offset);
                                }
                            }

                            @Override
                            public void endChange(LayoutChange change) {
                                world.now();
                                long offset = offsets.of(change.vma());
                                offsets.publish(change.vma(), change.newStart(), change.newEnd(), offset);
                            }
                        },
                        world -> {
                            AddressSpace space = world.process(4);
                            move(space, 0, 100, 4);
                            world.inTheMiddle = () -> world.walk(space, 101);
                            space.mremap(address(100), 4 * PAGE, 6 * PAGE, 0, 0);
                            world.now();
                        },
                        "a walk finds [] instead of [101]"),
                new Defect(
                        "j: a child is linked after its page tables were copied",
                        world -> context -> new Wrong(context) {
                            @Override
                            public void forkBegin(AddressSpace parent, AddressSpace child) {}

                            @Override
                            public void forkEnd(AddressSpace parent, AddressSpace child) {
                                world.now();
                                super.forkBegin(parent, child);
                            }
                        },
                        world -> {
                            AddressSpace parent = world.process(1);
                            world.inTheMiddle = () -> world.walk(parent, 0);
                            parent.fork();
                            world.now();
                        },
                        "a walk finds [0] instead of [0, 0]"),
                new Defect(
                        "k: a VMA that goes away passes for one that was never faulted",
                        world -> context -> new Wrong(context) {
                            @Override
                            public void vmaUnlinked(Vma vma) {
                                offsets.forget(vma);
                            }
                        },
                        DefectsTest::storm,
                        "101 ranges are left"),
                new Defect(
                        "l: a page that others have in swap comes back to the context of who reads it first",
                        world -> context -> new Wrong(context) {
                            @Override
                            public void folioMappedShared(Folio folio, Vma vma) {
                                folioMapped(folio, vma);
                            }
                        },
                        world -> {
                            AddressSpace parent = world.process(1);
                            AddressSpace child = parent.fork();
                            parent.reclaim(address(0), PAGE);
                            child.read(address(0));
                            parent.read(address(0));
                            world.manager.verify();
                        },
                        "a folio names a context that is not above that of"),
                new Defect(
                        "m: an unfaulted VMA that takes in a moved one passes for one that was never moved",
                        world -> context -> new Wrong(context) {
                            @Override
                            public void prepareChange(LayoutChange change) {
                                super.prepareChange(change);
                                if (change.heir() != null) {
                                    offsets.assign(change.heir(), 0);
                                }
                            }
                        },
                        world -> {
                            // Of a file, because the page offsets of unfaulted memory follow its address.
                            AddressSpace space = world.manager.createAddressSpace();
                            MappedFile file = MappedFile.of(MappedFile.Kind.REGULAR, "data");
                            space.mmap(
                                    address(0),
                                    4 * PAGE,
                                    Prot.PROT_READ | Prot.PROT_WRITE,
                                    MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED_NOREPLACE,
                                    file,
                                    0);
                            space.mmap(
                                    address(104),
                                    4 * PAGE,
                                    Prot.PROT_READ | Prot.PROT_WRITE,
                                    MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED_NOREPLACE,
                                    file,
                                    4 * PAGE);
                            space.write(address(0), 1);
                            move(space, 0, 100, 4);
                            assertThat(space.mapCount()).isEqualTo(1);
                            space.fork();
                            world.manager.verify();
                        },
                        "was moved by 100 pages, which its context does not know"),
                new Defect(
                        "n: what was restored counts as all there is",
                        world -> context -> new Wrong(context) {
                            @Override
                            public WalkOutcome walk(FolioWalk walk) {
                                return walkAll(
                                        walk,
                                        at -> visit(walk, at, End.NOT_EARLY) == Visit.Result.GO_ON
                                                        && walk.purpose() == WalkPurpose.RESTORE
                                                        && walk.hits() > 0
                                                ? Visit.Result.ALL_FOUND
                                                : Visit.Result.GO_ON);
                            }
                        },
                        world -> {
                            AddressSpace parent = world.process(1);
                            parent.fork();
                            parent.fork();
                            parent.migrate(address(0), PAGE);
                            world.manager.verify();
                        },
                        "migration entry that nobody restored"));
    }

    private static void storm(World world) {
        AddressSpace space = world.manager.createAddressSpace();
        for (int i = 0; i < 100; i++) {
            map(space, 0, 1);
            move(space, 0, 100 + 2 * i, 1);
            map(space, 1000 + 2 * i, 1);
            move(space, 1000 + 2 * i, 5000 + 4 * i, 1);
            space.munmap(address(100 + 2 * i), PAGE);
            space.munmap(address(5000 + 4 * i), PAGE);
        }
        long left = world.event("cow_remap_ranges");
        assertThat(left).as("%d ranges are left", left).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    @DisplayName("a check notices")
    void caught(Defect defect) {
        World world = new World();
        world.build(defect.wrong().apply(world));
        assertThatThrownBy(() -> defect.story().tell(world)).hasMessageContaining(defect.complaint());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    @DisplayName("without it the same story passes")
    void passes(Defect defect) {
        World world = new World();
        world.build(context -> new Wrong(context) {
            @Override
            public WalkOutcome walk(FolioWalk walk) {
                return super.walk(world.interrupted(walk));
            }

            @Override
            public void endChange(LayoutChange change) {
                world.now();
                super.endChange(change);
            }

            @Override
            public void forkEnd(AddressSpace parent, AddressSpace child) {
                world.now();
                super.forkEnd(parent, child);
            }
        });
        defect.story().tell(world);
        world.manager.verify();
    }

    private static long address(long page) {
        return BASE + page * PAGE;
    }

    private static void map(AddressSpace space, int page, int pages) {
        space.mmap(
                address(page),
                pages * PAGE,
                Prot.PROT_READ | Prot.PROT_WRITE,
                MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED_NOREPLACE);
        for (int i = 0; i < pages; i++) {
            space.write(address(page + i), page + i);
        }
    }

    private static void move(AddressSpace space, int from, int to, int pages) {
        space.mremap(
                address(from),
                pages * PAGE,
                pages * PAGE,
                MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED,
                address(to));
    }

    /** A manager, and what happens in the middle of something. */
    private static final class World {
        private @Nullable Runnable inTheMiddle;
        private int candidates;
        private @Nullable Runnable amongCandidates;
        private MemoryManager manager = MemoryManager.builder()
                .strategy("cowctx")
                .checking(MemoryManager.Checking.ON)
                .build();

        void build(Strategies strategies) {
            manager = MemoryManager.builder()
                    .strategy(new RmapStrategyProvider() {
                        @Override
                        public String name() {
                            return "cowctx";
                        }

                        @Override
                        public String description() {
                            return "with a defect";
                        }

                        @Override
                        public RmapStrategy create(StrategyContext context) {
                            return strategies.create(context);
                        }
                    })
                    .checking(MemoryManager.Checking.ON)
                    .build();
        }

        AddressSpace process(int pages) {
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, pages);
            return space;
        }

        /** The moment has come. */
        void now() {
            Runnable action = inTheMiddle;
            inTheMiddle = null;
            if (action != null) {
                onAnotherThread(action);
            }
        }

        /** During the next walk. */
        void afterCandidates(int n, Runnable action) {
            candidates = n;
            amongCandidates = action;
        }

        FolioWalk interrupted(FolioWalk walk) {
            return amongCandidates == null ? walk : new InterruptedWalk(walk, this);
        }

        void candidate() {
            Runnable action = amongCandidates;
            if (--candidates == 0 && action != null) {
                amongCandidates = null;
                onAnotherThread(action);
            }
        }

        /** A walk must find what is mapped before and after it. */
        void walk(AddressSpace space, int page) {
            Folio folio = Objects.requireNonNull(space.folioAt(address(page)));
            List<Long> expected = new ArrayList<>();
            for (int i = 0; i < folio.mapcount(); i++) {
                expected.add((long) page);
            }
            List<Long> found = new ArrayList<>();
            manager.rmapWalker().walk(folio, (vma, at) -> found.add((at - BASE) / PAGE));
            assertThat(found)
                    .as("a walk finds %s instead of %s", found, expected)
                    .isEqualTo(expected);
        }

        long event(String name) {
            return manager.costs().events().stream()
                    .filter(event -> event.name().equals(name))
                    .mapToLong(CostReport.EventCost::count)
                    .sum();
        }

        private static void onAnotherThread(Runnable action) {
            FutureTask<Void> task = new FutureTask<>(action, null);
            new Thread(task, "meanwhile").start();
            try {
                task.get();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause().getMessage(), e.getCause());
            }
        }
    }

    /** The design, with a way in for what is wrong. */
    private static class Wrong extends CowContextStrategy {
        private record Parts(ContextTree tree, CowCounters counters) {}

        private interface Trees {
            RemapTree create(RemapNodes nodes, Mutex lock);
        }

        Wrong(StrategyContext context) {
            this(context, RemapTree::new);
        }

        Wrong(StrategyContext context, Trees trees) {
            this(context, trees, new CowCounters(context));
        }

        private Wrong(StrategyContext context, Trees trees, CowCounters counters) {
            super(context, counters, tree(context, trees, counters), Index.ADDRESS);
        }

        Wrong(StrategyContext context, Function<Parts, VmaOffsets> offsets) {
            this(context, offsets, new CowCounters(context));
        }

        private Wrong(StrategyContext context, Function<Parts, VmaOffsets> offsets, CowCounters counters) {
            this(context, offsets, counters, tree(context, RemapTree::new, counters));
        }

        private Wrong(
                StrategyContext context, Function<Parts, VmaOffsets> offsets, CowCounters counters, ContextTree tree) {
            super(context, counters, tree, offsets.apply(new Parts(tree, counters)), Index.ADDRESS);
        }

        private static ContextTree tree(StrategyContext context, Trees trees, CowCounters counters) {
            return new ContextTree(context, counters) {
                @Override
                RemapTree newRemapTree(RemapNodes nodes, Mutex lock) {
                    return trees.create(nodes, lock);
                }
            };
        }

        final WalkOutcome walkAll(FolioWalk walk, Visit visit) {
            CowContext top = Objects.requireNonNull(held(walk.folio()));
            try {
                return walkBelow(top, Descent.EVERYWHERE, visit);
            } finally {
                contexts.put(top);
            }
        }
    }

    /** Changes the arrays that it has given out. */
    private static final class SharedArrays extends RemapTree {
        private long @Nullable [] given;

        SharedArrays(RemapNodes nodes, Mutex lock) {
            super(nodes, lock);
        }

        @Override
        long @Nullable [] offsets(long first, long last) {
            given = super.offsets(first, last);
            return given;
        }

        @Override
        long[] without(long[] offsets, long offset) {
            long[] read = given;
            int at = read == null ? -1 : Arrays.binarySearch(read, offset);
            if (read != null && at >= 0) {
                System.arraycopy(read, at + 1, read, at, read.length - at - 1);
            }
            return super.without(offsets, offset);
        }
    }

    private static final class InterruptedWalk implements FolioWalk {
        private final FolioWalk walk;
        private final World world;

        InterruptedWalk(FolioWalk walk, World world) {
            this.walk = walk;
            this.world = world;
        }

        @Override
        public Folio folio() {
            return walk.folio();
        }

        @Override
        public long index() {
            return walk.index();
        }

        @Override
        public long lastIndex() {
            return walk.lastIndex();
        }

        @Override
        public WalkPurpose purpose() {
            return walk.purpose();
        }

        @Override
        public WalkMode mode() {
            return walk.mode();
        }

        @Override
        public boolean isSplitting() {
            return walk.isSplitting();
        }

        @Override
        public boolean candidate(Vma vma, long address) {
            return walk.candidate(vma, address);
        }

        @Override
        public boolean candidate(AddressSpace space, long address) {
            boolean goOn = walk.candidate(space, address);
            world.candidate();
            return goOn;
        }

        @Override
        public boolean candidate(AddressSpace space, long address, Vma likely) {
            return walk.candidate(space, address, likely);
        }

        @Override
        public boolean candidate(AddressSpace space) {
            return walk.candidate(space);
        }

        @Override
        public int moves(AddressSpace space) {
            return walk.moves(space);
        }

        @Override
        public long hits() {
            return walk.hits();
        }

        @Override
        public void indexNode() {
            walk.indexNode();
        }

        @Override
        public void context() {
            walk.context();
        }
    }
}
