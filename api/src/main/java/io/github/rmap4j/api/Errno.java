package io.github.rmap4j.api;

/**
 * The error numbers that memory operations report, with Linux's values (include/uapi/asm-generic/errno-base.h).
 *
 * @since 0.1
 */
public enum Errno {
    /** Operation not permitted: the range is sealed (mseal). */
    EPERM(1),
    /** No such entry: UFFDIO_MOVE found nothing to move. */
    ENOENT(2),
    /** Try again: madvise could not split a VMA, or mlock could not fault a page in, for want of memory. */
    EAGAIN(11),
    /** Out of memory, an unmapped part in the range, or the map count limit. */
    ENOMEM(12),
    /** The mapping forbids the protection that was asked for. */
    EACCES(13),
    /** Bad address: no mapping there, or none that allows the access (SIGSEGV in a process). */
    EFAULT(14),
    /** The resource is in use. */
    EBUSY(16),
    /** MAP_FIXED_NOREPLACE met an existing mapping. */
    EEXIST(17),
    /** An argument is malformed, or the operation does not apply to this kind of mapping. */
    EINVAL(22),
    /** A page offset does not fit. */
    EOVERFLOW(75),
    /** The page has a hardware error (SIGBUS in a process). */
    EHWPOISON(133);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /**
     * Linux's number.
     *
     * @return the positive error number
     */
    public int number() {
        return number;
    }
}
