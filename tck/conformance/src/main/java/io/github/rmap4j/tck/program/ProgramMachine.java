package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.ErrnoException;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Executes memory programs on a manager. Not safe for use by several threads.
 *
 * <p>Every store of a {@code write} operation writes a word of its own, see {@link #words()}, so that content can be
 * compared. Files come into being when they are first mapped, with {@link #FILE_PAGES} pages that hold different
 * negative words.
 *
 * @since 0.1
 */
public final class ProgramMachine {
    /** Address of page 0 of a program: far above mmap_min_addr. */
    public static final long ARENA = 0x100000000000L;

    /** Pages of a file that hold words; all others hold 0. */
    public static final int FILE_PAGES = 128;

    private final MemoryManager manager;
    private final SortedMap<Integer, AddressSpace> processes = new TreeMap<>();
    /** Threads beside the first, of the processes that have any. */
    private final Map<Integer, Integer> threads = new HashMap<>();
    /** Where the heap begins, of the spaces that have used it. */
    private final Map<AddressSpace, Long> heaps = new HashMap<>();

    private final Map<Integer, MappedFile> files = new HashMap<>();
    private long words;

    /**
     * A machine with process 0.
     *
     * @param manager creates all its address spaces
     */
    public ProgramMachine(MemoryManager manager) {
        this.manager = manager;
        processes.put(0, manager.createAddressSpace());
    }

    /**
     * The manager.
     *
     * @return the manager given at creation
     */
    public MemoryManager manager() {
        return manager;
    }

    /**
     * The live processes.
     *
     * @return an unmodifiable live view, sorted by number
     */
    public Map<Integer, AddressSpace> processes() {
        return Collections.unmodifiableMap(processes);
    }

    /**
     * How many words were written: the n-th successful store of all {@code write} operations, over all processes,
     * wrote the word n.
     *
     * @return the word that was written last, 0 at first
     */
    public long words() {
        return words;
    }

    /**
     * A file of this machine.
     *
     * @param id its number
     * @return the file; always the same one for a number
     */
    public MappedFile file(int id) {
        return files.computeIfAbsent(id, number -> {
            MappedFile file = MappedFile.of(MappedFile.Kind.REGULAR, "file " + number);
            for (int pgoff = 0; pgoff < FILE_PAGES; pgoff++) {
                file.setContent(pgoff, -1L - pgoff - (long) number * FILE_PAGES);
            }
            return file;
        });
    }

    /**
     * Executes one operation.
     *
     * @param op the operation
     * @return how it ended
     * @throws ProgramException if the process does not exist, or a child's number is in use
     */
    public StepResult execute(Operation op) {
        AddressSpace space = processes.get(op.process());
        if (space == null) {
            throw new ProgramException(op, "there is no process " + op.process() + " among " + processes.keySet());
        }
        try {
            return execute(op, space);
        } catch (ErrnoException e) {
            return StepResult.failed(e.errno());
        }
    }

    private StepResult execute(Operation op, AddressSpace space) {
        if (op instanceof Operation.Mmap mmap) {
            mmap(mmap, space);
        } else if (op instanceof Operation.Munmap munmap) {
            space.munmap(address(munmap.start()), bytes(munmap.length()));
        } else if (op instanceof Operation.Mprotect mprotect) {
            space.mprotect(
                    address(mprotect.start()),
                    bytes(mprotect.length()),
                    mprotect.protection().bits());
        } else if (op instanceof Operation.Mlock mlock) {
            space.mlock(address(mlock.start()), bytes(mlock.length()));
        } else if (op instanceof Operation.Munlock munlock) {
            space.munlock(address(munlock.start()), bytes(munlock.length()));
        } else if (op instanceof Operation.Mremap mremap) {
            mremap(mremap, space);
        } else if (op instanceof Operation.MremapInPlace mremap) {
            space.mremap(address(mremap.start()), bytes(mremap.length()), bytes(mremap.newLength()), 0, 0);
        } else if (op instanceof Operation.Write write) {
            for (long page = 0; page < write.length(); page++) {
                space.write(address(write.start() + page), words + 1);
                words++;
            }
        } else if (op instanceof Operation.Read read) {
            for (long page = 0; page < read.length(); page++) {
                space.read(address(read.start() + page));
            }
        } else if (op instanceof Operation.Madvise madvise) {
            space.madvise(address(madvise.start()), bytes(madvise.length()), madvise.advice());
        } else if (op instanceof Operation.Mseal mseal) {
            space.mseal(address(mseal.start()), bytes(mseal.length()));
        } else if (op instanceof Operation.Mbind mbind) {
            space.mbind(address(mbind.start()), bytes(mbind.length()), mbind.policy());
        } else if (op instanceof Operation.Migrate migrate) {
            return all(space.migrate(address(migrate.start()), bytes(migrate.length())));
        } else if (op instanceof Operation.Swapout swapout) {
            return all(space.reclaim(address(swapout.start()), bytes(swapout.length())));
        } else if (op instanceof Operation.Fill fill) {
            for (long page = 0; page < fill.length(); page++) {
                space.write(address(fill.start() + page), fill.word());
            }
        } else if (op instanceof Operation.Ksm) {
            manager.ksmScan();
        } else if (op instanceof Operation.Prctl prctl) {
            switch (prctl.option()) {
                case MERGE -> space.enableMemoryMerge();
                case NOMERGE -> space.disableMemoryMerge();
                case NOFORK -> space.forbidFork();
            }
        } else if (op instanceof Operation.Poison poison) {
            space.poison(address(poison.page()));
        } else if (op instanceof Operation.Split split) {
            return all(space.splitFolios(address(split.start()), bytes(split.length())));
        } else if (op instanceof Operation.Brk brk) {
            return brk(brk, space);
        } else if (op instanceof Operation.Fork fork) {
            requireUnused(op, fork.child());
            fork(fork, space);
        } else if (op instanceof Operation.Vfork vfork) {
            requireUnused(op, vfork.child());
            processes.put(vfork.child(), space.share());
        } else if (op instanceof Operation.Thread) {
            space.share();
            threads.merge(op.process(), 1, Integer::sum);
        } else if (op instanceof Operation.Exec) {
            processes.put(op.process(), space.exec(ExecLayout.standard()));
            endThreads(op.process(), space);
        } else if (op instanceof Operation.Exit) {
            processes.remove(op.process());
            endThreads(op.process(), space);
            space.exit();
        } else {
            throw new ProgramException(op, "this machine cannot execute it");
        }
        return StepResult.OK;
    }

    private static StepResult all(int failures) {
        return failures == 0 ? StepResult.OK : StepResult.failed(Errno.EAGAIN);
    }

    private void mmap(Operation.Mmap mmap, AddressSpace space) {
        int flags = 0;
        for (MmapOption option : mmap.options()) {
            flags |= option.flag();
        }
        if (!mmap.options().contains(MmapOption.SHARED)) {
            flags |= MapFlags.MAP_PRIVATE;
        }
        if (!mmap.options().contains(MmapOption.REPLACE)) {
            flags |= MapFlags.MAP_FIXED_NOREPLACE;
        }
        long start = address(mmap.start());
        long length = bytes(mmap.length());
        FileOffset file = mmap.file();
        if (file == null) {
            space.mmap(start, length, mmap.protection().bits(), flags | MapFlags.MAP_ANONYMOUS);
        } else {
            space.mmap(start, length, mmap.protection().bits(), flags, file(file.id()), bytes(file.pgoff()));
        }
    }

    private static void mremap(Operation.Mremap mremap, AddressSpace space) {
        int flags = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        if (mremap.dontUnmap()) {
            flags |= MapFlags.MREMAP_DONTUNMAP;
        }
        space.mremap(
                address(mremap.start()),
                bytes(mremap.length()),
                bytes(mremap.newLength()),
                flags,
                address(mremap.newStart()));
    }

    private StepResult brk(Operation.Brk brk, AddressSpace space) {
        // A heap that was never used ends where it begins.
        long heap = heaps.computeIfAbsent(space, unused -> space.brk(0));
        long end = heap + bytes(brk.pages());
        return space.brk(end) == end ? StepResult.OK : StepResult.failed(Errno.ENOMEM);
    }

    private void fork(Operation.Fork fork, AddressSpace space) {
        AddressSpace child = space.fork();
        processes.put(fork.child(), child);
        Long heap = heaps.get(space);
        if (heap != null) {
            heaps.put(child, heap);
        }
    }

    private void endThreads(int process, AddressSpace space) {
        Integer others = threads.remove(process);
        if (others != null) {
            for (int i = 0; i < others; i++) {
                space.exit();
            }
        }
        if (!processes.containsValue(space)) {
            heaps.remove(space);
        }
    }

    private void requireUnused(Operation op, int child) {
        if (processes.containsKey(child)) {
            throw new ProgramException(op, "process " + child + " exists already");
        }
    }

    private static long address(long page) {
        return ARENA + bytes(page);
    }

    private static long bytes(long pages) {
        return pages << MemoryManager.PAGE_SHIFT;
    }
}
