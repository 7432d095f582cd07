package io.github.rmap4j.lazy;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Hazards of walks: where they look, and what they answer. */
@DisplayName("Hazards of ANON_VMA_LAZY: walks")
class WalkHazardTest extends Hazards {
    @Nested
    @DisplayName("One lookup in the VMA tree instead of a walk of the range (Stoakes)")
    class SingleLookup {
        /** find_vma at the address of the folio, and no more. */
        private static final Design FIRST_VMA = SOUND.around(walksThat((walk, space, address) -> {
            Vma vma = space.vmaAt(address);
            return vma == null || walk.candidate(vma, address);
        }));

        @Test
        @DisplayName("the second half of a large folio is missed when its VMA was split")
        void caught() {
            MemoryManager manager = builder(FIRST_VMA).build();
            AddressSpace space = straddling(manager);
            assertThat(found(manager, folio(space, 0))).containsExactly("0:0");
            assertMisses(manager);
        }

        @Test
        @DisplayName("everything is missed when the first half was unmapped")
        void hole() {
            MemoryManager manager = builder(FIRST_VMA).build();
            AddressSpace space = straddling(manager);
            unmap(space, 0, 8);
            assertThat(found(manager, folio(space, 8))).isEmpty();
            assertMisses(manager);
        }

        @Test
        @DisplayName("a walk of the range finds both halves, and each alone")
        void passes() {
            MemoryManager manager = builder(SOUND).build();
            AddressSpace space = straddling(manager);
            assertThat(found(manager, folio(space, 0))).containsExactly("0:0", "0:8");
            unmap(space, 0, 8);
            assertThat(found(manager, folio(space, 8))).containsExactly("0:8");
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("The range is confused with the identity of a VMA (Stoakes)")
    class RangeAndIdentity {
        private final Spy spy = new Spy();

        private Design onlyRootVma() {
            return spy.on(SOUND)
                    .around(walksThat((walk, space, address) -> walk.candidate(spy.rootOf(walk.folio()).vma, address)));
        }

        private Design onlyVmasOfRoot() {
            return spy.on(SOUND).around(walksThat((walk, space, address) -> {
                for (Vma vma : space.vmas()) {
                    if (spy.rootOf(vma) == spy.rootOf(walk.folio()) && !walk.candidate(vma, address)) {
                        return false;
                    }
                }
                return true;
            }));
        }

        /** Three pieces, of which the one in the middle is the root. */
        private static AddressSpace pieces(MemoryManager manager) {
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 9);
            protect(space, 3, 3, Prot.PROT_READ);
            return space;
        }

        @Test
        @DisplayName("the root VMA alone does not map what was split from it")
        void onlyRoot() {
            MemoryManager manager = builder(onlyRootVma()).build();
            AddressSpace space = pieces(manager);
            assertThat(found(manager, folio(space, 4))).containsExactly("0:4");
            assertThat(found(manager, folio(space, 0))).isEmpty();
            assertMisses(manager);
        }

        /** With the rule that lets roots of one base unite. */
        private static MemoryManager united(Design design) {
            MemoryManager manager = builder(design).option("merge", "same-base").build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 4);
            map(space, 4, 4, READ_WRITE | Prot.PROT_EXEC);
            protect(space, 4, 4, READ_WRITE);
            assertThat(space.mapCount()).isEqualTo(1);
            return manager;
        }

        @Test
        @DisplayName("after a merge a VMA maps folios of a root that is not its own")
        void onlyMembers() {
            MemoryManager manager = united(onlyVmasOfRoot());
            AddressSpace space = manager.addressSpaces().get(0);
            assertThat(found(manager, folio(space, 0))).containsExactly("0:0");
            assertThat(found(manager, folio(space, 4))).isEmpty();
            assertMisses(manager);
        }

        @Test
        @DisplayName("whatever VMA is in the range is looked at")
        void passes() {
            MemoryManager manager = builder(SOUND).build();
            AddressSpace space = pieces(manager);
            manager.verify();
            unmap(space, 3, 3);
            assertThat(found(manager, folio(space, 0))).containsExactly("0:0");
            assertSound(manager);
            assertSound(united(SOUND));
        }
    }

    @Nested
    @DisplayName("Pages of a private file mapping are looked for at their index (S24)")
    class PrivateFile {
        /** As if the base were always 0. */
        private static final Design NO_BASE =
                SOUND.around(walksThat((walk, space, address) -> walk.candidate(space, walk.index() << 12)));

