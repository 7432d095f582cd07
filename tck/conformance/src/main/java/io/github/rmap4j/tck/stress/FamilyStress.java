package io.github.rmap4j.tck.stress;

import static io.github.rmap4j.api.MemoryManager.PAGE_SIZE;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.Folio;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.PageEntry;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.api.RmapVisitor;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.api.WalkMode;
import io.github.rmap4j.api.WalkOutcome;
import io.github.rmap4j.tck.check.Expect;
import io.github.rmap4j.tck.stress.Family.Process;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * Threads that change the mappings of a family of processes at random, beside threads that walk folios.
 *
 * <p>Anchors are pages that nobody writes, moves or unmaps in the permanent processes, though the VMAs around them split
 * and merge all the time, and they are migrated. Every walk of an anchor's folio must report each of its permanent
 * places, and no walk may report anything twice.
 */
public final class FamilyStress {
    private static final long BASE = 0x100000000000L;
    private static final int PAGES = 40;
    private static final int LONGEST = 8;
    private static final List<Integer> ANCHORS = List.of(5, 17, 18, 30);
    /** One operation in so many reclaims, where there are no anchors. */
    private static final int RECLAIMS = 8;

    private static final int PROCESSES = 12;

    private final MemoryManager manager;
    private final Family family;
    private final List<Integer> anchorPages;
    /** For each permanent place of an anchor, all permanent places of its page. */
    private final Map<Place, Set<Place>> anchors = new LinkedHashMap<>();

    private final Map<Place, Long> anchorWords = new LinkedHashMap<>();

    /** A page of an address space. */
    private record Place(AddressSpace space, long address) {}

    /** What a thread may do to a process. */
    private enum Kind {
        WRITE,
        READ,
        MPROTECT,
        MUNMAP,
        MMAP,
        REPLACE,
        MREMAP,
        DONTNEED,
        PAGEOUT,
        MIGRATE,
        SPLIT,
        /** Writes zeros, so that pages equal one another. */
        CLEAR,
        KSM,
        RECLAIM,
        COMPACT,
        FORK,
        EXIT
    }

    private static final Kind[] MIX = {
        Kind.WRITE,
        Kind.WRITE,
        Kind.WRITE,
        Kind.WRITE,
        Kind.WRITE,
        Kind.READ,
        Kind.READ,
        Kind.MPROTECT,
        Kind.MPROTECT,
        Kind.MUNMAP,
        Kind.MMAP,
        Kind.MMAP,
        Kind.REPLACE,
        Kind.MREMAP,
        Kind.MREMAP,
        Kind.DONTNEED,
        Kind.FORK,
        Kind.FORK,
        Kind.EXIT,
        Kind.EXIT,
        Kind.PAGEOUT,
        Kind.PAGEOUT,
        Kind.MIGRATE,
        Kind.SPLIT,
        Kind.CLEAR,
        Kind.CLEAR
    };
    /** What takes as long as many other operations: one in so many. */
    private static final int SELDOM = 60;

    /** A family with anchors, which are never swapped out: pages that others map as well are not reclaimed. */
    public static FamilyStress withAnchors(MemoryManager manager) {
        FamilyStress stress = new FamilyStress(manager, ANCHORS);
        stress.placeAnchors();
        return stress;
    }

    /** A family without anchors, all of whose pages may be reclaimed at any time. */
    public static FamilyStress withReclaim(MemoryManager manager) {
        return new FamilyStress(manager, List.of());
    }

    private FamilyStress(MemoryManager manager, List<Integer> anchorPages) {
        this.manager = manager;
        this.anchorPages = anchorPages;
        AddressSpace first = manager.createAddressSpace();
        first.enableMemoryMerge();
        first.mmap(BASE, PAGES * PAGE_SIZE, Prot.PROT_READ | Prot.PROT_WRITE, fixed());
        family = new Family(first, PROCESSES);
        Process root = family.processes().get(0);
        for (int page = 0; page < PAGES; page++) {
            first.write(address(page), family.word(root));
        }
        while (family.processes().size() < Family.PERMANENT) {
            family.fork(root);
        }
    }

