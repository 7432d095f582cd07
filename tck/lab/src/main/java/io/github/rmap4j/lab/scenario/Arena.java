package io.github.rmap4j.lab.scenario;

import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.ExecLayout;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;
import java.util.SplittableRandom;

/** What the processes of a generated scenario do, with pages numbered from 0 on. Private memory that may be read and written. */
final class Arena {
    /** Page 0, beyond what exec maps. */
    private static final long BASE = 0x100000000000L;

    private static final int READ_WRITE = Prot.PROT_READ | Prot.PROT_WRITE;
    private static final ExecLayout PROGRAM =
            new ExecLayout(MemoryManager.TASK_SIZE - (1L << 24), 2, 0x555555600000L, 0x7fff00000000L);

    private final ScenarioMachine machine;

    Arena(ScenarioMachine machine) {
        this.machine = machine;
    }

    private static long address(long page) {
        return BASE + (page << MemoryManager.PAGE_SHIFT);
    }

    private static long bytes(long pages) {
        return pages << MemoryManager.PAGE_SHIFT;
    }

    void map(int process, long page, int pages) {
        machine.mmap(process, address(page), bytes(pages), READ_WRITE, MapFlags.MAP_PRIVATE, null, 0);
    }

    void mapFile(int process, long page, int pages, MappedFile file) {
        machine.mmap(process, address(page), bytes(pages), READ_WRITE, MapFlags.MAP_PRIVATE, file, 0);
    }

    void write(int process, long page, int pages) {
        machine.write(process, address(page), pages);
    }

    /** Maps memory and fills it. */
    void fill(int process, long page, int pages) {
        map(process, page, pages);
        write(process, page, pages);
    }

    /** Writes a share of some pages, each with the same chance. */
    void writeSome(int process, long page, int pages, double share, SplittableRandom random) {
        for (int i = 0; i < pages; i++) {
            if (random.nextDouble() < share) {
                write(process, page + i, 1);
            }
        }
    }

    void unmap(int process, long page, long pages) {
        machine.munmap(process, address(page), bytes(pages));
    }

    void move(int process, long page, int pages, long to) {
        machine.mremap(process, address(page), bytes(pages), address(to), bytes(pages));
    }

    void makeReadOnly(int process, long page, int pages) {
        machine.mprotect(process, address(page), bytes(pages), Prot.PROT_READ);
    }

    void makeWritable(int process, long page, int pages) {
        machine.mprotect(process, address(page), bytes(pages), READ_WRITE);
    }

    /** Lets faults map large folios. */
    void allowHuge(int process, long page, int pages) {
        machine.madvise(process, address(page), bytes(pages), Advice.HUGEPAGE);
    }

    int fork(int process) {
        return machine.fork(process);
    }

    /** Runs a program with a stack and a heap. */
    void exec(int process) {
        machine.exec(process, PROGRAM);
    }

    void exit(int process) {
        machine.exit(process);
    }

    void progress(long done, long total) {
        machine.progress(done, total);
    }
}
