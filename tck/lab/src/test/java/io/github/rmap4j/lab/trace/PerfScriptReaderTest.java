package io.github.rmap4j.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rmap4j.lab.input.InputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Lines of perf script")
class PerfScriptReaderTest {
    private static final String HEAD = "      wl_bash.sh  8910/8911   8471.638960: ";

    @Test
    void everyKindOfEvent() {
        assertThat(events(
                        HEAD + "PERF_RECORD_COMM exec: wl_bash.sh:8910/8911",
                        HEAD + "PERF_RECORD_COMM: a:b 1/2 c:8910/8911",
                        HEAD + "PERF_RECORD_FORK(8912:8913):(8910:8911)",
                        HEAD + "PERF_RECORD_EXIT(8912:8913):(8910:8911)",
                        HEAD
                                + "PERF_RECORD_MMAP2 8910/8911: [0x7ffcb1520000(0x21000) @ 0x7ffffffde000 00:00 0 0]: rw-p [stack]",
                        HEAD
                                + "PERF_RECORD_MMAP2 8910/8911: [0x55debb959000(0x140000) @ 0 fe:00 260104 18446744073709551615]: r--s /a b/c (deleted)",
                        HEAD + "PERF_RECORD_MMAP2 8910/8911: [0x1000(0x1000) @ 0x2000 <0123abcd>]: r-xp /bin/x",
                        HEAD + "PERF_RECORD_MMAP2 -1/0: [0xffffffffc0000000(0x1000) @ 0 00:00 0 0]: r-xp [zram]",
                        HEAD + "PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x1206448) @ 0xffffffff81000000]: x [k]",
                        HEAD + "PERF_RECORD_LOST lost 17",
                        HEAD + "PERF_RECORD_LOST_SAMPLES lost 3",
                        HEAD + "PERF_RECORD_SWITCH_CPU_WIDE OUT preempt",
                        HEAD + "exceptions:page_fault_user: address=0x7f6929667b70 ip=0x7f6929667b70 error_code=0x14",
                        HEAD + " exceptions:page_fault_kernel: address=0x55debba8d764 ip=elf_load+0x1 error_code=0x2",
                        HEAD + "exceptions:page_fault_kernel: address=vmalloc_area ip=x error_code=0x0",
                        HEAD + "syscalls:sys_enter_munmap: addr: 0x7f6929639000, len: 0x0000985f",
                        HEAD + "syscalls:sys_exit_munmap: 0xffffffffffffffea",
                        HEAD + "syscalls:sys_enter_vfork: ",
                        HEAD + "syscalls:sys_enter_madvise: start: 0x1, len_in: 0x2, behavior: 0xffffffff",
                        HEAD + "syscalls:sys_enter_mlock: start: 0x1, len: 0x2",
                        HEAD + "syscalls:sys_exit_mlock: 0x0",
                        HEAD + "sched:sched_switch: prev_comm=x"))
                .containsExactly(
                        new TraceEvent.ProgramStarted(1, 8910, 8911),
                        new TraceEvent.TaskRenamed(2, 8910, 8911),
                        new TraceEvent.TaskCreated(3, 8912, 8913, 8910, 8911),
                        new TraceEvent.TaskExited(4, 8912, 8913),
                        new TraceEvent.VmaMapped(
                                5, 8910, 8911, 0x7ffcb1520000L, 0x21000, 0x7ffffffde000L, null, "rw-p", "[stack]"),
                        new TraceEvent.VmaMapped(
                                6,
                                8910,
                                8911,
                                0x55debb959000L,
                                0x140000,
                                0,
                                "fe:00 260104 18446744073709551615",
                                "r--s",
                                "/a b/c (deleted)"),
                        new TraceEvent.VmaMapped(7, 8910, 8911, 0x1000, 0x1000, 0x2000, "0123abcd", "r-xp", "/bin/x"),
                        new TraceEvent.KernelMapped(8, -1, 0),
                        new TraceEvent.KernelMapped(9, 8910, 8911),
                        new TraceEvent.EventsLost(10, 8910, 8911, 17),
                        new TraceEvent.EventsLost(11, 8910, 8911, 3),
                        new TraceEvent.Unrecognized(12, 8910, 8911, "PERF_RECORD_SWITCH_CPU_WIDE"),
                        new TraceEvent.PageFault(13, 8910, 8911, 0x7f6929667b70L, 0x14),
                        new TraceEvent.PageFault(14, 8910, 8911, 0x55debba8d764L, 2),
                        new TraceEvent.PageFault(15, 8910, 8911, -1, 0),
                        new TraceEvent.CallEntered(
                                16, 8910, 8911, SystemCall.MUNMAP, new CallArguments(0x7f6929639000L, 0x985f)),
                        new TraceEvent.CallReturned(17, 8910, 8911, SystemCall.MUNMAP, -22),
                        new TraceEvent.CallEntered(18, 8910, 8911, SystemCall.VFORK, new CallArguments()),
                        new TraceEvent.CallEntered(
                                19, 8910, 8911, SystemCall.MADVISE, new CallArguments(1, 2, 0xffffffffL)),
                        new TraceEvent.Unrecognized(20, 8910, 8911, "syscalls:sys_enter_mlock"),
                        new TraceEvent.Unrecognized(21, 8910, 8911, "syscalls:sys_exit_mlock"),
                        new TraceEvent.Unrecognized(22, 8910, 8911, "sched:sched_switch"));
    }

