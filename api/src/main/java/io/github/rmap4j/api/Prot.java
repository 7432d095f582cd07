package io.github.rmap4j.api;

/**
 * Protection bits of {@code mmap} and {@code mprotect}, with Linux's values (include/uapi/asm-generic/mman-common.h).
 *
 * @since 0.1
 */
public final class Prot {
    /** No access. */
    public static final int PROT_NONE = 0;
    /** Pages may be read. */
    public static final int PROT_READ = 1;
    /** Pages may be written; implies reading, as on x86. */
    public static final int PROT_WRITE = 2;
    /** Pages may be executed; implies reading, as on x86 without protection keys. */
    public static final int PROT_EXEC = 4;
    /** mprotect only: extend the change to the beginning of a mapping that grows down. */
    public static final int PROT_GROWSDOWN = 0x01000000;

    private Prot() {}
}
