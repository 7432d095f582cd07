package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Scenarios 1 to 7 and 21 of ANON_VMA_LAZY, and collapse: one process, whose VMAs need no anon_vma until they are forked.
 *
 * <p>Of the table of states: the first and later faults, split, expand and brk, munmap and exit, collapse, swap-in of an
 * exclusive page, and what looks at folios from outside (page_idle, DAMON, memory failure).
 */
@DisplayName("ANON_VMA_LAZY: the VMAs of one process")
class LazyLayoutScenarioTest {
    private static final String[] LARGE_FOLIO = {"0 mmap 0 32 rw", "0 madvise 0 32 hugepage", "0 write 0 16"};

    @RegisterExtension
    final Scenario machine = Scenario.lazy();

    private void locks(int anonVmaLocks, int vmaLocks) {
        CostReport.LockCost anonVma = machine.lock("anon_vma");
        CostReport.LockCost vma = machine.lock("vma_lock");
        assertThat(anonVma.reads() + anonVma.writes()).as("anon_vma locks").isEqualTo(anonVmaLocks);
        assertThat(vma.reads() + vma.writes()).as("VMA locks").isEqualTo(vmaLocks);
    }

    @Test
    @DisplayName("a private VMA needs nothing, and a walk finds its pages without a lock (1)")
    void privateVma() {
        machine.run("0 mmap 0 4 rw", "0 read 3 1");
        machine.roots(0, 0);
        machine.run("0 write 0 1").slabs(0, 0);
        machine.roots(1, 0);
        machine.run("0 write 1 2").slabs(0, 0);
        machine.ownPages(0, 3);
        machine.event("lazy_vma_lookups", 3).event("lazy_upgrades", 0).event("lazy_forwarded_walks", 0);
        locks(0, 0);
        machine.roots(1, 0);
    }

    @Test
    @DisplayName("page_idle, DAMON and memory failure see lazy pages (1)")
    void lookedAt() {
        machine.run("0 mmap 0 3 rw", "0 write 0 3");
        Folio folio = Objects.requireNonNull(machine.space(0).folioAt(address(1)));
        MemoryManager manager = machine.manager();
        assertThat(manager.isYoung(folio)).isTrue();
        manager.markOld(folio);
        assertThat(manager.isYoung(folio)).isFalse();
        machine.run("0 read 1 1");
        assertThat(manager.referenced(folio)).isEqualTo(1);
        assertThat(manager.referenced(folio)).isZero();
        machine.run("0 poison 1").entries(0, 0, "apa").slabs(0, 0);
        locks(0, 0);
    }

