package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Strategies;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.LayoutChange;
import io.github.rmap4j.spi.MergeQuery;
import io.github.rmap4j.spi.PageMove;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.tck.strategy.ForwardingStrategy;
import io.github.rmap4j.tck.strategy.ForwardingWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Bugs that Linux has had between the reverse map and those who use it. Each is switched on by something around the
 * strategy that does not hand one call on as it should, and a check notices; without it the same program passes. Bugs in
 * the choice of anon_vmas are tested where that is made, in the module of the strategy.
 *
 * <p>What cannot be switched on here:
 * <ul>
 *   <li>A root that changed under a trylock: the lock object is looked up once and unlocked itself, there is no second
 *       look at the root.
 *   <li>A torn store of folio->mapping: the owner is one reference, and what kind of folio it is stands elsewhere.
 *   <li>Migration of a stack that exec relocates: until exec is over its address space is on no list and has no page in
 *       common with another one, so that no call can migrate its pages.
 *   <li>The barrier between a new anon_vma and the pointer to it: it matters on weakly ordered processors alone, and no
 *       test can make one reorder.
 * </ul>
 */
@DisplayName("Historical bugs around the reverse map")
class HistoricalBugTest {
    private static final int READ_WRITE = Prot.PROT_READ | Prot.PROT_WRITE;

    private static MemoryManager.Builder builder(UnaryOperator<RmapStrategy> around) {
        return MemoryManager.builder()
                .strategy(ForwardingStrategy.provider(Strategies.find("anonvma"), around))
                .checking(Checking.ON);
    }

    private static long address(int page) {
        return Scenario.address(page);
    }

    private static void map(AddressSpace space, int page, int pages) {
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        space.mmap(address(page), pages * PAGE_SIZE, READ_WRITE, flags);
    }

    private static void mapAndWrite(AddressSpace space, int page, int pages) {
        map(space, page, pages);
        for (int i = page; i < page + pages; i++) {
            space.write(address(i), i + 1);
        }
    }

    private static Folio folio(AddressSpace space, int page) {
        return Objects.requireNonNull(space.folioAt(address(page)));
    }

    private static void move(AddressSpace space, int from, int to) {
        int flags = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        space.mremap(address(from), PAGE_SIZE, PAGE_SIZE, flags, address(to));
    }

    /** All is as it should be, and nothing is left when every process has exited. */
    private static void assertSound(MemoryManager manager) {
        manager.verify();
        manager.addressSpaces().forEach(AddressSpace::exit);
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }

    @Nested
    @DisplayName("A merge that fails keeps what the heir was given (2023, 824135c46b00)")
    class FailedMerge {
        /** The target stayed linked when the VMA tree had no memory. */
        private static final class NothingUndone extends ForwardingStrategy {
            NothingUndone(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public void abortChange(LayoutChange change) {}
        }

        private boolean refuse;

        /** A faulted VMA would merge into an unfaulted one, but for the memory of the VMA tree. */
        private Scenario refused(UnaryOperator<RmapStrategy> around) {
            Scenario machine =
                    Scenario.with(builder(around).faultInjector(slab -> refuse && slab.equals("maple_node")));
            machine.run("0 mmap 0 5 r noreserve", "0 mmap 5 5 rw noreserve", "0 write 5 5");
            refuse = true;
            return machine;
        }

