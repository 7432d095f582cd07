package io.github.rmap4j.lazy;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.spi.FolioWalk;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.Slot;
import io.github.rmap4j.spi.StrategyContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What reviewers feared of ANON_VMA_LAZY. Each hazard is switched on by a rule, or by something around the strategy, that is
 * wrong in this one point, and a check notices; with the rules as they are the same program passes.
 */
abstract class Hazards {
    static final long BASE = 0x100000000000L;
    static final int READ_WRITE = Prot.PROT_READ | Prot.PROT_WRITE;
    static final int PRIVATE_FIXED = MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED;

    /** How a strategy is made. */
    @FunctionalInterface
    interface Design extends Function<StrategyContext, RmapStrategy> {
        /** The same with something around it. */
        default Design around(UnaryOperator<RmapStrategy> wrapper) {
            return context -> wrapper.apply(apply(context));
        }
    }

    static Design rules(Function<StrategyContext, LazyRules> rules) {
        return context -> new LazyStrategy(context, rules.apply(context));
    }

    /** ANON_VMA_LAZY as it is. */
    static final Design SOUND = rules(Rules::new);

    /** The rules, of which subclasses get one wrong. */
    static class Rules extends LazyRules {
        Rules(StrategyContext context) {
            super(Variant.LAZY, context);
        }
    }

    private record Provider(Design design) implements RmapStrategyProvider {
        @Override
        public String name() {
            return "lazy";
        }

        @Override
        public String description() {
            return "ANON_VMA_LAZY with other rules";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return design.apply(context);
        }
    }

    static MemoryManager.Builder builder(Design design) {
        return MemoryManager.builder()
                .strategy(new Provider(design))
                .checking(Checking.ON)
                .hugepages(4, HugepagePolicy.MADVISE);
    }

    static long address(int page) {
        return BASE + page * PAGE_SIZE;
    }

    static void map(AddressSpace space, int page, int pages, int prot) {
        space.mmap(address(page), pages * PAGE_SIZE, prot, PRIVATE_FIXED | MapFlags.MAP_ANONYMOUS);
        write(space, page, pages);
    }

    static void map(AddressSpace space, int page, int pages) {
        map(space, page, pages, READ_WRITE);
    }

    static void write(AddressSpace space, int page, int pages) {
        for (int i = page; i < page + pages; i++) {
            space.write(address(i), i + 1);
        }
    }

    static void protect(AddressSpace space, int page, int pages, int prot) {
        space.mprotect(address(page), pages * PAGE_SIZE, prot);
    }

    static void unmap(AddressSpace space, int page, int pages) {
        space.munmap(address(page), pages * PAGE_SIZE);
    }

    static void move(AddressSpace space, int from, int to, int pages) {
        int flags = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        space.mremap(address(from), pages * PAGE_SIZE, pages * PAGE_SIZE, flags, address(to));
    }

    static Folio folio(AddressSpace space, int page) {
        return Objects.requireNonNull(space.folioAt(address(page)));
    }

    static long live(MemoryManager manager, String slab) {
        return manager.costs().slab(slab).live();
    }

    /** A process with a large folio at pages 0 to 15, whose VMA is split in its middle. */
    static AddressSpace straddling(MemoryManager manager) {
        AddressSpace space = manager.createAddressSpace();
        space.mmap(address(0), 32 * PAGE_SIZE, READ_WRITE, PRIVATE_FIXED | MapFlags.MAP_ANONYMOUS);
        space.madvise(address(0), 32 * PAGE_SIZE, Advice.HUGEPAGE);
        write(space, 0, 16);
        assertThat(folio(space, 15)).isSameAs(folio(space, 0));
        protect(space, 8, 8, Prot.PROT_READ);
        return space;
    }

    /** Where a walk finds pages: space and page. */
    static List<String> found(MemoryManager manager, Folio folio) {
        List<String> found = new ArrayList<>();
        WalkOutcome outcome = manager.rmapWalker()
                .walk(folio, (vma, address) -> found.add(vma.addressSpace().id() + ":" + (address - BASE) / PAGE_SIZE));
        assertThat(outcome).isEqualTo(WalkOutcome.COMPLETE);
        return found;
    }

    static void assertMisses(MemoryManager manager) {
        assertThatThrownBy(manager::verify)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a walk of folio ")
                .hasMessageContaining(" is COMPLETE, misses [");
    }

    /** All is as it should be, and nothing is left when every process has exited. */
    static void assertSound(MemoryManager manager) {
        manager.verify();
        manager.addressSpaces().forEach(AddressSpace::exit);
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }

    /** What a walk does instead of offering all that overlaps the folio at an address. */
    interface Offer {
        boolean make(FolioWalk walk, AddressSpace space, long address);
    }

    static UnaryOperator<RmapStrategy> walksThat(Offer offer) {
        return strategy -> Between.with(RmapStrategy.class, strategy, call -> {
            if (!call.is("walk", FolioWalk.class)) {
                return call.handOn();
            }
            FolioWalk walk = (FolioWalk) call.argument(0);
            return call.handOn(Between.with(
                    FolioWalk.class,
                    walk,
                    candidate -> candidate.is("candidate", AddressSpace.class)
                            ? offer.make(walk, (AddressSpace) candidate.argument(0), (long) candidate.argument(1))
                            : candidate.handOn()));
        });
    }

    /** Knows what is in the slots of a strategy. */
    static final class Spy {
        private Slot<Folio, AnonRmap> owners;
        private Slot<Vma, AnonVmaTree> trees;

        @SuppressWarnings("unchecked") // these are the types that the strategy asks for
        Design on(Design design) {
            return context -> design.apply(Between.with(StrategyContext.class, context, call -> {
                Object answer = call.handOn();
                if (call.name().equals("folioSlot")) {
                    owners = (Slot<Folio, AnonRmap>) answer;
                } else if (call.name().equals("vmaSlot")) {
                    trees = (Slot<Vma, AnonVmaTree>) answer;
                }
                return answer;
            }));
        }

        RootVma rootOf(Folio folio) {
            return (RootVma) Objects.requireNonNull(owners.get(folio));
        }

        @Nullable
        RootVma rootOf(Vma vma) {
            AnonVmaTree tree = trees.get(vma);
            return tree == null ? null : tree.root();
        }
    }
}
