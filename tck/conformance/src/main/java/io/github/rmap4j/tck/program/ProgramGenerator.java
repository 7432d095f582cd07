package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.Advice;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Generates random memory programs: the same profile, seed and number of operations always give the same program.
 *
 * <p>Purely random operations would nearly all fail, so the generator keeps a rough idea of what each process has
 * mapped and chooses operations that make sense there; about one in twelve is chosen blindly.
 *
 * @since 0.1
 */
public final class ProgramGenerator {
    /** Programs use pages 0 to 63, and a few beyond. */
    private static final int SPAN = 64;

    private static final int MAX_PROCESSES = 12;
    /** Pages of a folio of 64 KiB. */
    private static final int LARGE = 16;

    private static final double WILD = 0.08;
    private static final int[] LENGTHS = {1, 1, 2, 3, 4, 6, 8, 12, 16};
    private static final List<Advice> CONTENT_AND_FORK_ADVICE = List.of(
            Advice.DONTNEED,
            Advice.DONTNEED,
            Advice.DONTNEED,
            Advice.DONTFORK,
            Advice.DOFORK,
            Advice.WIPEONFORK,
            Advice.KEEPONFORK);
    private static final List<Advice> OTHER_ADVICE = List.of(
            Advice.FREE,
            Advice.COLD,
            Advice.DONTDUMP,
            Advice.DODUMP,
            Advice.MERGEABLE,
            Advice.UNMERGEABLE,
            Advice.SEQUENTIAL,
            Advice.NORMAL);

    /** What a program does most. The weights are those of the recorded programs. */
    public enum Profile {
        /** A bit of everything. */
        MIXED(14, 7, 12, 8, 34, 4, 5, 9, 4),
        /** Many processes. */
        FORK(8, 6, 4, 4, 38, 3, 3, 22, 9),
        /** VMAs split and merge. */
        MERGE(22, 8, 30, 10, 30, 2, 1, 3, 1),
        /** VMAs move. */
        REMAP(14, 5, 6, 32, 30, 2, 1, 9, 3),
        /** All operations and options: files, MAP_FIXED, MAP_NORESERVE, MAP_POPULATE, mlock, guards, more advice. */
        WIDE(16, 7, 10, 6, 32, 5, 5, 8, 3, 5, 7, 5, 3),
        /** Pages are swapped out, shared or not, and come back; also after MADV_FREE, and migrated. */
        SWAP(12, 6, 8, 6, 34, 8, 4, 9, 4, 0, 4, 2, 1, 16, 0, 5, 0),
        /** Large folios where the manager allows them: partly unmapped, moved, copied, split, swapped out, migrated. */
        LARGE(10, 9, 8, 7, 34, 4, 5, 9, 4, 0, 3, 1, 1, 5, 10, 5, 4),
        /** Everything that walks the reverse map: merging, swapping out, migrating, splitting, hardware errors. */
        USERS(12, 6, 6, 6, 20, 6, 3, 9, 4, 0, 2, 2, 1, 3, 6, 5, 3, 6, 22, 14, 3),
        /** Mappings of 2 MiB: all ranges are 32 times as long, and small accesses go anywhere. */
        HUGE(10, 7, 8, 8, 30, 6, 4, 8, 3, 0, 2, 0, 1, 2, 14, 4, 1, 2, 0, 0, 0, 6);

        private final int[] weights;
        private final int sum;

        /** Weights in the order of {@link Choice}; those that are missing are 0. */
        Profile(int... weights) {
            this.weights = weights;
            int total = 0;
            for (int weight : weights) {
                total += weight;
            }
            sum = total;
        }

        /**
         * The profile's word, as in the names of recordings.
         *
         * @return the name in lower case
         */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private Choice choose(SplittableRandom random) {
            int ticket = random.nextInt(sum);
            int choice = 0;
            while (ticket >= weights[choice]) {
                ticket -= weights[choice++];
            }
            return Choice.values()[choice];
        }
    }

