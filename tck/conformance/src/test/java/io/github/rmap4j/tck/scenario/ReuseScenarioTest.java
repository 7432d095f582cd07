package io.github.rmap4j.tck.scenario;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 41 to 49: an anon_vma that no VMA uses any more and that has at most one child is used again by fork. */
@DisplayName("Fork and reuse of ancestors")
class ReuseScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("41: the anon_vma of an exited parent is reused once")
    void reusedOnce() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "1 fork 2").slabs(3, 6);
        machine.run("1 exit").slabs(3, 4).walk(0, 0, 2, 2);
        machine.run("2 fork 3").slabs(3, 7).walk(0, 0, 3, 3);
        machine.run("2 fork 4").slabs(4, 11).walk(0, 0, 4, 4);
        // P3's anon_vma is that of P1, in whose tree P2 and P4 are, too.
        machine.run("3 write 0 1").walk(3, 0, 3, 1);
        machine.run("4 write 0 1").walk(4, 0, 1, 1);
    }

    @Test
    @DisplayName("42: an anon_vma with two children is not reused")
    void twoChildren() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "1 fork 2", "1 fork 3")
                .slabs(4, 9);
        machine.run("1 exit").slabs(4, 7);
        machine.run("2 fork 4").slabs(5, 11).walk(4, 0, 4, 4);
    }

    @Test
    @DisplayName("43: the oldest reusable ancestor is taken first")
    void oldestFirst() {
        machine.run("0 mmap 0 4 rw", "0 write 0 3", "0 fork 1", "1 fork 2", "2 fork 3")
                .slabs(4, 10);
        machine.run("1 exit", "2 exit").slabs(4, 5);
        machine.run("3 fork 4").slabs(4, 9);
        machine.run("4 fork 5").slabs(4, 13);
        machine.run("5 fork 6").slabs(5, 18);
        // A page that P4 has alone is looked for in P3, P4, P5 and P6, all cloned from P1 whose anon_vma P4 has.
        machine.run("4 write 3 1").page(4, 3).exclusive().walk(4, 1);
        machine.run("5 write 3 1").page(5, 3).exclusive().walk(4, 1);
        machine.run("6 write 3 1").page(6, 3).exclusive().walk(1, 1);
        machine.walk(0, 0, 5, 5);
    }

    @Test
    @DisplayName("43: which ancestor is taken decides what is left for the next fork")
    void oldestFirstMatters() {
        machine.run("0 mmap 0 4 rw", "0 write 0 3", "0 fork 1", "1 fork 2", "2 fork 3", "3 fork 4")
                .slabs(5, 15);
        machine.run("3 exit", "1 exit").slabs(5, 9);
        // The anon_vmas of P1 and P3 are idle. P5 takes P1's, in whose tree P2 is, too; so nothing is left for P2's
        // child.
        machine.run("4 fork 5").slabs(5, 14).run("5 write 3 1").walk(5, 3, 3, 1);
        machine.run("2 fork 6").slabs(6, 18);
    }

    @Test
    @DisplayName("44: a root is not reused")
    void rootIsNotReused() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "0 exit").slabs(2, 2);
        machine.run("1 fork 2").slabs(3, 5);
        machine.run("1 exit").slabs(3, 3).walk(2, 0, 1, 1);
        machine.run("2 exit").slabs(0, 0);
    }

    @Test
    @DisplayName("45: an idle leaf is reused; the folios of its dead owner were moved away (CVE-2022-42703)")
    void idleLeaf() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "1 fork 2", "1 exit", "2 fork 3")
                .slabs(3, 7);
        machine.run("2 exit").slabs(3, 4);
        machine.run("3 fork 4").slabs(3, 7).walk(4, 0, 3, 3);
        machine.run("3 mprotect 0 2 r", "3 mprotect 0 2 rw").vmas(3, 1).slabs(3, 7);
        machine.run("4 munmap 1 1").slabs(3, 10).walk(0, 3, 3, 3);
    }

    @Test
    @DisplayName("46: a parent that unmaps is like one that exits")
    void parentUnmaps() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "1 fork 2").slabs(3, 6);
        machine.run("1 munmap 0 4").slabs(3, 4);
        machine.run("2 fork 3").slabs(3, 7);
        machine.run("2 fork 4").slabs(4, 11).walk(0, 0, 4, 4);
    }

    @Test
    @DisplayName("47: a reused anon_vma that has two children is not reused again")
    void reusedHasTwoChildren() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "1 fork 2", "1 exit", "2 fork 3")
                .slabs(3, 7);
        machine.run("3 fork 4").slabs(4, 11);
        machine.run("3 exit").slabs(4, 8);
        machine.run("4 fork 5").slabs(5, 13);
        machine.walk(5, 0, 4, 4);
    }

    @Test
    @DisplayName("48: a daemon whose parent exits after each fork stays at three anon_vmas")
    void forkingDaemon() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "0 exit").slabs(2, 2);
        for (int generation = 1; generation < 7; generation++) {
            int child = generation + 1;
            machine.run(generation + " fork " + child, generation + " exit").slabs(3, 3);
            machine.page(child, 0).shared(1).walk(1, 1);
        }
    }

    @Test
    @DisplayName("49: children that exit leave nothing behind")
    void childrenExit() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4");
        for (int child = 1; child < 6; child++) {
            machine.run("0 fork " + child).slabs(2, 3);
            machine.run(child + " exit").slabs(1, 1).page(0, 0).shared(1).walk(1, 1);
        }
    }
}