    @Test
    void everyCallOfTheRecordingCommand() {
        for (SystemCall call : SystemCall.values()) {
            String arguments = call.keys().stream()
                    .map(key -> new String(key, StandardCharsets.US_ASCII) + "0x2a")
                    .reduce((a, b) -> a + ", " + b)
                    .orElse("");
            TraceEvent.CallEntered entered =
                    (TraceEvent.CallEntered) events(HEAD + "syscalls:sys_enter_" + call.word() + ": " + arguments)
                            .get(0);
            assertThat(entered.call()).isEqualTo(call);
            for (int i = 0; i < call.keys().size(); i++) {
                assertThat(entered.arguments().get(i)).isEqualTo(42);
            }
            assertThat(events(HEAD + "syscalls:sys_exit_" + call.word() + ": 0x7")
                            .get(0))
                    .isEqualTo(new TraceEvent.CallReturned(1, 8910, 8911, call, 7));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " Chrome_ChildIOT     1/2         3.4: ",
                "        1/2 3.4:     1/2         3.4: ",
                "       tokio rt w     1/2         3.4: ",
                "             :-1:     1/2         3.4: ",
                "x 1/2 3.4: ",
                "\tx\t1/2\t3.4:\t",
                "1/2 3.4: "
            })
    void theTaskMayHaveAnyName(String head) {
        assertThat(events(head + "PERF_RECORD_LOST lost 1")).containsExactly(new TraceEvent.EventsLost(1, 1, 2, 1));
    }

    @Test
    void emptyLinesAndCommentsAreCountedButNotRead() {
        assertThat(events("# captured on: now", "", "   ", HEAD + "PERF_RECORD_LOST lost 1"))
                .containsExactly(new TraceEvent.EventsLost(4, 8910, 8911, 1));
    }

