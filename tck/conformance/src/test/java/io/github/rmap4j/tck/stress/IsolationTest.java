package io.github.rmap4j.tck.stress;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.tck.strategy.Contestant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a process reads is what it wrote or inherited, whatever its relatives write at the same time. */
@DisplayName("Isolation under concurrent writes")
class IsolationTest {
    private static final long BASE = 0x100000000000L;
    private static final int PAGES = 8;
    private static final int WRITERS = 2;
    private static final int FORKS = 4000 * StressStrategies.THOROUGH;

    private static long address(long page) {
        return BASE + page * PAGE_SIZE;
    }

    private static List<Long> content(AddressSpace space) {
        List<Long> words = new ArrayList<>();
        for (int page = 0; page < PAGES; page++) {
            words.add(space.read(address(page)));
        }
        return words;
    }

    @ParameterizedTest(name = "{0}: what a child inherited does not change while its parent goes on writing")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void childKeepsWhatItInherited(Contestant contestant) {
        MemoryManager manager = StressStrategies.manager(contestant);
        AddressSpace parent = manager.createAddressSpace();
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        parent.mmap(BASE, PAGES * PAGE_SIZE, Prot.PROT_READ | Prot.PROT_WRITE, flags);
        CountDownLatch forking = new CountDownLatch(1);
        AtomicLong words = new AtomicLong();
        List<Callable<Void>> tasks = new ArrayList<>();
        tasks.add(() -> {
            try {
                for (int i = 0; i < FORKS; i++) {
                    AddressSpace child = parent.fork();
                    long bound = words.get();
                    List<Long> inherited = content(child);
                    assertThat(inherited).allMatch(word -> word <= bound);
                    child.write(address(i % PAGES), -1);
                    List<Long> later = content(child);
                    inherited.set(i % PAGES, -1L);
                    assertThat(later).isEqualTo(inherited);
                    child.exit();
                }
            } finally {
                forking.countDown();
            }
            return null;
        });
        for (int i = 0; i < WRITERS; i++) {
            tasks.add(() -> {
                while (forking.getCount() > 0) {
                    long word = words.incrementAndGet();
                    parent.write(address(word % PAGES), word);
                }
                return null;
            });
        }
        Threads.runAll(tasks);
        manager.verify();
        assertThat(content(parent)).allMatch(word -> word >= 0);
        parent.exit();
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }
}
