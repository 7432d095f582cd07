package io.github.rmap4j.anonvma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Bugs that mm/rmap.c has had in its choice of anon_vmas. Each is switched on by a rule of its time, and a check of the
 * manager notices; with the rules of today the same program passes. Bugs that a strategy can have whatever its design
 * are in the conformance suite.
 */
@DisplayName("Historical bugs in the choice of anon_vmas")
class HistoricalBugTest {
    private static final long BASE = 0x100000000000L;
    private static final int READ = Prot.PROT_READ;
    private static final int READ_WRITE = Prot.PROT_READ | Prot.PROT_WRITE;
    private static final AnonVmaRules TODAY = new AnonVmaRules();

    private record Provider(AnonVmaRules rules) implements RmapStrategyProvider {
        @Override
        public String name() {
            return "anonvma";
        }

        @Override
        public String description() {
            return "anon_vma with other rules";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return new AnonVmaStrategy(context, rules);
        }
    }

    private static MemoryManager.Builder builder(AnonVmaRules rules) {
        return MemoryManager.builder().strategy(new Provider(rules)).checking(Checking.ON);
    }

    private static long address(int page) {
        return BASE + page * MemoryManager.PAGE_SIZE;
    }

    private static long length(int pages) {
        return pages * MemoryManager.PAGE_SIZE;
    }

    /** Maps pages and writes to each. */
    private static void map(AddressSpace space, int page, int pages, int prot) {
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        space.mmap(address(page), length(pages), prot, flags);
        for (int i = page; i < page + pages; i++) {
            space.write(address(i), i + 1);
        }
    }

    private static long live(MemoryManager manager, String slab) {
        return manager.costs().slab(slab).live();
    }

    /** All is as it should be, and nothing is left when every process has exited. */
    private static void assertSound(MemoryManager manager) {
        manager.verify();
        manager.addressSpaces().forEach(AddressSpace::exit);
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }

    @Nested
    @DisplayName("Endless growth in daemons that fork and exit (before 3.19, 7a3ef208e662)")
    class EndlessGrowth {
        private static final int GENERATIONS = 10;

        /** anon_vma_clone took over no anon_vma, idle or not. */
        private static final AnonVmaRules NEVER_REUSED = new AnonVmaRules() {
            @Override
            boolean mayReuse(AnonVma ancestor, VmaChains parent) {
                return false;
            }
        };

        private static MemoryManager dynasty(AnonVmaRules rules) {
            MemoryManager manager = builder(rules).build();
            AddressSpace reigning = manager.createAddressSpace();
            map(reigning, 0, 4, READ_WRITE);
            for (int generation = 0; generation < GENERATIONS; generation++) {
                AddressSpace child = reigning.fork();
                reigning.exit();
                reigning = child;
                manager.verify();
            }
            return manager;
        }

        @Test
        @DisplayName("without reuse each generation leaves an anon_vma and a chain entry behind")
        void growsWithoutReuse() {
            MemoryManager manager = dynasty(NEVER_REUSED);
            assertThat(live(manager, "anon_vma")).isEqualTo(1 + GENERATIONS);
            assertThat(live(manager, "anon_vma_chain")).isEqualTo(1 + GENERATIONS);
        }

