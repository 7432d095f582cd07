package io.github.rmap4j.tck.scenario;

import static io.github.rmap4j.tck.scenario.Scenario.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.MemoryManager.HugepagePolicy;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A limit on resident pages: whoever needs one more reclaims others, the least used first. */
@DisplayName("Reclaim under a limit")
class ReclaimerTest {
    private static final int LIMIT = 64;

    private static MemoryManager.Builder limited() {
        return MemoryManager.builder().strategy("anonvma").residentLimit(LIMIT);
    }

    private static long resident(Scenario machine) {
        Set<Folio> folios = Collections.newSetFromMap(new IdentityHashMap<>());
        machine.manager()
                .addressSpaces()
                .forEach(space -> space.forEachPage(0, MemoryManager.TASK_SIZE, entry -> {
                    Folio folio = entry.folio();
                    if (folio != null) {
                        folios.add(folio);
                    }
                }));
        return folios.stream().mapToLong(Folio::pages).sum();
    }

    @Test
    @DisplayName(
            "ten times as much memory as there is: all content survives, and never more than the limit is resident")
    void contentSurvives() {
        Scenario machine = Scenario.with(limited());
        machine.run("0 mmap 0 640 rw");
        for (int page = 0; page < 640; page++) {
            machine.run("0 fill " + page + " 1 " + (page + 1));
            assertThat(resident(machine)).isLessThanOrEqualTo(LIMIT);
        }
        for (int page = 0; page < 640; page += 7) {
            long expected = page + 1;
            long where = address(page);
            machine.call(
                    0,
                    "reads page " + page,
                    space -> assertThat(space.read(where)).isEqualTo(expected));
        }
        assertThat(resident(machine)).isLessThanOrEqualTo(LIMIT);
        machine.end();
    }

    @Test
    @DisplayName("pages that are used again and again stay; those that were used once go")
    void workingSet() {
        Scenario machine = Scenario.with(limited());
        machine.run("0 mmap 0 600 rw", "0 write 0 16");
        for (int page = 100; page < 500; page += 4) {
            machine.run("0 read 0 16", "0 write " + page + " 4");
        }
        machine.entries(0, 0, "aaaaaaaaaaaaaaaa").entries(0, 100, "ssss").end();
    }

    @Test
    @DisplayName("shared pages are taken from all processes, large folios page by page")
    void sharedAndLarge() {
        Scenario machine = Scenario.with(limited().hugepages(4, HugepagePolicy.ALWAYS));
        machine.run("0 mmap 0 256 rw", "0 write 0 32", "0 fork 1", "0 write 64 128");
        assertThat(resident(machine)).isLessThanOrEqualTo(LIMIT);
        machine.run("1 read 0 32", "0 read 0 32", "1 exit").end();
    }

    @Test
    @DisplayName("without swap space, or with everything locked, a fault fails with ENOMEM")
    void nothingToReclaim() {
        Scenario noSwap = Scenario.with(limited().swapPages(0));
        noSwap.run("0 mmap 0 100 rw", "0 write 0 " + LIMIT).fails(Errno.ENOMEM, "0 write 64 1");
        noSwap.run("0 munmap 0 1", "0 write 64 1").end();
        Scenario locked = Scenario.with(limited());
        locked.run("0 mmap 0 100 rw", "0 mlock 0 64").fails(Errno.ENOMEM, "0 write 64 1");
        locked.run("0 munlock 0 64", "0 write 64 1").end();
    }

    @Test
    @DisplayName("a limit that is too small to work with is refused")
    void smallLimit() {
        assertThatThrownBy(() -> MemoryManager.builder().residentLimit(15))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("residentLimit must be at least 16 pages: 15");
    }
}
