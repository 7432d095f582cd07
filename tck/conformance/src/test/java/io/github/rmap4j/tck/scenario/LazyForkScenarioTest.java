package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Scenarios 11 to 17 and 28 of ANON_VMA_LAZY: what fork upgrades in the parent and links in the child.
 *
 * <p>Of the table of states: all rows about fork, the child's copy-on-write fault and its own new VMAs, split of PARENT and
 * FULL VMAs, exit of either side, and swap-in of pages that others may have.
 */
@DisplayName("ANON_VMA_LAZY: fork")
class LazyForkScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.lazy();

    @RegisterExtension
    final Scenario parentAnonVma = Scenario.with(Scenario.builder("lazy").option("copies", "parent-anon-vma"));

    /** One VMA of five pages, and a child. */
    private static final String[] FORKED = {"0 mmap 0 5 rw", "0 write 0 5", "0 fork 1"};

    @Test
    @DisplayName("an unfaulted VMA is inherited as such, and both sides begin lazily (11)")
    void unfaulted() {
        machine.run("0 mmap 0 5 rw", "0 fork 1").slabs(0, 0).event("lazy_upgrades", 0);
        machine.run("0 write 0 1", "1 write 0 1").slabs(0, 0);
        machine.page(0, 0).exclusive().walk(1, 1);
        machine.page(1, 0).exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("a lazy parent is upgraded; the child has one chain entry and no anon_vma (11)")
    void parentIsUpgraded() {
        machine.run(FORKED).slabs(1, 2).event("lazy_upgrades", 1);
        machine.event("lazy_repaired_folios", 5).event("lazy_root_references", 2);
        machine.page(0, 4).shared(2).walk(2, 2).order(0, 1);
        machine.event("lazy_forwarded_walks", 0).event("lazy_vma_lookups", 0);
        machine.run("0 fork 2").slabs(1, 3).event("lazy_upgrades", 1).event("lazy_repaired_folios", 5);
        machine.page(2, 4).shared(3).walk(3, 3);
        machine.run("0 exit", "1 exit", "2 exit").slabs(0, 0).event("lazy_root_references", 0);
    }

    @Test
    @DisplayName("a child's new VMAs are lazy, and so is the heap that it grows (11)")
    void newVmasOfChild() {
        machine.run("0 brk 3");
        long heap = machine.space(0).vmas().get(0).start();
        machine.call(0, "writes the heap", space -> space.write(heap, 1))
                .run("0 fork 1")
                .slabs(1, 2);
        machine.run("1 mmap 20 4 rw", "1 write 20 4", "1 brk 6").vmas(1, 3);
        machine.call(1, "writes the heap", space -> space.write(heap + 4 * MemoryManager.PAGE_SIZE, 2));
        machine.slabs(1, 2).page(1, 21).exclusive().walk(1, 1);
        assertThat(machine.lock("anon_vma").reads()).isZero();
    }

    @Test
    @DisplayName(
            "a child's copy is lazy with the child's VMA as root: one visit; the parent's page is the parent's (12)")
    void childCopies() {
        machine.run(FORKED).page(0, 0).isNew("old").wrote("inherited of five");
        machine.run("1 write 0 1").slabs(1, 2).event("lazy_root_references", 2);
        machine.page(1, 0).isNew("copy").exclusive();
        CostReport.LockCost before = machine.lock("anon_vma");
        machine.page(1, 0).walk(1, 1);
        assertThat(machine.lock("anon_vma")).as("no lock").isEqualTo(before);
        machine.page(0, 0).is("old").shared(1).walk(2, 1);
        machine.run("0 write 0 1").page(0, 0).is("old").exclusive().walk(2, 1);
        // The other way round: the parent copies, and the child keeps the frame.
        machine.page(0, 1).isNew("second");
        machine.run("0 write 1 1", "1 write 1 1");
        machine.page(1, 1).is("second").exclusive().walk(1, 1);
        machine.page(0, 1).isNew("second copy").exclusive().walk(2, 1);
    }

    @Test
    @DisplayName(
            "with copies=parent-anon-vma the copy names the parent's anon_vma, and a walk visits the parent, too (12)")
    void copiesNameParent() {
        parentAnonVma.run(FORKED).run("1 write 0 1").slabs(1, 2);
        parentAnonVma.page(1, 0).exclusive().walk(2, 1);
        parentAnonVma.page(0, 0).shared(1).walk(2, 1);
        // A copy of the child's names the anon_vma of its parent: the grandchild is linked to that, too.
        parentAnonVma.run("1 fork 2").slabs(2, 5).event("lazy_upgrades", 2);
        parentAnonVma.page(2, 0).shared(2).walk(3, 2);
        parentAnonVma.run("2 write 0 1").page(2, 0).exclusive().walk(2, 1);
        parentAnonVma.run("0 exit", "1 exit").page(2, 0).exclusive().walk(1, 1);
        // The child's own VMAs are lazy all the same.
        parentAnonVma
                .run("2 mmap 20 1 rw", "2 write 20 1")
                .page(2, 20)
                .exclusive()
                .walk(1, 1);
        parentAnonVma.event("lazy_vma_lookups", 1);
    }

    @Test
    @DisplayName("the parent exits first: the child keeps the shared pages and takes no anon_vma over (13)")
    void parentExits() {
        machine.run(FORKED).run("1 write 0 1", "0 exit").slabs(1, 1);
        machine.event("anon_vma_reused", 0).event("lazy_root_references", 1).event("lazy_zombies", 0);
        machine.page(1, 1).shared(1).walk(1, 1).isNew("inherited");
        machine.page(1, 0).exclusive().walk(1, 1);
        machine.run("1 write 1 1")
                .slabs(1, 1)
                .page(1, 1)
                .is("inherited")
                .exclusive()
                .walk(1, 1);
        machine.run("1 migrate 0 5").page(1, 4).shared(1).walk(1, 1);
        machine.event("anon_vma_reused", 0);
    }

    @Test
    @DisplayName("an upgrade takes an idle ancestor's anon_vma, so that a line of daemons does not grow (13)")
    void idleAncestor() {
        machine.run(FORKED).run("0 exit", "1 write 0 1", "1 fork 2");
        machine.slabs(1, 2).event("anon_vma_reused", 1).event("lazy_upgrades", 2);
        machine.page(2, 0).shared(2).walk(2, 2);
        machine.page(2, 1).shared(2).walk(2, 2);
        machine.run("1 exit", "2 fork 3", "2 exit", "3 fork 4", "3 exit");
        machine.slabs(1, 1).page(4, 1).shared(1).walk(1, 1);
    }

    @Test
    @DisplayName("an idle ancestor whose other children have no anon_vma is not taken: walks would visit them all (14)")
    void siblingsOfIdleAncestor() {
        machine.run("0 mmap 0 4 rw", "0 write 0 2", "0 fork 1", "0 fork 2", "0 fork 3", "0 exit");
        machine.run("1 fork 4").event("anon_vma_reused", 0);
        machine.run("1 write 3 1").page(1, 3).walk(2, 1);
        machine.page(4, 0).shared(4).walk(4, 4);
    }

    @Test
    @DisplayName("three levels of forks and copies: as many chain entries as ancestors, one more for who forked (14)")
    void threeLevels() {
        machine.run("0 mmap 0 2 rw", "0 write 0 1", "0 fork 1").slabs(1, 2);
        machine.run("1 write 0 1").slabs(1, 2).run("1 fork 2").slabs(2, 5);
        machine.run("2 write 0 1").slabs(2, 5).run("2 fork 3").slabs(3, 9);
        machine.run("3 write 0 1").slabs(3, 9).event("lazy_upgrades", 3).event("lazy_repaired_folios", 3);
        machine.page(0, 0).shared(1).walk(4, 1);
        machine.page(1, 0).shared(1).walk(3, 1);
        machine.page(2, 0).shared(1).walk(2, 1);
        machine.page(3, 0).exclusive().walk(1, 1);
        machine.run("1 exit").slabs(3, 7).run("0 exit").slabs(3, 6);
        machine.page(2, 0).shared(1).walk(2, 1);
    }

    @Test
    @DisplayName("a child forks after it has copied: its lazy pages are found in the grandchild (15)")
    void childForks() {
        machine.run("0 mmap 0 3 rw", "0 write 0 3", "0 fork 1").event("lazy_repaired_folios", 3);
        machine.run("1 write 0 2", "1 madvise 1 1 pageout", "1 fork 2").slabs(2, 5);
        machine.event("lazy_repaired_folios", 4);
        machine.page(2, 0).shared(2).walk(2, 2).order(1, 2);
        // Nobody knows whose a swapped page was: it comes back below the oldest anon_vma.
        machine.run("2 read 1 1", "1 read 1 1").page(1, 1).shared(2).walk(3, 2);
        machine.page(2, 2).shared(3).walk(3, 3);
        machine.run("1 exit").page(2, 0).shared(1).walk(1, 1);
        machine.page(2, 1).shared(1).walk(2, 1);
    }

    @Test
    @DisplayName("a child's lazy page that fork does not see is forwarded (15)")
    void notForked() {
        machine.run(FORKED).run("1 write 0 2", "1 madvise 1 4 dontfork", "1 fork 2");
        machine.event("lazy_repaired_folios", 6).page(2, 0).shared(2).walk(2, 2);
        machine.event("lazy_forwarded_walks", 0).page(1, 1).exclusive().walk(1, 1);
        machine.event("lazy_forwarded_walks", 1).run("1 migrate 1 1").event("lazy_repaired_folios", 7);
        machine.page(1, 1).exclusive().walk(1, 1);
        machine.event("lazy_forwarded_walks", 1);
    }

    /** Swaps a page out, but its folio stays in the swap cache: the batch of the thread that wrote it holds it. */
    private void swapOutButCache(int process, int page) {
        AddressSpace space = machine.space(process);
        Meanwhile.run(() -> assertThat(space.reclaim(address(page), MemoryManager.PAGE_SIZE))
                .isZero());
        machine.entries(process, page, "s");
    }

    private void swappedButCached() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1").page(0, 0).isNew("frame").wrote("word");
        swapOutButCache(0, 0);
        machine.run("0 fork 1").entries(1, 0, "s").sameSlot(0, 0, 1);
        machine.slabs(1, 2).event("lazy_repaired_folios", 0);
    }

    @Test
    @DisplayName("a folio that is in the swap cache at fork is found in parent and child, which map it later (16)")
    void swapCache() {
        swappedButCached();
        machine.run("0 read 0 1").page(0, 0).is("frame").holds("word").shared(1).walk(2, 1);
        machine.event("lazy_repaired_folios", 1).run("1 read 0 1");
        machine.page(1, 0).is("frame").holds("word").shared(2).walk(2, 2);
        machine.event("lazy_repaired_folios", 1).event("lazy_forwarded_walks", 0);
        machine.run("0 exit").page(1, 0).walk(1, 1);
    }

    @Test
    @DisplayName("the child maps it even when the parent and its root are gone (16)")
    void swapCacheOfDeadRoot() {
        swappedButCached();
        machine.run("0 exit").slabs(1, 1).event("lazy_root_references", 1).run("1 read 0 1");
        machine.page(1, 0).is("frame").holds("word").shared(1).walk(1, 1);
        machine.event("lazy_repaired_folios", 1)
                .run("1 fork 2")
                .page(2, 0)
                .shared(2)
                .walk(2, 2);
    }

    @Test
    @DisplayName("a lazy folio of the swap cache that was not forked stays lazy when it is mapped again (16)")
    void swapCacheOfOwnRoot() {
        machine.run(FORKED).run("1 write 0 1").page(1, 0).isNew("copy").walk(1, 1);
        swapOutButCache(1, 0);
        machine.run("1 read 0 1").page(1, 0).is("copy").exclusive().walk(1, 1);
        machine.event("lazy_repaired_folios", 5);
        machine.run("0 mmap 20 1 rw", "0 write 20 1").page(0, 20).isNew("private");
        swapOutButCache(0, 20);
        machine.run("0 read 20 1").page(0, 20).is("private").exclusive().walk(1, 1);
        machine.event("lazy_repaired_folios", 5);
    }

    @Test
    @DisplayName("a page that was swapped out and freed comes back below the oldest anon_vma (16)")
    void sharedSwap() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 madvise 0 1 pageout", "0 fork 1", "1 fork 2")
                .slabs(2, 5);
        machine.run("2 read 0 1").page(2, 0).shared(1).walk(3, 1);
        machine.run("0 read 0 1").page(2, 0).shared(2).walk(3, 2);
        machine.run("1 write 0 1").page(1, 0).exclusive().walk(2, 1);
    }

    @Test
    @DisplayName("MADV_DONTFORK: upgraded with its family its pages are forwarded, alone it stays lazy (17)")
    void dontfork() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 madvise 3 3 dontfork");
        machine.run("0 mmap 20 3 rw", "0 write 20 3", "0 madvise 20 3 dontfork", "0 fork 1");
        machine.layout(1, "0-3 rw-p", "6-9 rw-p").slabs(1, 5);
        machine.event("lazy_repaired_folios", 6);
        machine.page(0, 4).exclusive().walk(1, 1);
        machine.event("lazy_forwarded_walks", 1).event("lazy_vma_lookups", 0);
        machine.page(0, 21).exclusive().walk(1, 1);
        machine.event("lazy_forwarded_walks", 1).event("lazy_vma_lookups", 1);
        machine.run("0 madvise 3 3 dofork").layout(0, "0-9 rw-p", "20-23 rw-p").slabs(1, 3);
        machine.run("0 fork 2").slabs(1, 4).event("lazy_repaired_folios", 9).event("lazy_upgrades", 1);
        machine.page(2, 4).shared(2).walk(2, 2);
        machine.page(2, 7).shared(3).walk(3, 3);
    }

    @Test
    @DisplayName("MADV_WIPEONFORK alone upgrades nothing; the child begins lazily (17)")
    void wipeonfork() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 madvise 0 4 wipeonfork", "0 fork 1")
                .slabs(0, 0);
        machine.run("1 write 0 4").slabs(0, 0).page(1, 1).exclusive().walk(1, 1);
        machine.page(0, 1).exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("a PARENT VMA splits into two that share the chain and the root, and merges again (14)")
    void parentSplits() {
        machine.run(FORKED).run("1 write 0 1", "1 mprotect 2 3 r").slabs(1, 3).event("lazy_root_references", 3);
        machine.page(1, 4).shared(2).walk(2, 2);
        machine.run("1 mprotect 2 3 rw").vmas(1, 1).slabs(1, 2);
        machine.run("1 mprotect 0 2 r", "1 munmap 0 1", "1 mprotect 1 1 rw")
                .vmas(1, 1)
                .slabs(1, 2);
        // Never written: both pieces get the root of the whole, so that they are a family.
        machine.run("0 fork 2", "2 mprotect 2 3 r", "2 fork 3");
        machine.run("2 mprotect 2 3 rw").vmas(2, 1).vmas(3, 2);
    }

    @Test
    @DisplayName("what was inherited merges neither with new mappings nor with separately inherited ones (14)")
    void inheritedStaysApart() {
        machine.run("0 mmap 0 6 rw", "0 write 0 6", "0 mlock 0 3", "0 fork 1").layout(1, "0-3 rw-p", "3-6 rw-p");
        machine.run("1 mprotect 0 3 r", "1 mprotect 0 3 rw").layout(1, "0-3 rw-p", "3-6 rw-p");
        machine.run("1 mmap 6 2 rw", "1 write 6 2", "1 mprotect 6 2 r", "1 mprotect 6 2 rw");
        machine.layout(1, "0-3 rw-p", "3-6 rw-p", "6-8 rw-p").event("lazy_missed_merges", 0);
    }

    /** Three families with five VMAs in all. */
    private static final String[] FAMILIES = {
        "0 mmap 0 9 rw",
        "0 write 0 9",
        "0 mprotect 3 3 r",
        "0 mmap 20 2 rw",
        "0 write 20 2",
        "0 mmap 30 2 rw",
        "0 write 30 2"
    };

    @Test
    @DisplayName("an upgrade that is refused half way through fork undoes the child; the parent's pages are found (28)")
    void refusedUpgrade() {
        int allocations = allocationsOfFork();
        int refusedUpgrades = 0;
        for (int n = 1; n <= allocations; n++) {
            int[] untilRefusal = {0};
            Scenario refused = Scenario.with(MemoryManager.builder()
                    .strategy("lazy")
                    .faultInjector(slab -> untilRefusal[0] > 0 && --untilRefusal[0] == 0));
            refused.run(FAMILIES).slabs(0, 0);
            untilRefusal[0] = n;
            refused.fails(Errno.ENOMEM, "0 fork 1");
            assertThat(refused.manager().addressSpaces()).containsExactly(refused.space(0));
            refused.slab("vm_area_struct", 5).mapcounts(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1);
            for (int page : new int[] {0, 4, 8, 20, 31}) {
                refused.walk(0, page, 1, 1);
            }
            refusedUpgrades += (int) refused.events("lazy_refused_upgrades");
            refused.run("0 fork 1").slabs(3, 10).mapcounts(1, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2);
            refused.event("lazy_repaired_folios", 13).walk(1, 4, 2, 2).walk(1, 31, 2, 2);
            refused.run("0 exit").walk(1, 4, 1, 1).end();
        }
        // 3 + 1, 1 + 1 and 1 + 1: chain entries and an anon_vma.
        assertThat(refusedUpgrades).isEqualTo(8);
    }

    private static int allocationsOfFork() {
        int[] allocations = {0};
        Scenario counted =
                Scenario.with(MemoryManager.builder().strategy("lazy").faultInjector(slab -> {
                    allocations[0]++;
                    return false;
                }));
        counted.run(FAMILIES);
        int before = allocations[0];
        counted.run("0 fork 1");
        int after = allocations[0];
        counted.end();
        return after - before;
    }

    @Test
    @DisplayName("an upgrade for mremap or KSM that is refused leaves everything as it was (28)")
    void refusedElsewhere() {
        boolean[] refuse = {false};
        Scenario refused = Scenario.with(MemoryManager.builder()
                .strategy("lazy")
                .checking(Checking.ON)
                .faultInjector(slab -> refuse[0] && slab.startsWith("anon_vma")));
        refused.run("0 mmap 0 4 rw", "0 madvise 0 4 mergeable", "0 fill 0 4 7", "0 ksm");
        refuse[0] = true;
        refused.fails(Errno.ENOMEM, "0 mremap 0 2 20 2").layout(0, "0-4 rw-p").walk(0, 1, 1, 1);
        refused.run("0 ksm").mapcounts(0, 0, 1, 1, 1, 1).slabs(0, 0);
        assertThat(refused.events("lazy_refused_upgrades")).isGreaterThan(1);
        // What a lazy VMA does needs no memory.
        refused.run("0 mmap 40 4 rw", "0 write 40 4", "0 mprotect 41 2 r", "0 munmap 42 1")
                .walk(0, 43, 1, 1);
        refuse[0] = false;
        refused.run("0 ksm").mapcounts(0, 0, 4).run("0 mremap 0 2 20 2").mapcounts(0, 20, 1, 1);
        refused.end();
    }
}
