package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.api.Errno.EACCES;
import static io.github.rmap4j.api.Errno.EFAULT;
import static io.github.rmap4j.api.Errno.EINVAL;
import static io.github.rmap4j.api.MapFlags.MAP_FIXED;
import static io.github.rmap4j.api.MapFlags.MAP_PRIVATE;
import static io.github.rmap4j.api.MapFlags.MAP_SHARED;
import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static io.github.rmap4j.api.Prot.PROT_EXEC;
import static io.github.rmap4j.api.Prot.PROT_READ;
import static io.github.rmap4j.api.Prot.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.MappedFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Mappings that are not private anonymous memory, as far as they touch what is. */
@DisplayName("Shared, System V and special mappings")
class SpecialMappingTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    private void map(int start, int pages, int prot, int flags, MappedFile file) {
        machine.call(
                0,
                "mmap " + start + " " + pages + " of " + file,
                space -> space.mmap(Scenario.address(start), pages * PAGE_SIZE, prot, flags | MAP_FIXED, file, 0));
    }

    @Test
    @DisplayName("Shared anonymous memory is shared by parent and child and has no anon_vma")
    void shared() {
        machine.run("0 mmap 0 5 rw shared", "0 write 0 3").layout(0, "0-5 rw-s").slabs(0, 0);
        machine.run("0 fork 1", "1 write 1 3").slabs(0, 0);
        long address = Scenario.address(2);
        machine.space(0).write(address, 1234);
        assertThat(machine.space(1).read(address)).isEqualTo(1234);
        machine.space(1).write(address, 4321);
        assertThat(machine.space(0).read(address)).isEqualTo(4321);
        assertThat(machine.space(0).read(Scenario.address(3)))
                .isEqualTo(machine.space(1).read(Scenario.address(3)));
        machine.run("0 mmap 5 5 rw", "0 write 5 1")
                .layout(0, "0-5 rw-s", "5-10 rw-p")
                .slabs(1, 1);
    }

    @Test
    @DisplayName("Two shared anonymous mappings are two objects and do not merge; pieces of one do")
    void sharedNeighbours() {
        machine.run("0 mmap 0 5 rw shared", "0 mmap 5 5 rw shared").vmas(0, 2);
        machine.run("0 mprotect 2 6 r").vmas(0, 4).run("0 mprotect 2 6 rw").layout(0, "0-5 rw-s", "5-10 rw-s");
    }

    @Test
    @DisplayName("A private mapping of a file keeps its own page while the file changes")
    void privateFileCopies() {
        MappedFile file = MappedFile.of(MappedFile.Kind.REGULAR, "file");
        file.setContent(0, 10);
        file.setContent(1, 11);
        map(0, 2, PROT_READ | PROT_WRITE, MAP_PRIVATE, file);
        map(20, 2, PROT_READ | PROT_WRITE, MAP_SHARED, file);
        machine.space(0).write(Scenario.address(0), 77);
        machine.space(0).write(Scenario.address(20), 20);
        machine.space(0).write(Scenario.address(21), 21);
        assertThat(machine.space(0).read(Scenario.address(0))).isEqualTo(77);
        assertThat(machine.space(0).read(Scenario.address(1))).isEqualTo(21);
        assertThat(file.content(0)).isEqualTo(20);
        machine.run("0 madvise 1 1 populate_write").entries(0, 0, "aa");
        machine.space(0).write(Scenario.address(21), 22);
        assertThat(machine.space(0).read(Scenario.address(1))).isEqualTo(21);
        machine.slabs(1, 1).run("0 madvise 0 2 dontneed").slabs(1, 1);
        assertThat(machine.space(0).read(Scenario.address(0))).isEqualTo(20);
    }

    @Test
    @DisplayName("A System V segment that was split stays split, though boundaries may move")
    void systemV() {
        map(0, 9, PROT_READ | PROT_WRITE, MAP_SHARED, MappedFile.of(MappedFile.Kind.SYSV_SHM, "segment"));
        machine.run("0 mprotect 3 3 r").layout(0, "0-3 rw-s", "3-6 r--s", "6-9 rw-s");
        machine.run("0 mprotect 3 3 rw").layout(0, "0-3 rw-s", "3-6 rw-s", "6-9 rw-s");
        machine.run("0 mprotect 0 9 r", "0 mprotect 0 9 rw").layout(0, "0-3 rw-s", "3-6 rw-s", "6-9 rw-s");
        machine.run("0 mprotect 2 1 r").layout(0, "0-2 rw-s", "2-3 r--s", "3-6 rw-s", "6-9 rw-s");
        machine.run("0 mprotect 3 1 r").layout(0, "0-2 rw-s", "2-4 r--s", "4-6 rw-s", "6-9 rw-s");
        machine.run("0 mprotect 4 2 r").layout(0, "0-2 rw-s", "2-4 r--s", "4-6 r--s", "6-9 rw-s");
        machine.run("0 mremap 6 3 20 3", "0 mremap 20 3 6 3");
        machine.layout(0, "0-2 rw-s", "2-4 r--s", "4-6 r--s", "6-9 rw-s");
        machine.run("0 munmap 7 1").vmas(0, 5);
    }

    private void mapVdsoAndVvar() {
        map(0, 4, PROT_READ | PROT_EXEC, MAP_PRIVATE, MappedFile.of(MappedFile.Kind.SPECIAL, "[vdso]"));
        map(10, 2, PROT_READ, MAP_PRIVATE, MappedFile.of(MappedFile.Kind.SPECIAL_PFN, "[vvar]"));
        machine.layout(0, "0-4 r-xp", "10-12 r--p").slabs(0, 0);
    }

    @Test
    @DisplayName("What the kernel installs moves and changes as a whole, and fork copies it")
    void specialAsAWhole() {
        mapVdsoAndVvar();
        machine.run("0 mprotect 0 4 r", "0 mprotect 0 4 rx", "0 mprotect 10 2 none", "0 mprotect 10 2 r");
        machine.run("0 madvise 0 4 dontfork", "0 madvise 0 4 dofork", "0 madvise 0 4 dontneed", "0 mlock 1 2");
        machine.run("0 mremap 0 4 30 4", "0 mremap 10 2 20 2").layout(0, "20-22 r--p", "30-34 r-xp");
        machine.run("0 fork 1").layout(1, "20-22 r--p", "30-34 r-xp").slabs(0, 0);
        machine.run("1 munmap 30 4").vmas(1, 1);
    }

    @Test
    @DisplayName("What the kernel installs is not split: EINVAL")
    void specialIsNotSplit() {
        mapVdsoAndVvar();
        machine.fails(EINVAL, "0 mprotect 2 1 r")
                .fails(EINVAL, "0 mprotect 0 1 r")
                .fails(EINVAL, "0 munmap 3 1");
        machine.fails(EINVAL, "0 mremap 0 2 30 2").fails(EINVAL, "0 mremap 0 4 inplace 2");
        machine.fails(EINVAL, "0 madvise 0 1 dontfork").fails(EINVAL, "0 munmap 10 1");
        machine.layout(0, "0-4 r-xp", "10-12 r--p");
    }

    @Test
    @DisplayName("What the kernel installs does not grow, and its data page is not written")
    void specialDoesNotGrow() {
        mapVdsoAndVvar();
        machine.fails(EFAULT, "0 mremap 0 4 inplace 5").fails(EFAULT, "0 mremap 10 2 inplace 3");
        machine.fails(EACCES, "0 mprotect 10 2 rw").fails(EACCES, "0 mprotect 10 2 rx");
        machine.fails(EINVAL, "0 madvise 10 2 dontneed").fails(EINVAL, "0 madvise 0 4 guard_install");
        machine.run("0 mmap 12 2 rw")
                .fails(EACCES, "0 mprotect 10 4 rw")
                .layout(0, "0-4 r-xp", "10-12 r--p", "12-14 rw-p");
        machine.run("0 mmap 8 2 r").fails(EACCES, "0 mprotect 8 4 rw");
        machine.layout(0, "0-4 r-xp", "8-10 rw-p", "10-12 r--p", "12-14 rw-p");
    }

    @Test
    @DisplayName("A process may write to its own copy of the vdso")
    void vdsoIsCopied() {
        mapVdsoAndVvar();
        machine.run("0 mprotect 0 4 rwx", "0 write 1 1")
                .slabs(1, 1)
                .page(0, 1)
                .exclusive()
                .index(1)
                .walk(1, 1);
    }
}
