package io.github.rmap4j.lab.trace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A system call that a trace may contain, with the arguments that matter, by the names that perf prints. */
public enum SystemCall {
    /** mmap(2). */
    MMAP("mmap", "addr", "len", "prot", "flags", "fd", "off"),
    /** munmap(2). */
    MUNMAP("munmap", "addr", "len"),
    /** mprotect(2). */
    MPROTECT("mprotect", "start", "len", "prot"),
    /** mremap(2). */
    MREMAP("mremap", "addr", "old_len", "new_len", "flags", "new_addr"),
    /** brk(2). */
    BRK("brk", "brk"),
    /** madvise(2). */
    MADVISE("madvise", "start", "len_in", "behavior"),
    /** prctl(2). */
    PRCTL("prctl", "option", "arg2"),
    /** clone(2). */
    CLONE("clone", "clone_flags"),
    /** clone3(2); its flags are in memory that perf does not read. */
    CLONE3("clone3"),
    /** fork(2). */
    FORK("fork"),
    /** vfork(2). */
    VFORK("vfork"),
    /** execve(2). */
    EXECVE("execve"),
    /** exit(2); does not return. */
    EXIT("exit"),
    /** exit_group(2); does not return. */
    EXIT_GROUP("exit_group");

    private final String word;
    private final byte[] prefix;
    private final List<byte[]> keys;

    SystemCall(String word, String... arguments) {
        this.word = word;
        this.prefix = ascii(word + ":");
        this.keys =
                Arrays.stream(arguments).map(argument -> ascii(argument + ": ")).toList();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The name.
     *
     * @return the name as in the manual
     */
    public String word() {
        return word;
    }

    /**
     * Whether it makes a task.
     *
     * @return true for fork and its relatives
     */
    public boolean createsTask() {
        return this == CLONE || this == CLONE3 || this == FORK || this == VFORK;
    }

    /**
     * Whether it ends the task, so that nothing returns.
     *
     * @return true for exit and exit_group
     */
    public boolean endsTask() {
        return this == EXIT || this == EXIT_GROUP;
    }

    byte[] prefix() {
        return prefix;
    }

    List<byte[]> keys() {
        return keys;
    }
}