    private enum Choice {
        MMAP,
        MUNMAP,
        MPROTECT,
        MREMAP,
        WRITE,
        READ,
        MADVISE,
        FORK,
        EXIT,
        MREMAP_IN_PLACE,
        OTHER_ADVICE,
        MLOCK,
        GUARD,
        PAGEOUT,
        HUGEPAGE,
        MIGRATE,
        SPLIT,
        SWAPOUT,
        FILL,
        KSM,
        POISON,
        COLLAPSE
    }

    private final Profile profile;
    private final SplittableRandom random;
    private final List<Operation> operations = new ArrayList<>();
    /** For each process, whether its mapped pages are writable, as far as we know. */
    private final TreeMap<Integer, TreeMap<Integer, Boolean>> processes = new TreeMap<>();

    private int nextProcess = 1;

    private ProgramGenerator(Profile profile, SplittableRandom random) {
        this.profile = profile;
        this.random = random;
    }

    /**
     * Generates a program.
     *
     * @param profile what it does most
     * @param seed any number
     * @param operations how many operations
     * @return the program; its name is {@code PROFILE-SEED}
     */
    public static MemoryProgram generate(Profile profile, long seed, int operations) {
        SplittableRandom random = new SplittableRandom(seed * Profile.values().length + profile.ordinal());
        ProgramGenerator generator = new ProgramGenerator(profile, random);
        generator.processes.put(0, new TreeMap<>());
        while (generator.operations.size() < operations) {
            generator.next();
        }
        List<Operation> all = generator.operations.subList(0, operations);
        return MemoryProgram.of(
                profile.word() + "-" + seed, profile == Profile.HUGE ? HugeRanges.scale(all, seed) : all);
    }

    private void next() {
        Choice choice = profile.choose(random);
        List<Integer> numbers = List.copyOf(processes.keySet());
        int process = oneOf(numbers);
        TreeMap<Integer, Boolean> pages = Objects.requireNonNull(processes.get(process));
        boolean wild = random.nextDouble() < WILD;
        switch (choice) {
            case MMAP -> mmap(process, pages, wild);
            case FORK -> fork(process, pages);
            case EXIT -> exit(process);
            case HUGEPAGE -> hugepage(process, pages);
            case KSM -> ksm(process);
            default -> onRange(choice, process, pages, wild);
        }
    }

    private void onRange(Choice choice, int process, TreeMap<Integer, Boolean> pages, boolean wild) {
        Range range = choice == Choice.WRITE && !wild ? mappedRange(pages, true) : mappedRange(pages, null);
        if (wild && (choice == Choice.MUNMAP || choice == Choice.MPROTECT || choice == Choice.MADVISE)) {
            range = new Range(random.nextInt(SPAN), length());
        }
        if (range == null) {
            return;
        }
        int start = range.start;
        int length = range.length;
        switch (choice) {
            case MUNMAP -> {
                operations.add(new Operation.Munmap(process, start, length));
                pages.keySet().removeAll(range.pages());
            }
            case MPROTECT -> mprotect(process, pages, range);
            case MREMAP -> mremap(process, pages, range, wild);
            case MREMAP_IN_PLACE -> mremapInPlace(process, pages, range);
            case WRITE -> operations.add(new Operation.Write(process, start, length));
            case READ -> operations.add(new Operation.Read(process, start, length));
            case MADVISE ->
                operations.add(new Operation.Madvise(process, start, length, oneOf(CONTENT_AND_FORK_ADVICE)));
            case OTHER_ADVICE -> operations.add(new Operation.Madvise(process, start, length, oneOf(OTHER_ADVICE)));
            case MLOCK ->
                operations.add(
                        random.nextInt(3) == 0
                                ? new Operation.Mlock(process, start, length)
                                : new Operation.Munlock(process, start, length));
            case PAGEOUT -> operations.add(new Operation.Madvise(process, start, length, Advice.PAGEOUT));
            case MIGRATE -> operations.add(new Operation.Migrate(process, start, length));
            case SPLIT -> operations.add(new Operation.Split(process, start, length));
            case SWAPOUT -> operations.add(new Operation.Swapout(process, start, length));
            case FILL -> operations.add(new Operation.Fill(process, start, length, 1 + random.nextInt(3)));
            case POISON -> operations.add(new Operation.Poison(process, start));
            case COLLAPSE -> operations.add(new Operation.Madvise(process, start, length, Advice.COLLAPSE));
            case GUARD ->
                operations.add(new Operation.Madvise(
                        process, start, length, random.nextInt(3) == 0 ? Advice.GUARD_INSTALL : Advice.GUARD_REMOVE));
            default -> throw new IllegalStateException(choice + " needs no range");
        }
    }

