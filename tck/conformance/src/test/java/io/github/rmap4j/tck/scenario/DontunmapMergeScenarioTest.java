package io.github.rmap4j.tck.scenario;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Scenario 92, merge_with_fork of the kernel's merge.c: a faulted VMA comes home with MREMAP_DONTUNMAP. Unless it is a
 * fork child it merges with unfaulted neighbours, which must take over its anonymous state: Linux 6.16 forgot to, and
 * pages were left without an anon_vma.
 */
@DisplayName("selftests/mm/merge.c, merge_with_fork")
class DontunmapMergeScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("92: to an unfaulted previous VMA")
    void unfaultedPrevious() {
        machine.run("0 mmap 4 3 rw", "0 write 4 1", "0 mremap 4 3 20 3", "0 mmap 1 3 rw")
                .slabs(1, 1);
        machine.run("0 mremap 20 3 4 3 dontunmap")
                .layout(0, "1-7 rw-p", "20-23 rw-p")
                .slabs(1, 1);
        machine.page(0, 4).exclusive().walk(1, 1);
        machine.run("0 write 1 1").slabs(1, 1).run("0 write 20 1").slabs(2, 2);
    }

    @Test
    @DisplayName("92: to an unfaulted previous VMA, forked")
    void unfaultedPreviousForked() {
        machine.run("0 mmap 4 3 rw", "0 write 4 1", "0 fork 1");
        machine.run("1 mremap 4 3 20 3", "1 mmap 1 3 rw").slabs(2, 3);
        machine.run("1 mremap 20 3 4 3 dontunmap").layout(1, "1-4 rw-p", "4-7 rw-p", "20-23 rw-p");
        machine.slabs(2, 3).page(1, 4).shared(2).walk(2, 2);
    }

    @Test
    @DisplayName("92: to an unfaulted next VMA")
    void unfaultedNext() {
        machine.run("0 mmap 1 3 rw", "0 write 1 1", "0 mremap 1 3 20 3", "0 mmap 4 3 rw")
                .slabs(1, 1);
        machine.run("0 mremap 20 3 1 3 dontunmap")
                .layout(0, "1-7 rw-p", "20-23 rw-p")
                .slabs(1, 1);
        machine.page(0, 1).exclusive().walk(1, 1);
        machine.run("0 write 6 1").slabs(1, 1).walk(0, 6, 1, 1);
    }

    @Test
    @DisplayName("92: to an unfaulted next VMA, forked")
    void unfaultedNextForked() {
        machine.run("0 mmap 1 3 rw", "0 write 1 1", "0 fork 1");
        machine.run("1 mremap 1 3 20 3", "1 mmap 4 3 rw").slabs(2, 3);
        machine.run("1 mremap 20 3 1 3 dontunmap").layout(1, "1-4 rw-p", "4-7 rw-p", "20-23 rw-p");
        machine.slabs(2, 3).page(1, 1).shared(2).walk(2, 2);
    }

    @Test
    @DisplayName("92: between two unfaulted VMAs")
    void unfaultedBoth() {
        machine.run("0 mmap 4 3 rw", "0 write 4 1", "0 mremap 4 3 20 3", "0 mmap 1 3 rw", "0 mmap 7 3 rw");
        machine.slabs(1, 1);
        machine.run("0 mremap 20 3 4 3 dontunmap")
                .layout(0, "1-10 rw-p", "20-23 rw-p")
                .slabs(1, 1);
        machine.page(0, 4).exclusive().walk(1, 1);
        machine.run("0 write 1 1", "0 write 9 1").slabs(1, 1).walk(0, 1, 1, 1).walk(0, 9, 1, 1);
    }

    @Test
    @DisplayName("92: between two unfaulted VMAs, forked")
    void unfaultedBothForked() {
        machine.run("0 mmap 4 3 rw", "0 write 4 1", "0 fork 1");
        machine.run("1 mremap 4 3 20 3", "1 mmap 1 3 rw", "1 mmap 7 3 rw").slabs(2, 3);
        machine.run("1 mremap 20 3 4 3 dontunmap");
        machine.layout(1, "1-4 rw-p", "4-7 rw-p", "7-10 rw-p", "20-23 rw-p").slabs(2, 3);
        machine.page(1, 4).shared(2).walk(2, 2);
    }

    @Test
    @DisplayName("92: between an unfaulted and a faulted VMA")
    void unfaultedPreviousFaultedNext() {
        machine.run("0 mmap 4 6 rw", "0 write 4 1", "0 mremap 4 3 20 3", "0 mmap 1 3 rw")
                .slabs(1, 2);
        machine.run("0 mremap 20 3 4 3 dontunmap")
                .layout(0, "1-10 rw-p", "20-23 rw-p")
                .slabs(1, 1);
        machine.page(0, 4).exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("92: between an unfaulted and a faulted VMA, forked")
    void unfaultedPreviousFaultedNextForked() {
        machine.run("0 mmap 4 6 rw", "0 write 4 1", "0 fork 1", "1 mremap 4 3 20 3", "1 mmap 1 3 rw")
                .slabs(2, 5);
        machine.run("1 mremap 20 3 4 3 dontunmap");
        machine.layout(1, "1-4 rw-p", "4-10 rw-p", "20-23 rw-p").slabs(2, 3);
        machine.page(1, 4).shared(2).walk(2, 2);
    }
}