        private static MemoryManager mapped(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace space = manager.createAddressSpace();
            MappedFile file = MappedFile.of(MappedFile.Kind.REGULAR, "file");
            space.mmap(address(0), 2 * PAGE_SIZE, READ_WRITE, PRIVATE_FIXED, file, 8 * PAGE_SIZE);
            space.mmap(address(9), 2 * PAGE_SIZE, READ_WRITE, PRIVATE_FIXED, file, 8 * PAGE_SIZE);
            write(space, 0, 2);
            write(space, 9, 2);
            return manager;
        }

        @Test
        @DisplayName("nothing is there")
        void caught() {
            assertMisses(mapped(NO_BASE));
        }

        @Test
        @DisplayName("each mapping has a base of its own")
        void passes() {
            MemoryManager manager = mapped(SOUND);
            assertThat(found(manager, folio(manager.addressSpaces().get(0), 10)))
                    .containsExactly("0:10");
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("A root that was upgraded does not lead on to the anon_vma")
    class NotForwarded {
        private static final class DeadEnd extends Rules {
            DeadEnd(StrategyContext context) {
                super(context);
            }

            @Override
            boolean forwards() {
                return false;
            }
        }

        private static MemoryManager moved(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 2);
            move(space, 0, 20, 2);
            return manager;
        }

        @Test
        @DisplayName("what mremap moved is lost")
        void caughtAfterMove() {
            assertMisses(moved(rules(DeadEnd::new)));
        }

        /** What fork does not copy names the root for good. */
        private static MemoryManager dontfork(Design design) {
            MemoryManager manager = builder(design).build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 4);
            space.madvise(address(2), 2 * PAGE_SIZE, Advice.DONTFORK);
            space.fork();
            return manager;
        }

        @Test
        @DisplayName("what MADV_DONTFORK kept from being repaired is lost")
        void caughtAfterFork() {
            assertMisses(dontfork(rules(DeadEnd::new)));
        }

        /** The process forks when a walk has come to the first of two halves. */
        private static List<String> overtaken(MemoryManager manager) {
            AddressSpace space = straddling(manager);
            List<String> found = new ArrayList<>();
            manager.rmapWalker().walk(folio(space, 0), (vma, address) -> {
                if (found.isEmpty()) {
                    Meanwhile.start(space::fork).join();
                }
                return found.add(vma.addressSpace().id() + ":" + (address - BASE) / PAGE_SIZE);
            });
            return found;
        }

        @Test
        @DisplayName("a walk that a fork overtakes misses the child, which has copied a half that was not yet visited")
        void caughtMeanwhile() {
            MemoryManager manager = builder(rules(DeadEnd::new)).build();
            assertThat(overtaken(manager)).containsExactly("0:0", "0:8");
            manager.verify();
        }

        @Test
        @DisplayName("walks that began at the root go on in the anon_vma")
        void passes() {
            assertSound(moved(SOUND));
            assertSound(dontfork(SOUND));
            MemoryManager manager = builder(SOUND).build();
            assertThat(overtaken(manager)).containsExactlyInAnyOrder("0:0", "0:8", "1:0", "1:8");
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("A lock that is not free is taken for \"no mappings\"")
    class ContendedTakenForComplete {
        private static final Design HIDDEN =
                SOUND.around(strategy -> Between.with(RmapStrategy.class, strategy, call -> {
                    Object answer = call.handOn();
                    return answer == WalkOutcome.CONTENDED ? WalkOutcome.COMPLETE : answer;
                }));

        private int referenced;
        private WalkOutcome outcome;

        /** Asks for a folio of two processes while a VMA of one is being split. */
        private MemoryManager ask(Design design) {
            Runnable[] whileLocked = {() -> {}};
            MemoryManager manager = builder(design.around(strategy ->
                            Between.with(RmapStrategy.class, strategy, call -> {
                                Object answer = call.handOn();
                                if (call.name().equals("beginChange")) {
                                    Meanwhile.start(whileLocked[0]).join();
                                }
                                return answer;
                            })))
                    .build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 4);
            space.fork();
            Folio folio = folio(space, 0);
            whileLocked[0] = () -> {
                outcome = manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.TRY, null);
                referenced = manager.referenced(folio);
            };
            protect(space, 2, 2, Prot.PROT_READ);
            whileLocked[0] = () -> {};
            assertThat(folio.mapcount()).isEqualTo(2);
            return manager;
        }

        @Test
        @DisplayName("reclaim would believe that nobody uses the folio")
        void caught() {
            ask(HIDDEN);
            assertThat(outcome).isEqualTo(WalkOutcome.COMPLETE);
            assertThat(referenced).isZero();
        }

        @Test
        @DisplayName("an answer of its own says that it is not known")
        void passes() {
            MemoryManager manager = ask(SOUND);
            assertThat(outcome).isEqualTo(WalkOutcome.CONTENDED);
            assertThat(referenced).isEqualTo(-1);
            assertSound(manager);
        }
    }
}
