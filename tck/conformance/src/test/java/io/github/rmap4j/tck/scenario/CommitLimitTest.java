package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.ENOMEM;

import io.github.rmap4j.api.MemoryManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With overcommit forbidden, what may be written privately is charged when it is mapped, not when it is touched. */
@DisplayName("The commit limit")
class CommitLimitTest {
    @RegisterExtension
    final Scenario machine =
            Scenario.with(MemoryManager.builder().strategy("anonvma").commitLimit(10));

    @Test
    @DisplayName("mmap of writable memory is charged, NORESERVE or not; read-only memory is free")
    void mmap() {
        machine.run("0 mmap 0 6 rw", "0 mmap 20 4 rw noreserve", "0 mmap 40 100 r")
                .vmas(0, 3);
        machine.fails(ENOMEM, "0 mmap 10 1 rw")
                .fails(ENOMEM, "0 mmap 6 1 rw noreserve")
                .vmas(0, 3);
        machine.run("0 munmap 2 1", "0 mmap 2 1 rw").fails(ENOMEM, "0 mmap 10 1 rw");
    }

    @Test
    @DisplayName("mprotect to writable is charged")
    void mprotect() {
        machine.run("0 mmap 0 20 r").fails(ENOMEM, "0 mprotect 0 11 rw").layout(0, "0-20 r--p");
        machine.run("0 mprotect 0 10 rw").fails(ENOMEM, "0 mprotect 10 1 rw").layout(0, "0-10 rw-p", "10-20 r--p");
        machine.run("0 mprotect 0 10 r").layout(0, "0-20 r--p").run("0 mprotect 10 10 rw");
    }

    @Test
    @DisplayName("fork is charged for all that the child inherits")
    void fork() {
        machine.run("0 mmap 0 6 rw", "0 write 0 6").fails(ENOMEM, "0 fork 1").slabs(1, 1);
        machine.mapcounts(0, 0, 1, 1, 1, 1, 1, 1);
        machine.run("0 munmap 5 1", "0 fork 1").fails(ENOMEM, "0 fork 2").slabs(2, 3);
        machine.run("1 exit", "0 fork 2", "2 munmap 0 5", "0 fork 3").slabs(2, 3);
    }

    @Test
    @DisplayName("growth by mremap and brk is charged, a move is not")
    void growth() {
        machine.run("0 mmap 0 6 rw", "0 write 0 6").fails(ENOMEM, "0 mremap 0 6 inplace 11");
        machine.fails(ENOMEM, "0 mremap 0 6 20 11").layout(0, "0-6 rw-p").entries(0, 0, "aaaaaa");
        machine.run("0 mremap 0 6 20 6", "0 mremap 20 6 0 8")
                .fails(ENOMEM, "0 brk 3")
                .run("0 brk 2");
        machine.fails(ENOMEM, "0 mmap 50 1 rw").run("0 mremap 0 8 inplace 7", "0 mmap 50 1 rw");
    }

    @Test
    @DisplayName("what MREMAP_DONTUNMAP leaves behind is charged, what replaces a mapping is not charged twice")
    void dontunmap() {
        machine.run("0 mmap 0 6 rw", "0 write 0 6")
                .fails(ENOMEM, "0 mremap 0 6 20 6 dontunmap")
                .slabs(1, 1);
        machine.run("0 mmap 0 6 rw replace", "0 write 0 6", "0 mmap 0 8 rw replace")
                .vmas(0, 1);
        machine.fails(ENOMEM, "0 mmap 0 11 rw replace").layout(0, "0-8 rw-p");
        machine.run("0 munmap 5 3", "0 mremap 0 5 20 5 dontunmap").fails(ENOMEM, "0 mmap 40 1 rw");
        machine.run("0 munmap 0 5", "0 mmap 40 5 rw");
    }
}
