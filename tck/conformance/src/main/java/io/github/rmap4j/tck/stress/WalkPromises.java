package io.github.rmap4j.tck.stress;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.tck.check.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** What a walk promises while one other thread does one thing over and over. */
public final class WalkPromises {
    private static final long BASE = 0x100000000000L;
    private static final int CHANGES_PER_WALK = 5;
    /** A walk may follow a family that forks for ever; then it ends only when the forks do. */
    private static final int MOST_CHANGES = 4;

    private static final String FOUND = "mappings that a walk reported";

    private final MemoryManager manager;
    private final int changes;
    private final int enoughWalks;

    /**
     * Checks on a manager without address spaces.
     *
     * @param manager the manager
     * @param changes how often something is changed
     */
    public WalkPromises(MemoryManager manager, int changes) {
        this.manager = manager;
        this.changes = changes;
        this.enoughWalks = changes / CHANGES_PER_WALK;
    }

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
        return Objects.requireNonNull(space.folioAt(address(page)));
    }

    /** Walks a folio while something changes, both so many times at least; each walk's findings are checked. */
    private void walkWhile(Folio folio, Runnable change, Consumer<List<String>> checkFindings) {
        CountDownLatch changing = new CountDownLatch(1);
        AtomicInteger walks = new AtomicInteger();
        List<Callable<Void>> tasks = new ArrayList<>();
        tasks.add(() -> {
            try {
                for (int i = 0; i < changes || (i < MOST_CHANGES * changes && walks.get() < enoughWalks); i++) {
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
                    Expect.equal("outcome of a walk", WalkOutcome.COMPLETE, outcome);
                    Expect.noDuplicates(FOUND, found);
                    checkFindings.accept(found);
                    walks.incrementAndGet();
                } while (changing.getCount() > 0);
            } finally {
                // A walker that has failed must not be waited for.
                walks.addAndGet(enoughWalks);
            }
            return null;
        });
        Threads.runAll(tasks);
        manager.verify();
        manager.addressSpaces().forEach(AddressSpace::exit);
        Expect.nothingLeft(manager);
    }

    /** A page that mremap moves is found, at its old or its new place. */
    public void movedPage() {
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
        String kept = "space 1 page 51";
        List<String> moved = List.of("space 0 page 51", "space 0 page 20", "space 0 page 2000");
        List<String> all = new ArrayList<>(moved);
        all.add(kept);
        walkWhile(folio(space, 51), move, found -> {
            Expect.contains(FOUND, List.of(kept), found);
            Expect.anyOf(FOUND, moved, found);
            Expect.within(FOUND, all, found);
        });
    }

    /** A page whose VMA is split, merged and resized around it is found once. */
    public void pageInChangingLayout() {
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
        List<String> expected = List.of("space 0 page 5", "space 1 page 5");
        walkWhile(folio(space, 5), change, found -> {
            Expect.contains(FOUND, expected, found);
            Expect.within(FOUND, expected, found);
        });
    }

    /** A page whose owner forks, exits, and so on, is found in one generation at least. */
    public void dynasty() {
        AddressSpace[] reigning = {manager.createAddressSpace()};
        map(reigning[0], 0, 3);
        Runnable succeed = () -> {
            AddressSpace child = reigning[0].fork();
            reigning[0].exit();
            reigning[0] = child;
        };
        walkWhile(folio(reigning[0], 1), succeed, found -> Expect.that(FOUND, !found.isEmpty(), "at least one", found));
    }

    /** A page is found in every process that keeps it, whoever comes and goes beside them. */
    public void keptWhileOthersComeAndGo() {
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
                folio(parent, 1),
                comeAndGo,
                found -> Expect.contains(FOUND, List.of("space 0 page 1", "space 1 page 1", "space 2 page 1"), found));
    }
}
