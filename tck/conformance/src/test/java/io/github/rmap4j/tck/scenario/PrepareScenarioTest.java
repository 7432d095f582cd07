package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.ARENA_PAGE;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 1 to 13: the first anonymous content of a VMA, and which neighbour's anon_vma it shares. */
@DisplayName("Prepare and adjacency")
class PrepareScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("1: a read fault maps the zero page and prepares nothing")
    void readFault() {
        machine.run("0 mmap 0 10 rw", "0 read 0 4").layout(0, "0-10 rw-p").slabs(0, 0);
        machine.entries(0, 0, "zzzz......").mapcounts(0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    @DisplayName("2: a write on the zero page prepares the VMA")
    void writeFaultOnZeroPage() {
        machine.run("0 mmap 0 10 rw", "0 read 0 4", "0 write 0 1").vmas(0, 1).slabs(1, 1);
        machine.entries(0, 0, "azzz......");
        machine.page(0, 0).exclusive().index(ARENA_PAGE).walk(1, 1);
    }

    @Test
    @DisplayName("3: two unfaulted mappings merge")
    void unfaultedNeighbours() {
        machine.run("0 mmap 0 5 rw", "0 mmap 5 5 rw").layout(0, "0-10 rw-p").slabs(0, 0);
    }

    @Test
    @DisplayName("4: a new mapping merges into a faulted one")
    void faultedThenUnfaulted() {
        machine.run("0 mmap 0 5 rw", "0 write 0 1", "0 mmap 5 5 rw")
                .layout(0, "0-10 rw-p")
                .slabs(1, 1);
        machine.run("0 write 7 1").slabs(1, 1).page(0, 7).index(ARENA_PAGE + 7).walk(1, 1);
    }

    @Test
    @DisplayName("5: faulted rw beside unfaulted r merge when protections become equal")
    void protectionsBecomeEqual() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mmap 5 5 r");
        machine.layout(0, "0-5 rw-p", "5-10 r--p").slabs(1, 1);
        machine.run("0 mprotect 5 5 rw").layout(0, "0-10 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("6: neighbours that differ only in protection share one anon_vma and merge later")
    void sharedWithNext() {
        machine.run("0 mmap 0 5 rwx", "0 mmap 5 5 rw", "0 write 5 1").slabs(1, 1);
        machine.run("0 write 0 1").layout(0, "0-5 rwxp", "5-10 rw-p").slabs(1, 2);
        machine.walk(0, 0, 1, 1).walk(0, 5, 1, 1);
        machine.run("0 mprotect 0 5 rw").layout(0, "0-10 rw-p").slabs(1, 1);
        machine.walk(0, 0, 1, 1).walk(0, 5, 1, 1);
    }

    @Test
    @DisplayName("7: NORESERVE keeps neighbours apart")
    void noreserveBesideNormal() {
        machine.run("0 mmap 0 5 rw noreserve", "0 mmap 5 5 rw", "0 write 0 1", "0 write 5 1");
        machine.layout(0, "0-5 rw-p", "5-10 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("8: a gap of one page keeps neighbours apart")
    void gap() {
        machine.run("0 mmap 0 4 rw", "0 mmap 5 5 rw", "0 write 0 1", "0 write 5 1");
        machine.layout(0, "0-4 rw-p", "5-10 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("9: between two faulted neighbours the next one's anon_vma is shared")
    void nextBeforePrevious() {
        machine.run("0 mmap 0 3 rw", "0 mmap 3 3 rwx", "0 mmap 6 3 rw");
        machine.run("0 write 0 1", "0 write 6 1").slabs(2, 2);
        machine.run("0 write 3 1").vmas(0, 3).slabs(2, 3);
        machine.run("0 mprotect 3 3 rw").layout(0, "0-3 rw-p", "3-9 rw-p").slabs(2, 2);
        machine.walk(0, 0, 1, 1).walk(0, 3, 1, 1).walk(0, 6, 1, 1);
    }

    @Test
    @DisplayName("10: three neighbours written in order share one anon_vma")
    void sharedWithPrevious() {
        machine.run("0 mmap 0 3 rwx", "0 mmap 3 3 rw", "0 mmap 6 3 rwx");
        machine.run("0 write 0 1", "0 write 3 1", "0 write 6 1").vmas(0, 3).slabs(1, 3);
        machine.run("0 mprotect 3 3 rwx").layout(0, "0-9 rwxp").slabs(1, 1);
        machine.walk(0, 0, 1, 1).walk(0, 3, 1, 1).walk(0, 6, 1, 1);
    }

    @Test
    @DisplayName("11: the anon_vma of a forked VMA is not shared with a neighbour, its parent's is")
    void forkChildDoesNotShare() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 fork 1").slabs(2, 3);
        machine.run("1 mmap 5 5 rwx", "1 write 5 1").vmas(1, 2).slabs(3, 4);
        machine.run("0 mmap 5 5 rwx", "0 write 5 1").vmas(0, 2).slabs(3, 5);
        machine.walk(1, 5, 1, 1).walk(0, 5, 1, 1).walk(0, 4, 2, 2);
    }

    @Test
    @DisplayName("12: MAP_POPULATE of a writable mapping writes")
    void populateWritable() {
        machine.run("0 mmap 0 5 rw populate").vmas(0, 1).slabs(1, 1);
        machine.mapcounts(0, 0, 1, 1, 1, 1, 1).page(0, 4).exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("12: MAP_POPULATE of a read-only mapping maps zero pages")
    void populateReadOnly() {
        machine.run("0 mmap 0 5 r populate").vmas(0, 1).slabs(0, 0).entries(0, 0, "zzzzz.");
    }

    @Test
    @DisplayName("13: only a written page of a private file mapping is anonymous; fork copies file pages too")
    void privateFile() {
        machine.run("0 mmap 0 10 rw file=1:7", "0 read 0 10").slabs(0, 0).entries(0, 0, "ffffffffff");
        machine.run("0 write 0 1").vmas(0, 1).slabs(1, 1).entries(0, 0, "afffffffff");
        machine.page(0, 0).exclusive().index(7).walk(1, 1);
        machine.run("0 fork 1").vmas(1, 1).slabs(2, 3).entries(1, 0, "afffffffff");
        machine.page(1, 0).shared(2).walk(2, 2);
    }
}