    static Stream<Arguments> malformed() {
        String mmap2 = HEAD + "PERF_RECORD_MMAP2 1/1: [0x1000(0x1000) @ 0 00:00 0 0]: rw-p x";
        String enter = HEAD + "syscalls:sys_enter_munmap: addr: 0x1000, len: 0x1000";
        String fault = HEAD + "exceptions:page_fault_user: address=0x1 ip=0x1 error_code=0x4";
        return Stream.of(
                new Arguments("nonsense", "COMM PID/TID TIME: EVENT", "'nonsense'"),
                new Arguments("x 1/2 3: y:", "COMM PID/TID TIME: EVENT", "'x 1/2 3: y:'"),
                new Arguments("x 1/2 3.4", "COMM PID/TID TIME: EVENT", "'x 1/2 3.4'"),
                new Arguments(HEAD.strip(), "the name of an event and ':'", "the end of the line"),
                new Arguments(HEAD + "event without colon", "the name of an event and ':'", "'event without colon'"),
                new Arguments(HEAD + "PERF_RECORD_", "the name of a record", "the end of the line"),
                new Arguments("x 99999999999/1 1.1: a:b:", "a process number", "'99999999999/1 1.1: a:b:'"),
                new Arguments("x 1/99999999999 1.1: a:b:", "a thread number", "'99999999999 1.1: a:b:'"),
                new Arguments(HEAD + "PERF_RECORD_FORK(1:2):(3)", "':'", "')'"),
                new Arguments(HEAD + "PERF_RECORD_FORK(1:2)", "'):('", "')'"),
                new Arguments(HEAD + "PERF_RECORD_FORK(1:2):(3:x)", "a thread number", "'x)'"),
                new Arguments(HEAD + "PERF_RECORD_EXIT(x:1)", "a process number", "'x:1)'"),
                new Arguments(HEAD + "PERF_RECORD_COMM exec: x", "NAME:PID/TID", "'x'"),
                new Arguments(HEAD + "PERF_RECORD_COMM exec: x:1", "'/'", "the end of the line"),
                new Arguments(HEAD + "PERF_RECORD_LOST lost many", "the number of lost events", "'many'"),
                new Arguments(mmap2.replace("1/1:", "1:"), "'/'", "': [0x1000(0x1000) @ 0 00:00 0 0]: rw-p x'"),
                new Arguments(
                        mmap2.replace("[0x1000", "[1000"),
                        "the address of a mapping",
                        "'1000(0x1000) @ 0 00:00 0 0]: rw-p x'"),
                new Arguments(
                        mmap2.replace("[0x1000", "[0x1001"),
                        "a range of pages",
                        "'0x1001(0x1000) @ 0 00:00 0 0]: rw-p x'"),
                new Arguments(mmap2.replace("(0x1000", "(0"), "a range of pages", "'0x1000(0) @ 0 00:00 0 0]: rw-p x'"),
                new Arguments(
                        mmap2.replace("(0x1000", "(0x7ffffffffffff000"),
                        "a range of pages",
                        "'0x1000(0x7ffffffffffff000) @ 0 00:00 0 0]: rw-p x'"),
                new Arguments(mmap2.replace("(0x1000)", "(0x1000"), "') @ '", "' @ 0 00:00 0 0]: rw-p x'"),
                new Arguments(mmap2.replace("@ 0", "@ ?"), "the offset of a mapping", "'? 00:00 0 0]: rw-p x'"),
                new Arguments(mmap2.replace("@ 0", "@ 00"), "the offset of a mapping", "'00 00:00 0 0]: rw-p x'"),
                new Arguments(mmap2.replace("00:00", ":00"), "the major number of a device", "':00 0 0]: rw-p x'"),
                new Arguments(mmap2.replace("00:00", "00:"), "the minor number of a device", "' 0 0]: rw-p x'"),
                new Arguments(mmap2.replace("00 0 0", "00 x 0"), "an inode", "'x 0]: rw-p x'"),
                new Arguments(mmap2.replace("00 0 0", "00 0"), "' '", "']: rw-p x'"),
                new Arguments(mmap2.replace("00:00 0 0", "<12"), "a build id in angle brackets", "'<12]: rw-p x'"),
                new Arguments(mmap2.replace("rw-p", "rwp"), "permissions such as rw-p", "'rwp x'"),
                new Arguments(mmap2.replace("rw-p", "wr-p"), "permissions such as rw-p", "'wr-p x'"),
                new Arguments(mmap2.replace("rw-p x", "rw-p"), "' '", "the end of the line"),
                new Arguments(enter.replace(", len", " len"), "','", "' len: 0x1000'"),
                new Arguments(enter.replace("addr", "start"), "'addr: '", "'start: 0x1000, len: 0x1000'"),
                new Arguments(enter.replace("len: 0x1000", "len: 4096"), "the value of an argument", "'4096'"),
                new Arguments(enter.replace("len: 0x1000", "len: 0x"), "the value of an argument", "'0x'"),
                new Arguments(
                        enter.replace("len: 0x1000", "len: 0x11112222333344445"),
                        "the value of an argument",
                        "'0x11112222333344445'"),
                new Arguments(enter.replace(", len: 0x1000", ""), "','", "the end of the line"),
                new Arguments(HEAD + "syscalls:sys_exit_mmap: -1", "the result of the call", "'-1'"),
                new Arguments(HEAD + "syscalls:sys_exit_mmap:", "the result of the call", "the end of the line"),
                new Arguments(fault.replace("address", "addr"), "'address='", "'addr=0x1 ip=0x1 error_code=0x4'"),
                new Arguments(fault.replace("error_code", "error"), "' error_code='", "' ip=0x1 error=0x4'"),
                new Arguments(fault.replace("=0x4", "=four"), "the error code of the fault", "'four'"),
                new Arguments(
                        fault.replace("address=0x1", "address=0xzz"),
                        "the address of the fault",
                        "'0xzz ip=0x1 error_code=0x4'"));
    }

