package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenarios 12 to 18, 23 to 25, 29 and others of CoW contexts: forks, exits, and which contexts a walk enters. */
@DisplayName("CoW contexts: the tree")
@ParameterizedClass
@ValueSource(strings = {"cowctx", "cowctx-pruned"})
class CowContextTreeScenarioTest {
    private final String strategy;

    @RegisterExtension
    final Scenario machine;

    CowContextTreeScenarioTest(String strategy) {
        this.strategy = strategy;
        this.machine = Scenario.cowContexts(strategy);
    }

    private boolean isPruned() {
        return strategy.equals("cowctx-pruned");
    }

    @Test
    @DisplayName("fork costs a context, and no folio is touched (section 3)")
    void fork() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4").contexts(1, 0);
        machine.run("0 fork 1").contexts(2, 0).remaps(0);
        machine.page(0, 0).shared(2).looks(2, 2, 2);
        machine.run("1 fork 2").contexts(3, 0);
        machine.page(2, 0).shared(3).looks(3, 3, 3);
    }

    @Test
    @DisplayName("what a leaf writes is the leaf's: one context (section 5)")
    void leaf() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "0 fork 2", "2 write 0 1");
        machine.page(2, 0).exclusive().looks(1, 1, 1);
        machine.run("2 mmap 10 1 rw", "2 write 10 1").page(2, 10).looks(1, 1, 1);
    }

    @Test
    @DisplayName("the parent copies, and the only one who maps the page is a child (12)")
    void onlyChildMaps() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 fork 2", "0 write 0 1", "2 write 0 1");
        machine.page(1, 0).looks(3, 3, 1);
        machine.page(0, 0).exclusive().looks(1, 1, 1);
        machine.page(2, 0).exclusive().looks(1, 1, 1);
    }

    @Test
    @DisplayName("the parent is dead, and only the second of three children maps the page (13)")
    void secondChildMaps() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 fork 2", "0 fork 3", "0 exit")
                .run("1 munmap 0 1", "3 write 0 1")
                .contexts(4, 1);
        // The youngest comes first, and the walk ends with what it finds second.
        machine.page(2, 0).looks(2, 2, 1);
    }

    @Test
    @DisplayName("a chain of 100 forks with dead ones between: the contexts stay, or are taken out (14)")
    void chain() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2");
        for (int i = 0; i < 100; i++) {
            machine.run(i + " fork " + (i + 1), i + " exit");
        }
        machine.contexts(isPruned() ? 2 : 101, isPruned() ? 1 : 100);
        machine.page(100, 1).looks(1, 1, 1);
    }

    @Test
    @DisplayName("when the last of the chain drops the page, all dead ones go (15)")
    void endOfChain() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 fork 100");
        for (int i = 100; i < 150; i++) {
            machine.run(i + " fork " + (i + 1), i + " exit");
        }
        machine.run("150 munmap 0 2").contexts(isPruned() ? 2 : 52, isPruned() ? 0 : 50);
        machine.run("150 exit").contexts(1, 0);
    }

    @Test
    @DisplayName("100 VMAs, 100 children that keep one each: all are entered, or those that map the page (16)")
    void wangtao() {
        int n = 100;
        for (int i = 0; i < n; i++) {
            machine.run("0 mmap " + 2 * i + " 1 rw", "0 write " + 2 * i + " 1");
        }
        for (int i = 0; i < n; i++) {
            machine.run("0 fork " + (i + 1));
            if (i > 0) {
                machine.run((i + 1) + " munmap 0 " + 2 * i);
            }
            if (i < n - 1) {
                machine.run((i + 1) + " munmap " + 2 * (i + 1) + " " + 2 * (n - 1 - i));
            }
        }
        machine.page(0, 0).looks(n + 1, n + 1, 2);
        machine.page(0, 2).looks(isPruned() ? 3 : n + 1, n + 1, 2);
        for (int i = 2; i < n; i++) {
            machine.page(0, 2 * i).looks(isPruned() ? 2 : n + 1, n + 1, 2);
        }
    }

    @Test
    @DisplayName("a page that siblings share in swap comes back to the oldest context (17)")
    void sharedSwap() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 fork 2", "0 swapout 0 1");
        machine.run("1 read 0 1").page(1, 0).looks(3, 3, 1);
        machine.run("0 read 0 1", "2 read 0 1").page(2, 0).shared(3).looks(3, 3, 3);
    }

    @Test
    @DisplayName("reused in the child, the page is the child's: grandchildren are found, uncles not looked at (18)")
    void reused() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 fork 2", "2 write 0 1", "0 munmap 0 1");
        machine.run("1 write 0 1").event("cow_lowered_folios", 1);
        machine.page(1, 0).exclusive().looks(1, 1, 1);
        machine.run("1 fork 3").page(3, 0).shared(2).looks(2, 2, 2);
    }

    @Test
    @DisplayName("exec leaves the family: its folios are found with the others, its own with itself (23)")
    void exec() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1", "0 fork 1", "0 fork 2").contexts(3, 0);
        machine.run("1 exec").contexts(3, 0);
        machine.page(0, 0).shared(2).looks(2, 2, 2);
    }

    @Test
    @DisplayName("a faulted VMA merges with an unfaulted neighbour on either side, in the child, too (24)")
    void mergeWithUnfaulted() {
        machine.run("0 mmap 4 4 rw", "0 write 4 4", "0 fork 1");
        machine.run("1 mmap 8 4 rw", "1 mmap 0 4 rw").layout(1, "0-12 rw-p");
        machine.run("1 write 0 12", "1 fork 2");
        for (int page = 0; page < 12; page++) {
            machine.page(2, page).shared(2).looks(2, 2, 2);
        }
        machine.run("1 mremap 0 12 100 12").page(2, 11).looks(2, 3, 2);
    }

    @Test
    @DisplayName(
            "faulted VMAs merge when their pages were never moved apart, which anon_vma does not allow (section 3)")
    void mergeOfFaulted() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 mmap 8 4 rw", "0 write 8 4", "0 fork 1");
        machine.run("1 mmap 4 4 rw").layout(1, "0-12 rw-p");
        machine.run("1 munmap 4 4", "1 mremap 8 4 4 4").vmas(1, 2);
        machine.page(1, 4).looks(2, 3, 2);
    }

    @Test
    @DisplayName("WIPEONFORK and DONTFORK children have nothing, and are never reported (25)")
    void wipedAndSkipped() {
        machine.run("0 mmap 0 2 rw", "0 mmap 10 2 rw", "0 write 0 2", "0 write 10 2")
                .run("0 madvise 0 2 wipeonfork", "0 madvise 10 2 dontfork", "0 fork 1");
        machine.page(0, 0).exclusive().looks(1, 1, 1);
        machine.page(0, 10).exclusive().looks(1, 1, 1);
        machine.run("1 write 0 2").page(1, 0).looks(1, 1, 1);
    }

    @Test
    @DisplayName("a fork that fails half-way leaves the parent as it was, and no context (29)")
    void failingFork() {
        AtomicBoolean refusing = new AtomicBoolean();
        Scenario refused = Scenario.with(
                Scenario.builder(strategy).faultInjector(slab -> refusing.get() && slab.equals("vm_area_struct")));
        refused.run("0 mmap 0 2 rw", "0 write 0 2").contexts(1, 0);
        refusing.set(true);
        refused.fails(Errno.ENOMEM, "0 fork 1").contexts(1, 0);
        refusing.set(false);
        refused.page(0, 0).looks(1, 1, 1);
        refused.run("0 fork 1").page(1, 0).looks(2, 2, 2);
        refused.end();
    }

    @Test
    @DisplayName("pages found by a walk while the family changes on another thread (28)")
    void concurrent() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1", "0 fork 2");
        AddressSpace parent = machine.space(0);
        MemoryManager manager = machine.manager();
        int[] found = {0};
        // In the middle of the walk, of which the parent was the first: the rest is still to come.
        manager.rmapWalker().walk(Objects.requireNonNull(parent.folioAt(Scenario.address(1))), (vma, address) -> {
            if (found[0]++ == 0) {
                Meanwhile.run(() -> {
                    AddressSpace child = machine.space(1);
                    child.mprotect(Scenario.address(2), MemoryManager.PAGE_SIZE, 1);
                    machine.space(2).fork().exit();
                });
            }
            return true;
        });
        assertThat(found[0]).isEqualTo(3);
    }
}
