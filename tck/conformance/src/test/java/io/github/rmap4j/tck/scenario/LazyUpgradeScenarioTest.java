package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.tck.scenario.Scenario.ARENA_PAGE;
import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.Checking;
import io.github.rmap4j.api.WalkCost;
import io.github.rmap4j.api.WalkMode;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Scenarios 18 to 20 and 25 of ANON_VMA_LAZY: what makes VMAs FULL without a fork, because their addresses or handles
 * depend on more than a root then; and what moves without that.
 *
 * <p>Of the table of states: both rows about mremap, KSM, and that nothing leads from FULL back to LAZY.
 */
@DisplayName("ANON_VMA_LAZY: upgrades without a fork")
class LazyUpgradeScenarioTest {
    private static final String[] LARGE_FOLIO = {"0 mmap 0 32 rw", "0 madvise 0 32 hugepage", "0 write 0 16"};

    @RegisterExtension
    final Scenario machine = Scenario.lazy();

    @Test
    @DisplayName("mremap makes a VMA FULL: its folios are forwarded until fork repairs them, also back home (18)")
    void moved() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mremap 0 4 20 4").slabs(1, 1);
        machine.event("lazy_upgrades", 1).event("lazy_repaired_folios", 0).roots(1, 1);
        machine.page(0, 21).exclusive().index(ARENA_PAGE + 1).walk(1, 1);
        machine.event("lazy_forwarded_walks", 1).event("lazy_vma_lookups", 0);
        machine.run("0 fork 1").slabs(1, 2).event("lazy_repaired_folios", 4);
        machine.page(0, 21).shared(2).walk(2, 2);
        machine.event("lazy_forwarded_walks", 1);
        machine.run("0 mremap 20 4 0 4").slabs(1, 2).event("lazy_upgrades", 1);
        machine.page(1, 21).shared(2).walk(2, 2);
        machine.run("0 write 1 1").page(0, 1).exclusive().walk(2, 1);
        machine.roots(2, 1);
    }

    @Test
    @DisplayName("a FULL VMA is never lazy again (18)")
    void fullForGood() {
        machine.run("0 mmap 0 4 rw", "0 write 0 2", "0 fork 1", "1 exit").slabs(1, 1);
        machine.run("0 write 0 4").slabs(1, 1).event("lazy_vma_lookups", 0);
        machine.ownPages(0, 4);
        machine.event("lazy_vma_lookups", 0).run("0 mprotect 2 2 r").slabs(1, 2);
        machine.run("0 mmap 4 2 r").layout(0, "0-2 rw-p", "2-4 r--p", "4-6 r--p");
        machine.run("0 mprotect 2 4 rw").layout(0, "0-6 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("half of a large folio moves, from a piece whose root is elsewhere (19)")
    void partlyMoved() {
        machine.run(LARGE_FOLIO).run("0 mprotect 8 8 r", "0 mremap 0 4 40 4").slabs(1, 4);
        machine.event("lazy_upgrades", 1).roots(4, 0);
        machine.page(0, 40).runs(3, "0:4=4+4", "0:8=8+8", "0:40=0+4");
        machine.event("lazy_forwarded_walks", 1).run("0 munmap 8 8").roots(3, 1);
        machine.page(0, 40).runs(2, "0:4=4+4", "0:40=0+4");
        machine.run("0 migrate 40 1", "0 fork 1").page(1, 4).runs(4, "0:4=4+4", "0:40=0+4", "1:4=4+4", "1:40=0+4");
        machine.run("1 split 4 1").page(1, 41).shared(2).index(ARENA_PAGE + 1).walk(2, 2);
    }

    @Test
    @DisplayName("MREMAP_DONTUNMAP leaves a VMA that begins anew, and its old root a zombie (19)")
    void dontunmap() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mremap 0 4 20 4 dontunmap")
                .slabs(1, 1);
        machine.event("lazy_root_references", 1).event("lazy_zombies", 1);
        machine.run("0 write 0 4").slabs(1, 1).event("lazy_root_references", 2);
        machine.ownPages(0, 4);
        machine.page(0, 21).exclusive().index(ARENA_PAGE + 1).walk(1, 1);
        machine.run("0 munmap 20 4").event("lazy_zombies", 0).slabs(0, 0);
        machine.ownPages(0, 4);
    }

    @Test
    @DisplayName(
            "an unfaulted VMA moves without an upgrade, merges there, and its pages have the new place's index (20)")
    void unfaultedMoved() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mmap 20 4 rw", "0 mremap 20 4 4 4");
        machine.layout(0, "0-8 rw-p").run("0 write 4 4").slabs(0, 0);
        machine.roots(1, 0).ownPages(0, 8);
        machine.run("0 mmap 20 4 rw", "0 mremap 20 4 40 4", "0 write 40 4", "0 mmap 44 2 rw", "0 write 44 2");
        machine.layout(0, "0-8 rw-p", "40-46 rw-p").slabs(0, 0);
        machine.roots(2, 0).ownPages(40, 6);
    }

    @Test
    @DisplayName("UFFDIO_MOVE gives a page the root and index of its new place (18)")
    void userfaultMove() {
        machine.run("0 mmap 0 4 rw", "0 mmap 20 4 rw", "0 write 0 1", "0 write 20 1")
                .page(0, 0)
                .wrote("word");
        machine.call(0, "moves a page", space -> space.userfaultMove(address(22), address(0), PAGE_SIZE));
        machine.page(0, 22).holds("word").exclusive().index(ARENA_PAGE + 22).walk(1, 1);
        machine.run("0 munmap 0 4").slabs(0, 0);
        machine.page(0, 22).walk(1, 1);
        machine.roots(1, 0);
    }

    @Test
    @DisplayName("exec moves the stack of the new program, whose root moves along (18)")
    void exec() {
        MemoryManager manager =
                MemoryManager.builder().strategy("lazy").checking(Checking.ON).build();
        long top = MemoryManager.TASK_SIZE - 50 * PAGE_SIZE;
        AddressSpace space =
                manager.createAddressSpace().exec(new ExecLayout(top, 3, 0x555555559000L, 0x7ffff7fff000L));
        manager.verify();
        Folio folio = Objects.requireNonNull(space.folioAt(top - 2 * PAGE_SIZE));
        WalkCost cost = new WalkCost();
        manager.rmapWalker().walk(folio, (vma, address) -> true, WalkMode.BLOCK, cost);
        assertThat(cost.visited()).isEqualTo(1);
        assertThat(cost.hits()).isEqualTo(1);
        assertThat(manager.costs().slab("anon_vma").allocations()).isZero();
        space.exit();
        assertThat(manager.costs().slab("vm_area_struct").live()).isZero();
    }

    @Test
    @DisplayName("KSM upgrades both spaces, finds the merged page in both, and leaves no root pinned (25)")
    void ksm() {
        machine.run("0 fork 1");
        for (int process = 0; process < 2; process++) {
            machine.run(process + " prctl merge", process + " mmap 0 3 rw");
            machine.run(process + " write 0 2", process + " fill 1 1 5").slabs(0, 0);
        }
        machine.run("0 ksm", "0 ksm").mapcounts(0, 0, 1, 2).slabs(2, 2).event("lazy_upgrades", 2);
        machine.page(0, 1).shared(2).walk(2, 2);
        machine.run("1 migrate 1 1").page(0, 1).shared(2).walk(2, 2);
        // The page beside it is lazy still, in a VMA that is not.
        machine.page(0, 0).exclusive().walk(1, 1);
        machine.event("lazy_forwarded_walks", 1)
                .run("1 fork 2")
                .page(2, 1)
                .shared(3)
                .walk(3, 3);
        machine.roots(3, 0);
        machine.run("0 prctl nomerge", "1 prctl nomerge", "2 exit")
                .mapcounts(0, 1, 1)
                .mapcounts(1, 1, 1);
        machine.page(0, 1).exclusive().walk(1, 1);
        machine.page(1, 1).exclusive().walk(1, 1);
        machine.run("0 munmap 0 3", "1 munmap 0 3", "0 ksm").slabs(0, 0);
        machine.roots(0, 0);
    }

    @Test
    @DisplayName("whose page was merged may go: the other one keeps it, without that one's root (25)")
    void ksmOwnerGone() {
        machine.run("0 fork 1");
        for (int process = 0; process < 2; process++) {
            machine.run(process + " prctl merge", process + " mmap 0 1 rw", process + " fill 0 1 5");
        }
        machine.run("0 ksm", "0 ksm", "0 exit");
        machine.roots(1, 0);
        machine.page(1, 0).shared(1).walk(1, 1);
    }

    @Test
    @DisplayName("KSM makes an inherited VMA FULL as well (25)")
    void ksmInChild() {
        machine.run("0 prctl merge", "0 mmap 0 3 rw", "0 fill 0 3 5", "0 fork 1", "0 fill 0 1 6", "1 fill 0 2 6")
                .slabs(1, 2);
        machine.run("0 ksm", "0 ksm").mapcounts(0, 0, 3).mapcounts(1, 0, 3, 3).slabs(2, 3);
        machine.page(0, 0).shared(3).walk(4, 3);
        // What it writes from now on names the anon_vma.
        machine.run("1 write 1 2").page(1, 1).exclusive().walk(1, 1);
        machine.page(1, 2).exclusive().walk(1, 1);
        machine.event("lazy_upgrades", 2).event("lazy_vma_lookups", 0);
        machine.run("1 fork 2").slabs(2, 5).page(2, 1).shared(2).walk(2, 2);
    }
}
