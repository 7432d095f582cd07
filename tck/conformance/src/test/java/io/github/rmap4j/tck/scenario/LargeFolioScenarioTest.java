package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Vma;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Folios of 64 KiB: faults, sharing by page, walks, splits. */
@DisplayName("Large folios")
class LargeFolioScenarioTest {
    private final MemoryManager.Builder settings =
            MemoryManager.builder().strategy("anonvma").hugepages(4, HugepagePolicy.MADVISE);

    @RegisterExtension
    final Scenario machine = Scenario.with(settings);

    private void largeFolio() {
        machine.run("0 mmap 0 32 rw", "0 madvise 0 32 hugepage", "0 write 3 1");
        machine.folioRun(0, 0, 16, 16, 0).slabs(1, 1);
    }

    @Test
    @DisplayName("one write maps the whole folio, where entries are empty and VM_HUGEPAGE is set")
    void fault() {
        largeFolio();
        machine.entries(0, 0, "aaaaaaaaaaaaaaaa................");
        machine.page(0, 3).wrote("word").index(Scenario.ARENA_PAGE);
        machine.run("0 read 20 1", "0 write 16 1").entries(0, 16, "a...z...........");
        machine.folioRun(0, 16, 1, 1, 0);
        machine.run("0 mmap 64 16 rw", "0 write 64 1").entries(0, 64, "a.");
        machine.run("0 mmap 81 31 rw", "0 madvise 81 31 hugepage", "0 write 90 1")
                .entries(0, 89, ".a.");
        machine.run("0 write 100 1").folioRun(0, 96, 16, 16, 0);
    }

    @Test
    @DisplayName("the largest size that fits is taken")
    void sizes() {
        Scenario sizes = Scenario.with(MemoryManager.builder()
                .strategy("anonvma")
                .hugepages(2, HugepagePolicy.ALWAYS)
                .hugepages(4, HugepagePolicy.MADVISE));
        sizes.run("0 mmap 0 36 rw", "0 write 5 1").folioRun(0, 4, 4, 4, 0);
        sizes.run("0 madvise 0 36 hugepage", "0 write 16 1").folioRun(0, 16, 16, 16, 0);
        sizes.run("0 write 0 1", "0 write 32 1").folioRun(0, 0, 4, 4, 0).folioRun(0, 32, 4, 4, 0);
        sizes.run("0 madvise 0 36 nohugepage", "0 write 8 1")
                .folioRun(0, 8, 1, 1, 0)
                .end();
    }

    @Test
    @DisplayName("fork shares every page; a write copies one page into a small folio")
    void copyOnWrite() {
        largeFolio();
        machine.run("0 fork 1").mapcounts(0, 0, 2, 2, 2).mapcounts(1, 14, 2, 2);
        machine.run("1 write 2 1").folioRun(1, 2, 1, 1, 0).mapcounts(0, 1, 2, 1, 2);
        machine.page(1, 2).exclusive().walk(1, 1);
        machine.page(0, 2).shared(1);
    }

    @Test
    @DisplayName("the only space left reuses the folio page by page")
    void reuse() {
        largeFolio();
        long frame = machine.frame(0, 5);
        machine.run("0 fork 1", "1 exit", "0 write 5 1");
        assertThat(machine.frame(0, 5)).isEqualTo(frame);
        assertThat(machine.space(0).folioAt(address(5)).isAnonExclusive(5)).isTrue();
        assertThat(machine.space(0).folioAt(address(5)).isAnonExclusive(6)).isFalse();
    }

    @Test
    @DisplayName("a child that keeps one page of the folio makes every write copy, until it goes")
    void sharedByOnePage() {
        largeFolio();
        long frame = machine.frame(0, 5);
        machine.run("0 fork 1", "1 munmap 0 15", "0 write 5 1");
        assertThat(machine.frame(0, 5)).isNotEqualTo(frame);
        long other = machine.frame(0, 6);
        machine.run("1 munmap 15 1", "0 write 6 1");
        assertThat(machine.frame(0, 6)).isEqualTo(other);
    }

    @Test
    @DisplayName("a single page that is left of a folio is copied rather than reused")
    void lastPage() {
        largeFolio();
        long frame = machine.frame(0, 0);
        machine.run("0 fork 1", "1 exit", "0 munmap 1 15", "0 write 0 1").folioRun(0, 0, 1, 1, 0);
        assertThat(machine.frame(0, 0)).isNotEqualTo(frame);
    }

    @Test
    @DisplayName("munmap and mremap of parts leave one folio, and a walk reports every page once")
    void parts() {
        largeFolio();
        machine.run("0 munmap 2 3", "0 mremap 8 4 40 4", "0 mprotect 0 1 r");
        machine.folioRun(0, 5, 3, 16, 5).folioRun(0, 40, 4, 16, 8).folioRun(0, 12, 4, 16, 12);
        Folio folio = machine.space(0).folioAt(address(0));
        List<String> runs = new ArrayList<>();
        machine.call(0, "is walked", space -> runs.addAll(walk(folio)));
        assertThat(runs).containsExactlyInAnyOrder("0:0+1", "1:1+1", "5:5+3", "12:12+4", "40:8+4");
        assertThat(folio.mapcount()).isEqualTo(13);
    }

