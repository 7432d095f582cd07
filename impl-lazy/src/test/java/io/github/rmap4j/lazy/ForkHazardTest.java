package io.github.rmap4j.lazy;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.api.WalkPurpose;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Hazards of fork: what it upgrades and repairs, and who is in the middle of something then. */
@DisplayName("Hazards of ANON_VMA_LAZY: fork")
class ForkHazardTest extends Hazards {
    @Nested
    @DisplayName("Pieces of one VMA get different anon_vmas when they are upgraded")
    class DifferentAnonVmas {
        private static final class OneByOne extends Rules {
            OneByOne(StrategyContext context) {
                super(context);
            }

            @Override
            boolean upgradesWithFamily(AnonVmaTree upgraded, AnonVmaTree member) {
                return upgraded == member;
            }
        }

        private static List<String> forked(MemoryManager manager) {
            AddressSpace space = straddling(manager);
            space.fork();
            return found(manager, folio(space, 0));
        }

        @Test
        @DisplayName("a large folio that straddles them names one, and its other half is missed")
        void caught() {
            MemoryManager manager = builder(rules(OneByOne::new)).build();
            assertThat(forked(manager)).containsExactlyInAnyOrder("0:0", "1:0");
            assertThatThrownBy(manager::verify)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a family of VMAs has two anon_vmas");
        }

