package io.github.rmap4j.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address space (mm_struct) and the memory system calls that act on it. Threads of one process, and a vfork child
 * until it calls exec, use the same {@code AddressSpace}.
 *
 * <p>{@link #vmaAt}, {@link #vmas}, {@link #folioAt} and {@link #forEachPage} look at the model from outside and cost nothing in
 * {@link MemoryManager#costs()}.
 *
 * <p>Safe for use by several threads: faults take the mmap lock for reading, changes of the layout and fork take it for
 * writing, as in Linux. After the last user has called {@link #exit()}, system calls and accesses throw
 * {@link IllegalStateException}; {@link #id}, {@link #isAlive}, {@link #mapCount} and what looks from outside do not,
 * and find nothing mapped.
 *
 * @since 0.1
 */
public interface AddressSpace {
    /**
     * A number for this address space.
     *
     * @return numbers count from 0 in the order of creation
     */
    int id();

    /**
     * Maps private anonymous memory or, with MAP_SHARED, shared memory that only descendants can share.
     *
     * @param address where, in bytes; a hint unless a MAP_FIXED flag is given; 0 lets the manager choose
     * @param length length in bytes, rounded up to pages
     * @param prot bits of {@link Prot}
     * @param flags bits of {@link MapFlags}; MAP_ANONYMOUS is implied
     * @return the address of the mapping
     * @throws ErrnoException EINVAL, ENOMEM, EEXIST or EPERM as mmap(2) and do_mmap
     */
    long mmap(long address, long length, int prot, int flags);

    /**
     * Maps a file or another object.
     *
     * @param address where, in bytes; a hint unless a MAP_FIXED flag is given; 0 lets the manager choose
     * @param length length in bytes, rounded up to pages
     * @param prot bits of {@link Prot}
     * @param flags bits of {@link MapFlags}, with exactly one of MAP_SHARED and MAP_PRIVATE
     * @param file what is mapped
     * @param offset offset in the file in bytes, page-aligned
     * @return the address of the mapping
     * @throws ErrnoException EINVAL, ENOMEM, EEXIST, EPERM or EOVERFLOW as mmap(2)
     */
    long mmap(long address, long length, int prot, int flags, MappedFile file, long offset);

    /**
     * Unmaps a range; parts that are not mapped do not matter.
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @throws ErrnoException EINVAL, ENOMEM at the map count limit, EPERM if sealed
     */
    void munmap(long start, long length);

    /**
     * Changes the protection of a range.
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @param prot bits of {@link Prot}
     * @throws ErrnoException EINVAL, ENOMEM for a gap (VMAs below it are changed already) or at the map count limit,
     *     EACCES, EPERM if sealed
     */
    void mprotect(long start, long length, int prot);

    /**
     * Grows, shrinks, moves or duplicates a mapping.
     *
     * @param oldAddress its first byte, page-aligned
     * @param oldLength length in bytes, rounded up to pages; 0 maps the object of a shared mapping a second time, which
     *     needs MREMAP_MAYMOVE (EINVAL for a private mapping)
     * @param newLength new length in bytes, rounded up to pages
     * @param flags MREMAP_ bits of {@link MapFlags}
     * @param newAddress destination for MREMAP_FIXED, a hint with MREMAP_DONTUNMAP, otherwise ignored
     * @return the address of the mapping afterwards
     * @throws ErrnoException EINVAL, EFAULT, ENOMEM or EPERM as mremap(2)
     */
    long mremap(long oldAddress, long oldLength, long newLength, int flags, long newAddress);

    /**
     * Advises about a range. Parts that are not mapped are skipped and reported as ENOMEM at the end.
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @param advice the advice
     * @throws ErrnoException EINVAL, ENOMEM for a gap, EAGAIN if a VMA cannot be split or a page to be collapsed is in
     *     use, EFAULT, EPERM or EHWPOISON, as madvise(2)
     */
    void madvise(long start, long length, Advice advice);

    /**
     * Locks a range in memory: sets VM_LOCKED and faults the pages in, writable private ones for writing.
     *
     * @param start first byte
     * @param length length in bytes
     * @throws ErrnoException EINVAL, ENOMEM or EAGAIN as mlock(2)
     */
    void mlock(long start, long length);

    /**
     * Undoes {@link #mlock}.
     *
     * @param start first byte
     * @param length length in bytes
     * @throws ErrnoException EINVAL or ENOMEM as munlock(2)
     */
    void munlock(long start, long length);

    /**
     * Seals a range: its layout and protection cannot be changed any more.
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @throws ErrnoException EINVAL, or ENOMEM for a gap in the range (nothing is sealed then)
     */
    void mseal(long start, long length);

    /**
     * Sets the memory policy of a range. Policies are opaque numbers here: they only keep VMAs apart.
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @param policy 0 for the default, otherwise any number
     * @throws ErrnoException EINVAL, or EFAULT for a gap in the range (for the default policy: for a range without any
     *     mapping), as mbind(2)
     */
    void mbind(long start, long length, int policy);

    /**
     * Migrates the anonymous pages of a range to new page frames, wherever else they are mapped (move_pages with
     * MPOL_MF_MOVE_ALL). Pages that are not present are left alone.
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @return how many folios could not be migrated because something held on to them
     * @throws ErrnoException EINVAL for a range that is not page-aligned
     */
    int migrate(long start, long length);

    /**
     * Reports a hardware error in the anonymous page at an address: it is taken from every process that maps it, and each
     * access fails with EHWPOISON from then on (memory_failure, MADV_HWPOISON).
     *
     * @param address any address in the page
     * @return the address spaces that mapped it, whose processes Linux sends SIGBUS; empty if no anonymous page is there
     */
    List<AddressSpace> poison(long address);

    /**
     * Moves pages to other addresses without copying them (UFFDIO_MOVE). The folio gets the index of its new place. Pages
     * in front of the one that fails have moved.
     *
     * @param destination first byte of where they go, page-aligned; nothing may be mapped there
     * @param source first byte of the pages, page-aligned; each must belong to this process alone
     * @param length length in bytes, a multiple of the page size
     * @throws ErrnoException EINVAL for ranges or VMAs that do not fit, or if the strategy cannot do it, ENOENT for a hole in the source, EEXIST for a page
     *     at the destination, EBUSY for a page that is shared, EAGAIN if another thread changed the page meanwhile
     */
    void userfaultMove(long destination, long source, long length);

    /**
     * Splits the large folios that are mapped in a range into small ones, wherever else they are mapped (split_folio, as
     * debugfs split_huge_pages does).
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @return how many folios could not be split because something held on to them
     * @throws ErrnoException EINVAL for a range that is not page-aligned
     */
    int splitFolios(long start, long length);

    /**
     * Takes the anonymous pages of a range from every process that maps them, used or not, and saves them in swap
     * (shrink_folio_list after MADV_PAGEOUT's rule that nobody else may map them). Large folios are split first.
     *
     * @param start first byte, page-aligned
     * @param length length in bytes, rounded up to pages
     * @return how many folios are still in memory: locked by mlock, in use, or swap is full
     * @throws ErrnoException EINVAL for a range that is not page-aligned
     */
    int reclaim(long start, long length);

    /**
     * Lets pages of all present and future VMAs be merged (prctl(PR_SET_MEMORY_MERGE, 1)). Children inherit it.
     *
     * @throws ErrnoException EINVAL if the strategy cannot merge pages
     */
    void enableMemoryMerge();

    /**
     * Undoes {@link #enableMemoryMerge} and every {@link Advice#MERGEABLE}: the process gets copies of its own of merged
     * pages.
     *
     * @throws ErrnoException ENOMEM if an allocation was refused; some pages may be copied then. EINVAL if the strategy
     *     cannot merge pages
     */
    void disableMemoryMerge();

    /**
     * Promises that this process will never fork (the proposed prctl(PR_SET_NOFORK)): {@link #fork} fails from now on.
     * Threads and vfork ({@link #share}) are still possible; exec begins without the promise. It cannot be taken back.
     */
    void forbidFork();

    /**
     * Whether {@link #forbidFork} was called.
     *
     * @return true if fork fails
     */
    boolean isForkForbidden();

    /**
     * Moves the end of the heap.
     *
     * @param newBrk the new end in bytes; a value that is not possible changes nothing
     * @return the end of the heap afterwards, as the system call returns it
     */
    long brk(long newBrk);

    /**
     * Reads the content word of a page, faulting it in.
     *
     * @param address any address in the page
     * @return the word: what this process last wrote or inherited, 0 at first
     * @throws ErrnoException EFAULT if nothing readable is mapped there, EHWPOISON if the page had a hardware error,
     *     ENOMEM if an allocation was refused or no page can be reclaimed
     */
    long read(long address);

    /**
     * Writes the content word of a page, faulting it in and breaking copy-on-write.
     *
     * @param address any address in the page
     * @param word the word
     * @throws ErrnoException EFAULT if nothing writable is mapped there, EHWPOISON if the page had a hardware error,
     *     ENOMEM if an allocation was refused or no page can be reclaimed
     */
    void write(long address, long word);

    /**
     * Creates a child (dup_mmap). Private pages that the child gets are write-protected in both and no longer exclusive
     * ({@link Folio#isAnonExclusive}): the next write of either faults.
     *
     * @return the child's address space
     * @throws ErrnoException ENOMEM if an allocation was refused or the commit limit is exceeded; the parent has the
     *     same mappings and content as before, but pages that were copied until then are write-protected and not
     *     exclusive. EPERM after {@link #forbidFork}: nothing has changed
     */
    AddressSpace fork();

    /**
     * One more task uses this address space (CLONE_VM, vfork); each user calls {@link #exit()} or {@link #exec} once.
     *
     * @return this
     */
    AddressSpace share();

    /**
     * The calling task runs a new program: it leaves this address space as {@link #exit()} does and gets a new one that
     * holds only the stack.
     *
     * @param layout where things go
     * @return the new address space
     * @throws ErrnoException ENOMEM if an allocation was refused; the task still uses this address space then
     */
    AddressSpace exec(ExecLayout layout);

    /** A task stops using this address space (mmput); the last one tears it down (exit_mmap). */
    void exit();

    /**
     * Whether a task still uses it.
     *
     * @return false after the last {@link #exit()}
     */
    boolean isAlive();

    /**
     * The VMA that contains an address.
     *
     * @param address any address
     * @return the VMA, or null
     */
    @Nullable
    Vma vmaAt(long address);

    /**
     * All VMAs.
     *
     * @return a copy, in address order
     */
    List<Vma> vmas();

    /**
     * Number of VMAs.
     *
     * @return mm->map_count
     */
    int mapCount();

    /**
     * The folio mapped at an address, without a fault.
     *
     * @param address any address
     * @return the anonymous folio whose page is mapped there, or null
     */
    @Nullable
    Folio folioAt(long address);

    /**
     * Visits the page-table entries of a range that are not empty, in address order. Takes the mmap lock for reading,
     * calls the visitor with it, but without any page-table lock.
     *
     * @param start first byte
     * @param end end address, exclusive
     * @param visitor receives the entries
     */
    void forEachPage(long start, long end, PageVisitor visitor);
}