    private void mmap(int process, TreeMap<Integer, Boolean> pages, boolean wild) {
        Range range = wild ? new Range(random.nextInt(SPAN), length()) : hole(pages);
        if (range == null) {
            return;
        }
        int start = range.start;
        Protection protection;
        Set<MmapOption> options = EnumSet.noneOf(MmapOption.class);
        FileOffset file = null;
        if (profile == Profile.WIDE) {
            protection = percent(
                    List.of(Protection.RW, Protection.R, Protection.NONE, Protection.RWX, Protection.RX),
                    70,
                    10,
                    4,
                    10,
                    6);
            switch (percent(List.of(0, 1, 2, 3, 4), 60, 10, 8, 14, 8)) {
                case 1 -> options.add(MmapOption.NORESERVE);
                case 2 -> options.add(MmapOption.POPULATE);
                case 3 -> file = new FileOffset(random.nextInt(3), oneOf(List.of(0, 0, start, 8)));
                case 4 -> {
                    options.add(MmapOption.REPLACE);
                    start = random.nextInt(SPAN);
                }
                default -> {}
            }
        } else {
            protection = percent(List.of(Protection.RW, Protection.R, Protection.NONE), 86, 11, 3);
        }
        operations.add(new Operation.Mmap(process, start, range.length, protection, options, file));
        Range mapped = new Range(start, range.length);
        if (options.contains(MmapOption.REPLACE) || mapped.isUnmapped(pages)) {
            mapped.put(pages, protection == Protection.RW || protection == Protection.RWX);
        }
    }

    /** Where there is room, a new mapping that may hold large folios, with its first page or all of it written. */
    private void hugepage(int process, TreeMap<Integer, Boolean> pages) {
        Range range = new Range(LARGE * random.nextInt(SPAN / LARGE), random.nextInt(3) == 0 ? 2 * LARGE : LARGE);
        if (random.nextBoolean() && range.isUnmapped(pages)) {
            operations.add(new Operation.Mmap(
                    process, range.start, range.length, Protection.RW, EnumSet.noneOf(MmapOption.class), null));
            operations.add(new Operation.Madvise(process, range.start, range.length, Advice.HUGEPAGE));
            operations.add(new Operation.Write(process, range.start, random.nextBoolean() ? 1 : range.length));
            range.put(pages, true);
        } else {
            Advice advice = random.nextInt(3) == 0 ? Advice.NOHUGEPAGE : Advice.HUGEPAGE;
            operations.add(new Operation.Madvise(process, range.start, range.length, advice));
        }
    }

    /** Two scans in a row, so that pages that equal one another are merged. */
    private void ksm(int process) {
        if (random.nextInt(4) == 0) {
            operations.add(
                    new Operation.Prctl(process, random.nextInt(4) == 0 ? PrctlOption.NOMERGE : PrctlOption.MERGE));
        }
        operations.add(new Operation.Ksm(process));
        operations.add(new Operation.Ksm(process));
    }

    private void mprotect(int process, TreeMap<Integer, Boolean> pages, Range range) {
        boolean writable = random.nextDouble() < 0.6;
        operations.add(
                new Operation.Mprotect(process, range.start, range.length, writable ? Protection.RW : Protection.R));
        for (int page : range.pages()) {
            if (pages.replace(page, writable) == null) {
                return;
            }
        }
    }