        @Test
        @DisplayName("one anon_vma for the family finds all four halves")
        void passes() {
            MemoryManager manager = builder(SOUND).build();
            assertThat(forked(manager)).containsExactlyInAnyOrder("0:0", "0:8", "1:0", "1:8");
            assertThat(live(manager, "anon_vma")).isEqualTo(1);
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("fork does not repair the folios that it copies")
    class NotRepairedAtFork {
        private static final class Unrepaired extends Rules {
            Unrepaired(StrategyContext context) {
                super(context);
            }

            @Override
            boolean repairsAtFork() {
                return false;
            }
        }

        private static MemoryManager forked(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace parent = manager.createAddressSpace();
            map(parent, 0, 2);
            parent.fork();
            // Up to here forwarding helps.
            manager.verify();
            parent.exit();
            return manager;
        }

        @Test
        @DisplayName("the parent takes the root along when it exits, and the child's pages are lost")
        void caught() {
            assertMisses(forked(rules(Unrepaired::new)));
        }

        @Test
        @DisplayName("folios of both name the anon_vma, which lives as long as one of them")
        void passes() {
            assertSound(forked(SOUND));
        }
    }

    @Nested
    @DisplayName("A folio of the swap cache names its old root when it is mapped again")
    class NotRepairedAtSwapIn {
        private static final class Unrepaired extends Rules {
            Unrepaired(StrategyContext context) {
                super(context);
            }

            @Override
            boolean repairsAtSwapIn() {
                return false;
            }
        }

        /** The folio is in the swap cache, kept by another thread's batch, while its owner forks and exits. */
        private static MemoryManager swappedIn(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace parent = manager.createAddressSpace();
            map(parent, 0, 1);
            Folio folio = folio(parent, 0);
            Meanwhile.start(() -> parent.reclaim(address(0), PAGE_SIZE)).join();
            assertThat(parent.folioAt(address(0))).isNull();
            AddressSpace child = parent.fork();
            parent.exit();
            assertThat(child.read(address(0))).isEqualTo(1);
            assertThat(folio(child, 0)).isSameAs(folio);
            return manager;
        }

        @Test
        @DisplayName("the root is dead, and the folio is found nowhere")
        void caught() {
            assertMisses(swappedIn(rules(Unrepaired::new)));
        }

        @Test
        @DisplayName("who maps it says what it names from then on")
        void passes() {
            assertSound(swappedIn(SOUND));
        }
    }

    @Nested
    @DisplayName("A fork beside a migration copies entries that lead to the parent alone (patch 12)")
    class ForkDuringMigration {
        private static class Unlocked extends Rules {
            Unlocked(StrategyContext context) {
                super(context);
            }

            @Override
            boolean tryLockForMigration(RootVma root) {
                return true;
            }

            @Override
            void unlockAfterMigration(RootVma root) {}
        }

        /** The handle of the first walk is good enough for the second, although the root was upgraded in between. */
        private static Design withStaleHandle() {
            Spy spy = new Spy();
            return spy.on(rules(Unlocked::new))
                    .around(strategy -> Between.with(RmapStrategy.class, strategy, call -> {
                        if (!call.is("walk", FolioWalk.class)
                                || ((FolioWalk) call.argument(0)).purpose() != WalkPurpose.RESTORE) {
                            return call.handOn();
                        }
                        FolioWalk walk = (FolioWalk) call.argument(0);
                        RootVma root = spy.rootOf(walk.folio());
                        walk.candidate(root.space, root.base() + (walk.index() << 12));
                        return WalkOutcome.COMPLETE;
                    }));
        }

        private MemoryManager manager;
        private AddressSpace parent;
        private volatile AddressSpace child;
        private @Nullable Meanwhile fork;

        /** The process forks, or tries to, while its page is migrated. */
        private void migrate(Design design) {
            manager = builder(design.around(strategy -> Between.with(RmapStrategy.class, strategy, call -> {
                        Object answer = call.handOn();
                        if (call.name().equals("folioReplaced")) {
                            fork = Meanwhile.start(() -> child = parent.fork());
                        }
                        return answer;
                    })))
                    .build();
            parent = manager.createAddressSpace();
            map(parent, 0, 1);
            assertThat(parent.migrate(address(0), PAGE_SIZE)).isZero();
            Objects.requireNonNull(fork).join();
        }

        private PageEntry.Kind entry(AddressSpace space) {
            List<PageEntry> entries = new ArrayList<>();
            space.forEachPage(address(0), address(1), entries::add);
            assertThat(entries).hasSize(1);
            return entries.get(0).kind();
        }

        @Test
        @DisplayName("without the VMA lock the child maps a folio that names the parent's root, and loses it with that")
        void deadRoot() {
            migrate(rules(Unlocked::new));
            assertThat(entry(child)).isEqualTo(PageEntry.Kind.ANON);
            manager.verify();
            parent.exit();
            assertThat(found(manager, folio(child, 0))).isEmpty();
            assertMisses(manager);
        }

        @Test
        @DisplayName("if the second walk trusts the handle of the first, the child keeps a migration entry for ever")
        void leftBehind() {
            migrate(withStaleHandle());
            assertThat(entry(parent)).isEqualTo(PageEntry.Kind.ANON);
            assertThat(entry(child)).isEqualTo(PageEntry.Kind.MIGRATION);
        }

        @Test
        @DisplayName("with the VMA lock the fork comes after the migration")
        void passes() {
            migrate(SOUND);
            assertThat(entry(child)).isEqualTo(PageEntry.Kind.ANON);
            assertThat(found(manager, folio(child, 0))).containsExactlyInAnyOrder("0:0", "1:0");
            parent.exit();
            assertThat(found(manager, folio(child, 0))).containsExactly("1:0");
            assertSound(manager);
        }

        /** Lets something happen before it is known whether the lock is the right one, once. */
        private static final class Interrupted extends Rules {
            private @Nullable Runnable beforeLock;

            Interrupted(StrategyContext context) {
                super(context);
            }

            @Override
            boolean tryLockForMigration(RootVma root) {
                Runnable interruption = beforeLock;
                beforeLock = null;
                if (interruption != null) {
                    Meanwhile.start(interruption).join();
                }
                return super.tryLockForMigration(root);
            }
        }

        @Test
        @DisplayName("a root that is absorbed before it is locked gives way to the one that has absorbed it")
        void absorbed() {
            Interrupted[] rules = new Interrupted[1];
            Design design = rules(context -> rules[0] = new Interrupted(context));
            manager = builder(design.around(strategy -> Between.with(RmapStrategy.class, strategy, call -> {
                        if (call.name().equals("folioReplaced")) {
                            fork = Meanwhile.start(() -> child = parent.fork());
                            assertThat(fork.isDone()).as("the fork waits").isFalse();
                        }
                        return call.handOn();
                    })))
                    .option("merge", "same-base")
                    .build();
            parent = manager.createAddressSpace();
            map(parent, 0, 4);
            map(parent, 4, 4, READ_WRITE | Prot.PROT_EXEC);
            rules[0].beforeLock = () -> protect(parent, 4, 4, READ_WRITE);
            assertThat(parent.migrate(address(5), PAGE_SIZE)).isZero();
            assertThat(parent.mapCount()).isEqualTo(1);
            Objects.requireNonNull(fork).join();
            parent.exit();
            assertThat(found(manager, folio(child, 5))).containsExactly("1:5");
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("Endless growth in daemons that fork and exit")
    class EndlessGrowth {
        private static final int GENERATIONS = 10;

        private static final class NeverReused extends Rules {
            NeverReused(StrategyContext context) {
                super(context);
            }

            @Override
            boolean mayReuse(AnonVma ancestor, AddressSpace heir) {
                return false;
            }
        }

        private static MemoryManager dynasty(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace reigning = manager.createAddressSpace();
            map(reigning, 0, 4);
            for (int generation = 0; generation < GENERATIONS; generation++) {
                AddressSpace child = reigning.fork();
                reigning.exit();
                reigning = child;
                reigning.write(address(0), generation);
                manager.verify();
            }
            return manager;
        }

        @Test
        @DisplayName("each generation that forks leaves an anon_vma and a chain entry behind")
        void growsWithoutReuse() {
            MemoryManager manager = dynasty(rules(NeverReused::new));
            assertThat(live(manager, "anon_vma")).isEqualTo(GENERATIONS);
            assertThat(live(manager, "anon_vma_chain")).isEqualTo(GENERATIONS);
        }

        @Test
        @DisplayName("an idle ancestor's anon_vma is taken by the next one: one is enough")
        void passes() {
            MemoryManager manager = dynasty(SOUND);
            assertThat(live(manager, "anon_vma")).isEqualTo(1);
            assertThat(live(manager, "anon_vma_chain")).isEqualTo(1);
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("A new VMA takes a neighbour's anon_vma, but not its ancestors (2.6.34, d0e9fe1758f2)")
    class SharedWithoutHistory {
        private static final class AnyNeighbour extends Rules {
            AnyNeighbour(StrategyContext context) {
                super(context);
            }

            @Override
            boolean mayShare(AnonVmaTree neighbour) {
                return neighbour.isFull();
            }
        }

        /** A child maps something beside what it has inherited, and makes the two alike. */
        private static MemoryManager besideInherited(Design design) {
            MemoryManager manager = builder(design).option("lazy", "off").build();
            AddressSpace parent = manager.createAddressSpace();
            map(parent, 0, 4);
            AddressSpace child = parent.fork();
            map(child, 4, 4, READ_WRITE | Prot.PROT_EXEC);
            protect(child, 0, 4, READ_WRITE | Prot.PROT_EXEC);
            return manager;
        }

        @Test
        @DisplayName("a merge into it loses the ancestors, and with them the pages that were inherited")
        void caught() {
            MemoryManager manager = besideInherited(rules(AnyNeighbour::new));
            assertThat(manager.addressSpaces().get(1).mapCount()).isEqualTo(1);
            assertMisses(manager);
        }

        @Test
        @DisplayName("beside an inherited VMA a new one gets an anon_vma of its own, and stays apart")
        void passes() {
            MemoryManager manager = besideInherited(SOUND);
            assertThat(manager.addressSpaces().get(1).mapCount()).isEqualTo(2);
            assertThat(live(manager, "anon_vma")).isEqualTo(3);
            assertSound(manager);
        }
    }
}