    private List<String> walk(Folio folio) {
        List<String> runs = new ArrayList<>();
        machine.manager().rmapWalker().walk(folio, new RmapVisitor() {
            @Override
            public boolean visit(Vma vma, long address) {
                throw new AssertionError("called for a visitor that wants ranges");
            }

            @Override
            public boolean visit(Vma vma, long address, int page, int pages) {
                runs.add((address - address(0)) / MemoryManager.PAGE_SIZE + ":" + page + "+" + pages);
                return true;
            }
        });
        return runs;
    }

    @Test
    @DisplayName("a split keeps frames, contents, sharing and exclusivity")
    void split() {
        largeFolio();
        machine.run("0 write 0 16", "0 fork 1", "1 write 4 1", "1 munmap 6 2", "0 munmap 7 1");
        long frame = machine.frame(0, 9);
        long word = machine.space(1).read(address(9));
        machine.run("0 split 0 16");
        for (int page = 0; page < 16; page++) {
            if (page != 7) {
                machine.folioRun(0, page, 1, 1, 0);
            }
        }
        assertThat(machine.frame(0, 9)).isEqualTo(frame);
        assertThat(machine.frame(1, 9)).isEqualTo(frame);
        machine.mapcounts(0, 0, 2, 2, 2, 2, 1, 2, 1, 0, 2);
        assertThat(machine.space(1).read(address(9))).isEqualTo(word);
        machine.page(0, 9).shared(2).index(Scenario.ARENA_PAGE + 9).walk(2, 2);
        machine.run("0 split 0 16");
    }

    @Test
    @DisplayName("advice about a part splits a private folio, and leaves a shared one and a whole one")
    void advice() {
        largeFolio();
        machine.run("0 write 0 16", "0 madvise 0 16 free").folioRun(0, 0, 16, 16, 0);
        machine.run("0 fork 1", "0 madvise 0 4 cold").folioRun(0, 0, 16, 16, 0).run("1 exit");
        machine.run("0 madvise 0 4 cold").folioRun(0, 0, 1, 1, 0).folioRun(0, 15, 1, 1, 0);
    }

    @Test
    @DisplayName("a split puts the zero page in place of pages that were never written, unless the VMA is locked")
    void zeroFilledPages() {
        largeFolio();
        machine.run("0 write 8 2", "0 fork 1", "1 mlock 4 2", "0 split 0 16");
        machine.entries(0, 0, "zzzazzzzaazzzzzz").entries(1, 0, "zzzaaazzaazzzzzz");
        machine.run("0 write 0 16").entries(0, 0, "aaaaaaaaaaaaaaaa");
    }

    @Test
    @DisplayName("MADV_FREE of a whole folio: reclaim drops it, or keeps it once if a page was written since")
    void lazyFree() {
        largeFolio();
        machine.run("0 write 0 16", "0 madvise 0 16 free", "0 madvise 0 16 pageout");
        machine.entries(0, 0, "................").run("0 write 0 16", "0 madvise 0 16 free", "0 write 2 1");
        machine.run("0 madvise 0 16 pageout").folioRun(0, 0, 16, 16, 0);
        machine.run("0 madvise 0 16 pageout").entries(0, 0, "ssssssssssssssss");
    }

    @Test
    @DisplayName("pages that leave a locked VMA do not keep a large folio from being reused")
    void munlocked() {
        largeFolio();
        machine.run("0 write 0 16", "0 mlock 0 16", "0 fork 1", "1 exit", "0 munmap 0 8");
        long frame = machine.frame(0, 9);
        machine.run("0 write 9 1");
        assertThat(machine.frame(0, 9)).isEqualTo(frame);
    }

    @Test
    @DisplayName("swapped out, its pages come back as small folios")
    void pageOut() {
        largeFolio();
        machine.run("0 write 0 16").page(0, 3).wrote("word");
        machine.run("0 madvise 0 16 pageout").entries(0, 0, "ssssssssssssssss").swapSlots(16);
        machine.exclusiveSwap(0, 3).run("0 read 0 16").swapSlots(0).folioRun(0, 3, 1, 1, 0);
        machine.page(0, 3).holds("word").exclusive();
    }

    @Test
    @DisplayName("migration moves the whole folio, with who shares which page")
    void migrate() {
        largeFolio();
        machine.run("0 write 0 16", "0 fork 1", "1 write 4 1", "0 munmap 6 1");
        long frame = machine.frame(0, 0);
        machine.run("1 migrate 0 1").folioRun(0, 0, 6, 16, 0).folioRun(1, 5, 11, 16, 5);
        assertThat(machine.frame(0, 0)).isNotEqualTo(frame);
        assertThat(machine.frame(1, 0)).isEqualTo(machine.frame(0, 0));
        machine.mapcounts(0, 3, 2, 1, 2, 0, 2);
        assertThat(machine.space(0).read(address(10))).isEqualTo(12);
    }
}
