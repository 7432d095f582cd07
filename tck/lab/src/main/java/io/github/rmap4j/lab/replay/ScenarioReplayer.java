package io.github.rmap4j.lab.replay;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import io.github.rmap4j.lab.scenario.ScenarioMachine;
import io.github.rmap4j.lab.scenario.ScenarioRun;
import io.github.rmap4j.tck.program.StepResult;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Executes a scenario on a manager, and times each operation. */
final class ScenarioReplayer implements ScenarioMachine {
    private final MemoryManager manager;
    private final ReplayObserver observer;
    private final LongConsumer progress;
    private final long bytes;
    private final OperationTimes times = new OperationTimes();
    private final SortedMap<Integer, AddressSpace> processes = new TreeMap<>();
    private int lastProcess;
    private long words;

    /**
     * @param progress is told which part of the bytes corresponds to what is done
     * @param bytes size of the input
     */
    ScenarioReplayer(MemoryManager manager, ReplayObserver observer, LongConsumer progress, long bytes) {
        this.manager = manager;
        this.observer = observer;
        this.progress = progress;
        this.bytes = bytes;
    }

    Replay replay(ScenarioRun run) {
        processes.put(0, manager.createAddressSpace());
        observer.after(() -> ReplayObserver.START, StepResult.OK, processes);
        run.run(this);
        progress.accept(bytes);
        return new Replay(manager, processes, new Findings(), times);
    }

    @Override
    public void mmap(
            int process, long address, long length, int prot, int flags, @Nullable MappedFile file, long pgoff) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        if (file == null) {
            space.mmap(address, length, prot, flags | MapFlags.MAP_FIXED_NOREPLACE);
        } else {
            space.mmap(
                    address,
                    length,
                    prot,
                    flags | MapFlags.MAP_FIXED_NOREPLACE,
                    file,
                    pgoff << MemoryManager.PAGE_SHIFT);
        }
        done(
                "mmap",
                begin,
                () -> process + " mmap " + range(address, length) + " " + protection(prot)
                        + ((flags & MapFlags.MAP_SHARED) == 0 ? "" : " shared")
                        + (file == null ? "" : " file=" + file.name() + ":" + pgoff));
    }

    @Override
    public void mprotect(int process, long address, long length, int prot) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        space.mprotect(address, length, prot);
        done("mprotect", begin, () -> process + " mprotect " + range(address, length) + " " + protection(prot));
    }

    @Override
    public void write(int process, long address, int pages) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        for (int i = 0; i < pages; i++) {
            space.write(address + i * MemoryManager.PAGE_SIZE, ++words);
        }
        done("write", begin, () -> process + " write " + range(address, pages * MemoryManager.PAGE_SIZE));
    }

    @Override
    public void munmap(int process, long address, long length) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        space.munmap(address, length);
        done("munmap", begin, () -> process + " munmap " + range(address, length));
    }

    @Override
    public void mremap(int process, long address, long length, long newAddress, long newLength) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        space.mremap(address, length, newLength, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, newAddress);
        done("mremap", begin, () -> process + " mremap " + range(address, length) + " " + range(newAddress, newLength));
    }

    @Override
    public void madvise(int process, long address, long length, Advice advice) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        space.madvise(address, length, advice);
        done(
                "madvise",
                begin,
                () -> process + " madvise " + range(address, length) + " "
                        + advice.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void exit(int process) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        space.exit();
        processes.remove(process);
        done("exit", begin, () -> process + " exit");
    }

    @Override
    public int fork(int process) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        AddressSpace child = space.fork();
        int number = ++lastProcess;
        processes.put(number, child);
        done("fork", begin, () -> process + " fork " + number);
        return number;
    }

    @Override
    public void exec(int process, ExecLayout layout) {
        AddressSpace space = space(process);
        long begin = System.nanoTime();
        processes.put(process, space.exec(layout));
        done("exec", begin, () -> process + " exec");
    }

    @Override
    public void progress(long done, long total) {
        progress.accept(bytes * done / total);
    }

    private AddressSpace space(int process) {
        AddressSpace space = processes.get(process);
        if (space == null) {
            throw new IllegalArgumentException("there is no process " + process);
        }
        return space;
    }

    private void done(String kind, long begin, Supplier<String> operation) {
        times.add(kind, System.nanoTime() - begin);
        observer.after(operation, StepResult.OK, processes);
    }

    /** As in the words of a memory program, with pages numbered by address. */
    private static String range(long address, long length) {
        return (address >> MemoryManager.PAGE_SHIFT) + " " + (length >> MemoryManager.PAGE_SHIFT);
    }

    private static String protection(int prot) {
        if (prot == Prot.PROT_NONE) {
            return "none";
        }
        return ((prot & Prot.PROT_READ) == 0 ? "" : "r")
                + ((prot & Prot.PROT_WRITE) == 0 ? "" : "w")
                + ((prot & Prot.PROT_EXEC) == 0 ? "" : "x");
    }
}
