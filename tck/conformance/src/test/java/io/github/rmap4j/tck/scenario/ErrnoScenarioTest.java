package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.EEXIST;
import static io.github.rmap4j.api.Errno.EFAULT;
import static io.github.rmap4j.api.Errno.EINVAL;
import static io.github.rmap4j.api.Errno.ENOMEM;
import static io.github.rmap4j.api.VmFlags.VM_DONTCOPY;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which errno an operation fails with, and what it leaves: the parts it had completed stay done. */
@DisplayName("Errors")
class ErrnoScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("mmap: EEXIST where something is mapped, EINVAL without a length")
    void mmap() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5");
        machine.fails(EEXIST, "0 mmap 4 3 rw").fails(EEXIST, "0 mmap 1 2 r").fails(EINVAL, "0 mmap 10 0 rw");
        machine.layout(0, "0-5 rw-p").entries(0, 0, "aaaaa..").slabs(1, 1);
    }

    @Test
    @DisplayName("munmap: EINVAL without a length; nothing mapped is no error")
    void munmap() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5")
                .fails(EINVAL, "0 munmap 0 0")
                .layout(0, "0-5 rw-p");
        machine.run("0 munmap 10 5", "0 munmap 4 20").layout(0, "0-4 rw-p").entries(0, 0, "aaaa.");
    }

    @Test
    @DisplayName("mprotect: ENOMEM at a gap, what lies below it is changed")
    void mprotectGap() {
        machine.run("0 mmap 0 3 rw", "0 mmap 3 3 rwx", "0 mmap 8 3 rw", "0 write 0 6", "0 write 8 3");
        machine.fails(ENOMEM, "0 mprotect 1 9 r").layout(0, "0-1 rw-p", "1-6 r--p", "8-11 rw-p");
        machine.slabs(2, 3).fails(EFAULT, "0 write 1 1").run("0 write 0 1", "0 write 8 3");
    }

    @Test
    @DisplayName("mprotect: ENOMEM when it starts in a gap, nothing is changed; no length is no error")
    void mprotectStartsInGap() {
        machine.run("0 mmap 3 3 rw").fails(ENOMEM, "0 mprotect 2 4 r").layout(0, "3-6 rw-p");
        machine.fails(ENOMEM, "0 mprotect 20 1 r").run("0 mprotect 20 0 r", "0 mprotect 3 0 none");
        machine.layout(0, "3-6 rw-p");
    }

    @Test
    @DisplayName("write: EFAULT at the first page that cannot be written, the pages before are written")
    void write() {
        machine.run("0 mmap 0 5 rw", "0 mprotect 3 1 r")
                .fails(EFAULT, "0 write 0 5")
                .entries(0, 0, "aaa..");
        machine.fails(EFAULT, "0 write 3 1").fails(EFAULT, "0 write 5 1").run("0 write 4 1");
        machine.entries(0, 0, "aaa.a").slabs(2, 2);
    }

    @Test
    @DisplayName("read: EFAULT where nothing is readable, the pages before are mapped")
    void read() {
        machine.run("0 mmap 0 5 r", "0 mprotect 3 1 none")
                .fails(EFAULT, "0 read 0 5")
                .entries(0, 0, "zzz..");
        machine.fails(EFAULT, "0 read 3 1").fails(EFAULT, "0 read 5 1").slabs(0, 0);
    }

    @Test
    @DisplayName("guard: EFAULT until it is removed")
    void guard() {
        machine.run("0 mmap 0 5 rw", "0 write 0 5", "0 madvise 2 2 guard_install")
                .entries(0, 0, "aagga");
        machine.fails(EFAULT, "0 read 0 5").fails(EFAULT, "0 write 3 1");
        machine.fails(EFAULT, "0 madvise 2 1 populate_read").fails(EFAULT, "0 madvise 0 5 populate_write");
        machine.run("0 madvise 3 1 guard_remove", "0 write 3 1").entries(0, 0, "aagaa");
    }

    @Test
    @DisplayName("mremap: EFAULT where nothing is mapped, EINVAL for malformed ranges")
    void mremap() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4");
        machine.fails(EFAULT, "0 mremap 10 2 20 2").fails(EFAULT, "0 mremap 10 2 inplace 2");
        machine.fails(EINVAL, "0 mremap 0 2 20 0").fails(EINVAL, "0 mremap 0 0 20 2");
        machine.fails(EINVAL, "0 mremap 0 2 inplace 0").fails(EINVAL, "0 mremap 0 2 1 2");
        machine.fails(EINVAL, "0 mremap 1 2 0 2").fails(EINVAL, "0 mremap 0 2 20 4 dontunmap");
        machine.layout(0, "0-4 rw-p").entries(0, 0, "aaaa").slabs(1, 1);
    }

    @Test
    @DisplayName("mremap: ENOMEM when it cannot grow in place")
    void mremapNoRoom() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mmap 6 2 r");
        machine.fails(ENOMEM, "0 mremap 0 4 inplace 7").fails(ENOMEM, "0 mremap 0 2 inplace 3");
        machine.layout(0, "0-4 rw-p", "6-8 r--p").slabs(1, 1);
    }

    @Test
    @DisplayName("mremap: EFAULT when it grows more than one VMA")
    void mremapGrowsTwo() {
        machine.run("0 mmap 0 4 rw", "0 mmap 4 4 r", "0 write 0 4");
        machine.fails(EFAULT, "0 mremap 2 4 20 6").fails(EFAULT, "0 mremap 2 4 inplace 6");
        machine.layout(0, "0-4 rw-p", "4-8 r--p").entries(0, 0, "aaaa").slabs(1, 1);
    }

    @Test
    @DisplayName("mremap: EFAULT when it starts in a gap, nothing is unmapped; a gap at its end is no error")
    void mremapGapAtStart() {
        machine.run("0 mmap 2 4 rw", "0 write 2 4", "0 mmap 20 6 rw", "0 write 20 6");
        machine.fails(EFAULT, "0 mremap 0 6 20 6").layout(0, "2-6 rw-p", "20-26 rw-p");
        machine.entries(0, 20, "aaaaaa").slabs(2, 2);
        machine.run("0 mremap 4 6 20 6").layout(0, "2-4 rw-p", "20-22 rw-p", "22-26 rw-p");
    }

    @Test
    @DisplayName("madvise: ENOMEM for a gap, but what is mapped beyond it is advised")
    void madviseGap() {
        machine.run("0 mmap 0 3 rw", "0 mmap 5 3 rw", "0 write 0 3", "0 write 5 3");
        machine.fails(ENOMEM, "0 madvise 0 7 dontneed").entries(0, 0, ".......a");
        machine.fails(ENOMEM, "0 madvise 0 8 dontfork");
        machine.flags(0, 0, VM_DONTCOPY, 0).flags(0, 7, VM_DONTCOPY, 0);
        machine.fails(ENOMEM, "0 madvise 20 1 dontneed").run("0 madvise 20 0 dontneed");
    }

    @Test
    @DisplayName("madvise: EINVAL for a locked VMA, what lies below it is advised, what lies above is not")
    void madviseLocked() {
        machine.run("0 mmap 0 9 rw", "0 write 0 9", "0 mlock 3 3").fails(EINVAL, "0 madvise 0 9 dontneed");
        machine.entries(0, 0, "...aaaaaa");
        machine.fails(EINVAL, "0 madvise 3 1 cold").fails(EINVAL, "0 madvise 3 1 guard_install");
        machine.run("0 madvise 3 1 guard_remove", "0 madvise 3 1 wipeonfork").vmas(0, 4);
    }

    @Test
    @DisplayName("madvise: EINVAL for advice that file mappings do not take")
    void madviseFile() {
        machine.run("0 mmap 0 4 rw file=1:0", "0 write 0 2");
        machine.fails(EINVAL, "0 madvise 0 1 wipeonfork");
        machine.run("0 madvise 0 1 keeponfork").vmas(0, 1).run("0 madvise 0 1 dontneed");
        machine.mapcounts(0, 0, 0, 1);
    }

    @Test
    @DisplayName("madvise: EINVAL when populating what may not be accessed, the pages before are there")
    void madvisePopulate() {
        machine.run("0 mmap 0 3 rw", "0 mprotect 1 1 r").fails(EINVAL, "0 madvise 0 3 populate_write");
        machine.entries(0, 0, "a..").run("0 mprotect 1 1 none");
        machine.fails(EINVAL, "0 madvise 0 3 populate_read").entries(0, 0, "a..");
        machine.fails(ENOMEM, "0 madvise 2 2 populate_read").entries(0, 0, "a.z");
    }

    @Test
    @DisplayName("mlock: ENOMEM at a gap, what lies below it is locked")
    void mlockGap() {
        machine.run("0 mmap 0 3 rw", "0 mmap 5 3 rw").fails(ENOMEM, "0 mlock 1 6");
        machine.layout(0, "0-1 rw-p", "1-3 rw-p", "5-8 rw-p");
        machine.flags(0, 1, VM_LOCKED, 0).flags(0, 5, 0, VM_LOCKED).entries(0, 0, "........");
        machine.fails(ENOMEM, "0 munlock 1 6").layout(0, "0-3 rw-p", "5-8 rw-p");
    }

    @Test
    @DisplayName("mlock: ENOMEM for what cannot be accessed, which is locked all the same")
    void mlockInaccessible() {
        machine.run("0 mmap 0 2 rw", "0 mmap 2 2 none").fails(ENOMEM, "0 mlock 0 4");
        machine.flags(0, 0, VM_LOCKED, 0).flags(0, 2, VM_LOCKED, 0).entries(0, 0, "aa..");
    }

    @Test
    @DisplayName("mbind: EFAULT for a gap, nothing is changed; the default policy passes over gaps")
    void mbind() {
        machine.run("0 mmap 0 4 rw", "0 mmap 6 4 rw")
                .fails(EFAULT, "0 mbind 2 3 1")
                .fails(EFAULT, "0 mbind 5 3 1");
        machine.fails(EFAULT, "0 mbind 2 6 1").layout(0, "0-4 rw-p", "6-10 rw-p");
        machine.run("0 mbind 2 2 1").vmas(0, 3).run("0 mbind 2 6 0").layout(0, "0-4 rw-p", "6-10 rw-p");
        machine.fails(EFAULT, "0 mbind 20 3 0");
    }
}
