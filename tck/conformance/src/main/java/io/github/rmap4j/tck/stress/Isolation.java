package io.github.rmap4j.tck.stress;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.tck.check.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** What a process reads is what it wrote or inherited, whatever its relatives write at the same time. */
public final class Isolation {
    private static final long BASE = 0x100000000000L;
    private static final int PAGES = 8;
    private static final int WRITERS = 2;

    private final MemoryManager manager;
    private final int forks;

    /** A check on a manager without address spaces. */
    public Isolation(MemoryManager manager, int forks) {
        this.manager = manager;
        this.forks = forks;
    }

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

    /** One thread forks and looks at the children while others write to the parent. */
    public void childKeepsWhatItInherited() {
        AddressSpace parent = manager.createAddressSpace();
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        parent.mmap(BASE, PAGES * PAGE_SIZE, Prot.PROT_READ | Prot.PROT_WRITE, flags);
        CountDownLatch forking = new CountDownLatch(1);
        AtomicLong words = new AtomicLong();
        List<Callable<Void>> tasks = new ArrayList<>();
        tasks.add(() -> {
            try {
                for (int i = 0; i < forks; i++) {
                    fork(parent, i % PAGES, words);
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
        List<Long> last = content(parent);
        Expect.that("words of the parent", last.stream().allMatch(word -> word >= 0), "its own", last);
        parent.exit();
        Expect.nothingLeft(manager);
    }

    private static void fork(AddressSpace parent, int page, AtomicLong words) {
        AddressSpace child = parent.fork();
        long bound = words.get();
        List<Long> inherited = content(child);
        Expect.that(
                "words that a child inherited",
                inherited.stream().allMatch(word -> word <= bound),
                "at most " + bound,
                inherited);
        child.write(address(page), -1);
        inherited.set(page, -1L);
        Expect.equal("words of a child after a write", inherited, content(child));
        child.exit();
    }
}
