package io.github.rmap4j.anonvma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.spi.RmapStrategy;
import io.github.rmap4j.spi.RmapStrategyProvider;
import io.github.rmap4j.spi.StrategyContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Decisions of mm/rmap.c that were wrong once: with the old decision the same program is caught, with today's it passes.
 *
 * <p>Some bugs cannot be repeated here. A clone allocates all it needs before it links anything, so that none can fail half
 * done with an anon_vma set. A folio's owner is one reference, which cannot be torn, and is published with release and
 * acquire. A walk reads the root's lock from an object that stays what it is as long as somebody refers to it, and asks
 * again whether the folio is mapped when it has the lock.
 */
@DisplayName("Historical bugs of anon_vma")
class HistoricalBugTest {
    private static final long BASE = 0x100000000000L;
    private static final int RW = Prot.PROT_READ | Prot.PROT_WRITE;

    private record Provider(AnonVmaRules rules) implements RmapStrategyProvider {
        @Override
        public String name() {
            return "historical";
        }

        @Override
        public String description() {
            return "anon_vma with an old decision.";
        }

        @Override
        public RmapStrategy create(StrategyContext context) {
            return new AnonVmaStrategy(context, rules);
        }
    }

    private static MemoryManager manager(AnonVmaRules rules) {
        return MemoryManager.builder()
                .strategy(new Provider(rules))
                .checking(Checking.ON)
                .build();
    }

    private static long page(int number) {
        return BASE + number * MemoryManager.PAGE_SIZE;
    }

    private static AddressSpace processWithPages(MemoryManager manager, int pages) {
        AddressSpace space = manager.createAddressSpace();
        map(space, 0, pages, RW);
        for (int i = 0; i < pages; i++) {
            space.write(page(i), i + 1);
        }
        return space;
    }

    private static void map(AddressSpace space, int start, int pages, int prot) {
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        space.mmap(page(start), pages * MemoryManager.PAGE_SIZE, prot, flags);
    }

    /** 7a3ef208e662, before 3.19. */
    @Test
    @DisplayName("without reuse a daemon that forks and exits grows its chain for ever (48)")
    void endlessGrowth() {
        assertThat(anonVmasAfterGenerations(new AnonVmaRules())).isEqualTo(3);
        assertThat(anonVmasAfterGenerations(new AnonVmaRules() {
                    @Override
                    boolean mayReuse(VmaChains source, AnonVma ancestor) {
                        return false;
                    }
                }))
                .isEqualTo(8);
    }

    private static long anonVmasAfterGenerations(AnonVmaRules rules) {
        MemoryManager manager = manager(rules);
        AddressSpace process = processWithPages(manager, 1);
        for (int generation = 0; generation < 7; generation++) {
            AddressSpace child = process.fork();
            process.exit();
            process = child;
            manager.verify();
        }
        return manager.costs().slab("anon_vma").live();
    }

    /** CVE-2022-42703, before 5.19.7. */
    @Test
    @DisplayName("one count for children and VMAs lets two VMAs of a child take the same idle anon_vma (45, 52)")
    void doubleReuse() {
        assertThat(anonVmasAfterForkOfPieces(new AnonVmaRules())).isEqualTo(4);
        assertThat(anonVmasAfterForkOfPieces(new AnonVmaRules() {
                    @Override
                    boolean mayReuse(VmaChains source, AnonVma ancestor) {
                        return ancestor != source.anonVma && ancestor.numChildren + ancestor.numActiveVmas < 2;
                    }
                }))
                .isEqualTo(3);
    }

    private static long anonVmasAfterForkOfPieces(AnonVmaRules rules) {
        MemoryManager manager = manager(rules);
        AddressSpace first = processWithPages(manager, 6);
        AddressSpace second = first.fork();
        AddressSpace third = second.fork();
        second.exit();
        AddressSpace fourth = third.fork();
        // Leaves an anon_vma that nobody uses and that has no children: CVE-2022-42703 began with such a leaf.
        third.exit();
        fourth.mprotect(page(3), 3 * MemoryManager.PAGE_SIZE, Prot.PROT_READ);
        fourth.fork();
        return manager.costs().slab("anon_vma").live();
    }

    /** d0e9fe1758f2, 2.6.34. */
    @Test
    @DisplayName("a neighbour's anon_vma with a history of forks must not be shared (11)")
    void sharedComplexChain() {
        assertThatCode(() -> neighbourOfForkChild(new AnonVmaRules())).doesNotThrowAnyException();
        AnonVmaRules anyChain = new AnonVmaRules() {
            @Override
            boolean mayShare(VmaChains neighbour) {
                return true;
            }
        };
        assertThatThrownBy(() -> neighbourOfForkChild(anyChain))
                .hasMessageContaining("the same anon_vma but other links");
    }

    private static void neighbourOfForkChild(AnonVmaRules rules) {
        MemoryManager manager = manager(rules);
        AddressSpace child = processWithPages(manager, 5).fork();
        map(child, 5, 5, RW | Prot.PROT_EXEC);
        child.write(page(5), 1);
        manager.verify();
    }

    /** 2019: anon_vma_clone reused for copies of every kind. */
    @Test
    @DisplayName("a split must not take an ancestor's anon_vma")
    void reuseByPlainCopy() {
        assertThatCode(() -> splitBelowIdleAncestor(new AnonVmaRules())).doesNotThrowAnyException();
        AnonVmaRules reusing = new AnonVmaRules() {
            @Override
            AnonVma ownerOfCopy(VmaChains source) {
                for (AnonVmaChain chain = source.oldest; chain != null; chain = chain.nextNewer) {
                    if (mayReuse(source, chain.anonVma())) {
                        return chain.anonVma();
                    }
                }
                return super.ownerOfCopy(source);
            }
        };
        assertThatThrownBy(() -> splitBelowIdleAncestor(reusing)).hasMessageContaining("anonvma: ");
    }

    private static void splitBelowIdleAncestor(AnonVmaRules rules) {
        MemoryManager manager = manager(rules);
        AddressSpace middle = processWithPages(manager, 6).fork();
        AddressSpace last = middle.fork();
        middle.exit();
        last.mprotect(page(3), 3 * MemoryManager.PAGE_SIZE, Prot.PROT_READ);
        manager.verify();
    }
}
