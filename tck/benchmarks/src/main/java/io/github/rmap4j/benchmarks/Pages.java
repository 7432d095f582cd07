package io.github.rmap4j.benchmarks;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MapFlags;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Prot;

/** Memory by page numbers, counted from the address at which the C programs in src/main/c map theirs. */
public final class Pages {
    /** Readable and writable. */
    public static final int RW = Prot.PROT_READ | Prot.PROT_WRITE;

    /** One page in bytes. */
    public static final long PAGE = MemoryManager.PAGE_SIZE;

    private static final long FIRST = 0x200000000000L;
    private static final int PRIVATE_FIXED = MapFlags.MAP_PRIVATE | MapFlags.MAP_FIXED;

    private Pages() {}

    /** Address of a page. */
    public static long address(long page) {
        return FIRST + page * PAGE;
    }

    /** Maps {@code n} pages, readable and writable. */
    public static void map(AddressSpace space, long page, long n) {
        space.mmap(address(page), n * PAGE, RW, PRIVATE_FIXED);
    }

    /** Writes to each of {@code n} pages. */
    public static void touch(AddressSpace space, long page, long n) {
        long address = address(page);
        for (long i = 0; i < n; i++) {
            space.write(address + i * PAGE, 1);
        }
    }

    /** Unmaps {@code n} pages. */
    public static void unmap(AddressSpace space, long page, long n) {
        space.munmap(address(page), n * PAGE);
    }

    /** Maps and writes {@code n} VMAs of one page each, with a page between them: VMA i is page 2i. */
    public static void mapScattered(AddressSpace space, int n) {
        for (int i = 0; i < n; i++) {
            map(space, 2L * i, 1);
            touch(space, 2L * i, 1);
        }
    }
}
