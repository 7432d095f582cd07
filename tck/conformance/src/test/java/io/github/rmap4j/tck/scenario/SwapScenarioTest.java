package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 3, swap-out and swap-in: the exclusive bit and AnonExclusive, which recordings do not show. */
@DisplayName("Swap")
class SwapScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("a page of one process comes back exclusive, in a new frame, and the slot is free")
    void privatePage() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4");
        machine.page(0, 1).isNew("first").wrote("word").exclusive();
        machine.run("0 madvise 1 2 pageout")
                .entries(0, 0, "assa")
                .exclusiveSwap(0, 1)
                .swapSlots(2);
        machine.run("0 read 1 1").entries(0, 0, "aasa").swapSlots(1);
        machine.page(0, 1).isNew("second").holds("word").exclusive().walk(1, 1);
        machine.run("0 write 2 1").entries(0, 0, "aaaa").swapSlots(0).slabs(1, 1);
        machine.page(0, 2).wrote("new word").exclusive();
    }

    @Test
    @DisplayName("fork makes swap entries shared on both sides; the sharers find one frame, which is nobody's own")
    void forkWithEntries() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 1 pageout").exclusiveSwap(0, 0).run("0 fork 1");
        machine.sharedSwap(0, 0).sharedSwap(1, 0).sameSlot(0, 0, 1).swapSlots(1);
        machine.run("1 read 0 1").entries(0, 0, "s").entries(1, 0, "a");
        machine.page(1, 0).isNew("frame").holds("word").shared(1);
        machine.run("0 read 0 1");
        // The first to map it was the child, but the folio belongs to the root: the walk reaches both.
        machine.page(0, 0).is("frame").holds("word").shared(2).walk(2, 2);
        machine.swapSlots(1).run("1 exit").swapSlots(1);
        machine.run("0 write 0 1").swapSlots(0);
        machine.page(0, 0).is("frame").wrote("own").exclusive();
    }

    @Test
    @DisplayName("a sharer that writes copies; the one that stays gets the frame for itself")
    void writerCopies() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 1 pageout", "0 fork 1", "1 write 0 1");
        machine.page(1, 0).isNew("child's").wrote("child").exclusive().walk(1, 1);
        machine.sharedSwap(0, 0).swapSlots(1);
        machine.run("0 write 0 1").swapSlots(0);
        machine.page(0, 0).isNew("parent's").wrote("parent").exclusive();
        machine.page(1, 0).is("child's").holds("child").exclusive();
    }

    @Test
    @DisplayName(
            "a page that was shared leaves without the exclusive bit, and comes back exclusive to the only one left")
    void notExclusiveOut() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 fork 1", "1 exit");
        machine.page(0, 0).shared(1);
        machine.run("0 madvise 0 1 pageout").sharedSwap(0, 0).run("0 read 0 1").swapSlots(0);
        machine.page(0, 0).holds("word").exclusive();
    }

    @Test
    @DisplayName("the sharer with a swap entry outlives the one with the frame")
    void entryOutlivesFrame() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 1 pageout", "0 fork 1", "0 read 0 1", "0 exit").sharedSwap(1, 0);
        machine.run("1 read 0 1");
        machine.page(1, 0).holds("word").shared(1);
        machine.run("1 write 0 1").swapSlots(0);
        machine.page(1, 0).exclusive().walk(1, 1);
    }

    @Test
    @DisplayName("a frame in the swap cache goes back to the slot that others still name")
    void backToTheSameSlot() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 1 pageout", "0 fork 1", "0 read 0 1", "0 madvise 0 1 pageout");
        machine.sharedSwap(0, 0).sharedSwap(1, 0).sameSlot(0, 0, 1).swapSlots(1);
        machine.run("1 read 0 1");
        machine.page(1, 0).holds("word");
    }

    @Test
    @DisplayName("MADV_PAGEOUT leaves shared pages alone")
    void sharedPagesStay() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 fork 1", "1 write 0 1");
        machine.run("0 madvise 0 2 pageout").entries(0, 0, "sa").entries(1, 0, "aa");
        machine.sharedSwap(0, 0).swapSlots(1);
    }

    @Test
    @DisplayName("MADV_FREE: what was not written since is dropped; what was is kept once and swapped out then")
    void lazyFree() {
        machine.run("0 mmap 0 3 rw", "0 write 0 3", "0 madvise 0 2 free", "0 write 1 1");
        machine.page(0, 1).wrote("kept");
        machine.run("0 madvise 0 3 pageout").entries(0, 0, ".as");
        machine.run("0 madvise 0 3 pageout").entries(0, 0, ".ss").swapSlots(2);
        machine.run("0 read 0 2").entries(0, 0, "zas");
        machine.page(0, 1).holds("kept");
        machine.run("0 madvise 2 1 free").entries(0, 0, "za.").swapSlots(0);
    }

    @Test
    @DisplayName("swap entries move with mremap, survive mprotect, and go with MADV_DONTNEED and munmap")
    void entriesFollowTheirPages() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 4 pageout", "0 mremap 0 2 10 2", "0 mprotect 10 2 r")
                .entries(0, 10, "ss");
        machine.run("0 read 10 1");
        machine.page(0, 10).holds("word").exclusive();
        machine.fails(Errno.EFAULT, "0 write 10 1");
        machine.run("0 mprotect 10 2 rw", "0 write 10 1");
        machine.page(0, 10).wrote("rewritten").exclusive();
        machine.swapSlots(3)
                .run("0 madvise 2 1 dontneed")
                .swapSlots(2)
                .run("0 munmap 3 1")
                .swapSlots(1);
    }

    @Test
    @DisplayName("locked VMAs refuse, and locking reads pages back")
    void locked() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 madvise 0 1 pageout", "0 mlock 0 2")
                .entries(0, 0, "aa");
        machine.fails(Errno.EINVAL, "0 madvise 0 2 pageout").entries(0, 0, "aa").swapSlots(0);
    }

    @Test
    @DisplayName("private pages of a file go to swap, its other pages do not")
    void privateFile() {
        machine.run("0 mmap 0 2 rw file=1:4", "0 read 0 2", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 2 pageout").entries(0, 0, "sf").run("0 read 0 1");
        machine.page(0, 0).holds("word").exclusive().index(4);
    }

    @Test
    @DisplayName("a walk of a frame whose other sharers are swapped out finds who maps it")
    void walkBesideEntries() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 madvise 0 1 pageout", "0 fork 1", "1 fork 2", "2 read 0 1");
        machine.page(2, 0).shared(1).walk(3, 1);
        machine.run("0 read 0 1");
        machine.page(2, 0).shared(2).walk(3, 2).order(0, 2);
    }

    @Test
    @DisplayName("without swap space pages stay; when it is full the rest stays")
    void swapIsFull() {
        Scenario none =
                Scenario.with(MemoryManager.builder().strategy("anonvma").swapPages(0));
        none.run("0 mmap 0 2 rw", "0 write 0 2", "0 madvise 0 2 pageout")
                .entries(0, 0, "aa")
                .end();
        Scenario one = Scenario.with(MemoryManager.builder().strategy("anonvma").swapPages(1));
        one.run("0 mmap 0 2 rw", "0 write 0 2", "0 madvise 0 2 pageout")
                .entries(0, 0, "sa")
                .run("0 read 0 1", "0 madvise 1 1 pageout")
                .entries(0, 0, "as")
                .end();
    }

    @Test
    @DisplayName("processes exit with entries outstanding")
    void exitWithEntries() {
        machine.run("0 mmap 0 8 rw", "0 write 0 8", "0 madvise 0 8 pageout", "0 fork 1", "1 fork 2", "1 read 0 4");
        machine.swapSlots(8)
                .run("0 exit", "2 exit")
                .swapSlots(8)
                .run("1 munmap 4 4")
                .swapSlots(4);
        assertThat(machine.space(1).read(address(3))).isEqualTo(4);
    }
}
