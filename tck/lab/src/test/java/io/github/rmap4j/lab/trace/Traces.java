package io.github.rmap4j.lab.trace;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes small traces as perf script does. */
public final class Traces {
    private final StringBuilder text = new StringBuilder();
    private int microseconds;

    /** Lines of another trace. */
    public Traces copy(String lines) {
        text.append(lines);
        return this;
    }

    /** A line of a task. */
    public Traces line(int pid, int tid, String event) {
        text.append(
                String.format(Locale.ROOT, "%16s %5d/%-5d %5d.%06d: %s\n", "task", pid, tid, 7, microseconds++, event));
        return this;
    }

    /** A line of a process's first thread. */
    public Traces line(int pid, String event) {
        return line(pid, pid, event);
    }

    /** A whole call. */
    public Traces call(int pid, String name, String arguments, String result) {
        return enter(pid, name, arguments).leave(pid, name, result);
    }

    /** The beginning of a call. */
    public Traces enter(int pid, String name, String arguments) {
        return line(pid, "syscalls:sys_enter_" + name + ": " + arguments);
    }

    /** The end of a call. */
    public Traces leave(int pid, String name, String result) {
        return line(pid, "syscalls:sys_exit_" + name + ": " + result);
    }

    /** An anonymous mmap with its record; the range is that of the call. */
    public Traces mmap(int pid, String address, String length, String prot, String permissions) {
        return enter(
                        pid,
                        "mmap",
                        "addr: 0x00000000, len: " + length + ", prot: " + prot
                                + ", flags: 0x00000022, fd: 0xffffffff, off: 0x00000000")
                .mapped(pid, address, length, address, permissions, "//anon")
                .leave(pid, "mmap", address);
    }

    /** A record of anonymous or nameless memory. */
    public Traces mapped(int pid, String address, String length, String offset, String permissions, String name) {
        return line(
                pid,
                "PERF_RECORD_MMAP2 " + pid + "/" + pid + ": [" + address + "(" + length + ") @ " + offset
                        + " 00:00 0 0]: " + permissions + " " + name);
    }

    /** An exec with its stack of one argument page and the heap's beginning. */
    public Traces exec(int pid, String stack, String heap) {
        return enter(pid, "execve", "filename: 0x1, argv: 0x2, envp: 0x3")
                .line(pid, "PERF_RECORD_COMM exec: task:" + pid + "/" + pid)
                .mapped(pid, stack, "0x21000", "0x7ffffffde000", "rw-p", "[stack]")
                .leave(pid, "execve", "0x0")
                .call(pid, "brk", "brk: 0x00000000", heap);
    }

    /** A page fault. */
    public Traces fault(int pid, String address, String errorCode) {
        return line(pid, "exceptions:page_fault_user: address=" + address + " ip=0x1 error_code=" + errorCode);
    }

    /** The text. */
    public String text() {
        return text.toString();
    }

    /** The text as a file. */
    public InputStream stream() {
        return new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
