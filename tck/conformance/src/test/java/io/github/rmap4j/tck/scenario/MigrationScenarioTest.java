package io.github.rmap4j.tck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenario 94 and others: pages move to new frames in all processes at once. */
@DisplayName("Migration")
class MigrationScenarioTest {
    private static final long SEED = Long.getLong("tck.seed", 1);
    private static final int HEIGHT = 5;

    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("94: a random worker of a process tree migrates the page; every process sees the new frame")
    void processTree() {
        SplittableRandom random = new SplittableRandom(SEED);
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word").isNew("before");
        List<Integer> processes = new ArrayList<>(List.of(0));
        fork(0, HEIGHT, random, processes);
        int worker = processes.get(random.nextInt(processes.size()));
        machine.page(0, 0).is("before").shared(processes.size()).walk(processes.size(), processes.size());
        machine.run(worker + " migrate 0 1");
        machine.page(worker, 0).isNew("after");
        for (int process : processes) {
            machine.page(process, 0).is("after").holds("word").shared(processes.size());
        }
        machine.page(worker, 0).walk(processes.size(), processes.size());
    }

    private void fork(int parent, int height, SplittableRandom random, List<Integer> processes) {
        for (int i = 1 + random.nextInt(3); height > 1 && i > 0; i--) {
            int child = processes.size();
            processes.add(child);
            machine.run(parent + " fork " + child);
            fork(child, height - 1, random, processes);
        }
    }

    @Test
    @DisplayName("an exclusive page stays exclusive and writable, a shared one stays shared")
    void marks() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 fork 1", "0 write 0 1");
        machine.page(0, 0).wrote("own").isNew("own frame").exclusive();
        machine.page(0, 1).wrote("inherited").isNew("common frame").shared(2);
        machine.run("0 migrate 0 2");
        machine.page(0, 0).isNew("own frame's new").holds("own").exclusive().index(Scenario.ARENA_PAGE);
        machine.page(0, 1)
                .isNew("new common frame")
                .holds("inherited")
                .shared(2)
                .walk(2, 2);
        machine.page(1, 1).is("new common frame").holds("inherited");
        machine.run("1 write 1 1");
        machine.page(1, 1).wrote("child").exclusive();
        machine.page(0, 1).is("new common frame").holds("inherited").shared(1);
    }

    @Test
    @DisplayName("protection that changed before still holds afterwards")
    void protection() {
        machine.run("0 mmap 0 2 rw", "0 write 0 2", "0 mprotect 0 1 none", "0 mprotect 1 1 r", "0 migrate 0 2");
        machine.fails(Errno.EFAULT, "0 read 0 1");
        machine.fails(Errno.EFAULT, "0 write 1 1");
        machine.run("0 mprotect 0 2 rw", "0 write 0 2");
        machine.page(0, 0).exclusive();
    }

    @Test
    @DisplayName("a moved page is found where it is")
    void moved() {
        machine.run("0 mmap 0 4 rw", "0 write 0 4");
        machine.page(0, 1).wrote("word");
        machine.run("0 fork 1", "1 mremap 1 1 9 1", "0 migrate 1 1");
        machine.page(1, 9).isNew("after").holds("word").shared(2);
        machine.page(0, 1).is("after").holds("word");
    }

    @Test
    @DisplayName("a folio of the swap cache keeps its slot")
    void swapCache() {
        machine.run("0 mmap 0 1 rw", "0 write 0 1");
        machine.page(0, 0).wrote("word");
        machine.run("0 madvise 0 1 pageout", "0 fork 1", "0 read 0 1");
        machine.page(0, 0).isNew("before");
        machine.run("0 migrate 0 1").swapSlots(1).run("1 read 0 1");
        machine.page(0, 0).isNew("after").holds("word").shared(2);
        machine.page(1, 0).is("after").walk(2, 2);
    }

    @Test
    @DisplayName("swap entries, zero pages and holes are left alone")
    void notPresent() {
        machine.run("0 mmap 0 4 rw", "0 write 0 1", "0 madvise 0 1 pageout", "0 read 2 1", "0 migrate 0 4");
        machine.entries(0, 0, "s.z.");
        assertThat(machine.space(0).vmas()).hasSize(1);
    }
}
