package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** memory_failure: who maps the page loses it and is named; nobody else is touched. */
@DisplayName("Memory failure")
class MemoryFailureTest {
    @RegisterExtension
    final Scenario machine =
            Scenario.with(MemoryManager.builder().strategy("anonvma").hugepages(4, HugepagePolicy.MADVISE));

    @Test
    @DisplayName("every sharer loses the page, wherever it has moved it; who has copied it keeps the copy")
    void sharers() {
        machine.run("0 mmap 0 3 rw", "0 write 0 3", "0 fork 1", "0 fork 2", "0 fork 3", "2 write 1 1");
        machine.run("1 mremap 1 1 9 1", "3 munmap 1 1");
        List<AddressSpace> killed = new ArrayList<>();
        machine.call(0, "poison 1", space -> killed.addAll(space.poison(address(1) + 5)));
        assertThat(killed).containsExactlyInAnyOrder(machine.space(0), machine.space(1));
        machine.entries(0, 0, "apa")
                .entries(1, 0, "a.a")
                .entries(1, 9, "p")
                .entries(2, 0, "aaa")
                .entries(3, 0, "a.a");
        machine.fails(Errno.EHWPOISON, "0 read 1 1").fails(Errno.EHWPOISON, "1 write 9 1");
        machine.run("2 read 1 1", "0 write 0 1", "0 write 2 1");
    }

    @Test
    @DisplayName("the marker is inherited, moves, and goes with the mapping or MADV_DONTNEED")
    void marker() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 poison 0", "0 fork 1").entries(1, 0, "pa");
        machine.run("0 mremap 0 1 5 1").entries(0, 5, "p").run("1 madvise 0 1 dontneed");
        machine.entries(1, 0, ".a").run("1 write 0 1", "0 munmap 5 1");
    }

    @Test
    @DisplayName("of a large folio only the bad page is lost")
    void largeFolio() {
        machine.run("0 mmap 0 16 rw", "0 madvise 0 16 hugepage", "0 write 0 16", "0 fork 1", "1 poison 3");
        machine.entries(0, 0, "aaapaaaaaaaaaaaa").entries(1, 0, "aaapaaaaaaaaaaaa");
        machine.folioRun(0, 4, 1, 1, 0).mapcounts(0, 2, 2, 0, 2);
    }

    @Test
    @DisplayName("who has the page in swap gets it back from there")
    void swapCache() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 1 pageout", "0 fork 1", "0 read 0 1", "0 poison 0")
                .entries(0, 0, "p");
        machine.run("1 read 0 1").page(1, 0).holds("word").exclusive();
    }

    @Test
    @DisplayName("where no anonymous page is, nothing happens")
    void nothingThere() {
        machine.run("0 mmap 0 2 rw", "0 read 0 1", "0 poison 0", "0 poison 1", "0 poison 7");
        machine.entries(0, 0, "z.");
    }
}
