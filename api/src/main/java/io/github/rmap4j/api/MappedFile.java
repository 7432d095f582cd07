package io.github.rmap4j.api;

import java.util.concurrent.ConcurrentHashMap;

/**
 * What a mapping maps when it is not private anonymous memory. Its pages are not anonymous; a private mapping's pages
 * become anonymous when they are written.
 *
 * <p>Safe for use by several threads. Identity is the object itself: two mappings may merge only if they have the same
 * {@code MappedFile}.
 *
 * @since 0.1
 */
public final class MappedFile {
    /** What kind of object is mapped; decides the rules that differ between them. */
    public enum Kind {
        /** A file of a file system. */
        REGULAR,
        /** Shared memory of tmpfs, memfd or a shared anonymous mapping. */
        SHMEM,
        /** A System V segment: its VMAs have a close operation, so a merge never deletes one. */
        SYSV_SHM,
        /** Installed by the kernel (vdso): cannot be expanded, merged or split. */
        SPECIAL,
        /** Installed by the kernel without struct pages (vvar). */
        SPECIAL_PFN
    }

    private final Kind kind;
    private final String name;
    private final ConcurrentHashMap<Long, Long> written = new ConcurrentHashMap<>();

    private MappedFile(Kind kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    /**
     * A new object of a kind.
     *
     * @param kind its kind
     * @param name its name, for people
     * @return an object equal only to itself
     */
    public static MappedFile of(Kind kind, String name) {
        return new MappedFile(kind, name);
    }

    /**
     * The kind.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The name.
     *
     * @return the name given at creation
     */
    public String name() {
        return name;
    }

    /**
     * The content word of a page; 0 until a shared mapping wrote it.
     *
     * @param pgoff offset in pages
     * @return the word
     */
    public long content(long pgoff) {
        return written.getOrDefault(pgoff, 0L);
    }

    /**
     * Writes the content word of a page, as a store through a shared mapping or write(2) does.
     *
     * @param pgoff offset in pages
     * @param word the word
     */
    public void setContent(long pgoff, long word) {
        written.put(pgoff, word);
    }

    @Override
    public String toString() {
        return name;
    }
}
