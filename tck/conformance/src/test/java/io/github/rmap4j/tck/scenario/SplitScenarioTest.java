package io.github.rmap4j.tck.scenario;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 14 to 27: VMAs are split, unmapped and merged again. */
@DisplayName("Split, unmap, modify")
class SplitScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("14: mprotect of the middle splits in three, and back makes one")
    void splitInThree() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mprotect 3 3 r");
        machine.layout(0, "0-3 rw-p", "3-6 r--p", "6-10 rw-p").slabs(1, 3);
        machine.walk(0, 0, 1, 1).walk(0, 3, 1, 1).walk(0, 5, 1, 1).walk(0, 6, 1, 1);
        machine.run("0 mprotect 3 3 rw").layout(0, "0-10 rw-p").slabs(1, 1);
        machine.walk(0, 0, 1, 1).walk(0, 4, 1, 1).walk(0, 9, 1, 1);
    }

    @Test
    @DisplayName("15: a hole splits in two")
    void hole() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 munmap 3 3");
        machine.layout(0, "0-3 rw-p", "6-10 rw-p").slabs(1, 2);
        machine.mapcounts(0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1);
    }

    @Test
    @DisplayName("16: the faulted half is unmapped, then the rest")
    void halves() {
        machine.run("0 mmap 0 10 rw", "0 write 0 5", "0 munmap 0 5")
                .layout(0, "5-10 rw-p")
                .slabs(1, 1);
        machine.run("0 munmap 5 5").vmas(0, 0).slabs(0, 0);
    }

    @Test
    @DisplayName("17: a fixed mapping over the middle merges with both sides")
    void replaceMiddle() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mmap 3 3 rw replace")
                .layout(0, "0-10 rw-p")
                .slabs(1, 1);
        machine.entries(0, 0, "aaa...aaaa");
    }

    @Test
    @DisplayName("18: the same in a fork child leaves three VMAs")
    void replaceMiddleInForkChild() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 fork 1").slabs(2, 3);
        machine.run("1 mmap 3 3 rw replace");
        machine.layout(1, "0-3 rw-p", "3-6 rw-p", "6-10 rw-p").slabs(2, 5);
        machine.run("1 write 3 3").vmas(1, 3).slabs(3, 6);
        machine.walk(1, 3, 1, 1).walk(0, 3, 1, 1).walk(0, 2, 2, 2);
    }

    @Test
    @DisplayName("19: a fork child splits with two AVCs a piece and merges again")
    void splitInForkChild() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 fork 1").slabs(2, 3);
        machine.run("1 mprotect 3 3 r").vmas(1, 3).slabs(2, 7);
        machine.walk(0, 3, 2, 2).walk(1, 9, 2, 2);
        machine.run("1 mprotect 3 3 rw").layout(1, "0-10 rw-p").slabs(2, 3);
    }

    @Test
    @DisplayName("20: an unfaulted VMA takes over the low part of a faulted one")
    void boundaryMovesUp() {
        machine.run("0 mmap 0 5 r noreserve", "0 mmap 5 5 rw noreserve", "0 write 5 5")
                .slabs(1, 1);
        machine.run("0 mprotect 5 2 r").layout(0, "0-7 r--p", "7-10 rw-p").slabs(1, 2);
        machine.walk(0, 5, 1, 1).walk(0, 7, 1, 1);
    }

    @Test
    @DisplayName("21: an unfaulted VMA takes over the high part of a faulted one")
    void boundaryMovesDown() {
        machine.run("0 mmap 0 5 rw noreserve", "0 mmap 5 5 r noreserve", "0 write 0 5")
                .slabs(1, 1);
        machine.run("0 mprotect 3 2 r").layout(0, "0-3 rw-p", "3-10 r--p").slabs(1, 2);
        machine.walk(0, 0, 1, 1).walk(0, 4, 1, 1);
    }

    @Test
    @DisplayName("22: between two different anon_vmas an unfaulted VMA merges with the lower")
    void mergesWithLowerOnly() {
        machine.run("0 mmap 0 3 rw", "0 mmap 3 3 rwx", "0 mmap 6 3 rw", "0 write 0 1", "0 write 6 1");
        machine.run("0 mprotect 3 3 rw").layout(0, "0-6 rw-p", "6-9 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("23: a hole between two different anon_vmas is filled from the lower")
    void holeBetweenFaulted() {
        machine.run("0 mmap 0 3 rw", "0 mmap 6 3 rw", "0 write 0 1", "0 write 6 1")
                .slabs(2, 2);
        machine.run("0 mmap 3 3 rw").layout(0, "0-6 rw-p", "6-9 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("24: a hole above a faulted and below an unfaulted VMA closes")
    void holeAboveFaulted() {
        machine.run("0 mmap 0 3 rw", "0 mmap 6 3 rw", "0 write 0 1", "0 mmap 3 3 rw")
                .layout(0, "0-9 rw-p")
                .slabs(1, 1);
        machine.run("0 write 8 1").slabs(1, 1).walk(0, 8, 1, 1);
    }

    @Test
    @DisplayName("24: a hole above an unfaulted and below a faulted VMA closes")
    void holeBelowFaulted() {
        machine.run("0 mmap 0 3 rw", "0 mmap 6 3 rw", "0 write 6 1", "0 mmap 3 3 rw")
                .layout(0, "0-9 rw-p")
                .slabs(1, 1);
        machine.run("0 write 0 1").slabs(1, 1).walk(0, 0, 1, 1).walk(0, 6, 1, 1);
    }

    @Test
    @DisplayName("25: MADV_DONTNEED does not make a VMA unfaulted")
    void dontneedKeepsAnonVma() {
        machine.run("0 mmap 0 3 rw", "0 mmap 6 3 rw", "0 write 0 1", "0 write 6 1");
        machine.run("0 madvise 0 3 dontneed", "0 madvise 6 3 dontneed").slabs(2, 2);
        machine.entries(0, 0, "...").entries(0, 6, "...");
        machine.run("0 mmap 3 3 rw").layout(0, "0-6 rw-p", "6-9 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("26: mprotect over three VMAs merges as far as anon_vmas allow")
    void mprotectOverThree() {
        machine.run("0 mmap 0 3 rw noreserve", "0 mmap 3 3 r noreserve", "0 mmap 6 3 rw noreserve");
        machine.run("0 write 0 3", "0 write 6 3").slabs(2, 2);
        machine.run("0 mprotect 0 9 rw").layout(0, "0-6 rw-p", "6-9 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("27: mprotect over three pieces of one VMA makes it one again")
    void mprotectOverPieces() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mprotect 3 3 r")
                .vmas(0, 3)
                .slabs(1, 3);
        machine.run("0 mprotect 0 9 rwx").layout(0, "0-9 rwxp").slabs(1, 1);
        machine.mapcounts(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    }
}
