package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.ARENA_PAGE;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 72 to 85, and mremap_test.c of the kernel's selftests. */
@DisplayName("mremap")
class MremapScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("72: an unfaulted VMA that moves behind an unfaulted one merges")
    void unfaultedBehindUnfaulted() {
        machine.run("0 mmap 0 5 rw", "0 mmap 20 5 rw", "0 mremap 20 5 5 5");
        machine.layout(0, "0-10 rw-p").slabs(0, 0);
    }

    @Test
    @DisplayName("72: an unfaulted VMA that moves behind a faulted one merges")
    void unfaultedBehindFaulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mmap 20 5 rw", "0 mremap 20 5 5 5");
        machine.layout(0, "0-10 rw-p")
                .slabs(1, 1)
                .run("0 write 9 1")
                .slabs(1, 1)
                .walk(0, 9, 1, 1);
    }

    @Test
    @DisplayName("72: an unfaulted VMA that moves before an unfaulted one merges")
    void unfaultedBeforeUnfaulted() {
        machine.run("0 mmap 5 5 rw", "0 mmap 20 5 rw", "0 mremap 20 5 0 5");
        machine.layout(0, "0-10 rw-p").slabs(0, 0);
    }

    @Test
    @DisplayName("72: an unfaulted VMA that moves before a faulted one merges")
    void unfaultedBeforeFaulted() {
        machine.run("0 mmap 5 5 rw", "0 write 5 5", "0 mmap 20 5 rw", "0 mremap 20 5 0 5");
        machine.layout(0, "0-10 rw-p")
                .slabs(1, 1)
                .run("0 write 0 1")
                .slabs(1, 1)
                .walk(0, 0, 1, 1);
    }

    @Test
    @DisplayName("73: a faulted VMA that moves next to an unfaulted one stays apart")
    void faultedNextToUnfaulted() {
        machine.run("0 mmap 0 5 rw", "0 mmap 20 5 rw", "0 write 20 5", "0 mremap 20 5 5 5");
        machine.layout(0, "0-5 rw-p", "5-10 rw-p").slabs(1, 1).pgoff(0, 5, ARENA_PAGE + 20);
        machine.run("0 mmap 40 5 rw", "0 mremap 5 5 35 5").vmas(0, 3).slabs(1, 1);
        machine.page(0, 35).index(ARENA_PAGE + 20).exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("73: a faulted VMA that moves next to a faulted one stays apart")
    void faultedNextToFaulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mmap 20 5 rw", "0 write 20 5", "0 mremap 20 5 5 5");
        machine.layout(0, "0-5 rw-p", "5-10 rw-p").slabs(2, 2);
        machine.run("0 mmap 40 5 rw", "0 write 40 5", "0 mremap 5 5 35 5")
                .vmas(0, 3)
                .slabs(3, 3);
    }

    @Test
    @DisplayName("74: the middle moves away and back")
    void awayAndBack() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10").page(0, 4).isNew("page");
        machine.run("0 mremap 3 3 20 3");
        machine.layout(0, "0-3 rw-p", "6-10 rw-p", "20-23 rw-p").slabs(1, 3);
        machine.page(0, 21).is("page").index(ARENA_PAGE + 4).exclusive().walk(1, 1);
        machine.entries(0, 3, "...").walk(0, 0, 1, 1).walk(0, 9, 1, 1);
        machine.run("0 mremap 20 3 3 3").layout(0, "0-10 rw-p").slabs(1, 1);
        machine.page(0, 4).is("page").exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("75: DONTUNMAP of a whole VMA leaves it unfaulted")
    void dontunmapWhole() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mremap 0 5 20 5 dontunmap");
        machine.layout(0, "0-5 rw-p", "20-25 rw-p").slabs(1, 1);
        machine.entries(0, 0, ".....").entries(0, 20, "aaaaa");
        machine.run("0 write 0 1").slabs(2, 2).walk(0, 0, 1, 1).walk(0, 20, 1, 1);
        machine.run("0 mmap 5 5 rw").layout(0, "0-10 rw-p", "20-25 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("76: DONTUNMAP of a half leaves the VMA faulted and whole")
    void dontunmapHalf() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mremap 0 5 20 5 dontunmap");
        machine.layout(0, "0-10 rw-p", "20-25 rw-p").slabs(1, 2).entries(0, 0, ".....aaaaa");
        machine.run("0 write 0 1").slabs(1, 2);
        machine.page(0, 0).exclusive().index(ARENA_PAGE).walk(2, 1);
        machine.page(0, 20).exclusive().index(ARENA_PAGE).walk(2, 1);
        machine.walk(0, 7, 1, 1);
    }

    @Test
    @DisplayName("77: what DONTUNMAP leaves at a foreign place keeps its foreign offset")
    void dontunmapFromForeignPlace() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mremap 0 5 20 5", "0 mremap 20 5 40 5 dontunmap");
        machine.layout(0, "20-25 rw-p", "40-45 rw-p").slabs(1, 1);
        machine.pgoff(0, 20, ARENA_PAGE).pgoff(0, 40, ARENA_PAGE);
        machine.run("0 mmap 25 5 rw").layout(0, "20-25 rw-p", "25-30 rw-p", "40-45 rw-p");
    }

    @Test
    @DisplayName("78: growth in place")
    void growInPlace() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mremap 0 5 inplace 8");
        machine.layout(0, "0-8 rw-p").slabs(1, 1).run("0 write 7 1").slabs(1, 1).walk(0, 7, 1, 1);
    }

    @Test
    @DisplayName("78: growth of a faulted VMA into an unfaulted one")
    void growFaultedIntoUnfaulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mmap 8 2 rw", "0 mremap 0 5 inplace 8");
        machine.layout(0, "0-10 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("78: growth of an unfaulted VMA into a faulted one")
    void growUnfaultedIntoFaulted() {
        machine.run("0 mmap 0 5 rw", "0 mmap 8 2 rw", "0 write 8 2", "0 mremap 0 5 inplace 8");
        machine.layout(0, "0-10 rw-p").slabs(1, 1).walk(0, 8, 1, 1);
        machine.run("0 write 0 1").slabs(1, 1).walk(0, 0, 1, 1);
    }

    @Test
    @DisplayName("78: growth of a faulted VMA up to another faulted one")
    void growFaultedIntoFaulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mmap 8 2 rw", "0 write 8 2", "0 mremap 0 5 inplace 8");
        machine.layout(0, "0-8 rw-p", "8-10 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("79: shrink")
    void shrink() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mremap 0 10 inplace 4");
        machine.layout(0, "0-4 rw-p").slabs(1, 1).entries(0, 0, "aaaa..");
    }

    @Test
    @DisplayName("79: shrink and move")
    void shrinkAndMove() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mremap 0 10 20 4");
        machine.layout(0, "20-24 rw-p").slabs(1, 1).walk(0, 23, 1, 1);
    }

    @Test
    @DisplayName("79: move and grow")
    void moveAndGrow() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mremap 0 5 20 10");
        machine.layout(0, "20-30 rw-p").slabs(1, 1).entries(0, 20, "aaaaa.....");
        machine.run("0 write 29 1")
                .slabs(1, 1)
                .page(0, 29)
                .index(ARENA_PAGE + 9)
                .walk(1, 1);
    }

    @Test
    @DisplayName("80: an unfaulted VMA that moves right behind itself")
    void unfaultedBehindItself() {
        machine.run("0 mmap 0 5 rw", "0 mremap 0 5 5 5").layout(0, "5-10 rw-p").slabs(0, 0);
        machine.pgoff(0, 5, ARENA_PAGE + 5);
    }

    @Test
    @DisplayName("81: the head of a faulted VMA moves right behind it")
    void headBehindTail() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mremap 0 3 10 3");
        machine.layout(0, "3-10 rw-p", "10-13 rw-p").slabs(1, 2);
        machine.walk(0, 10, 1, 1).walk(0, 3, 1, 1);
    }

    @Test
    @DisplayName("82: an empty but faulted VMA that moves keeps its old offset")
    void emptyFaulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 madvise 0 5 dontneed", "0 mremap 0 5 20 5");
        machine.pgoff(0, 20, ARENA_PAGE).slabs(1, 1);
        machine.run("0 mmap 25 5 rw").layout(0, "20-25 rw-p", "25-30 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("83: a page that the child moves is found at both places")
    void childMoves() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5").page(0, 2).isNew("page");
        machine.run("0 fork 1", "1 mremap 0 5 20 5").slabs(2, 3).entries(1, 0, ".....");
        machine.page(1, 22).is("page").shared(2).index(ARENA_PAGE + 2).walk(2, 2);
    }

    @Test
    @DisplayName("84: the parent moves and maps the old place anew")
    void parentMovesAndMapsAnew() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1", "0 mremap 0 5 20 5", "0 mmap 0 5 rw", "0 write 0 1");
        machine.slabs(3, 4);
        machine.page(0, 0).exclusive().walk(1, 1);
        machine.page(0, 20).shared(2).walk(2, 2);
    }

    @Test
    @DisplayName("85: two VMAs with a gap between them move in one call")
    void twoWithGap() {
        machine.run("0 mmap 0 3 rw", "0 mmap 5 3 rw", "0 write 0 3", "0 write 5 3", "0 mremap 0 8 20 8");
        machine.layout(0, "20-23 rw-p", "25-28 rw-p").slabs(2, 2);
        machine.walk(0, 20, 1, 1).walk(0, 27, 1, 1);
    }

    @Test
    @DisplayName("mremap_test.c: growth of a head into the hole behind it restores the mapping")
    void expandMerge() {
        machine.run("0 mmap 0 3 rw", "0 write 0 3", "0 munmap 1 1").vmas(0, 2).slabs(1, 2);
        machine.run("0 mremap 0 1 inplace 2").layout(0, "0-3 rw-p").slabs(1, 1).entries(0, 0, "a.a");
    }

    @Test
    @DisplayName("mremap_test.c: growth from an offset restores the mapping")
    void expandMergeOffset() {
        machine.run("0 mmap 0 3 rw", "0 write 0 3", "0 munmap 2 1", "0 mremap 1 1 inplace 2");
        machine.layout(0, "0-3 rw-p").slabs(1, 1).entries(0, 0, "aa.");
    }

    @Test
    @DisplayName("mremap_test.c: shrinking may span VMAs and gaps")
    void shrinkAcrossGaps() {
        machine.run("0 mmap 0 3 rw", "0 mmap 3 2 r", "0 mmap 7 3 rw", "0 write 0 3", "0 write 7 3");
        machine.run("0 mremap 0 10 inplace 2").layout(0, "0-2 rw-p").slabs(1, 1).entries(0, 0, "aa........");
    }

    @Test
    @DisplayName("mremap_test.c: shrinking and moving may span VMAs and gaps")
    void shrinkAndMoveAcrossGaps() {
        machine.run("0 mmap 0 3 rw", "0 mmap 3 2 r", "0 mmap 7 3 rw", "0 write 0 3", "0 write 7 3");
        machine.run("0 mremap 0 10 20 2").layout(0, "20-22 rw-p").slabs(1, 1).entries(0, 20, "aa");
    }

    @Test
    @DisplayName("mremap_test.c: DONTUNMAP may span VMAs and gaps")
    void dontunmapAcrossGaps() {
        machine.run("0 mmap 0 3 rw", "0 mmap 3 2 r", "0 mmap 7 3 rw", "0 write 0 3", "0 write 7 3");
        machine.run("0 mremap 0 10 20 10 dontunmap").slabs(2, 2);
        machine.layout(0, "0-3 rw-p", "3-5 r--p", "7-10 rw-p", "20-23 rw-p", "23-25 r--p", "27-30 rw-p");
        machine.entries(0, 0, "..........").entries(0, 20, "aaa....aaa");
    }

    @Test
    @DisplayName("A locked VMA that grows has its new pages faulted in")
    void lockedGrows() {
        machine.run("0 mmap 0 3 rw", "0 mlock 0 3").entries(0, 0, "aaa").run("0 mremap 0 3 inplace 5");
        machine.layout(0, "0-5 rw-p").entries(0, 0, "aaaaa").run("0 mremap 0 5 20 7");
        machine.layout(0, "20-27 rw-p").entries(0, 20, "aaaaaaa").slabs(1, 1);
    }

    @Test
    @DisplayName("A move may begin and end in other page tables, at another offset in them")
    void acrossPageTables() {
        machine.run("0 mmap 500 1100 rw", "0 write 500 30", "0 write 1020 8", "0 write 1590 10");
        machine.page(0, 511).isNew("last of its table").wrote("a");
        machine.page(0, 512).isNew("first of its table").wrote("b");
        machine.page(0, 1599).isNew("last").wrote("c");
        machine.run("0 fork 1", "0 mremap 500 1100 2503 1100")
                .layout(0, "2503-3603 rw-p")
                .slabs(2, 3);
        machine.page(0, 2514).is("last of its table").holds("a").shared(2).walk(2, 2);
        machine.page(0, 2515).is("first of its table").holds("b").shared(2).walk(2, 2);
        machine.page(0, 3602).is("last").holds("c").shared(2).walk(2, 2);
        machine.run("0 mremap 2503 1100 500 1100").layout(0, "500-1600 rw-p");
        machine.page(0, 511).is("last of its table").holds("a").shared(2).walk(2, 2);
        machine.page(0, 1599).is("last").holds("c").shared(2).walk(2, 2);
        machine.run("0 madvise 505 20 dontneed", "1 munmap 1024 2").slabs(2, 5);
        machine.mapcounts(1, 503, 2, 2, 1, 1, 1).mapcounts(0, 1022, 2, 2, 1, 1, 2);
    }

    @Test
    @DisplayName("A multi-VMA move replaces what was mapped at the destination")
    void moveReplacesDestination() {
        machine.run("0 mmap 0 3 rw", "0 mmap 5 3 rw", "0 write 0 3", "0 write 5 3", "0 mmap 18 12 rw", "0 write 18 12");
        machine.run("0 mremap 0 8 20 8");
        machine.layout(0, "18-20 rw-p", "20-23 rw-p", "23-25 rw-p", "25-28 rw-p", "28-30 rw-p");
        machine.entries(0, 18, "aaaaaaaaaaaa");
    }
}
