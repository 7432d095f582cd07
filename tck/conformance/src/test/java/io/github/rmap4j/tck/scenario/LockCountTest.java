package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.CostReport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How often each operation takes the root's rwsem, exactly as Linux does. */
@DisplayName("Acquisitions of the root anon_vma lock")
class LockCountTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    private void writes(int expected, String operation) {
        CostReport.LockCost before = machine.lock("anon_vma");
        machine.run(operation);
        CostReport.LockCost after = machine.lock("anon_vma");
        assertThat(after.writes() - before.writes())
                .as("writes by '%s'", operation)
                .isEqualTo(expected);
        assertThat(after.reads() - before.reads())
                .as("reads by '%s'", operation)
                .isZero();
    }

    @Test
    @DisplayName("the first anonymous page of a VMA: 1; every other fault: 0")
    void faults() {
        writes(0, "0 mmap 0 10 rw");
        writes(0, "0 read 0 5");
        writes(1, "0 write 0 1");
        writes(0, "0 write 1 9");
        writes(0, "0 madvise 0 5 dontneed");
        writes(0, "0 write 0 5");
        machine.run("0 fork 1");
        writes(0, "1 write 0 10");
        writes(0, "0 write 0 10");
    }

    @Test
    @DisplayName("prepare with a neighbour's anon_vma: 1")
    void prepareShared() {
        machine.run("0 mmap 0 3 rw", "0 mmap 3 3 rwx");
        writes(1, "0 write 0 1");
        writes(1, "0 write 3 1");
        machine.slabs(1, 2);
    }

    @Test
    @DisplayName("guard markers on an unfaulted VMA prepare: 1")
    void guards() {
        machine.run("0 mmap 0 5 rw");
        writes(1, "0 madvise 0 2 guard_install");
        writes(0, "0 madvise 2 2 guard_install");
        writes(0, "0 madvise 0 4 guard_remove");
    }

    @Test
    @DisplayName("fork of a faulted VMA: 2, with reuse: 1, of an unfaulted VMA: 0")
    void fork() {
        machine.run("0 mmap 0 4 rw", "0 mmap 10 4 rw");
        writes(0, "0 fork 9");
        machine.run("9 exit", "0 write 0 4");
        writes(2, "0 fork 1");
        writes(2, "1 fork 2");
        machine.run("1 exit");
        writes(1, "2 fork 3");
        writes(2, "2 fork 4");
    }

    @Test
    @DisplayName("fork of three pieces: 2 each; what is not inherited: 0")
    void forkOfPieces() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mprotect 3 3 r");
        writes(6, "0 fork 1");
        machine.run("0 madvise 3 3 dontfork", "0 madvise 6 3 wipeonfork");
        writes(2, "0 fork 2");
    }

    @Test
    @DisplayName("split: 2, of an unfaulted VMA: 0")
    void split() {
        machine.run("0 mmap 0 12 rw", "0 mmap 20 9 rw", "0 write 0 1");
        writes(2, "0 mprotect 0 3 r");
        writes(4, "0 mprotect 6 3 r");
        writes(0, "0 mprotect 23 3 r");
        machine.vmas(0, 7);
    }

    @Test
    @DisplayName("merge: 1, and 1 for each faulted VMA that is removed")
    void merge() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mprotect 3 3 r");
        writes(3, "0 mprotect 3 3 rw");
        machine.run("0 mprotect 0 3 r");
        writes(2, "0 mprotect 0 3 rw");
        machine.run("0 mprotect 6 3 r");
        writes(2, "0 mprotect 6 3 rw");
        machine.layout(0, "0-9 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("merge into an unfaulted VMA: 1 more for taking over the anonymous state")
    void mergeIntoUnfaulted() {
        machine.run("0 mmap 0 5 r noreserve", "0 mmap 5 5 rw noreserve", "0 write 5 5");
        writes(2, "0 mprotect 5 2 r");
        writes(1, "0 mprotect 7 1 r");
        writes(2, "0 mprotect 8 2 r");
        machine.layout(0, "0-10 r--p").slabs(1, 1);
    }

    @Test
    @DisplayName("merge of a whole faulted VMA into an unfaulted one: 3")
    void mergeWholeIntoUnfaulted() {
        machine.run("0 mmap 0 5 r noreserve", "0 mmap 5 5 rw noreserve", "0 write 5 5");
        writes(3, "0 mprotect 5 5 r");
        machine.layout(0, "0-10 r--p").slabs(1, 1);
    }

    @Test
    @DisplayName("a mapping beside a faulted VMA: 1, that joins two pieces: 2, beside an unfaulted one: 0")
    void expand() {
        machine.run("0 mmap 0 3 rw", "0 mmap 20 3 rw", "0 write 0 1");
        writes(1, "0 mmap 3 3 rw");
        writes(0, "0 mmap 23 3 rw");
        writes(0, "0 mmap 40 3 rw");
        machine.run("0 munmap 2 2");
        writes(2, "0 mmap 2 2 rw");
        machine.layout(0, "0-6 rw-p", "20-26 rw-p", "40-43 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("munmap: 1, of an end: 3, of the middle: 5, of an unfaulted VMA: 0")
    void munmap() {
        machine.run("0 mmap 0 20 rw", "0 mmap 30 20 rw", "0 write 0 20");
        writes(3, "0 munmap 18 2");
        writes(3, "0 munmap 0 2");
        writes(5, "0 munmap 10 2");
        writes(1, "0 munmap 2 8");
        writes(0, "0 munmap 35 2");
        writes(1, "0 munmap 0 100");
        machine.vmas(0, 0);
    }

    @Test
    @DisplayName("exit: 1 for each faulted VMA")
    void exit() {
        machine.run("0 mmap 0 9 rw", "0 mmap 20 9 rw", "0 write 0 9", "0 mprotect 3 3 r", "0 fork 1");
        writes(3, "1 exit");
        writes(3, "0 exit");
    }

    @Test
    @DisplayName("mremap of a whole VMA: 2, of the middle: 6, of an unfaulted VMA: 0")
    void mremap() {
        machine.run("0 mmap 0 9 rw", "0 mmap 20 5 rw", "0 write 0 9");
        writes(0, "0 mremap 20 5 30 5");
        writes(2, "0 mremap 0 9 40 9");
        writes(6, "0 mremap 43 3 60 3");
        machine.vmas(0, 4).slabs(1, 3);
    }

    @Test
    @DisplayName("mremap home between its neighbours: 2 to merge, 1 to keep walks out of the move, 1 to unmap")
    void mremapHome() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mremap 3 3 20 3");
        writes(4, "0 mremap 20 3 3 3");
        machine.layout(0, "0-9 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("mremap home behind its predecessor: 1 to merge, 1 to keep walks out of the move, 1 to unmap")
    void mremapHomeBehind() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mremap 3 6 20 6");
        writes(3, "0 mremap 20 6 3 6");
        machine.layout(0, "0-9 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("DONTUNMAP of a whole VMA: 2, of a half: 1")
    void dontunmap() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9");
        writes(2, "0 mremap 0 9 20 9 dontunmap");
        writes(1, "0 mremap 20 5 40 5 dontunmap");
        machine.slabs(1, 2);
    }

    @Test
    @DisplayName("growth in place: 1; shrinking: 3")
    void resize() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5");
        writes(1, "0 mremap 0 5 inplace 9");
        writes(3, "0 mremap 0 9 inplace 4");
    }

    @Test
    @DisplayName("growth of a stack: 1, and 1 more to prepare it")
    void stack() {
        machine.run("0 mmap 1000 2 rw growsdown");
        writes(2, "0 write 999 1");
        writes(1, "0 write 995 1");
        writes(0, "0 write 996 1");
    }

    @Test
    @DisplayName("a walk: 1 read")
    void walk() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1", "1 fork 2");
        CostReport.LockCost before = machine.lock("anon_vma");
        machine.page(2, 3).walk(3, 3);
        CostReport.LockCost after = machine.lock("anon_vma");
        assertThat(after.reads() - before.reads()).isEqualTo(1);
        assertThat(after.writes()).isEqualTo(before.writes());
    }
}
