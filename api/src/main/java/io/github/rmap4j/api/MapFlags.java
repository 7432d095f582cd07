package io.github.rmap4j.api;

/**
 * Flags of {@code mmap} and {@code mremap}, with Linux's values on x86-64. Flags that change nothing here
 * (MAP_DENYWRITE, MAP_EXECUTABLE, MAP_NONBLOCK without MAP_POPULATE) are accepted and ignored.
 *
 * @since 0.1
 */
public final class MapFlags {
    /** Pages belong to the mapped object; all who map it see the same content. */
    public static final int MAP_SHARED = 0x01;
    /** Pages are copied on write. */
    public static final int MAP_PRIVATE = 0x02;
    /** Place the mapping exactly there, replacing what is mapped there. */
    public static final int MAP_FIXED = 0x10;
    /** No file behind the mapping. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** The mapping grows downwards on a fault below it. */
    public static final int MAP_GROWSDOWN = 0x0100;
    /** Lock the pages (VM_LOCKED) and fault them in. */
    public static final int MAP_LOCKED = 0x2000;
    /** Do not account the mapping (VM_NORESERVE); ignored where overcommit is forbidden. */
    public static final int MAP_NORESERVE = 0x4000;
    /** The mapping is a stack: sets VM_NOHUGEPAGE, as Linux does since 6.8. */
    public static final int MAP_STACK = 0x20000;
    /** Fault the pages in at once. */
    public static final int MAP_POPULATE = 0x8000;
    /** With MAP_POPULATE: do not fault in after all. */
    public static final int MAP_NONBLOCK = 0x10000;
    /** Like MAP_FIXED, but EEXIST where something is mapped. */
    public static final int MAP_FIXED_NOREPLACE = 0x100000;

    /** mremap may move the mapping. */
    public static final int MREMAP_MAYMOVE = 1;
    /** mremap moves the mapping to the given address, replacing what is mapped there. */
    public static final int MREMAP_FIXED = 2;
    /** mremap moves the pages but leaves the old mapping in place, empty. */
    public static final int MREMAP_DONTUNMAP = 4;

    private MapFlags() {}
}