    private void mremap(int process, TreeMap<Integer, Boolean> pages, Range source, boolean wild) {
        int newStart = random.nextInt(SPAN);
        int newLength = random.nextDouble() < 0.75 ? source.length : length();
        boolean dontUnmap = random.nextDouble() < 0.1;
        if (dontUnmap) {
            newLength = source.length;
        }
        boolean overlap = newStart < source.start + source.length && source.start < newStart + newLength;
        if (overlap && !wild) {
            return;
        }
        operations.add(new Operation.Mremap(process, source.start, source.length, newStart, newLength, dontUnmap));
        if (overlap) {
            return;
        }
        List<Boolean> moved = source.pages().stream()
                .map(page -> pages.getOrDefault(page, false))
                .toList();
        if (!dontUnmap) {
            pages.keySet().removeAll(source.pages());
        }
        for (int i = 0; i < newLength; i++) {
            pages.put(newStart + i, moved.get(Math.min(i, source.length - 1)));
        }
    }

    private void mremapInPlace(int process, TreeMap<Integer, Boolean> pages, Range range) {
        int newLength = length();
        operations.add(new Operation.MremapInPlace(process, range.start, range.length, newLength));
        if (newLength < range.length) {
            pages.keySet().removeAll(new Range(range.start + newLength, range.length - newLength).pages());
        } else {
            Range added = new Range(range.start + range.length, newLength - range.length);
            if (added.isUnmapped(pages)) {
                added.put(pages, pages.getOrDefault(range.start, false));
            }
        }
    }

    private void fork(int process, TreeMap<Integer, Boolean> pages) {
        if (processes.size() < MAX_PROCESSES) {
            operations.add(new Operation.Fork(process, nextProcess));
            processes.put(nextProcess++, new TreeMap<>(pages));
        }
    }

    private void exit(int process) {
        if (processes.size() > 1) {
            operations.add(new Operation.Exit(process));
            processes.remove(process);
        }
    }

    /** A run of mapped pages; with {@code writable}, of pages that are all writable or all not. */
    private @Nullable Range mappedRange(TreeMap<Integer, Boolean> pages, @Nullable Boolean writable) {
        List<Integer> starts = pages.keySet().stream()
                .filter(page -> writable == null || writable.equals(pages.get(page)))
                .toList();
        if (starts.isEmpty()) {
            return null;
        }
        int start = oneOf(starts);
        int wanted = length();
        int length = 1;
        while (length < wanted) {
            Boolean next = pages.get(start + length);
            if (next == null || (writable != null && !writable.equals(next))) {
                break;
            }
            length++;
        }
        return new Range(start, length);
    }

    private @Nullable Range hole(TreeMap<Integer, Boolean> pages) {
        for (int tries = 0; tries < 8; tries++) {
            Range range = new Range(random.nextInt(SPAN), length());
            if (range.isUnmapped(pages)) {
                return range;
            }
        }
        return null;
    }

    private int length() {
        return LENGTHS[random.nextInt(LENGTHS.length)];
    }

    private <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private <T> T percent(List<T> values, int... weights) {
        int ticket = random.nextInt(100);
        int choice = 0;
        while (ticket >= weights[choice]) {
            ticket -= weights[choice++];
        }
        return values.get(choice);
    }

    private record Range(int start, int length) {
        List<Integer> pages() {
            List<Integer> pages = new ArrayList<>();
            for (int page = start; page < start + length; page++) {
                pages.add(page);
            }
            return pages;
        }

        boolean isUnmapped(TreeMap<Integer, Boolean> pages) {
            return pages.subMap(start, start + length).isEmpty();
        }

        void put(TreeMap<Integer, Boolean> pages, boolean writable) {
            pages().forEach(page -> pages.put(page, writable));
        }
    }
}