        @Test
        @DisplayName("with reuse three are enough")
        void passes() {
            MemoryManager manager = dynasty(TODAY);
            assertThat(live(manager, "anon_vma")).isEqualTo(3);
            assertThat(live(manager, "anon_vma_chain")).isEqualTo(3);
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("An anon_vma in use is reused (CVE-2022-42703, fixed by 2555283eb40d)")
    class DoubleReuse {
        /**
         * One counter, degree, for children and VMAs: 1 was thought to be a child, but may be the VMA of a process that
         * took the anon_vma over.
         */
        private static final AnonVmaRules ONE_COUNTER = new AnonVmaRules() {
            @Override
            boolean mayReuse(AnonVma ancestor, VmaChains parent) {
                return ancestor != parent.anonVma && ancestor.numChildren + ancestor.numActiveVmas < 2;
            }
        };

        /** A process that owns a folio at page 3, and its child that inherits the folio. */
        private record Family(MemoryManager manager, AddressSpace owner, AddressSpace heir) {}

        private static Family family(AnonVmaRules rules) {
            MemoryManager manager = builder(rules).build();
            AddressSpace first = manager.createAddressSpace();
            map(first, 0, 4, READ_WRITE);
            AddressSpace second = first.fork();
            AddressSpace third = second.fork();
            second.exit();
            // Takes the anon_vma of the second, so that the third's gets no child.
            AddressSpace owner = third.fork();
            third.mprotect(address(0), length(2), READ);
            owner.mprotect(address(0), length(2), READ);
            // Two VMAs get an anon_vma each: the third's has two users still.
            owner = succeed(owner);
            third.exit();
            owner.write(address(3), 77);
            manager.verify();
            // Now it has none: the first VMA takes it over, and then the second one as well.
            return new Family(manager, owner, owner.fork());
        }

        private static AddressSpace succeed(AddressSpace parent) {
            AddressSpace child = parent.fork();
            parent.exit();
            return child;
        }

        @Test
        @DisplayName("two VMAs of one process have the same anon_vma and different chains")
        void caughtByInvariants() {
            assertThatThrownBy(family(ONE_COUNTER).manager::verify)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("two VMAs of one space have the same anon_vma but other links");
        }

        @Test
        @DisplayName("their merge loses an anon_vma, which is freed while a folio names it as its owner")
        void ownerIsFreed() {
            Family family = family(ONE_COUNTER);
            Folio folio = Objects.requireNonNull(family.heir.folioAt(address(3)));
            family.heir.mprotect(address(2), length(2), READ);
            assertThat(family.heir.mapCount()).isEqualTo(1);
            family.owner.exit();
            List<AddressSpace> found = new ArrayList<>();
            family.manager.rmapWalker().walk(folio, (vma, address) -> found.add(vma.addressSpace()));
            assertThat(found).isEmpty();
            assertThatThrownBy(family.manager::verify)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a walk of folio " + folio.id() + " ")
                    .hasMessageContaining(" is COMPLETE, misses");
        }

        @Test
        @DisplayName("with two counters the second VMA gets one of its own, and the two do not merge")
        void passes() {
            Family family = family(TODAY);
            family.manager.verify();
            family.heir.mprotect(address(2), length(2), READ);
            assertThat(family.heir.mapCount()).isEqualTo(2);
            family.owner.exit();
            assertSound(family.manager);
        }
    }

    @Nested
    @DisplayName("A copy within the process takes an idle ancestor over (fixed in 2019)")
    class CopyReuses {
        /** The search for an idle ancestor was part of every anon_vma_clone. */
        private static final AnonVmaRules COPIES_REUSE = new AnonVmaRules() {
            @Override
            AnonVma ownerOfCopy(VmaChains source) {
                for (AnonVmaChain chain = source.oldest; chain != null; chain = chain.nextNewer) {
                    if (mayReuse(chain.anonVma(), source)) {
                        return chain.anonVma();
                    }
                }
                return source.owner();
            }
        };

        /** A VMA below an idle ancestor is split in two and made whole again. */
        private static MemoryManager splitAndMerged(AnonVmaRules rules) {
            MemoryManager manager = builder(rules).build();
            AddressSpace first = manager.createAddressSpace();
            map(first, 0, 4, READ_WRITE);
            AddressSpace second = first.fork();
            AddressSpace third = second.fork();
            second.exit();
            third.mprotect(address(0), length(2), READ);
            third.mprotect(address(0), length(2), READ_WRITE);
            manager.verify();
            return manager;
        }

        private static int mapCount(MemoryManager manager) {
            return manager.addressSpaces().get(1).mapCount();
        }

        @Test
        @DisplayName("the parts of a split have different anon_vmas and never merge again")
        void partsStayApart() {
            MemoryManager manager = splitAndMerged(COPIES_REUSE);
            assertThat(mapCount(manager)).isEqualTo(2);
            assertThat(live(manager, "anon_vma_chain")).isEqualTo(7);
        }

        @Test
        @DisplayName("a plain copy has its source's anon_vma")
        void passes() {
            MemoryManager manager = splitAndMerged(TODAY);
            assertThat(mapCount(manager)).isEqualTo(1);
            assertThat(live(manager, "anon_vma_chain")).isEqualTo(4);
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("A fork that is refused leaves the parent's anon_vma in the child's VMA")
    class RefusedFork {
        /** vma->anon_vma was copied from the parent and still there when unlink_anon_vmas cleaned up. */
        private static final AnonVmaRules PARENTS_OWNER = new AnonVmaRules() {
            @Override
            @Nullable
            AnonVma ownerBeforeChoice(VmaChains parent) {
                return parent.anonVma;
            }
        };

        private static MemoryManager refused(AnonVmaRules rules) {
            boolean[] refuse = {false};
            MemoryManager manager = builder(rules)
                    .faultInjector(slab -> refuse[0] && slab.equals("anon_vma"))
                    .build();
            AddressSpace space = manager.createAddressSpace();
            map(space, 0, 4, READ_WRITE);
            refuse[0] = true;
            assertThatThrownBy(space::fork)
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
            return manager;
        }

        @Test
        @DisplayName("num_active_vmas is counted down for a VMA that was never counted")
        void caught() {
            assertThatThrownBy(refused(PARENTS_OWNER)::verify)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("num_active_vmas is 0 for 1 VMAs");
        }

        @Test
        @DisplayName("nothing is left of a refused fork")
        void passes() {
            MemoryManager manager = refused(TODAY);
            assertThat(live(manager, "anon_vma_chain")).isEqualTo(1);
            assertSound(manager);
        }
    }

    @Nested
    @DisplayName("A neighbour's anon_vma is shared although its chain is long (2.6.34, d0e9fe1758f2)")
    class ComplexNeighbour {
        /** find_mergeable_anon_vma looked at the neighbour's anon_vma, but not at its chain. */
        private static final AnonVmaRules ANY_NEIGHBOUR = new AnonVmaRules() {
            @Override
            boolean mayShare(VmaChains neighbour) {
                return true;
            }
        };

        private static MemoryManager besideInherited(AnonVmaRules rules) {
            MemoryManager manager = builder(rules).build();
            AddressSpace parent = manager.createAddressSpace();
            map(parent, 0, 4, READ_WRITE);
            map(parent.fork(), 4, 4, READ_WRITE | Prot.PROT_EXEC);
            return manager;
        }

        @Test
        @DisplayName("the new VMA has the anon_vma, but is not linked to its ancestors")
        void caught() {
            assertThatThrownBy(besideInherited(ANY_NEIGHBOUR)::verify)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("two VMAs of one space have the same anon_vma but other links");
        }

        @Test
        @DisplayName("beside an inherited VMA a new one gets an anon_vma of its own")
        void passes() {
            MemoryManager manager = besideInherited(TODAY);
            assertThat(live(manager, "anon_vma")).isEqualTo(3);
            assertThatCode(manager::verify).doesNotThrowAnyException();
            assertSound(manager);
        }
    }
}
