package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.VmFlags.VM_ACCOUNT;
import static io.github.rmap4j.api.VmFlags.VM_LOCKED;
import static io.github.rmap4j.api.VmFlags.VM_MAYBE_GUARD;
import static io.github.rmap4j.api.VmFlags.VM_MERGEABLE;
import static io.github.rmap4j.api.VmFlags.VM_SEALED;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 28 to 36: locks, advice, seals, policies, accounting and guards split and merge VMAs. */
@DisplayName("Flags")
class FlagScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("28: mlock of a half splits, munlock merges")
    void mlockHalf() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mlock 0 5");
        machine.layout(0, "0-5 rw-p", "5-10 rw-p").slabs(1, 2);
        machine.flags(0, 0, VM_LOCKED, 0).flags(0, 5, 0, VM_LOCKED);
        machine.run("0 munlock 0 5").layout(0, "0-10 rw-p").slabs(1, 1).flags(0, 0, 0, VM_LOCKED);
    }

    @Test
    @DisplayName("A locked VMA that becomes writable has its pages copied at once")
    void lockedBecomesWritable() {
        machine.run("0 mmap 0 4 r", "0 mlock 0 4").entries(0, 0, "zzzz").slabs(0, 0);
        machine.run("0 mprotect 0 2 rw").entries(0, 0, "aazz").slabs(1, 1);
        machine.run("0 munlock 2 2", "0 mprotect 2 2 rw").entries(0, 0, "aazz").slabs(1, 1);
    }

    @Test
    @DisplayName("29: MADV_MERGEABLE of a half splits, MADV_UNMERGEABLE merges")
    void mergeableHalf() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 madvise 0 5 mergeable");
        machine.layout(0, "0-5 rw-p", "5-10 rw-p").slabs(1, 2);
        machine.flags(0, 0, VM_MERGEABLE, 0).flags(0, 5, 0, VM_MERGEABLE);
        machine.run("0 madvise 0 5 unmergeable").layout(0, "0-10 rw-p").slabs(1, 1);
        machine.flags(0, 0, 0, VM_MERGEABLE);
    }

    @Test
    @DisplayName("30: mseal of a half splits")
    void msealHalf() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mseal 0 5");
        machine.layout(0, "0-5 rw-p", "5-10 rw-p").slabs(1, 2);
        machine.flags(0, 0, VM_SEALED, 0).flags(0, 5, 0, VM_SEALED);
        machine.run("0 mseal 5 5").layout(0, "0-10 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("30: mbind of a half splits, the default policy merges")
    void mbindHalf() {
        machine.run("0 mmap 0 10 rw", "0 write 0 10", "0 mbind 0 5 1");
        machine.layout(0, "0-5 rw-p", "5-10 rw-p").slabs(1, 2);
        machine.run("0 mbind 5 5 2")
                .vmas(0, 2)
                .run("0 mbind 5 5 1")
                .layout(0, "0-10 rw-p")
                .slabs(1, 1);
        // mmap proposes the default policy, so a neighbour with another one stays apart.
        machine.run("0 mmap 10 5 rw").vmas(0, 2);
        machine.run("0 mbind 0 10 0").layout(0, "0-15 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("31: an unfaulted VMA loses VM_ACCOUNT when it becomes read-only, and merges")
    void accountOfUnfaulted() {
        machine.run("0 mmap 0 10 r", "0 mprotect 0 5 rw").vmas(0, 2).flags(0, 0, VM_ACCOUNT, 0);
        machine.run("0 mprotect 0 5 r").layout(0, "0-10 r--p").slabs(0, 0).flags(0, 0, 0, VM_ACCOUNT);
    }

    @Test
    @DisplayName("32: a faulted VMA keeps VM_ACCOUNT for ever, and stays apart")
    void accountOfFaulted() {
        machine.run("0 mmap 0 10 r", "0 mprotect 0 5 rw", "0 write 0 1", "0 mprotect 0 5 r");
        machine.layout(0, "0-5 r--p", "5-10 r--p").slabs(1, 1);
        machine.flags(0, 0, VM_ACCOUNT, 0).flags(0, 5, 0, VM_ACCOUNT);
    }

    @Test
    @DisplayName("33: with NORESERVE there is no VM_ACCOUNT, and it merges")
    void noreserveHasNoAccount() {
        machine.run("0 mmap 0 10 r noreserve", "0 mprotect 0 5 rw", "0 write 0 1", "0 mprotect 0 5 r");
        machine.layout(0, "0-10 r--p").slabs(1, 1);
    }

    @Test
    @DisplayName("34: a heap grown by mprotect merges while accounting is equal")
    void growByMprotect() {
        machine.run("0 mmap 0 30 none", "0 mprotect 0 5 rw", "0 write 0 5", "0 mprotect 5 5 rw");
        machine.layout(0, "0-10 rw-p", "10-30 ---p").slabs(1, 1);
        machine.run("0 write 5 5", "0 mprotect 5 5 none");
        machine.layout(0, "0-5 rw-p", "5-10 ---p", "10-30 ---p").slabs(1, 2);
        machine.entries(0, 0, "aaaaaaaaaa").walk(0, 7, 1, 1);
    }

    @Test
    @DisplayName("35: guard markers prepare an anonymous VMA, survive merging, and are copied by fork")
    void guards() {
        machine.run("0 mmap 0 5 rw", "0 madvise 0 2 guard_install").vmas(0, 1).slabs(1, 1);
        machine.flags(0, 0, VM_MAYBE_GUARD, 0).entries(0, 0, "gg...");
        machine.run("0 mmap 5 5 rw").layout(0, "0-10 rw-p").slabs(1, 1).flags(0, 9, VM_MAYBE_GUARD, 0);
        machine.run("0 fork 1").vmas(1, 1).slabs(2, 3).entries(1, 0, "gg........");
        machine.flags(1, 0, VM_MAYBE_GUARD, 0);
    }

    @Test
    @DisplayName("35: guard markers replace pages, stay through DONTNEED, and go with GUARD_REMOVE or munmap")
    void guardsReplacePages() {
        machine.run("0 mmap 0 6 rw", "0 write 0 6", "0 fork 1", "0 madvise 1 3 guard_install")
                .entries(0, 0, "agggaa");
        machine.mapcounts(1, 0, 2, 1, 1, 1, 2, 2).walk(1, 2, 2, 1);
        machine.run("0 madvise 0 6 dontneed").entries(0, 0, ".ggg..");
        machine.run("0 madvise 2 1 guard_remove", "0 write 2 1").entries(0, 0, ".gag..");
        machine.run("0 munmap 0 6", "0 mmap 0 6 rw", "0 read 0 6").entries(0, 0, "zzzzzz");
    }

    @Test
    @DisplayName("36: guard markers on a private file mapping prepare nothing")
    void guardsOnFile() {
        machine.run("0 mmap 0 10 r file=1:0", "0 madvise 0 2 guard_install")
                .vmas(0, 1)
                .slabs(0, 0);
        machine.flags(0, 0, VM_MAYBE_GUARD, 0).entries(0, 0, "gg");
    }
}
