package io.github.rmap4j.api;

/**
 * VMA flags (include/linux/mm.h), as {@link Vma#flags()} holds them.
 *
 * @since 0.1
 */
public final class VmFlags {
    /** Readable now. */
    public static final long VM_READ = 0x1;
    /** Writable now. */
    public static final long VM_WRITE = 0x2;
    /** Executable now. */
    public static final long VM_EXEC = 0x4;
    /** Shared mapping. */
    public static final long VM_SHARED = 0x8;
    /** mprotect may set VM_READ. */
    public static final long VM_MAYREAD = 0x10;
    /** mprotect may set VM_WRITE. */
    public static final long VM_MAYWRITE = 0x20;
    /** mprotect may set VM_EXEC. */
    public static final long VM_MAYEXEC = 0x40;
    /** Mapped with MAP_SHARED. */
    public static final long VM_MAYSHARE = 0x80;
    /** Grows downwards. */
    public static final long VM_GROWSDOWN = 0x100;
    /** Page frames without struct page. */
    public static final long VM_PFNMAP = 0x400;
    /** May hold guard markers; ignored when merging, kept by the merged VMA (a sticky flag since 6.18.37). */
    public static final long VM_MAYBE_GUARD = 0x800;
    /** Locked in memory. */
    public static final long VM_LOCKED = 0x2000;
    /** Memory-mapped I/O. */
    public static final long VM_IO = 0x4000;
    /** Sequential access expected. */
    public static final long VM_SEQ_READ = 0x8000;
    /** Random access expected. */
    public static final long VM_RAND_READ = 0x10000;
    /** Not copied by fork. */
    public static final long VM_DONTCOPY = 0x20000;
    /** Cannot be grown by mremap. */
    public static final long VM_DONTEXPAND = 0x40000;
    /** Accounted to the commit charge. */
    public static final long VM_ACCOUNT = 0x100000;
    /** Mapped with MAP_NORESERVE. */
    public static final long VM_NORESERVE = 0x200000;
    /** A child gets it empty. */
    public static final long VM_WIPEONFORK = 0x2000000;
    /** Not in core dumps. */
    public static final long VM_DONTDUMP = 0x4000000;
    /** May mix pages with and without struct page. */
    public static final long VM_MIXEDMAP = 0x10000000;
    /** MADV_HUGEPAGE. */
    public static final long VM_HUGEPAGE = 0x20000000;
    /** MADV_NOHUGEPAGE. */
    public static final long VM_NOHUGEPAGE = 0x40000000;
    /** MADV_MERGEABLE. */
    public static final long VM_MERGEABLE = 0x80000000L;
    /** Sealed by mseal. */
    public static final long VM_SEALED = 1L << 42;
    /** Unmergeable and unexpandable kinds. */
    public static final long VM_SPECIAL = VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP;

    private VmFlags() {}
}
