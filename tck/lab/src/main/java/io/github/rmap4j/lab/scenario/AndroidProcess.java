package io.github.rmap4j.lab.scenario;

import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Maps what processes of Android map, one piece behind the other. There is a page between pieces: on a phone they are
 * kept apart by their names (PR_SET_VMA_ANON_NAME), which are not simulated.
 */
final class AndroidProcess {
    private static final long PAGE = MemoryManager.PAGE_SIZE;
    /** Where the first piece goes. */
    private static final long START = 0x7000000000L;

    private static final int READ = Prot.PROT_READ;
    private static final int WRITE = Prot.PROT_READ | Prot.PROT_WRITE;
    private static final int EXEC = Prot.PROT_READ | Prot.PROT_EXEC;

    private static final int HEADER_PAGES = 2;
    private static final int CODE_PAGES = 4;
    private static final long DATA_PGOFF = HEADER_PAGES + CODE_PAGES;

    private final ScenarioMachine machine;
    private final AndroidFiles files;
    private final SplittableRandom random;
    private final int pages;
    private final int number;
    /** Pages that a child can write; those of the parents first. */
    private final List<Range> writable;

    private long next;

    /** Pages that have been written and can be written again. */
    private record Range(long address, int pages) {}

    private AndroidProcess(AndroidProcess parent, int number, List<Range> writable, long next) {
        this.machine = parent.machine;
        this.files = parent.files;
        this.random = parent.random;
        this.pages = parent.pages;
        this.number = number;
        this.writable = writable;
        this.next = next;
    }

    private AndroidProcess(ScenarioMachine machine, AndroidFiles files, SplittableRandom random, int pages) {
        this.machine = machine;
        this.files = files;
        this.random = random;
        this.pages = pages;
        this.number = 0;
        this.writable = new ArrayList<>();
        this.next = START;
    }

    /**
     * The first process, with nothing mapped but its stack.
     *
     * @param pages mean number of pages that are written in a VMA
     */
    static AndroidProcess init(ScenarioMachine machine, SplittableRandom random, int pages) {
        AndroidProcess init = new AndroidProcess(machine, new AndroidFiles(), random, pages);
        machine.exec(0, AndroidFiles.LAYOUT);
        return init;
    }

    /** A child that runs another program, with nothing mapped but its stack. */
    AndroidProcess spawn() {
        int child = machine.fork(number);
        machine.exec(child, AndroidFiles.LAYOUT);
        return new AndroidProcess(this, child, new ArrayList<>(), START);
    }

    /**
     * A child with the same memory.
     *
     * @param written share of the writable pages that it writes
     */
    AndroidProcess fork(double written) {
        int child = machine.fork(number);
        for (Range range : writable) {
            for (int i = 0; i < range.pages; i++) {
                if (random.nextDouble() < written) {
                    machine.write(child, range.address + i * PAGE, 1);
                }
            }
        }
        return new AndroidProcess(this, child, new ArrayList<>(writable), next);
    }

    /** Maps everything that the process has of its own, with the stack that it has from exec, if any, as an arena. */
    void map(VmaQuota.Parts parts, boolean hasStack) {
        for (int i = 0; i < parts.libraries(); i++) {
            library(files.library(i));
        }
        for (int i = 0; i < parts.appLibraries(); i++) {
            appLibrary(files.library(parts.libraries() + i));
        }
        for (int i = 0; i < parts.threads(); i++) {
            thread();
        }
        for (int i = hasStack ? 1 : 0; i < parts.arenas(); i++) {
            arena();
        }
        for (int i = 0; i < parts.files(); i++) {
            file(i);
        }
    }

    /** 1 at least. */
    private int somePages() {
        return 1 + random.nextInt(2 * pages - 1);
    }

    private void gap() {
        next += PAGE;
    }

    private long place(int length, int prot, int flags, @Nullable MappedFile file, long pgoff) {
        long address = next;
        machine.mmap(number, address, length * PAGE, prot, flags, file, pgoff);
        next += length * PAGE;
        return address;
    }

    private void touch(long address, int count) {
        machine.write(number, address, count);
        writable.add(new Range(address, count));
    }

    /**
     * A library of the platform, which is linked with page-aligned segments: relocated data and data are one mapping
     * until the linker, after it has written both, takes away the right to write the former. So both have one anon_vma.
     */
    private void library(MappedFile file) {
        code(file);
        int relocated = somePages();
        int data = somePages();
        long address = place(relocated + data, WRITE, MapFlags.MAP_PRIVATE, file, DATA_PGOFF);
        machine.write(number, address, relocated);
        touch(address + relocated * PAGE, data);
        machine.mprotect(number, address, relocated * PAGE, READ);
        zeroed();
    }

    /**
     * A library that comes with an app. Its data begins within the last page of the file that has relocated data, which is
     * therefore mapped twice; so the two are never one mapping.
     */
    private void appLibrary(MappedFile file) {
        code(file);
        int relocated = somePages();
        long address = place(relocated, WRITE, MapFlags.MAP_PRIVATE, file, DATA_PGOFF);
        machine.write(number, address, relocated);
        machine.mprotect(number, address, relocated * PAGE, READ);
        int data = somePages();
        touch(place(data, WRITE, MapFlags.MAP_PRIVATE, file, DATA_PGOFF + relocated - 1), data);
        zeroed();
    }

    private void code(MappedFile file) {
        place(HEADER_PAGES, READ, MapFlags.MAP_PRIVATE, file, 0);
        place(CODE_PAGES, EXEC, MapFlags.MAP_PRIVATE, file, HEADER_PAGES);
    }

    private void zeroed() {
        int zeroed = somePages();
        touch(place(zeroed, WRITE, MapFlags.MAP_PRIVATE, null, 0), zeroed);
        gap();
    }

    /** What bionic maps for a thread on arm64. */
    private void thread() {
        guarded(1, 1);
        guarded(1, 0);
        guarded(1, 1);
    }

    /** Writable memory between reserved pages. */
    private void guarded(int below, int above) {
        int written = somePages();
        long address = place(below + written + above, Prot.PROT_NONE, MapFlags.MAP_PRIVATE, null, 0) + below * PAGE;
        machine.mprotect(number, address, written * PAGE, WRITE);
        touch(address, written);
        gap();
    }

    private void arena() {
        int written = somePages();
        touch(place(written + 1, WRITE, MapFlags.MAP_PRIVATE, null, 0), written);
        gap();
    }

    /** Nobody writes a private page of these. */
    private void file(int index) {
        MappedFile file = files.other(index);
        switch (index % 4) {
            case 0 -> place(HEADER_PAGES, READ, MapFlags.MAP_PRIVATE, file, 0);
            case 1 -> place(CODE_PAGES, EXEC, MapFlags.MAP_PRIVATE, file, 0);
            case 2 -> place(HEADER_PAGES, READ, MapFlags.MAP_SHARED, file, 0);
            default -> place(HEADER_PAGES, WRITE, MapFlags.MAP_SHARED, file, 0);
        }
        gap();
    }
}
