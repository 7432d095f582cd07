package io.github.rmap4j.tck.scenario;

import io.github.rmap4j.api.Errno;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 61 to 66, and cow.c of the kernel's selftests: who copies, who keeps the frame, and what each reads. */
@DisplayName("Copy-on-write")
class CopyOnWriteScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    private void forkAfterWrite() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).isNew("old").wrote("inherited").exclusive().walk(1, 1);
        machine.run("0 fork 1");
        machine.page(0, 0).is("old").holds("inherited").shared(2).walk(2, 2);
        machine.page(1, 0).is("old").holds("inherited").shared(2).walk(2, 2);
    }

    @Test
    @DisplayName("61: the child writes and copies; the parent keeps the frame and reuses it")
    void childWrites() {
        forkAfterWrite();
        machine.run("1 write 0 1");
        machine.page(1, 0).isNew("child's").wrote("child").exclusive().walk(1, 1);
        machine.page(0, 0).is("old").holds("inherited").shared(1).walk(2, 1);
        machine.run("0 write 0 1");
        machine.page(0, 0).is("old").wrote("parent").exclusive().walk(2, 1);
        machine.page(1, 0).is("child's").holds("child").exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("62: the parent writes and copies; the child reuses the frame, which moves to its anon_vma")
    void parentWrites() {
        forkAfterWrite();
        machine.run("0 write 0 1");
        machine.page(0, 0).isNew("parent's").wrote("parent").exclusive().walk(2, 1);
        machine.page(1, 0).is("old").holds("inherited").shared(1).walk(2, 1);
        machine.run("1 write 0 1");
        machine.page(1, 0).is("old").wrote("child").exclusive().walk(1, 1);
        machine.page(0, 0).is("parent's").holds("parent").exclusive().walk(2, 1);
    }

    @Test
    @DisplayName("63: after the child's exit the parent reuses the frame")
    void childExits() {
        forkAfterWrite();
        machine.run("1 exit");
        machine.page(0, 0).is("old").holds("inherited").shared(1).walk(1, 1);
        machine.run("0 write 0 1");
        machine.page(0, 0).is("old").wrote("parent").exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("64: after the parent's exit the child reuses the frame, which moves to its anon_vma")
    void parentExits() {
        forkAfterWrite();
        machine.run("0 exit");
        machine.page(1, 0).is("old").holds("inherited").shared(1).walk(1, 1);
        machine.run("1 write 0 1");
        machine.page(1, 0).is("old").wrote("child").exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("64: with a sibling that copied, the move to the child's anon_vma saves a visit")
    void parentExitsSiblingStays() {
        forkAfterWrite();
        machine.run("0 fork 2", "2 write 0 1", "0 exit");
        machine.page(2, 0).isNew("sibling's").wrote("sibling").exclusive().walk(1, 1);
        machine.page(1, 0).is("old").holds("inherited").shared(1).walk(2, 1);
        machine.run("1 write 0 1");
        machine.page(1, 0).is("old").wrote("child").exclusive().walk(1, 1);
        machine.page(2, 0).is("sibling's").holds("sibling").exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("65: parent and child write different pages")
    void differentPages() {
        machine.run("0 mmap 0 3 rw", "0 write 0 3");
        machine.page(0, 0).isNew("page 0").wrote("word 0");
        machine.page(0, 1).isNew("page 1").wrote("word 1");
        machine.page(0, 2).isNew("page 2").wrote("word 2");
        machine.run("0 fork 1", "0 write 1 1");
        machine.page(0, 1).isNew("parent's").wrote("parent").exclusive().walk(2, 1);
        machine.page(1, 1).is("page 1").holds("word 1").shared(1).walk(2, 1);
        machine.page(0, 2).is("page 2").holds("word 2").shared(2).walk(2, 2);
        machine.page(1, 2).is("page 2").holds("word 2").shared(2).walk(2, 2);
        machine.run("1 write 2 1");
        machine.page(0, 0).is("page 0").holds("word 0").shared(2).walk(2, 2);
        machine.page(1, 0).is("page 0").holds("word 0").shared(2).walk(2, 2);
        machine.page(0, 1).is("parent's").holds("parent").exclusive().walk(2, 1);
        machine.page(1, 1).is("page 1").holds("word 1").shared(1).walk(2, 1);
        machine.page(0, 2).is("page 2").holds("word 2").shared(1).walk(2, 1);
        machine.page(1, 2).isNew("child's").wrote("child").exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("66: zero pages of an unfaulted VMA are not copied by fork")
    void zeroPagesUnfaulted() {
        machine.run("0 mmap 0 5 r", "0 read 0 5", "0 fork 1");
        machine.entries(0, 0, "zzzzz").entries(1, 0, ".....").slabs(0, 0);
    }

    @Test
    @DisplayName("66: zero pages of a faulted VMA are copied by fork")
    void zeroPagesFaulted() {
        machine.run("0 mmap 0 5 rw", "0 read 0 5", "0 write 0 1", "0 fork 1");
        machine.entries(0, 0, "azzzz").entries(1, 0, "azzzz").slabs(2, 3);
        machine.run("1 write 1 1").entries(0, 0, "azzzz").entries(1, 0, "aazzz");
        machine.page(1, 1).exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("cow.c: protection that goes to read-only and back does not give write access to a shared page")
    void writeProtectedAndBack() {
        forkAfterWrite();
        machine.run("1 mprotect 0 1 r").fails(Errno.EFAULT, "1 write 0 1");
        machine.run("1 mprotect 0 1 rw");
        machine.page(1, 0).is("old").holds("inherited").shared(2).walk(2, 2);
        machine.run("1 write 0 1");
        machine.page(1, 0).isNew("child's").wrote("child").exclusive().walk(1, 1);
        machine.page(0, 0).is("old").holds("inherited").shared(1).walk(2, 1);
        machine.run("0 mprotect 0 1 r", "0 mprotect 0 1 rw", "0 write 0 1");
        machine.page(0, 0).is("old").wrote("parent").exclusive().walk(2, 1);
        machine.page(1, 0).is("child's").holds("child").exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("cow.c: an exclusive page stays exclusive through protection changes")
    void exclusiveThroughProtection() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1").page(0, 0).isNew("page").wrote("first");
        machine.run("0 mprotect 0 1 r").page(0, 0).exclusive();
        machine.run("0 mprotect 0 1 rw", "0 write 0 1");
        machine.page(0, 0).is("page").wrote("second").exclusive();
    }

    @Test
    @DisplayName("cow.c: a page that a child got while it could not be accessed is shared all the same")
    void inaccessibleIsCopied() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1").page(0, 0).isNew("old").wrote("inherited");
        machine.run("0 mprotect 0 1 none", "0 fork 1");
        machine.page(1, 0).is("old").shared(2).walk(2, 2);
        machine.run("0 mprotect 0 1 rw", "1 mprotect 0 1 rw", "0 write 0 1");
        machine.page(0, 0).isNew("parent's").wrote("parent").exclusive();
        machine.page(1, 0).is("old").holds("inherited").shared(1).walk(2, 1);
    }

    @Test
    @DisplayName("cow.c: populating for writing copies the page and its content")
    void populateCopies() {
        forkAfterWrite();
        machine.run("1 madvise 0 1 populate_read").page(1, 0).is("old").shared(2);
        machine.run("1 madvise 0 1 populate_write");
        machine.page(1, 0).isNew("child's").holds("inherited").exclusive().walk(1, 1);
        machine.page(0, 0).is("old").holds("inherited").shared(1).walk(2, 1);
        machine.run("0 mlock 0 1").page(0, 0).is("old").holds("inherited").exclusive();
    }

    @Test
    @DisplayName("cow.c: what is written between two forks is seen by the second child only")
    void twoForks() {
        forkAfterWrite();
        machine.run("0 write 0 1").page(0, 0).isNew("second").wrote("second").exclusive();
        machine.run("0 fork 2");
        machine.page(0, 0).is("second").holds("second").shared(2).walk(3, 2);
        machine.page(1, 0).is("old").holds("inherited").shared(1).walk(3, 1);
        machine.page(2, 0).is("second").holds("second").shared(2).walk(3, 2);
        machine.run("2 write 0 1")
                .page(2, 0)
                .isNew("third")
                .wrote("third")
                .exclusive()
                .walk(1, 1);
        machine.page(0, 0).is("second").holds("second").shared(1).walk(3, 1);
        machine.page(1, 0).is("old").holds("inherited").shared(1).walk(3, 1);
    }
}
