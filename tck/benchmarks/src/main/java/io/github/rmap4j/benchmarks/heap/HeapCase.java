package io.github.rmap4j.benchmarks.heap;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.Advice;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.benchmarks.Pages;
import java.lang.ref.Reference;

/** A kind of object, and how to make so many of them that nothing else matters. */
enum HeapCase {
    /** Exclusive resident pages of one VMA: page-table entry and folio together. */
    PAGE {
        @Override
        Result measure(String strategy) {
            int pages = 1 << 24;
            MemoryManager manager = manager(strategy);
            AddressSpace process = manager.createAddressSpace();
            Pages.map(process, 0, pages);
            long before = UsedHeap.bytes();
            Pages.touch(process, 0, pages);
            return Result.since(before, pages, manager);
        }
    },
    /** VMAs that were never touched, with their share of the VMA tree. */
    VMA {
        @Override
        Result measure(String strategy) {
            int vmas = 1_000_000;
            MemoryManager manager = manager(strategy);
            AddressSpace process = manager.createAddressSpace();
            long before = UsedHeap.bytes();
            for (int i = 0; i < vmas; i++) {
                Pages.map(process, 2L * i, 1);
            }
            return Result.since(before, vmas, manager);
        }
    },
    /** VMAs that have held a page but hold none now: what the strategy keeps for them is included. */
    FAULTED_VMA {
        @Override
        Result measure(String strategy) {
            int vmas = 1_000_000;
            MemoryManager manager = manager(strategy);
            AddressSpace process = manager.createAddressSpace();
            long before = UsedHeap.bytes();
            for (int i = 0; i < vmas; i++) {
                Pages.map(process, 2L * i, 1);
                Pages.touch(process, 2L * i, 1);
                process.madvise(Pages.address(2L * i), Pages.PAGE, Advice.DONTNEED);
            }
            return Result.since(before, vmas, manager);
        }
    },
    /** Faulted VMAs of a process and of nine children of it, which have written to none of their pages. */
    FORKED_VMA {
        private static final int VMAS = 90_000;
        private static final int CHILDREN = 9;

        @Override
        Result measure(String strategy) {
            MemoryManager manager = manager(strategy);
            AddressSpace parent = manager.createAddressSpace();
            long before = UsedHeap.bytes();
            Pages.mapScattered(parent, VMAS);
            for (int i = 0; i < CHILDREN; i++) {
                parent.fork();
            }
            return Result.since(before, (long) VMAS * (1 + CHILDREN), manager);
        }
    },
    /**
     * Chain entries. Nine children are forked from one process, or each from the one before it: that makes the same
     * number of everything but chain entries.
     */
    ANON_VMA_CHAIN {
        private static final int VMAS = 90_000;
        private static final int CHILDREN = 9;

        @Override
        Result measure(String strategy) {
            long start = UsedHeap.bytes();
            MemoryManager wide = manager(strategy);
            AddressSpace parent = parent(wide);
            for (int i = 0; i < CHILDREN; i++) {
                parent.fork();
            }
            long middle = UsedHeap.bytes();
            MemoryManager deep = manager(strategy);
            AddressSpace youngest = parent(deep);
            for (int i = 0; i < CHILDREN; i++) {
                youngest = youngest.fork();
            }
            long end = UsedHeap.bytes();
            long more = chains(deep) - chains(wide);
            Reference.reachabilityFence(wide);
            Reference.reachabilityFence(deep);
            return new Result((end - middle) - (middle - start), more);
        }

        private static AddressSpace parent(MemoryManager manager) {
            AddressSpace parent = manager.createAddressSpace();
            Pages.mapScattered(parent, VMAS);
            return parent;
        }

        private static long chains(MemoryManager manager) {
            return manager.costs().slab("anon_vma_chain").live();
        }
    };

    /** What a number of objects take up together. */
    record Result(long bytes, long objects) {
        /** What came since {@code before} and is held by a manager. */
        static Result since(long before, long objects, MemoryManager manager) {
            long after = UsedHeap.bytes();
            Reference.reachabilityFence(manager);
            return new Result(after - before, objects);
        }

        double bytesPerObject() {
            return (double) bytes / objects;
        }
    }

    abstract Result measure(String strategy);

    private static MemoryManager manager(String strategy) {
        return MemoryManager.builder()
                .strategy(strategy)
                .maxMapCount(Integer.MAX_VALUE)
                .build();
    }
}
