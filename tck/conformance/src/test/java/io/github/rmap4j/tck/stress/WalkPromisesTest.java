package io.github.rmap4j.tck.stress;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.tck.strategy.Contestant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a walk promises while one other thread does one thing over and over. */
@DisplayName("What a walk promises while mappings change")
class WalkPromisesTest {
    private static final long BASE = 0x100000000000L;
    private static final int CHANGES = 4000 * StressStrategies.THOROUGH;
    private static final int WALKS = CHANGES / 5;
    /** A walk may follow a family that forks for ever; then it ends only when the forks do. */
    private static final int MOST_CHANGES = 4 * CHANGES;

    private static long address(int page) {
        return BASE + page * PAGE_SIZE;
    }

    private static void map(AddressSpace space, int page, int pages) {
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        space.mmap(address(page), pages * PAGE_SIZE, Prot.PROT_READ | Prot.PROT_WRITE, flags);
        for (int i = page; i < page + pages; i++) {
            space.write(address(i), i + 1);
        }
    }

    private static Folio folio(AddressSpace space, int page) {
        Folio folio = space.folioAt(address(page));
        assertThat(folio).isNotNull();
        return folio;
    }

    /** Walks a folio while something changes, both so many times at least; each walk's findings are checked. */
    private static void walkWhile(
            MemoryManager manager, Folio folio, Runnable change, Consumer<List<String>> checkFindings) {
        CountDownLatch changing = new CountDownLatch(1);
        AtomicInteger walks = new AtomicInteger();
        List<Callable<Void>> tasks = new ArrayList<>();
        tasks.add(() -> {
            try {
                for (int i = 0; i < CHANGES || (i < MOST_CHANGES && walks.get() < WALKS); i++) {
                    change.run();
                }
            } finally {
                changing.countDown();
            }
            return null;
        });
        tasks.add(() -> {
            try {
                do {
                    List<String> found = new ArrayList<>();
                    WalkOutcome outcome = manager.rmapWalker().walk(folio, (vma, address) -> {
                        found.add("space " + vma.addressSpace().id() + " page " + (address - BASE) / PAGE_SIZE);
                        // Takes its time, so that changes fall into the middle of walks.
                        Thread.yield();
                        return true;
                    });
                    assertThat(outcome).isEqualTo(WalkOutcome.COMPLETE);
                    checkFindings.accept(found);
                    walks.incrementAndGet();
                } while (changing.getCount() > 0);
            } finally {
                // A walker that has failed must not be waited for.
                walks.addAndGet(WALKS);
            }
            return null;
        });
        Threads.runAll(tasks);
        manager.verify();
    }

    private static void end(MemoryManager manager) {
        manager.addressSpaces().forEach(AddressSpace::exit);
        assertThat(manager.costs().slabs())
                .allSatisfy(slab -> assertThat(slab.live()).as(slab.name()).isZero());
    }

    @ParameterizedTest(name = "{0}: a page that mremap moves is found, at its old or its new place, and no place twice")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void movedPage(Contestant contestant) {
        MemoryManager manager = StressStrategies.manager(contestant);
        AddressSpace space = manager.createAddressSpace();
        map(space, 50, 3);
        // The child's VMA sorts between the VMA that the page comes home to and the one it comes from.
        AddressSpace child = space.fork();
        child.munmap(address(50), PAGE_SIZE);
        // Far apart, so that a scan of all page tables comes by each place at another time.
        map(space, 700, 1);
        map(space, 1400, 1);
        int[] places = {51, 20, 2000, 51, 2000, 20};
        int[] at = {0};
        Runnable move = () -> {
            int from = places[at[0]];
            at[0] = (at[0] + 1) % places.length;
            int to = places[at[0]];
            space.mremap(
                    address(from), PAGE_SIZE, PAGE_SIZE, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, address(to));
        };
        walkWhile(
                manager,
                folio(space, 51),
                move,
                found -> assertThat(found)
                        .contains("space 1 page 51")
                        .containsAnyOf("space 0 page 51", "space 0 page 20", "space 0 page 2000")
                        .doesNotHaveDuplicates()
                        .isSubsetOf("space 1 page 51", "space 0 page 51", "space 0 page 20", "space 0 page 2000"));
        end(manager);
    }

    @ParameterizedTest(name = "{0}: a page whose VMA is split, merged and resized around it is found once")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void pageInChangingLayout(Contestant contestant) {
        MemoryManager manager = StressStrategies.manager(contestant);
        AddressSpace space = manager.createAddressSpace();
        map(space, 0, 12);
        AddressSpace child = space.fork();
        Runnable change = () -> {
            space.mprotect(address(4), 2 * PAGE_SIZE, Prot.PROT_READ);
            space.mprotect(address(4), 2 * PAGE_SIZE, Prot.PROT_READ | Prot.PROT_WRITE);
            child.munmap(address(6), 6 * PAGE_SIZE);
            child.mprotect(address(2), 3 * PAGE_SIZE, Prot.PROT_READ);
            child.mremap(address(5), PAGE_SIZE, 4 * PAGE_SIZE, 0, 0);
            child.mprotect(address(0), 9 * PAGE_SIZE, Prot.PROT_READ | Prot.PROT_WRITE);
        };
        walkWhile(
                manager,
                folio(space, 5),
                change,
                found -> assertThat(found).containsExactlyInAnyOrder("space 0 page 5", "space 1 page 5"));
        end(manager);
    }

    @ParameterizedTest(name = "{0}: a page whose owner forks, exits, and so on, is found in one generation at least")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void dynasty(Contestant contestant) {
        MemoryManager manager = StressStrategies.manager(contestant);
        AddressSpace[] reigning = {manager.createAddressSpace()};
        map(reigning[0], 0, 3);
        Runnable succeed = () -> {
            AddressSpace child = reigning[0].fork();
            reigning[0].exit();
            reigning[0] = child;
        };
        walkWhile(
                manager,
                folio(reigning[0], 1),
                succeed,
                found -> assertThat(found).isNotEmpty().doesNotHaveDuplicates());
        end(manager);
    }

    @ParameterizedTest(name = "{0}: a page is found in every process that keeps it, whoever comes and goes beside them")
    @MethodSource("io.github.rmap4j.tck.stress.StressStrategies#all")
    void keptWhileOthersComeAndGo(Contestant contestant) {
        MemoryManager manager = StressStrategies.manager(contestant);
        AddressSpace parent = manager.createAddressSpace();
        map(parent, 0, 3);
        AddressSpace child = parent.fork();
        AddressSpace grandchild = child.fork();
        Runnable comeAndGo = () -> {
            AddressSpace beside = parent.fork();
            AddressSpace below = grandchild.fork();
            beside.write(address(1), 7);
            below.munmap(address(0), 2 * PAGE_SIZE);
            beside.exit();
            below.exit();
        };
        walkWhile(
                manager,
                folio(parent, 1),
                comeAndGo,
                found -> assertThat(found)
                        .doesNotHaveDuplicates()
                        .contains("space 0 page 1", "space 1 page 1", "space 2 page 1"));
        end(manager);
    }
}