        @Test
        @DisplayName("the target has chains although it is not faulted")
        void caught() {
            Scenario machine = refused(NothingUndone::new);
            assertThatThrownBy(() -> machine.fails(Errno.ENOMEM, "0 mprotect 5 5 r"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is marked faulted but has no chain, or the reverse");
            machine.slabs(1, 2);
        }

        @Test
        @DisplayName("nothing is left of the attempt")
        void passes() {
            Scenario machine = refused(UnaryOperator.identity());
            machine.fails(Errno.ENOMEM, "0 mprotect 5 5 r").slabs(1, 1).end();
        }
    }

    @Nested
    @DisplayName("mremap merges a faulted VMA into an unfaulted one that gets no anon_vma (6.16, 61f67c230a5e)")
    class UnfaultedTarget {
        private static final String[] AWAY = {"0 mmap 4 3 rw", "0 write 4 1", "0 mremap 4 3 20 3", "0 mmap 1 3 rw"};
        private static final String HOME = "0 mremap 20 3 4 3 dontunmap";

        /** dup_anon_vma was called for VMAs that the merge removes, not for the one that pages are moved from. */
        private static final class ForgetsCopied extends ForwardingStrategy {
            ForgetsCopied(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public void prepareChange(LayoutChange change) {
                Vma from = change.inheritedFrom();
                boolean copied = from != null
                        && from != change.vma()
                        && from != change.adjacent()
                        && !change.removed().contains(from);
                if (!copied) {
                    super.prepareChange(change);
                }
            }
        }

        @Test
        @DisplayName("the last anon_vma is freed while a page is mapped")
        void caught() {
            Scenario machine = Scenario.with(builder(ForgetsCopied::new)).run(AWAY);
            assertThatThrownBy(() -> machine.run(HOME))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is marked faulted but has no chain");
            machine.slabs(0, 0).mapcounts(0, 4, 1);
            List<Vma> found = new ArrayList<>();
            machine.manager().rmapWalker().walk(folio(machine.space(0), 4), (vma, address) -> found.add(vma));
            assertThat(found).isEmpty();
        }

        @Test
        @DisplayName("the target takes the anon_vma over")
        void passes() {
            Scenario machine = Scenario.with(builder(UnaryOperator.identity())).run(AWAY);
            machine.run(HOME).layout(0, "1-7 rw-p", "20-23 rw-p").slabs(1, 1).walk(0, 4, 1, 1);
            machine.end();
        }
    }

    @Nested
    @DisplayName("mremap merges a fork child's VMA into an unfaulted one (6.16, 3b617fd3d317)")
    class ForkChildSource {
        private static final String[] AWAY_AND_HOME = {
            "0 mmap 4 3 rw",
            "0 write 4 1",
            "0 fork 1",
            "1 mremap 4 3 20 3",
            "1 mmap 1 3 rw",
            "1 mremap 20 3 4 3 dontunmap"
        };

        /** The length of the chain was looked at only for VMAs that change where they are. */
        private static final class CopiesAnyChain extends ForwardingStrategy {
            CopiesAnyChain(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public boolean mayMerge(MergeQuery query) {
                boolean copied = query.origin() == MergeQuery.Origin.COPIED;
                return (copied && !query.target().isFaulted()) || super.mayMerge(query);
            }
        }

        @Test
        @DisplayName("the target's chain grows by a whole history of forks")
        void caught() {
            Scenario machine = Scenario.with(builder(CopiesAnyChain::new)).run(AWAY_AND_HOME);
            assertThatThrownBy(() -> machine.layout(1, "1-4 rw-p", "4-7 rw-p", "20-23 rw-p"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("1-7 rw-p");
        }

        @Test
        @DisplayName("the two stay apart")
        void passes() {
            Scenario machine = Scenario.with(builder(UnaryOperator.identity())).run(AWAY_AND_HOME);
            machine.layout(1, "1-4 rw-p", "4-7 rw-p", "20-23 rw-p").slabs(2, 3).end();
        }
    }

    @Nested
    @DisplayName("A walk trusts an anon_vma that it has no reference to (2010 and 2011)")
    class RebornOwner {
        /** The check that the folio is still mapped was left out, as a walk may that has a reference. */
        private static final class TrustsOwner extends ForwardingStrategy {
            TrustsOwner(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public WalkOutcome walk(FolioWalk walk) {
                return super.walk(new ForwardingWalk(walk) {
                    @Override
                    public WalkPurpose purpose() {
                        return WalkPurpose.RESTORE;
                    }
                });
            }
        }

        /** Lets processes come and go in the middle of a walk. */
        private final class Interrupted extends ForwardingStrategy {
            Interrupted(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public WalkOutcome walk(FolioWalk walk) {
                return super.walk(new ForwardingWalk(walk) {
                    /** Asked for when it is known which lock will be taken. */
                    @Override
                    public WalkMode mode() {
                        Meanwhile.run(beforeLock);
                        return super.mode();
                    }

                    @Override
                    public boolean candidate(Vma vma, long address) {
                        Meanwhile.run(beforeCandidate);
                        return super.candidate(vma, address);
                    }
                });
            }
        }

        private Runnable beforeLock = () -> {};
        private Runnable beforeCandidate = () -> {};
        private final WalkCost cost = new WalkCost();

        /** Walks a folio whose owner is freed, and born again in another family, before the walk has its lock. */
        private MemoryManager walk(UnaryOperator<RmapStrategy> around) {
            MemoryManager manager =
                    builder(strategy -> new Interrupted(around.apply(strategy))).build();
            AddressSpace owner = manager.createAddressSpace();
            mapAndWrite(owner, 0, 1);
            AddressSpace stranger = manager.createAddressSpace();
            map(stranger, 0, 1);
            Folio folio = folio(owner, 0);
            beforeLock = () -> {
                owner.exit();
                stranger.write(address(0), 7);
            };
            // Whoever walks a tree with its lock held is safe from this.
            beforeCandidate = stranger::exit;
            manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost);
            beforeLock = () -> {};
            beforeCandidate = () -> {};
            return manager;
        }

        @Test
        @DisplayName("it walks the tree of strangers without their lock and meets a VMA that is freed")
        void caught() {
            assertThatThrownBy(() -> walk(TrustsOwner::new))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("use after free");
        }

        @Test
        @DisplayName("a walk that looks again when it has the lock leaves strangers alone")
        void passes() {
            MemoryManager manager = walk(UnaryOperator.identity());
            assertThat(cost.visited()).isZero();
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("A page is merged without a reference to its anon_vma")
    class UnpinnedOwner {
        /** The item named an anon_vma, and nothing kept that alive. */
        private static final class KeepsNoReference extends ForwardingStrategy {
            KeepsNoReference(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public @Nullable Object retain(Vma vma) {
                Object retained = super.retain(vma);
                super.release(retained);
                return retained;
            }

            @Override
            public void release(Object retained) {}
        }

        /** Two processes have a page in common that was merged. */
        private static Scenario merged(UnaryOperator<RmapStrategy> around) {
            Scenario machine = Scenario.with(builder(around)).run("0 mmap 9 1 rw", "0 fork 1");
            for (int process = 0; process < 2; process++) {
                machine.run(process + " prctl merge", process + " mmap 0 1 rw", process + " fill 0 1 5");
            }
            return machine.run("0 ksm", "0 ksm").mapcounts(0, 0, 2);
        }

        @Test
        @DisplayName("a walk uses the anon_vma of a mapping that is gone")
        void caught() {
            Scenario machine = merged(KeepsNoReference::new);
            assertThatThrownBy(() -> machine.run("0 munmap 0 1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("use after free of AnonVma");
        }

        @Test
        @DisplayName("an anon_vma lives as long as pages that were merged name it")
        void passes() {
            merged(UnaryOperator.identity())
                    .run("0 munmap 0 1")
                    .walk(1, 0, 1, 1)
                    .end();
        }
    }

    @Nested
    @DisplayName("mremap takes no rmap locks, and a walk misses the old place and the new one")
    class UnlockedMove {
        /** Entries were moved without a lock that walks take. */
        private static final class MovesUnlocked extends ForwardingStrategy {
            MovesUnlocked(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public void beginMove(PageMove move) {}

            @Override
            public void endMove(PageMove move) {}
        }

        /** Walks a folio while it is moved: the move goes on when the walk has come to another process, or waits. */
        private final class WalkedDuringMove extends ForwardingStrategy {
            private @Nullable Meanwhile walk;

            WalkedDuringMove(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public void beginMove(PageMove move) {
                super.beginMove(move);
                if (watched != null) {
                    walk = Meanwhile.start(() -> manager.rmapWalker().walk(watched, this::found));
                }
            }

            @Override
            public void endMove(PageMove move) {
                super.endMove(move);
                moved.release();
                if (walk != null) {
                    walk.join();
                }
            }

            private boolean found(Vma vma, long address) {
                boolean elsewhere = vma.addressSpace() != space;
                found.add((elsewhere ? "child " : "parent ") + (address - address(0)) / PAGE_SIZE);
                if (elsewhere) {
                    moved.acquireUninterruptibly();
                }
                return true;
            }
        }

        private final List<String> found = new ArrayList<>();
        private final Semaphore moved = new Semaphore(0);
        private MemoryManager manager;
        private AddressSpace space;
        private @Nullable Folio watched;

        private void comeHome(UnaryOperator<RmapStrategy> around) {
            manager = builder(strategy -> new WalkedDuringMove(around.apply(strategy)))
                    .build();
            space = manager.createAddressSpace();
            mapAndWrite(space, 50, 3);
            // The child's VMA sorts between the VMA that the page comes home to and the one it comes from.
            AddressSpace child = space.fork();
            child.munmap(address(50), PAGE_SIZE);
            move(space, 51, 20);
            moved.drainPermits();
            watched = folio(space, 20);
            move(space, 20, 51);
            watched = null;
        }

        @Test
        @DisplayName("a walk that has passed the new place finds the old one empty")
        void caught() {
            comeHome(MovesUnlocked::new);
            assertThat(found).containsExactly("child 51");
        }

        @Test
        @DisplayName("with the lock of the root held the walk comes before or after the move")
        void passes() {
            comeHome(UnaryOperator.identity());
            assertThat(found).containsExactlyInAnyOrder("child 51", "parent 51");
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("fork copies migration entries that are not found when they are taken back")
    class ForkDuringMigration {
        /** The child was linked to the anon_vmas only after its page tables were filled. */
        private static final class LinksLate extends ForwardingStrategy {
            private final List<Runnable> links = new ArrayList<>();

            LinksLate(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public void vmaForked(Vma parentVma, Vma childVma) {
                links.add(() -> super.vmaForked(parentVma, childVma));
            }

            @Override
            public void forkEnd(AddressSpace parent, AddressSpace child) {
                links.forEach(Runnable::run);
                super.forkEnd(parent, child);
            }
        }

        /** Lets the process fork while there are migration entries; the fork ends when they are gone. */
        private final class ForkedDuringMigration extends ForwardingStrategy {
            private final Semaphore restored = new Semaphore(0);
            private @Nullable Meanwhile fork;

            ForkedDuringMigration(RmapStrategy delegate) {
                super(delegate);
            }

            @Override
            public void folioReplaced(Folio source, Folio destination) {
                super.folioReplaced(source, destination);
                fork = Meanwhile.start(() -> child = parent.fork());
            }

            @Override
            public void forkEnd(AddressSpace from, AddressSpace to) {
                restored.acquireUninterruptibly();
                super.forkEnd(from, to);
            }

            @Override
            public void release(Object retained) {
                super.release(retained);
                restored.release();
                Objects.requireNonNull(fork).join();
            }
        }

        private MemoryManager manager;
        private AddressSpace parent;
        private volatile AddressSpace child;

        private void migrate(UnaryOperator<RmapStrategy> around) {
            manager = builder(strategy -> new ForkedDuringMigration(around.apply(strategy)))
                    .build();
            parent = manager.createAddressSpace();
            mapAndWrite(parent, 0, 1);
            assertThat(parent.migrate(address(0), PAGE_SIZE)).isZero();
        }

        private PageEntry.Kind entry(AddressSpace space) {
            List<PageEntry> entries = new ArrayList<>();
            space.forEachPage(address(0), address(1), entries::add);
            assertThat(entries).hasSize(1);
            return entries.get(0).kind();
        }

        @Test
        @DisplayName("a child that is linked late keeps a migration entry for ever")
        void caught() {
            migrate(LinksLate::new);
            assertThat(entry(parent)).isEqualTo(PageEntry.Kind.ANON);
            assertThat(entry(child)).isEqualTo(PageEntry.Kind.MIGRATION);
        }

        @Test
        @DisplayName("the child is found behind its parent, and both map the new folio")
        void passes() {
            migrate(UnaryOperator.identity());
            assertThat(entry(child)).isEqualTo(PageEntry.Kind.ANON);
            assertThat(child.read(address(0))).isEqualTo(1);
            assertThat(folio(child, 0)).isSameAs(folio(parent, 0));
            assertThat(folio(child, 0).mapcount()).isEqualTo(2);
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("UFFDIO_MOVE beside a walk that has not locked the folio")
    class UserfaultMoves {
        /** A walk that comes right from a strategy, without the folio lock that the manager's walks take. */
        private static final class UnlockedWalk implements FolioWalk {
            private final Folio folio;
            private final Runnable beforeLock;
            private final List<Long> candidates = new ArrayList<>();

            UnlockedWalk(Folio folio, Runnable beforeLock) {
                this.folio = folio;
                this.beforeLock = beforeLock;
            }

            @Override
            public Folio folio() {
                return folio;
            }

            @Override
            public long index() {
                return folio.index();
            }

            @Override
            public long lastIndex() {
                return folio.index();
            }

            @Override
            public WalkPurpose purpose() {
                return WalkPurpose.INSPECT;
            }

            /** Asked for when the owner is known. */
            @Override
            public WalkMode mode() {
                Meanwhile.run(beforeLock);
                return WalkMode.BLOCK;
            }

            @Override
            public boolean isSplitting() {
                return false;
            }

            @Override
            public boolean candidate(Vma vma, long address) {
                return candidates.add(address);
            }

            @Override
            public boolean candidate(AddressSpace space, long address) {
                return candidates.add(address);
            }

            @Override
            public boolean candidate(AddressSpace space, long address, Vma likely) {
                return true;
            }

            @Override
            public int moves(AddressSpace space) {
                return 0;
            }

            @Override
            public boolean candidate(AddressSpace space) {
                throw new AssertionError("no address");
            }

            @Override
            public void indexNode() {}

            @Override
            public void context() {}
        }

        private RmapStrategy strategy;
        /** Two VMAs with an anon_vma each. */
        private final Scenario machine = Scenario.with(builder(created -> strategy = created))
                .run("0 mmap 0 4 rw", "0 mmap 20 4 rw", "0 write 0 1", "0 write 20 1");

        private final AddressSpace space = machine.space(0);
        private final Folio folio = HistoricalBugTest.folio(space, 0);

        private void move() {
            space.userfaultMove(address(22), address(0), PAGE_SIZE);
        }

        @Test
        @DisplayName("it looks for the new index below the old owner, and finds nothing")
        void caught() {
            UnlockedWalk walk = new UnlockedWalk(folio, this::move);
            assertThat(strategy.walk(walk)).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(walk.candidates).isEmpty();
            UnlockedWalk later = new UnlockedWalk(folio, () -> {});
            assertThat(strategy.walk(later)).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(later.candidates).containsExactly(address(22));
        }

        @Test
        @DisplayName("a walk that has locked the folio finds it, and the move waits")
        void passes() {
            List<Long> found = new ArrayList<>();
            List<Meanwhile> moves = new ArrayList<>();
            machine.manager().rmapWalker().walk(folio, (vma, address) -> {
                moves.add(Meanwhile.start(this::move));
                assertThat(moves.get(0).isDone()).isFalse();
                return found.add(address);
            });
            assertThat(found).containsExactly(address(0));
            moves.get(0).join();
            machine.walk(0, 22, 1, 1).end();
        }
    }
}
