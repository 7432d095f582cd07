package io.github.rmap4j.api;

import org.jspecify.annotations.Nullable;

/**
 * A virtual memory area (vm_area_struct): a page-aligned range of one address space with one set of flags.
 *
 * <p>A {@code Vma} is live: its range and flags change with the layout, and after it has been unmapped or merged away
 * it is detached and never comes back. The mmap lock guards its fields. A thread that does not hold it may read a
 * {@link #start}, {@link #end} or {@link #pgoff} that is out of date or does not fit the others, because they are plain
 * fields; {@link #isFaulted} and {@link #isAttached} have acquire semantics.
 *
 * @since 0.1
 */
public interface Vma {
    /**
     * First byte.
     *
     * @return the address of the first byte, page-aligned (vm_start)
     */
    long start();

    /**
     * End of the range.
     *
     * @return the address after the last byte, page-aligned (vm_end)
     */
    long end();

    /**
     * Page offset of {@link #start()} (vm_pgoff): for files the offset in the file, for anonymous memory
     * {@code start >>> 12} at the time of mapping. mremap keeps it where the VMA is faulted, and gives that of the new
     * place otherwise.
     *
     * @return offset in pages
     */
    long pgoff();

    /**
     * Flags.
     *
     * @return the bits of {@link VmFlags}
     */
    long flags();

    /**
     * The mapped object.
     *
     * @return the object behind the mapping, or null for private anonymous memory
     */
    @Nullable
    MappedFile file();

    /**
     * Whether this VMA was made ready for anonymous content ({@code vma->anon_vma != NULL} in Linux). It need not have
     * held any: a guard marker, the huge zero page and growth of a stack need it, too, and fork, mremap, a split and a
     * merge pass it on. MADV_DONTNEED does not reset it; MREMAP_DONTUNMAP of the whole VMA does.
     *
     * @return true from the first preparation on; false after the VMA was unmapped or merged away
     */
    boolean isFaulted();

    /**
     * Whether the VMA is part of its address space's layout.
     *
     * @return false after it was unmapped or merged away
     */
    boolean isAttached();

    /**
     * The address space.
     *
     * @return the space this VMA belongs to (vm_mm)
     */
    AddressSpace addressSpace();

    /**
     * Whether nothing is mapped behind it (vma_is_anonymous).
     *
     * @return true for private anonymous memory
     */
    default boolean isAnonymous() {
        return file() == null;
    }

    /**
     * Permissions as in /proc/PID/maps.
     *
     * @return four characters such as {@code rw-p}
     */
    default String permissions() {
        long flags = flags();
        char[] text = {
            (flags & VmFlags.VM_READ) != 0 ? 'r' : '-',
            (flags & VmFlags.VM_WRITE) != 0 ? 'w' : '-',
            (flags & VmFlags.VM_EXEC) != 0 ? 'x' : '-',
            (flags & VmFlags.VM_MAYSHARE) != 0 ? 's' : 'p'
        };
        return new String(text);
    }
}