    @Test
    @DisplayName("a page that was swapped out comes back lazy (1)")
    void swappedOut() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2").page(0, 1).wrote("word");
        machine.run("0 madvise 1 1 pageout").entries(0, 0, "as").run("0 read 1 1");
        machine.page(0, 1).holds("word");
        machine.ownPages(0, 2);
        machine.slabs(0, 0);
        locks(0, 0);
    }

    @Test
    @DisplayName("the heap and a stack grow without an allocation (1)")
    void growth() {
        machine.run("0 brk 3");
        long heap = machine.space(0).vmas().get(0).start();
        machine.run("0 mmap 1000 2 rw growsdown", "0 write 998 3");
        machine.call(0, "writes the heap", space -> space.write(heap, 1)).run("0 brk 5");
        machine.call(0, "writes the heap further up", space -> space.write(heap + 4 * PAGE_SIZE, 1));
        machine.vmas(0, 2).slabs(0, 0);
        machine.roots(2, 0).ownPages(998, 3);
        machine.run("0 brk 1").slabs(0, 0);
    }

    @Test
    @DisplayName("a split in three allocates nothing; each page is found in its piece (2)")
    void split() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mprotect 3 3 r");
        machine.layout(0, "0-3 rw-p", "3-6 r--p", "6-9 rw-p").slabs(0, 0);
        machine.roots(3, 0).ownPages(0, 9);
        assertThat(machine.lock("anon_vma").writes()).isZero();
        // Before the first migration there is nobody to wait for.
        locks(0, 0);
        machine.run("0 migrate 7 1", "0 mprotect 7 1 r");
        assertThat(machine.lock("vma_lock").reads()).isEqualTo(1);
        assertThat(machine.lock("vma_lock").writes()).as("one for each split").isEqualTo(2);
    }

    @Test
    @DisplayName("pieces outlive the root VMA, which is a zombie until the last of them goes (3)")
    void rootUnmapped() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mprotect 3 3 r", "0 munmap 3 3");
        machine.roots(2, 1).ownPages(0, 3).ownPages(6, 3);
        machine.run("0 munmap 6 3");
        machine.roots(1, 1).ownPages(0, 3);
        machine.run("0 exit").slabs(0, 0);
        machine.roots(0, 0);
    }

    @Test
    @DisplayName("a walk into the range of a zombie does not report the newcomer there (4)")
    void zombieRangeReused() {
        machine.run(LARGE_FOLIO).run("0 mprotect 4 8 r", "0 munmap 4 8");
        machine.roots(2, 1);
        machine.run("0 mmap 4 8 rwx", "0 write 4 8");
        machine.roots(3, 1);
        machine.page(0, 0).runs(1, "0:0=0+4", "0:12=12+4");
        machine.ownPages(4, 8);
        machine.run("0 migrate 4 1", "0 split 0 4");
        machine.ownPages(0, 16);
    }

    @Test
    @DisplayName("a large folio that straddles two VMAs has two mappings (5)")
    void straddling() {
        machine.run(LARGE_FOLIO).page(0, 0).runs(1, "0:0=0+16");
        machine.run("0 mprotect 8 8 r");
        machine.page(0, 0).runs(1, "0:0=0+8", "0:8=8+8");
        machine.slabs(0, 0).event("lazy_vma_lookups", 2);
        machine.run("0 migrate 0 1").page(0, 12).runs(1, "0:0=0+8", "0:8=8+8");
        machine.run("0 split 12 1").slabs(0, 0);
        machine.ownPages(0, 16);
    }

    @Test
    @DisplayName("with a hole in the middle its head and its tail are found (6)")
    void hole() {
        machine.run(LARGE_FOLIO).run("0 munmap 6 4");
        machine.roots(2, 1);
        machine.page(0, 0).runs(1, "0:0=0+6", "0:10=10+6");
        machine.run("0 swapout 0 16").entries(0, 0, "ssssss....ssssss").slabs(0, 0);
    }

    @Test
    @DisplayName("after a fork all pieces of parent and child are found: they have one anon_vma (7)")
    void straddlingForked() {
        machine.run(LARGE_FOLIO).run("0 mprotect 8 8 r", "0 fork 1").slabs(1, 6);
        machine.event("lazy_upgrades", 1).event("lazy_repaired_folios", 1);
        machine.page(1, 12).runs(4, "0:0=0+8", "0:8=8+8", "1:0=0+8", "1:8=8+8");
        machine.run("0 munmap 8 8", "1 munmap 0 4").page(1, 12).runs(3, "0:0=0+8", "1:4=4+4", "1:8=8+8");
        machine.run("0 exit").page(1, 12).runs(2, "1:4=4+4", "1:8=8+8");
    }

    @Test
    @DisplayName("private file pages: a base of each mapping, also negative; one offset mapped twice (21)")
    void privateFile() {
        machine.run("0 mmap 0 4 rw file=1:8", "0 mmap 20 4 rw file=1:8", "0 read 0 4", "0 write 0 4", "0 write 20 4");
        machine.slabs(0, 0).page(0, 1).index(9).walk(1, 1);
        machine.page(0, 21).index(9).walk(1, 1);
        machine.roots(2, 0);
        // 2^34 pages: the base is negative.
        machine.run("0 mmap 40 4 rw file=2:17179869184", "0 write 40 4", "0 mprotect 41 1 r");
        machine.page(0, 40).index(17179869184L).walk(1, 1);
        machine.page(0, 41).index(17179869185L).walk(1, 1);
        machine.page(0, 43).index(17179869187L).walk(1, 1);
        machine.roots(5, 0);
        machine.run("0 fork 1").slabs(3, 10).walk(0, 1, 2, 2).walk(1, 21, 2, 2).walk(1, 41, 2, 2);
    }

    @Test
    @DisplayName("at the end of the largest file the base is nearly -2^63 (21)")
    void largestOffset() {
        MappedFile file = MappedFile.of(MappedFile.Kind.REGULAR, "a large one");
        long offset = Long.MAX_VALUE - 3 * PAGE_SIZE + 1;
        machine.call(0, "maps its end", space -> {
            space.mmap(
                    address(0),
                    2 * PAGE_SIZE,
                    Prot.PROT_READ | Prot.PROT_WRITE,
                    MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED,
                    file,
                    offset);
            space.write(address(0), 1);
            space.write(address(1), 2);
        });
        machine.page(0, 1).index((offset >> MemoryManager.PAGE_SHIFT) + 1).walk(1, 1);
        machine.run("0 munmap 0 1", "0 fork 1", "0 exit");
        machine.page(1, 1).walk(1, 1);
    }

    @Test
    @DisplayName("a collapse takes the VMA lock instead of that of an anon_vma (24)")
    void collapse() {
        machine.run("0 mmap 0 1024 rw", "0 write 0 512", "0 migrate 7 1").slabs(0, 0);
        locks(0, 1);
        machine.run("0 collapse 0 512").folioRun(0, 0, 512, 512, 0).slabs(0, 0);
        locks(0, 2);
        machine.page(0, 7).runs(1, "0:0=0+512");
        machine.run("0 mprotect 0 256 r").page(0, 7).runs(1, "0:0=0+256", "0:256=256+256");
    }

    @Test
    @DisplayName("a child collapses what it inherited into a folio of its own, which is lazy (24)")
    void collapseInherited() {
        machine.run("0 mmap 0 512 rw", "0 write 0 512", "0 fork 1").slabs(1, 2);
        CostReport.LockCost before = machine.lock("anon_vma");
        machine.run("1 collapse 0 512").slabs(1, 2);
        assertThat(machine.lock("anon_vma").writes() - before.writes()).isEqualTo(1);
        machine.page(1, 7).runs(1, "1:0=0+512");
        machine.page(0, 7).shared(1).walk(2, 1);
    }
}
