package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.VmFlags.VM_MERGEABLE;
import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pages of equal content become one: scenarios 71, 89 and 94 (KSM). */
@DisplayName("KSM")
class KsmScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    private void merged(int pages) {
        machine.run("0 mmap 0 " + pages + " rw", "0 madvise 0 " + pages + " mergeable", "0 fill 0 " + pages + " 42");
        machine.run("0 ksm", "0 ksm");
    }

    @Test
    @DisplayName("71: 80 equal pages become one that is mapped 80 times, 160 after a fork; a write always copies")
    void manyPages() {
        merged(80);
        machine.mapcounts(0, 0, 80, 80).mapcounts(0, 79, 80);
        machine.run("0 fork 1").mapcounts(1, 3, 160);
        machine.page(0, 0).shared(160);
        machine.run("1 write 3 1").mapcounts(1, 3, 1).mapcounts(0, 3, 159);
        machine.page(1, 3).exclusive().wrote("own");
        machine.run("1 exit").mapcounts(0, 3, 80);
    }

    @Test
    @DisplayName("even the last mapping of a merged page is copied by a write")
    void lastMapping() {
        merged(2);
        long frame = machine.frame(0, 0);
        machine.run("0 munmap 1 1").mapcounts(0, 0, 1).run("0 write 0 1");
        assertThat(machine.frame(0, 0)).isNotEqualTo(frame);
        machine.page(0, 0).exclusive();
    }

    @Test
    @DisplayName("a page is merged only when it has not changed since the last scan, unless it equals a merged one")
    void twoScans() {
        machine.run("0 mmap 0 4 rw", "0 madvise 0 4 mergeable", "0 fill 0 2 7", "0 ksm")
                .mapcounts(0, 0, 1, 1);
        machine.run("0 fill 0 2 8", "0 ksm").mapcounts(0, 0, 1, 1);
        machine.run("0 ksm").mapcounts(0, 0, 2, 2);
        machine.run("0 fill 2 1 8", "0 ksm").mapcounts(0, 0, 3, 3, 3);
        machine.run("0 fill 3 1 9", "0 ksm", "0 ksm").mapcounts(0, 3, 1);
    }

    @Test
    @DisplayName("unrelated processes share a merged page; a walk finds it in all of them and in their children")
    void walk() {
        machine.run("0 fork 1");
        for (int process = 0; process < 2; process++) {
            machine.run(process + " prctl merge", process + " mmap 0 2 rw", process + " fill 0 2 5");
        }
        machine.run("0 ksm", "0 ksm").mapcounts(0, 0, 4).mapcounts(1, 1, 4);
        machine.run("1 fork 2").mapcounts(2, 0, 6);
        machine.page(2, 1).walk(6, 6);
        machine.run("0 write 0 1");
        machine.page(2, 1).walk(6, 5);
        machine.run("1 exit");
        machine.page(2, 1).walk(4, 3);
    }

    @Test
    @DisplayName("UNMERGEABLE and the end of prctl give back pages of one's own; the flag keeps VMAs apart (29)")
    void unmerge() {
        merged(4);
        machine.run("0 madvise 0 2 unmergeable").vmas(0, 2).mapcounts(0, 0, 1, 1, 2, 2);
        machine.page(0, 0).exclusive();
        machine.run("0 madvise 2 2 unmergeable").vmas(0, 1).mapcounts(0, 2, 1, 1);
        machine.run("0 prctl merge", "0 ksm", "0 ksm").mapcounts(0, 0, 4).flags(0, 0, VM_MERGEABLE, 0);
        machine.run("0 prctl nomerge").mapcounts(0, 0, 1, 1, 1, 1).flags(0, 0, 0, VM_MERGEABLE);
    }

    @Test
    @DisplayName("mremap gives the moved part pages of its own first")
    void mremap() {
        merged(6);
        machine.run("0 mremap 0 2 100 2").mapcounts(0, 100, 1, 1).mapcounts(0, 2, 4);
        machine.page(0, 101).walk(1, 1);
        machine.page(0, 2).walk(4, 4);
    }

    @Test
    @DisplayName("89: neighbours merge before and after PR_SET_MEMORY_MERGE, which children inherit")
    void neighbours() {
        machine.run("0 mmap 0 2 rw", "0 mmap 2 2 rw").vmas(0, 1);
        machine.run("0 prctl merge", "0 mmap 4 2 rw").vmas(0, 1).flags(0, 5, VM_MERGEABLE, 0);
        machine.run("0 fork 1", "1 mmap 8 2 rw").flags(1, 8, VM_MERGEABLE, 0);
        machine.run("1 mmap 12 2 rw shared").flags(1, 12, 0, VM_MERGEABLE);
    }

    @Test
    @DisplayName("94: a merged page that is migrated stays merged in every process")
    void migrate() {
        for (int process = 1; process < 4; process++) {
            machine.run("0 fork " + process);
            machine.run(process + " prctl merge", process + " mmap 0 1 rw", process + " fill 0 1 5");
        }
        machine.run("0 ksm", "0 ksm", "3 fork 4").mapcounts(2, 0, 4);
        long frame = machine.frame(1, 0);
        machine.run("2 migrate 0 1").mapcounts(1, 0, 4).mapcounts(4, 0, 4);
        assertThat(machine.frame(4, 0)).isNotEqualTo(frame).isEqualTo(machine.frame(1, 0));
        machine.run("2 migrate 0 1", "1 write 0 1").mapcounts(4, 0, 3);
    }

    @Test
    @DisplayName("a merged page is swapped out once; each reader gets a copy, which can be merged again")
    void swap() {
        merged(3);
        machine.run("0 fork 1", "0 swapout 0 1")
                .entries(0, 0, "sss")
                .entries(1, 0, "sss")
                .swapSlots(1);
        machine.run("0 read 0 3", "1 read 0 2")
                .mapcounts(0, 0, 1, 1, 1)
                .mapcounts(1, 0, 1, 1)
                .swapSlots(1);
        machine.call(1, "reads", space -> assertThat(space.read(address(2))).isEqualTo(42));
        machine.swapSlots(0).run("0 ksm", "0 ksm").mapcounts(0, 0, 6);
    }

    @Test
    @DisplayName("memory failure takes a merged page from everybody")
    void poison() {
        merged(2);
        machine.run("0 fork 1", "1 poison 1").entries(0, 0, "pp").entries(1, 0, "pp");
    }

    @Test
    @DisplayName("a page that a relative maps as well is merged only into one that is merged already")
    void sharedByFork() {
        machine.run("0 mmap 0 1 rw", "0 madvise 0 1 mergeable", "0 fill 0 1 5", "0 fork 1");
        machine.run("0 ksm", "0 ksm").mapcounts(0, 0, 2);
        machine.run("0 mmap 8 2 rw", "0 madvise 8 2 mergeable", "0 fill 8 2 5", "0 ksm", "0 ksm", "0 ksm");
        machine.mapcounts(0, 8, 4, 4).mapcounts(0, 0, 4).mapcounts(1, 0, 4);
    }
}
