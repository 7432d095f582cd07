package io.github.rmap4j.tck.scenario;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 37 to 40 and 50 to 60: what a child inherits, and how it differs from its parent afterwards. */
@DisplayName("Fork")
class ForkScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("37: an unfaulted VMA is inherited unfaulted")
    void unfaulted() {
        machine.run("0 mmap 0 5 rw", "0 fork 1")
                .layout(1, "0-5 rw-p")
                .vmas(0, 1)
                .slabs(0, 0);
    }

    @Test
    @DisplayName("38: a faulted VMA costs the child an anon_vma and two AVCs")
    void faulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 1", "0 fork 1").vmas(1, 1).slabs(2, 3);
        machine.page(0, 0).shared(2).walk(2, 2).isNew("page");
        machine.page(1, 0).is("page");
    }

    @Test
    @DisplayName("39: each generation of a chain costs one AVC more")
    void chain() {
        machine.run("0 mmap 0 5 rw", "0 write 0 1").slabs(1, 1);
        machine.run("0 fork 1").slabs(2, 3);
        machine.run("1 fork 2").slabs(3, 6);
        machine.run("2 fork 3").slabs(4, 10);
        machine.run("3 fork 4").slabs(5, 15);
        machine.page(4, 0).shared(5).walk(5, 5);
    }

    @Test
    @DisplayName("40: siblings cost two AVCs each")
    void siblings() {
        machine.run("0 mmap 0 5 rw", "0 write 0 1", "0 fork 1", "0 fork 2", "0 fork 3")
                .slabs(4, 7);
        machine.page(2, 0).shared(4).walk(4, 4);
        machine.run("2 write 0 1").slabs(4, 7).page(2, 0).exclusive().walk(1, 1);
        machine.page(0, 0).shared(3).walk(4, 3);
    }

    @Test
    @DisplayName("50: three pieces of one VMA become three anon_vmas in each generation")
    void pieces() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mprotect 3 3 r").slabs(1, 3);
        machine.run("0 fork 1").vmas(1, 3).slabs(4, 9);
        machine.run("1 fork 2").vmas(2, 3).slabs(7, 18);
        machine.walk(2, 0, 3, 3).walk(2, 4, 3, 3).walk(0, 8, 3, 3);
        machine.run("1 mprotect 3 3 rw").vmas(1, 3).run("0 mprotect 3 3 rw").vmas(0, 1);
    }

    @Test
    @DisplayName("51: pieces that mlock made are equal in the child but do not merge there")
    void lockedHalf() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mlock 0 5", "0 fork 1");
        machine.layout(1, "0-5 rw-p", "5-10 rw-p").slabs(3, 6);
        machine.run("1 mprotect 0 5 r", "1 mprotect 0 5 rw").layout(1, "0-5 rw-p", "5-10 rw-p");
        machine.run("0 munlock 0 5").layout(0, "0-10 rw-p");
    }

    @Test
    @DisplayName("52: only the first of two pieces reuses the ancestor")
    void firstPieceReuses() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 fork 1", "1 fork 2").slabs(3, 6);
        machine.run("2 mprotect 5 5 r", "1 exit").slabs(3, 7);
        machine.run("2 fork 3").slabs(4, 14);
        machine.run("3 mprotect 5 5 rw").layout(3, "0-5 rw-p", "5-10 rw-p");
        machine.run("2 mprotect 5 5 rw").layout(2, "0-10 rw-p");
        machine.walk(3, 0, 3, 3).walk(3, 9, 3, 3);
    }

    @Test
    @DisplayName("53: a VMA with MADV_DONTFORK is not inherited")
    void dontfork() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 madvise 0 5 dontfork", "0 fork 1");
        machine.vmas(1, 0).slabs(1, 1).page(0, 0).exclusive();
    }

    @Test
    @DisplayName("53: what DONTFORK left out can be filled, but stays apart from fork children")
    void dontforkMiddle() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 madvise 3 3 dontfork").slabs(1, 3);
        machine.run("0 fork 1").layout(1, "0-3 rw-p", "6-9 rw-p").slabs(3, 7);
        machine.mapcounts(0, 0, 2, 2, 2, 1, 1, 1, 2, 2, 2);
        machine.run("1 mmap 3 3 rw")
                .layout(1, "0-3 rw-p", "3-6 rw-p", "6-9 rw-p")
                .slabs(3, 7);
    }

    @Test
    @DisplayName("54: a VMA with MADV_WIPEONFORK is inherited empty and unfaulted")
    void wipeonfork() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 madvise 0 10 wipeonfork", "0 fork 1");
        machine.vmas(1, 1).slabs(1, 1).entries(1, 0, "..........").page(0, 0).exclusive();
        machine.run("1 write 0 1").slabs(2, 2).walk(1, 0, 1, 1).walk(0, 0, 1, 1);
        machine.run("1 mmap 10 5 rw").vmas(1, 2);
        machine.run("1 madvise 10 5 wipeonfork").layout(1, "0-15 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("55: MADV_DONTNEED does not make fork cheaper")
    void dontneedThenFork() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 madvise 0 5 dontneed", "0 fork 1");
        machine.slabs(2, 3).entries(1, 0, ".....");
    }

    @Test
    @DisplayName("56: after a fork the parent merges with new neighbours, the child does not")
    void neighboursAfterFork() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1");
        machine.run("0 mmap 5 5 rw").layout(0, "0-10 rw-p");
        machine.run("1 mmap 5 5 rw").layout(1, "0-5 rw-p", "5-10 rw-p").slabs(2, 3);
    }

    @Test
    @DisplayName("57: a child that maps anew is no fork child")
    void childMapsAnew() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1", "1 munmap 0 5").slabs(1, 1);
        machine.run("1 mmap 0 5 rw", "1 write 0 1").slabs(2, 2);
        machine.run("1 mmap 5 5 rw").layout(1, "0-10 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("57: a root outlives its VMAs while a child maps its pages")
    void parentMapsAnew() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1").slabs(2, 3);
        machine.run("0 munmap 0 5").slabs(2, 2).page(1, 0).shared(1).walk(1, 1);
        machine.run("0 mmap 0 5 rw", "0 write 0 1").slabs(3, 3);
        machine.run("1 exit").slabs(1, 1);
    }

    @Test
    @DisplayName("58: a child with a hole passes it on")
    void holeIsInherited() {
        machine.run("0 mmap 0 6 rw", "0 write 0 6", "0 fork 1", "1 munmap 2 2").slabs(2, 5);
        machine.run("1 fork 2").layout(2, "0-2 rw-p", "4-6 rw-p").slabs(4, 11);
        machine.mapcounts(0, 0, 3, 3, 1, 1, 3, 3);
    }

    @Test
    @DisplayName("59: a faulted fork child that grows swallows an unfaulted neighbour")
    void growthSwallowsUnfaulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1", "1 mmap 8 2 rw")
                .vmas(1, 2)
                .slabs(2, 3);
        machine.run("1 mremap 0 5 inplace 8").layout(1, "0-10 rw-p").slabs(2, 3);
        machine.run("1 write 9 1").slabs(2, 3).walk(1, 9, 1, 1);
    }

    @Test
    @DisplayName("60: the heap of a parent grows as one VMA, that of a child gets a second one")
    void heap() {
        machine.run("0 brk 3").vmas(0, 1).slabs(0, 0);
        long heap = machine.space(0).vmas().get(0).start();
        machine.call(0, "write the heap", space -> space.write(heap, 1)).slabs(1, 1);
        machine.run("0 brk 5").vmas(0, 1).slabs(1, 1);
        machine.run("0 fork 1", "0 brk 8").vmas(0, 1).slabs(2, 3);
        machine.run("1 brk 8").vmas(1, 2).slabs(2, 3);
        machine.run("1 brk 10").vmas(1, 2);
        machine.run("1 brk 4", "0 brk 2").vmas(1, 1).vmas(0, 1);
    }
}
