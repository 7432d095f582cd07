package io.github.rmap4j.tck.program;

import io.github.rmap4j.api.Prot;

/**
 * The protections that a program can name.
 *
 * @since 0.1
 */
public enum Protection {
    /** No access. */
    NONE("none", Prot.PROT_NONE),
    /** Reading. */
    R("r", Prot.PROT_READ),
    /** Reading and writing. */
    RW("rw", Prot.PROT_READ | Prot.PROT_WRITE),
    /** Reading and executing. */
    RX("rx", Prot.PROT_READ | Prot.PROT_EXEC),
    /** Everything. */
    RWX("rwx", Prot.PROT_READ | Prot.PROT_WRITE | Prot.PROT_EXEC);

    private final String word;
    private final int bits;

    Protection(String word, int bits) {
        this.word = word;
        this.bits = bits;
    }

    /**
     * The word in a program.
     *
     * @return the word
     */
    public String word() {
        return word;
    }

    /**
     * The argument of the system call.
     *
     * @return bits of {@link Prot}
     */
    public int bits() {
        return bits;
    }
}
