package io.github.rmap4j.lab.trace;

import io.github.rmap4j.api.MemoryManager;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Parses perf's own records: tasks, mappings and losses. */
final class RecordParser {
    static final byte[] PREFIX = ascii("PERF_RECORD_");

    private static final byte[] FORK = ascii("FORK(");
    private static final byte[] EXIT = ascii("EXIT(");
    private static final byte[] MMAP2 = ascii("MMAP2 ");
    private static final byte[] KERNEL_MMAP = ascii("MMAP -1/");
    private static final byte[] COMM_EXEC = ascii("COMM exec: ");
    private static final byte[] COMM = ascii("COMM: ");
    private static final byte[] LOST = ascii("LOST");
    private static final byte[] LOST_COUNT = ascii(" lost ");
    private static final byte[] BEFORE_PARENT = ascii("):(");
    private static final byte[] BEFORE_RANGE = ascii(": [");
    private static final byte[] BEFORE_OFFSET = ascii(") @ ");
    private static final byte[] BEFORE_PERMISSIONS = ascii("]: ");

    private final LineScanner line;

    RecordParser(LineScanner line) {
        this.line = line;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Parses what follows {@link #PREFIX}; the numbers are those at the beginning of the line. */
    TraceEvent parse(long number, int pid, int tid) {
        if (line.accept(MMAP2)) {
            return mapped(number);
        }
        if (line.accept(FORK)) {
            int child = process();
            int childThread = thread();
            line.require(BEFORE_PARENT);
            return new TraceEvent.TaskCreated(number, child, childThread, process(), thread());
        }
        if (line.accept(EXIT)) {
            return new TraceEvent.TaskExited(number, process(), thread());
        }
        if (line.accept(COMM_EXEC)) {
            moveToTask();
            return new TraceEvent.ProgramStarted(number, process('/'), thread());
        }
        if (line.accept(COMM)) {
            return new TraceEvent.TaskRenamed(number, pid, tid);
        }
        if (line.accept(KERNEL_MMAP)) {
            return new TraceEvent.KernelMapped(number, pid, tid);
        }
        int name = line.position();
        if (line.accept(LOST)) {
            line.skipWord();
            long count = line.accept(LOST_COUNT) ? line.decimal("the number of lost events") : 0;
            return new TraceEvent.EventsLost(number, pid, tid, count);
        }
        line.moveTo(name);
        String word = line.word();
        if (word.isEmpty()) {
            throw line.expectedAt(name, "the name of a record");
        }
        return new TraceEvent.Unrecognized(number, pid, tid, "PERF_RECORD_" + name(word));
    }

    /** The name of a record is in capitals; what follows differs from record to record. */
    private static String name(String word) {
        int length = 0;
        while (length < word.length() && (Character.isUpperCase(word.charAt(length)) || word.charAt(length) == '_')) {
            length++;
        }
        return word.substring(0, length);
    }

    private int process() {
        return process(':');
    }

    private int process(char separator) {
        int process = line.integer("a process number");
        line.require(separator);
        return process;
    }

    private int thread() {
        return line.integer("a thread number");
    }

    /** The name of a task may hold anything, so its numbers are looked for from the end. */
    private void moveToTask() {
        int start = line.position();
        String text = line.rest();
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw line.expectedAt(start, "NAME:PID/TID");
        }
        line.moveTo(start + colon + 1);
    }

    /** {@code PID/TID: [0xADDRESS(0xLENGTH) @ OFFSET MAJOR:MINOR INODE GENERATION]: PERMISSIONS NAME}. */
    private TraceEvent mapped(long number) {
        int pid = process('/');
        int tid = thread();
        if (pid < 0) {
            return new TraceEvent.KernelMapped(number, pid, tid);
        }
        line.require(BEFORE_RANGE);
        int range = line.position();
        long start = line.hex("the address of a mapping");
        line.require('(');
        long length = line.hex("the length of a mapping");
        if (!isPageAligned(start) || !isPageAligned(length) || start < 0 || length <= 0 || start + length < 0) {
            throw line.expectedAt(range, "a range of pages");
        }
        line.require(BEFORE_OFFSET);
        long offset = line.hex("the offset of a mapping");
        line.require(' ');
        String object = object();
        line.require(BEFORE_PERMISSIONS);
        int permissionsAt = line.position();
        String permissions = line.word();
        if (!arePermissions(permissions)) {
            throw line.expectedAt(permissionsAt, "permissions such as rw-p");
        }
        line.require(' ');
        return new TraceEvent.VmaMapped(number, pid, tid, start, length, offset, object, permissions, line.name());
    }

    /** Device, inode and generation; newer versions of perf may print a build id instead. */
    private @Nullable String object() {
        int start = line.position();
        if (line.accept('<')) {
            String id = line.word();
            int close = id.indexOf('>');
            if (close <= 0) {
                throw line.expectedAt(start, "a build id in angle brackets");
            }
            line.moveTo(start + 1 + close + 1);
            return id.substring(0, close);
        }
        boolean deviceZero = line.hexDigits("the major number of a device") == 0;
        line.require(':');
        deviceZero &= line.hexDigits("the minor number of a device") == 0;
        line.require(' ');
        int inode = line.position();
        line.skipDigits("an inode");
        boolean inodeZero = line.text(inode, line.position()).equals("0");
        line.require(' ');
        line.skipDigits("the generation of an inode");
        return deviceZero && inodeZero ? null : line.text(start, line.position());
    }

    private static boolean isPageAligned(long bytes) {
        return (bytes & (MemoryManager.PAGE_SIZE - 1)) == 0;
    }

    private static boolean arePermissions(String text) {
        return text.length() == 4
                && isOneOf(text.charAt(0), 'r')
                && isOneOf(text.charAt(1), 'w')
                && isOneOf(text.charAt(2), 'x')
                && (text.charAt(3) == 'p' || text.charAt(3) == 's');
    }

    private static boolean isOneOf(char c, char permission) {
        return c == permission || c == '-';
    }
}
