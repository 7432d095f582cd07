package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A pass of compaction migrates everything that is mapped, shared or not, small or large, merged or not. */
@DisplayName("Compaction")
class CompactionTest {
    @Test
    @DisplayName("every folio moves once, and whoever shared it still does")
    void everythingMoves() {
        Scenario machine = Scenario.with(MemoryManager.builder()
                .strategy("anonvma")
                .hugepages(4, HugepagePolicy.MADVISE)
                .hugepages(MemoryManager.PMD_ORDER, HugepagePolicy.MADVISE));
        machine.run("0 mmap 0 16 rw", "0 madvise 0 16 hugepage", "0 write 0 1");
        machine.run("0 mmap 512 512 rw", "0 madvise 512 512 hugepage", "0 write 512 1");
        machine.run("0 mmap 100 4 rw", "0 write 100 4", "0 mmap 200 2 rw", "0 madvise 200 2 mergeable");
        machine.run("0 fill 200 2 7", "0 ksm", "0 ksm", "0 fork 1", "1 write 101 1");
        int[] pages = {0, 100, 200, 512};
        long[] before = new long[pages.length];
        for (int i = 0; i < pages.length; i++) {
            before[i] = machine.frame(0, pages[i]);
        }
        machine.call(
                0, "compacts", space -> assertThat(machine.manager().compact()).isZero());
        for (int i = 0; i < pages.length; i++) {
            assertThat(machine.frame(0, pages[i]))
                    .as("frame of page %d", pages[i])
                    .isNotEqualTo(before[i])
                    .isEqualTo(machine.frame(1, pages[i]));
        }
        machine.folioRun(0, 0, 16, 16, 0).folioRun(1, 512, 512, 512, 0).mapcounts(0, 200, 4, 4);
        machine.page(1, 101).exclusive();
        machine.end();
    }
}
