package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.strategy.Contestant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scenario 29 of ANON_VMA_LAZY, its switch at run time, and the two smaller proposals: only what a process maps before it
 * forks (lazy-gki), and only processes that promise never to fork (lazy-nofork).
 *
 * <p>Of the table of states: FULL VMAs from the first fault on, alone and beside lazy ones.
 */
@DisplayName("ANON_VMA_LAZY: switch and variants")
class LazyVariantScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.lazy();

    @RegisterExtension
    final Scenario gki = Scenario.with(Scenario.builder("lazy-gki"));

    @RegisterExtension
    final Scenario nofork = Scenario.with(Scenario.builder("lazy-nofork"));

    private void switchLazy(String value) {
        machine.manager().setOption("lazy", value);
    }

    @Test
    @DisplayName("the switch at run time: lazy and FULL VMAs side by side, which do not merge (29)")
    void mixed() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4").slabs(0, 0);
        switchLazy("off");
        machine.run("0 mmap 4 4 rwx", "0 write 4 4").slabs(1, 1);
        machine.run("0 mprotect 4 4 rw").layout(0, "0-4 rw-p", "4-8 rw-p").event("lazy_missed_merges", 1);
        machine.run("0 mmap 8 4 rwx", "0 write 8 1").slabs(1, 2).event("anon_vma_shared", 1);
        machine.run("0 mprotect 8 4 rw").layout(0, "0-4 rw-p", "4-12 rw-p").slabs(1, 1);
        switchLazy("on");
        machine.run("0 mmap 12 4 rwx", "0 write 12 1").slabs(1, 1);
        machine.run("0 mprotect 12 4 rw").layout(0, "0-4 rw-p", "4-12 rw-p", "12-16 rw-p");
        machine.event("lazy_missed_merges", 2);
        machine.run("0 mmap 16 2 rw", "0 write 16 2").layout(0, "0-4 rw-p", "4-12 rw-p", "12-18 rw-p");
        for (int page : new int[] {0, 4, 8, 12, 17}) {
            machine.walk(0, page, 1, 1);
        }
        machine.event("lazy_vma_lookups", 3).event("lazy_root_references", 2);
        machine.run("0 munmap 2 4", "0 mprotect 13 2 r")
                .slabs(1, 1)
                .walk(0, 1, 1, 1)
                .walk(0, 12, 1, 1);
        machine.run("0 fork 1").slabs(3, 10).walk(1, 0, 2, 2).walk(1, 8, 2, 2).walk(1, 17, 2, 2);
    }

    @Test
    @DisplayName("while it is off, children have anon_vmas of their own, and lazy parents are upgraded (29)")
    void forkWhileOff() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4", "0 fork 1").slabs(1, 2);
        switchLazy("off");
        // The child that inherited lazily goes on like that.
        machine.run("1 write 0 1").slabs(1, 2).page(1, 0).exclusive().walk(1, 1);
        machine.run("0 mmap 20 2 rw", "0 write 20 2").slabs(2, 3);
        machine.run("0 fork 2")
                .slabs(4, 7)
                .run("2 write 0 1")
                .page(2, 0)
                .exclusive()
                .walk(1, 1);
        machine.run("1 fork 3").slabs(6, 11).page(3, 0).shared(2).walk(2, 2);
        machine.page(3, 1).shared(4).walk(4, 4);
        switchLazy("on");
        machine.run("3 fork 4")
                .slabs(6, 14)
                .run("4 write 0 1")
                .slabs(6, 14)
                .page(4, 0)
                .walk(1, 1);
        machine.run("4 mmap 40 1 rw", "4 write 40 1").slabs(6, 14);
    }

    @Test
    @DisplayName("a VMA that was faulted while it was off moves and forks like any FULL one (29)")
    void neverLazy() {
        switchLazy("off");
        machine.run("0 mmap 0 6 rw", "0 write 0 6", "0 mprotect 3 3 r").slabs(1, 2);
        machine.run("0 mremap 0 3 20 3", "0 mremap 20 3 0 3", "0 mprotect 3 3 rw")
                .vmas(0, 1)
                .slabs(1, 1);
        machine.event("lazy_upgrades", 0).event("lazy_root_references", 0);
        switchLazy("on");
        machine.run("0 mmap 6 3 rwx", "0 write 6 1", "0 mprotect 6 3 rw")
                .vmas(0, 2)
                .slabs(1, 1);
        machine.run("0 fork 1")
                .slabs(2, 4)
                .event("lazy_upgrades", 1)
                .walk(1, 0, 2, 2)
                .walk(1, 6, 2, 2);
    }

    @Test
    @DisplayName("how VMAs merge and what copies name cannot be changed any more (29)")
    void fixedOptions() {
        assertThatThrownBy(() -> machine.manager().setOption("merge", "same-base"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> machine.manager().setOption("copies", "parent-anon-vma"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> machine.manager().setOption("lazy", "maybe"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("lazy-gki: fork is that of today's Linux, and who has forked is never lazy again")
    void gkiFork() {
        gki.run("0 mmap 0 4 rw", "0 write 0 4").slabs(0, 0).walk(0, 0, 1, 1);
        gki.run("0 mmap 20 4 rw", "0 write 20 4", "0 madvise 20 4 dontfork", "0 fork 1")
                .slabs(2, 3);
        gki.event("lazy_repaired_folios", 4).page(1, 0).shared(2).walk(2, 2);
        gki.page(0, 21).exclusive().walk(1, 1);
        gki.run("0 mmap 40 4 rw", "0 write 40 1").slabs(3, 4);
        // The child has not forked: what it maps itself is lazy.
        gki.run("1 mmap 40 4 rw", "1 write 40 4", "1 write 0 1").slabs(3, 4).event("lazy_vma_lookups", 2);
        gki.page(1, 0).exclusive().walk(1, 1);
        gki.event("lazy_vma_lookups", 2).page(1, 41).exclusive().walk(1, 1);
        gki.event("lazy_vma_lookups", 3)
                .run("1 fork 2")
                .slabs(6, 10)
                .page(2, 41)
                .shared(2)
                .walk(2, 2);
    }

    @Test
    @DisplayName("lazy-nofork: without the promise everything is as in today's Linux")
    void noPromise() {
        nofork.run("0 mmap 0 5 rw", "0 write 0 5").slabs(1, 1).run("0 fork 1").slabs(2, 3);
        nofork.run("0 fork 2", "1 fork 3", "1 exit", "3 fork 4").slabs(4, 9).event("anon_vma_reused", 1);
        nofork.event("lazy_root_references", 0).event("lazy_upgrades", 0);
    }

    @Test
    @DisplayName("lazy-nofork: after the promise new VMAs are lazy for good, old and inherited ones stay as they are")
    void promise() {
        nofork.run("0 mmap 0 4 rw", "0 write 0 4", "0 mmap 10 4 rw", "0 fork 1").slabs(2, 3);
        nofork.run("1 prctl nofork", "1 write 10 4", "1 mmap 20 4 rw", "1 write 20 4")
                .slabs(2, 3);
        nofork.run("0 mmap 20 4 rw", "0 write 20 4").slabs(3, 4);
        nofork.page(1, 0).shared(2).walk(2, 2);
        CostReport.LockCost before = nofork.lock("anon_vma");
        nofork.page(1, 11).exclusive().walk(1, 1);
        nofork.page(1, 21).exclusive().walk(1, 1);
        assertThat(nofork.lock("anon_vma")).isEqualTo(before);
        nofork.run("1 write 0 1").slabs(3, 4).page(1, 0).exclusive().walk(1, 1);
        nofork.event("lazy_upgrades", 0).fails(Errno.EPERM, "1 fork 2").event("lazy_upgrades", 0);
        nofork.page(1, 21).exclusive();
        // mremap still needs an anon_vma.
        nofork.run("1 mremap 20 4 40 4").slabs(4, 5).walk(1, 41, 1, 1);
    }

    @Test
    @DisplayName("lazy-nofork: threads and vfork go on, and exec begins without the promise")
    void execEndsPromise() {
        nofork.run("0 prctl nofork", "0 mmap 0 4 rw", "0 write 0 4", "0 thread", "0 vfork 1")
                .slabs(0, 0);
        nofork.run("1 write 1 1").fails(Errno.EPERM, "1 fork 2").fails(Errno.EPERM, "0 fork 2");
        nofork.run("1 exec", "1 mmap 0 4 rw", "1 write 0 4", "1 fork 2").walk(2, 1, 2, 2);
        assertThat(nofork.space(1).isForkForbidden()).isFalse();
        assertThat(nofork.space(0).isForkForbidden()).isTrue();
        // The stack and the mapping, in two processes.
        nofork.slabs(4, 6);
    }

    static List<Contestant> contestants() {
        return Contestant.all();
    }

    @ParameterizedTest(name = "{0}: after PR_SET_NOFORK fork fails with EPERM and changes nothing")
    @MethodSource("contestants")
    void forkForbidden(Contestant contestant) {
        Scenario promised = Scenario.with(contestant.builder()).run("0 mmap 0 4 rw", "0 write 0 4", "0 prctl nofork");
        MemoryManager manager = promised.manager();
        CostReport before = manager.costs();
        promised.fails(Errno.EPERM, "0 fork 1").fails(Errno.EPERM, "0 fork 1");
        assertThat(manager.costs().slabs()).isEqualTo(before.slabs());
        assertThat(manager.costs().events()).isEqualTo(before.events());
        assertThat(manager.addressSpaces()).containsExactly(promised.space(0));
        promised.page(0, 1).exclusive().walk(1, 1);
        AddressSpace shared = promised.space(0).share();
        shared.write(address(1), 77);
        shared.exit();
        promised.call(0, "reads", space -> assertThat(space.read(address(1))).isEqualTo(77));
        promised.run("0 vfork 1", "1 exec", "1 mmap 0 1 rw", "1 write 0 1", "1 fork 2")
                .walk(2, 0, 2, 2);
        promised.end();
    }
}
