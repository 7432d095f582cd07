package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.EAGAIN;
import static io.github.rmap4j.api.Errno.ENOMEM;
import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The limit on VMAs of an address space (vm.max_map_count), each operation with its own idea of what reaches it. */
@DisplayName("The map count limit")
class MapCountLimitTest {
    private static final int LIMIT = 10;

    @RegisterExtension
    final Scenario machine =
            Scenario.with(MemoryManager.builder().strategy("anonvma").maxMapCount(LIMIT));

    /** VMAs that nothing merges with, from page 100 on, until the process has {@code count} of them. */
    private void fillUpTo(int count) {
        int have = machine.space(0).mapCount();
        for (int i = have; i < count; i++) {
            machine.run("0 mmap " + (100 + 2 * i) + " 1 rw");
        }
        machine.vmas(0, count);
    }

    @Test
    @DisplayName("mmap reaches one VMA more than the limit, then fails even where it would merge or replace")
    void mmap() {
        machine.run("0 mmap 0 5 rw");
        fillUpTo(LIMIT + 1);
        machine.fails(ENOMEM, "0 mmap 50 1 rw").fails(ENOMEM, "0 mmap 5 1 rw").fails(ENOMEM, "0 mmap 0 5 r replace");
        machine.vmas(0, LIMIT + 1).run("0 munmap 0 5", "0 mmap 0 5 rw").vmas(0, LIMIT + 1);
    }

    @Test
    @DisplayName("brk fails beyond the limit even though the heap would only grow")
    void brk() {
        machine.run("0 brk 2");
        fillUpTo(LIMIT);
        machine.run("0 brk 4");
        fillUpTo(LIMIT + 1);
        machine.fails(ENOMEM, "0 brk 6").run("0 brk 1").vmas(0, LIMIT + 1);
    }

    @Test
    @DisplayName("at the limit nothing splits; madvise says EAGAIN")
    void split() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9");
        fillUpTo(LIMIT);
        machine.fails(ENOMEM, "0 mprotect 0 1 r").fails(ENOMEM, "0 mprotect 3 3 r");
        machine.fails(ENOMEM, "0 mlock 0 1").fails(ENOMEM, "0 mseal 0 1").fails(ENOMEM, "0 mbind 0 1 1");
        machine.fails(EAGAIN, "0 madvise 0 1 dontfork").fails(EAGAIN, "0 madvise 3 1 mergeable");
        machine.vmas(0, LIMIT).slabs(1, 1).run("0 mprotect 0 9 r").vmas(0, LIMIT);
    }

    @Test
    @DisplayName("one below the limit the middle is split off half way, and stays so")
    void splitHalfWay() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9");
        fillUpTo(LIMIT - 1);
        machine.fails(ENOMEM, "0 mprotect 3 3 r").vmas(0, LIMIT).slabs(1, 2);
        machine.run("0 write 0 9").mapcounts(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1).walk(0, 4, 1, 1);
    }

    @Test
    @DisplayName("munmap fails at the limit only when it punches a hole")
    void munmap() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9");
        fillUpTo(LIMIT);
        machine.fails(ENOMEM, "0 munmap 3 3")
                .fails(ENOMEM, "0 mmap 3 3 r replace")
                .entries(0, 0, "aaaaaaaaa");
        machine.run("0 munmap 8 1", "0 munmap 0 1").vmas(0, LIMIT).entries(0, 0, ".aaaaaaa.");
        fillUpTo(LIMIT + 1);
        machine.fails(ENOMEM, "0 munmap 3 3").run("0 munmap 1 1", "0 munmap 7 1", "0 munmap 2 5");
        machine.vmas(0, LIMIT).slabs(0, 0);
    }

    @Test
    @DisplayName("mremap to a fixed place needs five VMAs below the limit to spare")
    void mremapFixed() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5");
        fillUpTo(LIMIT - 6);
        machine.run("0 mremap 0 5 20 5", "0 mremap 20 5 0 5", "0 mremap 0 2 20 2 dontunmap");
        machine.vmas(0, LIMIT - 5).slabs(1, 2);
        machine.fails(ENOMEM, "0 mremap 20 2 30 2").fails(ENOMEM, "0 mremap 20 2 30 2 dontunmap");
        machine.vmas(0, LIMIT - 5).slabs(1, 2).entries(0, 0, "..aaa").entries(0, 20, "aa");
    }

    @Test
    @DisplayName("mremap that moves in order to grow needs three VMAs below the limit to spare")
    void mremapGrows() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 mmap 5 1 r");
        long size = 5 * PAGE_SIZE;
        fillUpTo(LIMIT - 3);
        Consumer<AddressSpace> grow =
                space -> space.mremap(Scenario.address(0), size, size + 4 * PAGE_SIZE, MapFlags.MREMAP_MAYMOVE, 0);
        machine.callFails(ENOMEM, 0, "mremap 0 5 maymove 9", grow);
        machine.vmas(0, LIMIT - 3).entries(0, 0, "aaaaa").slabs(1, 1);
        machine.run("0 munmap 104 1").vmas(0, LIMIT - 4);
        machine.call(0, "mremap 0 5 maymove 9", grow).vmas(0, LIMIT - 4).entries(0, 0, ".....");
        machine.slabs(1, 1);
    }

    @Test
    @DisplayName("growth in place and fork do not look at the limit")
    void unlimited() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5");
        fillUpTo(LIMIT + 1);
        machine.run("0 mremap 0 5 inplace 8", "0 mremap 0 8 inplace 4", "0 fork 1")
                .vmas(1, LIMIT + 1);
        machine.entries(1, 0, "aaaa.").slabs(2, 3);
    }
}
