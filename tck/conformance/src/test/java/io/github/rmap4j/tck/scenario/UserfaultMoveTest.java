package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** UFFDIO_MOVE: a folio goes to another VMA, with another owner and another index. */
@DisplayName("UFFDIO_MOVE")
class UserfaultMoveTest {
    private static final long PAGE = MemoryManager.PAGE_SIZE;

    @RegisterExtension
    final Scenario machine =
            Scenario.with(MemoryManager.builder().strategy("anonvma").hugepages(4, HugepagePolicy.MADVISE));

    private void move(int process, int destination, int source, int pages) {
        machine.call(
                process,
                "moves " + source + "+" + pages + " to " + destination,
                space -> space.userfaultMove(address(destination), address(source), pages * PAGE));
    }

    private void fails(Errno errno, int process, int destination, int source, int pages) {
        machine.callFails(
                errno,
                process,
                "moves " + source + "+" + pages + " to " + destination,
                space -> space.userfaultMove(address(destination), address(source), pages * PAGE));
    }

    @Test
    @DisplayName("the folio gets the owner and the index of its new place")
    void exclusivePage() {
        machine.run("0 mmap 0 4 rw", "0 mmap 20 4 rw", "0 write 0 2").slabs(1, 1);
        machine.page(0, 1).wrote("word").isNew("frame").index(Scenario.ARENA_PAGE + 1);
        move(0, 22, 1, 1);
        machine.entries(0, 0, "a...").entries(0, 20, "..a.").slabs(2, 2);
        machine.page(0, 22)
                .is("frame")
                .holds("word")
                .exclusive()
                .index(Scenario.ARENA_PAGE + 22)
                .walk(1, 1);
        machine.run("0 munmap 0 4").slabs(1, 1);
        machine.page(0, 22).holds("word").walk(1, 1);
    }

    @Test
    @DisplayName("shared pages, holes and occupied places are refused; what came before has moved")
    void refusals() {
        machine.run("0 mmap 0 6 rw", "0 mmap 20 6 rw", "0 write 0 3", "0 write 24 1", "0 fork 1", "0 write 0 1");
        fails(Errno.EBUSY, 0, 20, 0, 2);
        machine.entries(0, 20, "a...a");
        fails(Errno.ENOENT, 0, 21, 4, 1);
        machine.run("1 exit", "0 write 1 2");
        fails(Errno.EEXIST, 0, 24, 1, 1);
        fails(Errno.ENOENT, 0, 40, 1, 1);
        fails(Errno.EINVAL, 0, 20, 0, 0);
        machine.run("0 mprotect 0 6 r");
        fails(Errno.EINVAL, 0, 21, 1, 1);
    }

    @Test
    @DisplayName("swap entries move when they are exclusive, and the page comes back with the owner of its new place")
    void swapEntries() {
        machine.run("0 mmap 0 2 rw", "0 mmap 20 2 rw", "0 write 0 2");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 2 pageout");
        move(0, 20, 0, 1);
        machine.entries(0, 20, "s.")
                .run("0 read 20 1")
                .page(0, 20)
                .holds("word")
                .index(Scenario.ARENA_PAGE + 20);
        machine.run("0 fork 1");
        fails(Errno.EBUSY, 0, 21, 1, 1);
    }

    @Test
    @DisplayName("a shared large folio is refused before it is split")
    void sharedLargeFolio() {
        machine.run("0 mmap 0 16 rw", "0 madvise 0 16 hugepage", "0 write 0 16", "0 mmap 40 4 rw", "0 fork 1");
        fails(Errno.EBUSY, 0, 40, 5, 1);
        machine.folioRun(0, 0, 16, 16, 0);
    }

    @Test
    @DisplayName("of a large folio a part can move: it is split first")
    void largeFolio() {
        machine.run("0 mmap 0 16 rw", "0 madvise 0 16 hugepage", "0 write 0 16", "0 mmap 40 4 rw");
        move(0, 40, 5, 2);
        machine.entries(0, 4, "a..a").entries(0, 40, "aa..").folioRun(0, 40, 1, 1, 0);
    }
}