    /** A line with its message. */
    record Arguments(String line, String expected, String found) {}

    @ParameterizedTest
    @MethodSource
    void malformed(Arguments arguments) {
        assertThatThrownBy(() -> events(HEAD + "PERF_RECORD_LOST lost 1", arguments.line()))
                .isInstanceOf(InputException.class)
                .hasMessage("trace:2: expected " + arguments.expected() + ", found " + arguments.found());
    }

    @Test
    void whatIsFoundIsShortenedAndPrintable() {
        assertThatThrownBy(() -> events("\u0001\u00e9" + "y".repeat(100)))
                .hasMessage("trace:1: expected COMM PID/TID TIME: EVENT, found '\\x01\\xe9" + "y".repeat(58) + "...'");
    }

    @Test
    void aFileWithoutEvents() {
        assertThatThrownBy(() -> events(""))
                .isInstanceOf(InputException.class)
                .hasMessage("trace:1: expected an event, found the end of the file");
        assertThatThrownBy(() -> events("# captured on: Monday", "# ========"))
                .isInstanceOf(InputException.class)
                .hasMessage("trace:3: expected an event, found the end of the file");
    }

    @Test
    void aFileWithoutLineEnds() {
        assertThatThrownBy(() -> events("x".repeat(LineReader.LONGEST + 1)))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("trace:1: expected a line of at most 65536 bytes, found 'xxx");
    }

    @Test
    void aGzipFileThatEndsTooEarly() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < 3000; i++) {
                gzip.write((HEAD + "PERF_RECORD_LOST lost " + i + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        byte[] truncated = Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
        PerfScriptReader reader =
                new PerfScriptReader("trace", new GZIPInputStream(new ByteArrayInputStream(truncated)));
        assertThatThrownBy(() -> drain(reader))
                .isInstanceOf(InputException.class)
                .hasMessageMatching("trace:\\d+: expected a complete gzip file, found the end of the file");
    }

    private static List<TraceEvent> events(String... lines) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1);
        return drain(new PerfScriptReader("trace", new ByteArrayInputStream(text)));
    }

    private static List<TraceEvent> drain(PerfScriptReader reader) {
        List<TraceEvent> events = new ArrayList<>();
        for (TraceEvent event = reader.next(); event != null; event = reader.next()) {
            events.add(event);
        }
        return events;
    }
}
