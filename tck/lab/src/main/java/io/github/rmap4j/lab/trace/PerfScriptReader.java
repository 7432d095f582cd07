package io.github.rmap4j.lab.trace;

import io.github.rmap4j.lab.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code perf script --show-task-events --show-mmap-events --show-lost-events -F
 * comm,pid,tid,time,event,trace} prints, line by line.
 */
public final class PerfScriptReader {
    /** Width of the column in which perf prints the name of the task, which may hold anything. */
    private static final int COMM_COLUMN = 16;

    private static final byte[] FAULT_USER = ascii("exceptions:page_fault_user:");
    private static final byte[] FAULT_KERNEL = ascii("exceptions:page_fault_kernel:");
    private static final byte[] SYS_ENTER = ascii("syscalls:sys_enter_");
    private static final byte[] SYS_EXIT = ascii("syscalls:sys_exit_");
    private static final byte[] ADDRESS = ascii("address=");
    private static final byte[] ERROR_CODE = ascii(" error_code=");
    private static final byte[] HEX = ascii("0x");
    private static final SystemCall[] CALLS = SystemCall.values();

    private final String input;
    private final LineReader lines;
    private final LineScanner line;
    private final RecordParser records;
    private boolean empty = true;
    private int pid;
    private int tid;

    /**
     * A reader.
     *
     * @param input name of the input, for messages
     * @param in where to read; it is not closed
     */
    public PerfScriptReader(String input, InputStream in) {
        this.input = input;
        this.lines = new LineReader(in);
        this.line = new LineScanner(input);
        this.records = new RecordParser(line);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads the next event.
     *
     * @return the event, or null at the end
     * @throws InputException if a line is malformed, the file cannot be read, or it has no event
     */
    public @Nullable TraceEvent next() {
        while (nextLine()) {
            line.start(lines);
            if (lines.isTooLong()) {
                throw line.expected("a line of at most " + LineReader.LONGEST + " bytes");
            }
            line.skipBlanks();
            boolean comment = line.atEnd() || line.accept('#');
            if (!comment) {
                line.moveTo(lines.from());
                empty = false;
                return event();
            }
        }
        if (empty) {
            // perf script prints nothing when it fails.
            throw InputException.ended(input, lines.number() + 1, "an event");
        }
        return null;
    }

    private boolean nextLine() {
        try {
            return lines.next();
        } catch (IOException e) {
            throw InputException.unreadable(input, lines.number() + 1, e);
        }
    }

    private TraceEvent event() {
        header();
        long number = lines.number();
        if (line.accept(FAULT_USER) || line.accept(FAULT_KERNEL)) {
            return pageFault(number);
        }
        if (line.accept(SYS_ENTER)) {
            return entered(number);
        }
        if (line.accept(SYS_EXIT)) {
            return returned(number);
        }
        if (line.accept(RecordParser.PREFIX)) {
            return records.parse(number, pid, tid);
        }
        return unrecognized(number, "");
    }

    private void header() {
        int start = line.position();
        if (line.end() - start > COMM_COLUMN && tryHeader(start + COMM_COLUMN)) {
            return;
        }
        // Something other than perf may have written it, with other columns.
        int at = start;
        while (at < line.end()) {
            if (tryHeader(at)) {
                return;
            }
            line.moveTo(at);
            line.skipBlanks();
            line.skipWord();
            at = line.position();
        }
        throw line.expectedAt(start, "COMM PID/TID TIME: EVENT");
    }

    /** {@code PID/TID SECONDS.MICROSECONDS: }. */
    private boolean tryHeader(int at) {
        line.moveTo(at);
        line.skipBlanks();
        if (!isNumber()) {
            return false;
        }
        int pidAt = line.position();
        skipNumber();
        if (!line.accept('/') || !isNumber()) {
            return false;
        }
        int tidAt = line.position();
        skipNumber();
        line.skipBlanks();
        if (!line.isDigit()) {
            return false;
        }
        skipNumber();
        if (!line.accept('.') || !line.isDigit()) {
            return false;
        }
        skipNumber();
        if (!line.accept(':')) {
            return false;
        }
        line.skipBlanks();
        int event = line.position();
        line.moveTo(pidAt);
        pid = line.integer("a process number");
        line.moveTo(tidAt);
        tid = line.integer("a thread number");
        line.moveTo(event);
        return true;
    }

    private boolean isNumber() {
        int at = line.position();
        line.accept('-');
        boolean digit = line.isDigit();
        line.moveTo(at);
        return digit;
    }

    private void skipNumber() {
        line.accept('-');
        while (line.isDigit()) {
            line.moveTo(line.position() + 1);
        }
    }

    private TraceEvent pageFault(long number) {
        line.skipBlanks();
        line.require(ADDRESS);
        // A kernel address is printed as a symbol; no user process has memory there.
        long address = -1;
        int at = line.position();
        if (line.accept(HEX)) {
            line.moveTo(at);
            address = line.hex("the address of the fault");
        }
        if (!line.seek(ERROR_CODE)) {
            throw line.expected("' error_code='");
        }
        return new TraceEvent.PageFault(number, pid, tid, address, line.hex("the error code of the fault"));
    }

    private TraceEvent entered(long number) {
        SystemCall call = systemCall();
        if (call == null) {
            return unrecognized(number, "syscalls:sys_enter_");
        }
        long[] values = new long[call.keys().size()];
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                line.require(',');
            }
            line.skipBlanks();
            line.require(call.keys().get(i));
            values[i] = line.hex("the value of an argument");
        }
        return new TraceEvent.CallEntered(number, pid, tid, call, new CallArguments(values));
    }

    private TraceEvent returned(long number) {
        SystemCall call = systemCall();
        if (call == null) {
            return unrecognized(number, "syscalls:sys_exit_");
        }
        line.skipBlanks();
        return new TraceEvent.CallReturned(number, pid, tid, call, line.hex("the result of the call"));
    }

    private @Nullable SystemCall systemCall() {
        for (SystemCall call : CALLS) {
            if (line.accept(call.prefix())) {
                return call;
            }
        }
        return null;
    }

    private TraceEvent unrecognized(long number, String prefix) {
        int start = line.position();
        String name = line.word();
        if (name.length() < 2 || !name.endsWith(":")) {
            throw line.expectedAt(start, "the name of an event and ':'");
        }
        return new TraceEvent.Unrecognized(number, pid, tid, prefix + name.substring(0, name.length() - 1));
    }
}
