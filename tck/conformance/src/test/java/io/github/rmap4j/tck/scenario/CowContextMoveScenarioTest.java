package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.ARENA_PAGE;

import io.github.rmap4j.api.Errno;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenarios 1 to 11, 26 and 27 of CoW contexts: where pages are looked for that were moved. */
@DisplayName("CoW contexts: moves")
@ParameterizedClass
@ValueSource(strings = {"cowctx", "cowctx-pruned"})
class CowContextMoveScenarioTest {
    private final String strategy;

    @RegisterExtension
    final Scenario machine;

    CowContextMoveScenarioTest(String strategy) {
        this.strategy = strategy;
        machine = Scenario.cowContexts(strategy);
    }

    @Test
    @DisplayName("a page that was never moved or forked is found with one look at one context (1)")
    void neverMoved() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4").contexts(1, 0).remaps(0);
        machine.page(0, 3).exclusive().index(ARENA_PAGE + 3).looks(1, 1, 1);
    }

    @Test
    @DisplayName("an exclusive page of a moved VMA is found at its new place (2)")
    void exclusiveMoved() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mremap 0 4 100 4").remaps(1);
        // Offset 0 first: no shortcut ends the walk before the place where the page is.
        machine.page(0, 101).exclusive().index(ARENA_PAGE + 1).looks(1, 2, 1);
        machine.run("0 munmap 100 4").remaps(0);
    }

    @Test
    @DisplayName("an unfaulted VMA is moved without a trace: its pages get their indices later (section 3)")
    void unfaultedMoved() {
        machine.run("0 mmap 0 4 rw", "0 mremap 0 4 100 4", "0 write 100 4").remaps(0);
        machine.page(0, 100).index(ARENA_PAGE + 100).looks(1, 1, 1);
    }

    @Test
    @DisplayName("two folios have the same context and index when new memory takes the place of moved memory (3)")
    void collision() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 mremap 0 2 100 2", "0 mmap 0 2 rw", "0 write 0 2")
                .remaps(1);
        machine.page(0, 101).index(ARENA_PAGE + 1).looks(1, 2, 1);
        // The new one is found at once, and is mapped once: that ends the walk.
        machine.page(0, 1).index(ARENA_PAGE + 1).looks(1, 1, 1);
        machine.run("0 fork 1").remaps(2);
        machine.page(0, 101).looks(2, 4, 2);
        machine.page(0, 1).looks(2, 4, 2);
    }

    @Test
    @DisplayName("offsets do not add up: a VMA that comes home has none (4)")
    void home() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mremap 0 4 100 4", "0 mremap 100 4 200 4")
                .remaps(1);
        machine.page(0, 203).index(ARENA_PAGE + 3).looks(1, 2, 1);
        machine.run("0 mremap 200 4 0 4").remaps(0).slab("maple_node (remap_mt)", 0);
        machine.page(0, 3).looks(1, 1, 1);
    }

    @Test
    @DisplayName("one range with offsets of both signs, in any order, is left by each alone (5)")
    void manyOffsets() {
        for (int[] order : new int[][] {{100, 200, 300}, {300, 100, 200}, {200, 300, 100}}) {
            machine.run("0 mmap 50 2 rw", "0 write 50 2");
            for (int place : order) {
                machine.run(
                        "0 mremap 50 2 " + place + " 2",
                        "0 mmap 50 2 rw",
                        "0 write 50 2",
                        "0 mremap 50 2 0 2",
                        "0 mremap 0 2 50 2");
            }
            // One range: +50, +150, +250, and what is at home.
            machine.remaps(1);
            machine.page(0, order[0]).looks(1, 1 + 1 + indexOf(order[0]), 1);
            for (int place : order) {
                machine.page(0, place).index(ARENA_PAGE + 50);
                machine.run("0 munmap " + place + " 2");
            }
            machine.remaps(0).run("0 munmap 50 2");
        }
    }

    /** Offsets are tried in ascending order. */
    private static int indexOf(int place) {
        return place / 100 - 1;
    }

    @Test
    @DisplayName("an offset to a lower address is negative, and comes first (5)")
    void negativeOffset() {
        machine.run("0 mmap 100 2 rw", "0 write 100 2", "0 mremap 100 2 0 2", "0 mmap 100 2 rw", "0 write 100 2")
                .run("0 mremap 100 2 300 2")
                .remaps(1);
        machine.page(0, 1).looks(1, 2, 1);
        machine.page(0, 301).looks(1, 3, 1);
        machine.run("0 munmap 0 2");
        machine.page(0, 301).looks(1, 2, 1);
    }

    @Test
    @DisplayName("prefix, middle and suffix of a moved VMA are moved again, and every page is found (6)")
    void partsMovedAgain() {
        machine.run("0 mmap 0 12 rw", "0 write 0 12", "0 mremap 0 12 100 12").remaps(1);
        machine.run("0 mremap 100 3 200 3").remaps(2);
        machine.run("0 mremap 105 2 305 2").remaps(4);
        machine.run("0 mremap 110 2 410 2").remaps(5);
        int[] places = {200, 201, 202, 103, 104, 305, 306, 107, 108, 109, 410, 411};
        for (int i = 0; i < places.length; i++) {
            machine.page(0, places[i]).index(ARENA_PAGE + i).looks(1, 2, 1);
        }
    }

    @Test
    @DisplayName("halves go separate ways, one comes back, and they merge (7)")
    void halves() {
        machine.run("0 mmap 0 8 rw", "0 write 0 8", "0 mremap 0 4 100 4", "0 mremap 4 4 200 4")
                .remaps(2)
                .vmas(0, 2);
        machine.run("0 mremap 200 4 104 4").remaps(1).layout(0, "100-108 rw-p");
        machine.page(0, 105).index(ARENA_PAGE + 5).looks(1, 2, 1);
        machine.run("0 mremap 100 8 0 8").remaps(0).layout(0, "0-8 rw-p");
    }

    @Test
    @DisplayName("DONTUNMAP leaves a VMA whose new pages have its old offset (8)")
    void dontunmap() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 mremap 0 2 100 2 dontunmap")
                .remaps(1);
        machine.run("0 write 0 2");
        machine.page(0, 100).index(ARENA_PAGE).looks(1, 2, 1);
        machine.page(0, 0).index(ARENA_PAGE).looks(1, 1, 1);
    }

    @Test
    @DisplayName("DONTUNMAP of a VMA that was moved before leaves two offsets, and none when both are gone (8)")
    void dontunmapMoved() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 mremap 0 2 50 2", "0 mremap 50 2 100 2 dontunmap")
                .run("0 write 50 2");
        // Its page offset is that of the first place: so the new pages have the same indices as those that moved on.
        machine.page(0, 50).index(ARENA_PAGE).looks(1, 2, 1);
        machine.page(0, 100).index(ARENA_PAGE).looks(1, 3, 1);
        machine.run("0 munmap 50 2", "0 munmap 100 2").remaps(0);
    }

    @Test
    @DisplayName("a child inherits the offset, and gives up the part that it unmaps (9)")
    void movedBeforeFork() {
        machine.run("0 mmap 0 8 rw", "0 write 0 8", "0 mremap 0 8 100 8", "0 fork 1")
                .remaps(2);
        machine.page(1, 107).looks(2, 4, 2);
        machine.run("1 munmap 100 4").remaps(2);
        machine.page(0, 100).looks(1, 2, 1);
        machine.page(0, 107).looks(2, 4, 2);
        machine.run("1 munmap 104 4").remaps(1);
    }

    @Test
    @DisplayName("parent and child have offsets of their own when one of them moves (10)")
    void movedAfterFork() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "0 mremap 0 4 100 4")
                .remaps(1);
        machine.page(1, 2).index(ARENA_PAGE + 2).looks(2, 3, 2);
        machine.run("1 mremap 0 4 200 4").remaps(2);
        machine.page(0, 102).looks(2, 4, 2);
    }

    @Test
    @DisplayName("a grandchild finds its way through a child that moved and is gone (11)")
    void movedInChild() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "1 mremap 0 4 100 4", "1 fork 2", "1 exit");
        machine.remaps(1);
        machine.page(0, 1).looks(2, 3, 2);
        machine.run("0 exit");
        machine.page(2, 101).index(ARENA_PAGE + 1).looks(1, 2, 1);
    }

    @Test
    @DisplayName("a copy in a moved VMA has the index of the VMA, not of its address (section 3)")
    void copyInMoved() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mremap 0 4 100 4", "0 fork 1", "1 write 101 1");
        machine.page(1, 101).exclusive().index(ARENA_PAGE + 1).looks(1, 2, 1);
        machine.page(0, 101).index(ARENA_PAGE + 1).looks(1, 2, 1);
    }

    @Test
    @DisplayName("splits, merges, growing and shrinking of a moved VMA leave one range (section 3)")
    void layoutChanges() {
        machine.run("0 mmap 0 8 rw", "0 write 0 8", "0 mremap 0 8 100 8").remaps(1);
        machine.run("0 mprotect 102 2 r").vmas(0, 3).remaps(1);
        machine.run("0 mprotect 102 2 rw").vmas(0, 1).remaps(1);
        machine.run("0 mremap 100 8 inplace 12", "0 write 108 4").remaps(1);
        machine.page(0, 111).index(ARENA_PAGE + 11).looks(1, 2, 1);
        machine.run("0 mremap 100 12 inplace 6").remaps(1);
        machine.run("0 munmap 102 1").remaps(2).page(0, 105).looks(1, 2, 1);
    }

    @Test
    @DisplayName("a moved VMA grows downwards into an unfaulted neighbour (section 3)")
    void growsDownwards() {
        machine.run("0 mmap 100 4 rw file=1:4", "0 write 100 4", "0 mremap 100 4 204 4", "0 mmap 200 4 r file=1:0");
        machine.run("0 mprotect 202 2 rw").layout(0, "200-202 r--p", "202-208 rw-p");
        machine.run("0 write 202 1").page(0, 202).exclusive().looks(1, 2, 1);
        machine.run("0 munmap 200 8").remaps(0);
    }

    @Test
    @DisplayName("a merge that is refused leaves no offset behind")
    void refusedMerge() {
        AtomicBoolean refusing = new AtomicBoolean();
        // The last allocation of a merge, after the strategy has agreed.
        Scenario refused = Scenario.with(
                Scenario.builder(strategy).faultInjector(slab -> refusing.get() && slab.equals("maple_node")));
        refused.run("0 mmap 0 4 rw file=1:0", "0 write 0 4", "0 mmap 104 4 rw file=1:4");
        refusing.set(true);
        refused.fails(Errno.ENOMEM, "0 mremap 0 4 100 4").remaps(0).slab("maple_node (remap_mt)", 0);
        refusing.set(false);
        refused.run("0 mremap 0 4 100 4").remaps(1).layout(0, "100-108 rw-p");
        refused.page(0, 101).looks(1, 2, 1);
        refused.end();
    }

    @Test
    @DisplayName("2000 rounds of mremap and munmap leave nothing; the lab runs 100000 (26)")
    void storm() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2");
        for (int i = 0; i < 200; i++) {
            machine.run("0 mmap 10 2 rw", "0 write 10 2", "0 mremap 10 2 " + (100 + 4 * (i % 50)) + " 2");
            machine.run("0 munmap " + (100 + 4 * (i % 50)) + " 2").remaps(0);
        }
        machine.slab("maple_node (remap_mt)", 0);
    }

    @Test
    @DisplayName("addresses beyond 2^32 pages (27)")
    void farAway() {
        // The arena begins at page 2^32; its end is as far as a process goes.
        int far = 1 << 30;
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 mremap 0 2 " + far + " 2")
                .remaps(1);
        machine.page(0, far + 1).index(ARENA_PAGE + 1).looks(1, 2, 1);
        machine.run("0 mremap " + far + " 2 0 2").remaps(0).page(0, 1).looks(1, 1, 1);
    }
}