    private void placeAnchors() {
        // The last anchor belongs to one process alone, and is looked for in its children.
        Process last = family.processes().get(Family.PERMANENT - 1);
        last.space().write(address(ANCHORS.get(ANCHORS.size() - 1)), family.word(last));
        Map<Long, Set<Place>> byWord = new LinkedHashMap<>();
        for (Process process : family.processes()) {
            for (int page : ANCHORS) {
                Place place = new Place(process.space(), address(page));
                long word = entryAt(place).content();
                anchorWords.put(place, word);
                byWord.computeIfAbsent(word, unused -> new HashSet<>()).add(place);
            }
        }
        byWord.values().forEach(places -> places.forEach(place -> anchors.put(place, places)));
    }

    private static PageEntry entryAt(Place place) {
        List<PageEntry> entries = new ArrayList<>();
        place.space.forEachPage(place.address, place.address + PAGE_SIZE, entries::add);
        Expect.equal("entries of an anchor", 1, entries.size());
        return entries.get(0);
    }

    private static int fixed() {
        return MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
    }

    private static long address(int page) {
        return BASE + page * PAGE_SIZE;
    }

    /** One round: mutators do so many operations each while walkers walk; then everything is checked at rest. */
    public void round(long seed, int mutators, int walkers, int operations) {
        SplittableRandom seeds = new SplittableRandom(seed);
        CountDownLatch working = new CountDownLatch(mutators);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < mutators; i++) {
            SplittableRandom random = seeds.split();
            tasks.add(() -> {
                try {
                    mutate(random, operations);
                } finally {
                    working.countDown();
                }
                return null;
            });
        }
        for (int i = 0; i < walkers; i++) {
            SplittableRandom random = seeds.split();
            tasks.add(() -> {
                for (int walks = 0; walks < operations || working.getCount() > 0; walks++) {
                    walk(random);
                }
                return null;
            });
        }
        Threads.runAll(tasks);
        checkAtRest();
    }

    public void end() {
        family.exitAll();
        Expect.nothingLeft(manager);
    }

    private void checkAtRest() {
        manager.verify();
        anchors.forEach((place, places) -> {
            PageEntry entry = entryAt(place);
            Expect.equal("content of an anchor", anchorWords.get(place), entry.content());
            places.forEach(other -> Expect.that(
                    "folio of an anchor's other place",
                    entryAt(other).folio() == entry.folio(),
                    entry.folio(),
                    entryAt(other).folio()));
        });
        for (Process process : family.processes()) {
            process.space().forEachPage(BASE, address(PAGES), entry -> {
                if (entry.kind() == PageEntry.Kind.ANON || entry.kind() == PageEntry.Kind.SWAP) {
                    checkContent(process, entry.content());
                }
            });
        }
    }

    private static void checkContent(Process process, long word) {
        Expect.that(
                "word that " + process + " sees",
                process.maySee(word),
                "one that it wrote or inherited",
                Long.toHexString(word));
    }

    private void mutate(SplittableRandom random, int operations) {
        for (int i = 0; i < operations; i++) {
            Process process = family.use(random);
            try {
                act(kind(random), process, random);
            } finally {
                family.release(process);
            }
        }
    }

    private Kind kind(SplittableRandom random) {
        if (anchorPages.isEmpty() && random.nextInt(RECLAIMS) == 0) {
            return Kind.RECLAIM;
        }
        if (random.nextInt(SELDOM) == 0) {
            return random.nextInt(4) == 0 ? Kind.COMPACT : Kind.KSM;
        }
        return MIX[random.nextInt(MIX.length)];
    }

    private void act(Kind kind, Process process, SplittableRandom random) {
        AddressSpace space = process.space();
        int start = random.nextInt(PAGES);
        int length = 1 + random.nextInt(Math.min(LONGEST, PAGES - start));
        long address = address(start);
        long bytes = length * PAGE_SIZE;
        boolean spared = process.isPermanent() && holdsAnchor(start, length);
        switch (kind) {
            case READ -> tolerating(() -> checkContent(process, space.read(address)), Errno.EFAULT);
            case MPROTECT -> {
                int prot = random.nextInt(3) == 0 ? Prot.PROT_READ : Prot.PROT_READ | Prot.PROT_WRITE;
                tolerating(() -> space.mprotect(address, bytes, prot), Errno.ENOMEM);
            }
            // Anchors stay mapped where they are, though by other frames.
            case MIGRATE -> space.migrate(address, bytes);
            case SPLIT -> space.splitFolios(address, bytes);
            case PAGEOUT -> tolerating(() -> space.madvise(address, bytes, Advice.PAGEOUT), Errno.ENOMEM);
            case RECLAIM -> space.reclaim(address, bytes);
            case KSM -> manager.ksmScan();
            case COMPACT -> manager.compact();
            case FORK -> family.fork(process);
            case EXIT -> family.exit(process);
            default -> {
                if (!spared) {
                    change(kind, process, start, length, random);
                }
            }
        }
    }

    private void change(Kind kind, Process process, int start, int length, SplittableRandom random) {
        AddressSpace space = process.space();
        long address = address(start);
        long bytes = length * PAGE_SIZE;
        int prot = Prot.PROT_READ | Prot.PROT_WRITE;
        switch (kind) {
            case WRITE -> tolerating(() -> space.write(address, family.word(process)), Errno.EFAULT);
            case CLEAR -> tolerating(() -> space.write(address, 0), Errno.EFAULT);
            case MUNMAP -> space.munmap(address, bytes);
            case REPLACE -> space.mmap(address, bytes, prot, fixed());
            case MMAP -> {
                int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED_NOREPLACE;
                tolerating(() -> space.mmap(address, bytes, prot, flags), Errno.EEXIST);
            }
            case DONTNEED -> tolerating(() -> space.madvise(address, bytes, Advice.DONTNEED), Errno.ENOMEM);
            case MREMAP -> {
                int to = random.nextInt(PAGES - length + 1);
                boolean overlaps = to < start + length && start < to + length;
                if (!overlaps && !(process.isPermanent() && holdsAnchor(to, length))) {
                    int dontUnmap = random.nextInt(4) == 0 ? MapFlags.MREMAP_DONTUNMAP : 0;
                    int flags = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED | dontUnmap;
                    tolerating(() -> space.mremap(address, bytes, bytes, flags, address(to)), Errno.EFAULT);
                }
            }
            default -> throw new IllegalStateException(kind + " changes no range");
        }
    }

    private boolean holdsAnchor(int start, int length) {
        return anchorPages.stream().anyMatch(page -> page >= start && page < start + length);
    }

    private static void tolerating(Runnable action, Errno legal) {
        try {
            action.run();
        } catch (ErrnoException e) {
            if (e.errno() != legal) {
                throw e;
            }
        }
    }

    private void walk(SplittableRandom random) {
        Process process = family.use(random);
        try {
            int page = !anchorPages.isEmpty() && random.nextBoolean()
                    ? anchorPages.get(random.nextInt(anchorPages.size()))
                    : random.nextInt(PAGES);
            Place place = new Place(process.space(), address(page));
            Folio folio = place.space.folioAt(place.address);
            if (folio != null) {
                walk(folio, place, random.nextInt(4) == 0 ? WalkMode.TRY : WalkMode.BLOCK);
            }
        } finally {
            family.release(process);
        }
    }

    private void walk(Folio folio, Place start, WalkMode mode) {
        List<Place> found = new ArrayList<>();
        WalkOutcome outcome = manager.rmapWalker()
                .walk(
                        folio,
                        new RmapVisitor() {
                            @Override
                            public boolean visit(Vma vma, long address) {
                                return found.add(new Place(vma.addressSpace(), address));
                            }

                            @Override
                            public boolean visit(Vma vma, long address, int page, int pages) {
                                for (int i = 0; i < pages; i++) {
                                    visit(vma, address + i * PAGE_SIZE);
                                }
                                return true;
                            }
                        },
                        mode,
                        null);
        Expect.noDuplicates("mappings that a walk reported", found);
        if (outcome == WalkOutcome.CONTENDED) {
            Expect.equal("mode of a walk that is CONTENDED", WalkMode.TRY, mode);
        } else {
            Expect.equal("outcome of a walk", WalkOutcome.COMPLETE, outcome);
            // If the anchor is still in this folio, it was so during the whole walk.
            if (start.space.folioAt(start.address) == folio) {
                Expect.contains("mappings of an anchor", anchors.getOrDefault(start, Set.of()), found);
            }
        }
    }
}
