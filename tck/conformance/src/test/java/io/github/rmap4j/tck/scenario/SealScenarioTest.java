package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.EINVAL;
import static io.github.rmap4j.api.Errno.ENOMEM;
import static io.github.rmap4j.api.Errno.EPERM;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What mseal forbids, and what a refused operation has done before it came to the sealed VMA. */
@DisplayName("Sealed memory")
class SealScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    private void sealedUpperHalf() {
        machine.run("0 mmap 0 8 rw", "0 write 0 8", "0 mseal 4 4");
        machine.layout(0, "0-4 rw-p", "4-8 rw-p").slabs(1, 2);
    }

    @Test
    @DisplayName("mseal of a range with a gap seals nothing")
    void gap() {
        machine.run("0 mmap 0 4 rw", "0 mmap 6 4 rw")
                .fails(ENOMEM, "0 mseal 2 6")
                .vmas(0, 2);
        machine.fails(ENOMEM, "0 mseal 20 1").run("0 mseal 2 0", "0 munmap 0 10");
    }

    @Test
    @DisplayName("munmap fails as a whole")
    void munmap() {
        sealedUpperHalf();
        machine.fails(EPERM, "0 munmap 4 1").fails(EPERM, "0 munmap 0 8");
        machine.layout(0, "0-4 rw-p", "4-8 rw-p").entries(0, 0, "aaaaaaaa").slabs(1, 2);
    }

    @Test
    @DisplayName("mmap over it fails; the split at the edge remains")
    void replace() {
        sealedUpperHalf();
        machine.fails(EPERM, "0 mmap 3 2 rw replace").layout(0, "0-3 rw-p", "3-4 rw-p", "4-8 rw-p");
        machine.entries(0, 0, "aaaaaaaa").slabs(1, 3);
    }

    @Test
    @DisplayName("mprotect changes what lies below it; the same protection is refused, too")
    void mprotect() {
        sealedUpperHalf();
        machine.fails(EPERM, "0 mprotect 0 8 r").layout(0, "0-4 r--p", "4-8 rw-p");
        machine.fails(EPERM, "0 mprotect 4 1 rw")
                .fails(EPERM, "0 mprotect 5 1 none")
                .vmas(0, 2);
    }

    @Test
    @DisplayName("mremap neither moves nor resizes nor replaces it")
    void mremap() {
        sealedUpperHalf();
        machine.fails(EPERM, "0 mremap 4 4 20 4").fails(EPERM, "0 mremap 4 4 inplace 2");
        machine.fails(EPERM, "0 mremap 4 4 inplace 9").fails(EPERM, "0 mremap 0 1 5 1");
        machine.layout(0, "0-4 rw-p", "4-8 rw-p").entries(0, 0, "aaaaaaaa").slabs(1, 2);
    }

    @Test
    @DisplayName("madvise drops pages only where a process could write")
    void madvise() {
        sealedUpperHalf();
        machine.run("0 madvise 4 1 dontneed", "0 madvise 5 1 guard_install").entries(0, 4, ".gaa");
        machine.run("0 mmap 20 2 r", "0 mseal 20 2").fails(EPERM, "0 madvise 20 1 dontneed");
        machine.fails(EPERM, "0 madvise 20 1 free").fails(EPERM, "0 madvise 20 1 guard_install");
        machine.fails(EPERM, "0 madvise 20 1 dontfork").fails(EPERM, "0 madvise 20 1 wipeonfork");
        machine.run("0 madvise 20 1 cold").vmas(0, 3);
    }

    @Test
    @DisplayName("madvise drops pages of a sealed private file mapping")
    void madviseFile() {
        machine.run("0 mmap 0 2 rw file=1:0", "0 write 0 1", "0 mprotect 0 2 r", "0 mseal 0 2");
        machine.fails(EINVAL, "0 madvise 0 1 free")
                .fails(EINVAL, "0 madvise 0 1 wipeonfork")
                .mapcounts(0, 0, 1);
        machine.run("0 madvise 0 2 dontneed").mapcounts(0, 0, 0).slabs(1, 1);
    }

    @Test
    @DisplayName("content, policy and locks may change, and a child inherits the seal")
    void whatIsAllowed() {
        sealedUpperHalf();
        machine.run("0 write 4 4", "0 mbind 4 1 2", "0 mlock 6 1", "0 munlock 6 1")
                .vmas(0, 3);
        machine.run("0 mbind 4 1 0").vmas(0, 2);
        machine.run("0 fork 1").fails(EPERM, "1 munmap 4 4").run("1 write 4 1").slabs(3, 6);
    }
}
