package io.github.rmap4j.api;

/**
 * Where exec puts things in the new address space.
 *
 * @param stackTop end address of the stack in bytes, page-aligned (exclusive)
 * @param argumentPages pages that the argument and environment strings fill, at least 1
 * @param brkStart first byte of the heap, see {@link AddressSpace#brk}
 * @param mmapBase end address below which mmap searches for room, page-aligned
 * @since 0.1
 */
public record ExecLayout(long stackTop, int argumentPages, long brkStart, long mmapBase) {
    /**
     * Checks the components.
     *
     * @param stackTop end address of the stack
     * @param argumentPages pages of arguments
     * @param brkStart start of the heap
     * @param mmapBase where mmap searches from
     * @throws IllegalArgumentException if an address is not page-aligned or outside of user space
     */
    public ExecLayout {
        if (argumentPages < 1) {
            throw new IllegalArgumentException("argumentPages must be at least 1: " + argumentPages);
        }
        if ((stackTop & (MemoryManager.PAGE_SIZE - 1)) != 0 || stackTop <= 0 || stackTop > MemoryManager.TASK_SIZE) {
            throw new IllegalArgumentException("stackTop must be a page-aligned user address: " + stackTop);
        }
        if ((mmapBase & (MemoryManager.PAGE_SIZE - 1)) != 0 || mmapBase <= 0 || mmapBase > MemoryManager.TASK_SIZE) {
            throw new IllegalArgumentException("mmapBase must be a page-aligned user address: " + mmapBase);
        }
    }

    /**
     * A layout as x86-64 Linux has it without address space randomisation.
     *
     * @return the default layout
     */
    public static ExecLayout standard() {
        return new ExecLayout(MemoryManager.TASK_SIZE, 1, 0x555555559000L, 0x7ffff7fff000L);
    }
}
