package io.github.rmap4j.tck.scenario;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 8 to 10 of ANON_VMA_LAZY, and the row about merges of its table of states, under both rules for roots. */
@DisplayName("ANON_VMA_LAZY: merges")
class LazyMergeScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.lazy();

    @RegisterExtension
    final Scenario sameBase = Scenario.with(Scenario.builder("lazy").option("merge", "same-base"));

    @Test
    @DisplayName("pieces that merge again have one reference; if the root VMA was merged away it is a zombie (8)")
    void mergedAgain() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9");
        machine.roots(1, 0);
        machine.run("0 mprotect 3 3 r");
        machine.roots(3, 0);
        // The VMA below survives, which the split has made.
        machine.run("0 mprotect 3 3 rw").vmas(0, 1);
        machine.roots(1, 1).ownPages(0, 9);
        machine.run("0 munmap 0 9");
        machine.roots(0, 0);
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mprotect 0 3 r");
        machine.roots(2, 0);
        // The VMA below is the root.
        machine.run("0 mprotect 3 6 r").vmas(0, 1);
        machine.roots(1, 0).ownPages(0, 9);
        machine.slabs(0, 0).event("lazy_missed_merges", 0);
    }

    @Test
    @DisplayName("VMAs that were faulted separately have two roots and stay apart: a merge is missed (9)")
    void differentRoots() {
        machine.run("0 mmap 0 4 rw", "0 mmap 4 4 rwx", "0 write 0 4", "0 write 4 4");
        machine.event("lazy_missed_merges", 0).run("0 mprotect 4 4 rw").vmas(0, 2);
        machine.event("lazy_missed_merges", 1)
                .event("lazy_absorbed_roots", 0)
                .roots(2, 0)
                .ownPages(0, 8);
        machine.run("0 munmap 0 4");
        machine.ownPages(4, 4).roots(1, 0);
        machine.run("0 fork 1").slabs(1, 2).walk(1, 4, 2, 2);
    }

    @Test
    @DisplayName("with merge=same-base one root absorbs the other, and walks from either find all (9)")
    void sameBase() {
        sameBase.run("0 mmap 0 4 rw", "0 mmap 4 4 rwx", "0 write 0 4", "0 write 4 4");
        sameBase.roots(2, 0);
        sameBase.run("0 mprotect 4 4 rw").vmas(0, 1);
        sameBase.event("lazy_absorbed_roots", 1).event("lazy_missed_merges", 0).roots(1, 1);
        sameBase.ownPages(0, 8);
        sameBase.run("0 migrate 0 8", "0 munmap 0 4");
        sameBase.roots(1, 2).ownPages(4, 4);
        sameBase.run("0 fork 1").slabs(1, 2).event("lazy_repaired_folios", 4);
        sameBase.run("0 exit");
        sameBase.roots(1, 0);
        sameBase.page(1, 4).shared(1).walk(1, 1);
    }

    @Test
    @DisplayName("with merge=same-base a root that has absorbed others is absorbed with them (9)")
    void absorbedTwice() {
        sameBase.run("0 mmap 0 6 rw", "0 madvise 2 2 dontdump", "0 madvise 4 2 sequential", "0 write 0 6");
        sameBase.roots(3, 0);
        sameBase.run("0 madvise 4 2 normal").vmas(0, 3);
        sameBase.run("0 madvise 4 2 dontdump").vmas(0, 2).event("lazy_absorbed_roots", 1);
        sameBase.run("0 madvise 2 4 dodump").vmas(0, 1).event("lazy_absorbed_roots", 2);
        sameBase.roots(1, 2).ownPages(0, 6);
        sameBase.run("0 munmap 0 6");
        sameBase.roots(0, 0);
    }

    @Test
    @DisplayName("with merge=same-base a VMA with another base stays apart (9)")
    void otherBase() {
        sameBase.run("0 mmap 0 2 rw file=1:0", "0 mmap 2 2 rw file=1:7", "0 write 0 4");
        sameBase.run("0 mprotect 0 4 r").vmas(0, 2).event("lazy_absorbed_roots", 0);
        sameBase.page(0, 3).index(8).walk(1, 1);
    }

    @Test
    @DisplayName("a lazy VMA merges with an unfaulted one, whichever of the two survives (10)")
    void mergedWithUnfaulted() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mmap 4 4 rwx", "0 mprotect 4 4 rw");
        machine.layout(0, "0-8 rw-p");
        machine.roots(1, 0);
        machine.run("0 mmap 20 4 rw", "0 mmap 24 4 rwx", "0 write 24 4", "0 mprotect 24 4 rw");
        machine.layout(0, "0-8 rw-p", "20-28 rw-p");
        machine.roots(2, 1);
        machine.run("0 mmap 40 4 rwx", "0 write 40 4", "0 mmap 44 4 rw", "0 mprotect 40 4 rw");
        machine.layout(0, "0-8 rw-p", "20-28 rw-p", "40-48 rw-p");
        machine.roots(3, 2);
        // Only a part of the faulted one: both keep the root.
        machine.run("0 mmap 60 4 rw", "0 mmap 64 4 rwx", "0 write 64 4", "0 mprotect 64 2 rw");
        machine.layout(0, "0-8 rw-p", "20-28 rw-p", "40-48 rw-p", "60-66 rw-p", "66-68 rwxp");
        machine.roots(5, 2);
        machine.run("0 write 0 8", "0 write 20 8", "0 write 40 8", "0 write 60 8");
        machine.ownPages(0, 8).ownPages(20, 8).ownPages(40, 8).ownPages(60, 8);
        machine.slabs(0, 0).event("lazy_missed_merges", 0);
    }
}
