package io.github.rmap4j.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.MappedFile;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.lab.trace.PerfScriptReader;
import io.github.rmap4j.lab.trace.TraceStepReader;
import io.github.rmap4j.lab.trace.Traces;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Replay of traces")
class TraceReplayerTest {
    private static final String STACK = "0x7ff000000000";

    @Test
    void aProgramMapsAndTouchesMemory() {
        Replay replay = replay(new Traces()
                .exec(1, STACK, "0x500000")
                .mmap(1, "0x7f0000000000", "0x4000", "0x3", "rw-p")
                .fault(1, "0x7f0000000123", "0x6")
                .fault(1, "0x7f0000001000", "0x4")
                .enter(1, "mprotect", "start: 0x7f0000002000, len: 0x1800, prot: 0x1")
                .mapped(1, "0x7f0000002000", "0x2000", "0x7f0000002000", "r--p", "//anon")
                .leave(1, "mprotect", "0x0")
                .call(1, "munmap", "addr: 0x7f0000003000, len: 0x1", "0x0")
                .call(1, "madvise", "start: 0x7f0000000000, len_in: 0x1000, behavior: 0x4", "0x0")
                .enter(1, "brk", "brk: 0x502001")
                .mapped(1, "0x500000", "0x3000", "0x500000", "rw-p", "[heap]")
                .leave(1, "brk", "0x502001"));
        assertThat(findings(replay)).isEmpty();
        assertThat(layout(replay, 1))
                .containsExactly(
                        "500000-503000 rw-p",
                        "7f0000000000-7f0000002000 rw-p",
                        "7f0000002000-7f0000003000 r--p",
                        "7ff000000000-7ff000021000 rw-p");
        assertThat(replay.manager().costs().slab("anon_vma").live()).isEqualTo(2);
        assertThat(replay.times().totals().stream().map(OperationTimes.Total::name))
                .containsExactly("mmap", "munmap", "mprotect", "write", "read", "madvise", "brk", "exec");
    }

    @Test
    void aChildHasACopyUntilItEnds() {
        Traces trace = new Traces()
                .mmap(1, "0x7f0000000000", "0x1000", "0x3", "rw-p")
                .fault(1, "0x7f0000000000", "0x6")
                .enter(1, "clone", "clone_flags: 0x01200011, newsp: 0x0")
                .line(1, "PERF_RECORD_FORK(2:2):(1:1)")
                .fault(2, "0x7f0000000000", "0x7");
        Replay replay = replay(trace);
        assertThat(replay.processes().get(2)).isNotSameAs(replay.processes().get(1));
        assertThat(space(replay, 2).folioAt(0x7f0000000000L))
                .isNotNull()
                .isNotSameAs(space(replay, 1).folioAt(0x7f0000000000L));
        Replay ended = replay(trace.line(2, "PERF_RECORD_EXIT(2:2):(1:1)"));
        assertThat(ended.processes().keySet()).containsExactly(1);
        assertThat(ended.manager().addressSpaces()).hasSize(1);
    }

    @Test
    void aVforkChildSharesUntilItRunsAProgram() {
        Traces trace =
                new Traces().exec(1, STACK, "0x500000").enter(1, "vfork", "").line(1, "PERF_RECORD_FORK(2:2):(1:1)");
        Replay shared = replay(trace);
        assertThat(space(shared, 2)).isSameAs(space(shared, 1));
        Replay executed = replay(trace.exec(2, "0x7fe000000000", "0x600000"));
        assertThat(findings(executed)).isEmpty();
        assertThat(space(executed, 2)).isNotSameAs(space(executed, 1));
        assertThat(space(executed, 1).isAlive()).isTrue();
        assertThat(layout(executed, 2)).containsExactly("7fe000000000-7fe000021000 rw-p");
    }

    @Test
    void aProcessEndsWithItsLastThread() {
        Traces trace = new Traces()
                .exec(1, STACK, "0x500000")
                .line(1, "PERF_RECORD_FORK(1:5):(1:1)")
                .line(1, "PERF_RECORD_EXIT(1:1):(0:0)");
        assertThat(replay(trace).processes().keySet()).containsExactly(1);
        Replay ended = replay(trace.line(1, 5, "PERF_RECORD_EXIT(1:5):(0:0)"));
        assertThat(ended.processes()).isEmpty();
        assertThat(ended.manager().addressSpaces()).isEmpty();
        assertThat(ended.manager().costs().slab("vm_area_struct").live()).isZero();
    }

    @Test
    void execPlacesTheArgumentsOnTheStack() {
        Replay replay = replay(new Traces()
                .line(1, "PERF_RECORD_COMM exec: task:1/1")
                .mapped(1, STACK, "0x23000", "0x7ffffffdc000", "rw-p", "[stack]"));
        assertThat(layout(replay, 1)).containsExactly("7ff000000000-7ff000023000 rw-p");
        assertThat(space(replay, 1).vmas().get(0).pgoff()).isEqualTo(0x7ffffffdc000L >> 12);
        assertThat(space(replay, 1).folioAt(0x7ff000020000L)).isNotNull();
        assertThat(space(replay, 1).folioAt(0x7ff00001f000L)).isNull();
    }

    @Test
    void theFirstSegmentOfAProgramIsShortenedByTheSecond() {
        Replay replay = replay(new Traces()
                .enter(1, "execve", "filename: 0x1")
                .line(1, "PERF_RECORD_COMM exec: task:1/1")
                .mapped(1, STACK, "0x21000", "0x7ffffffde000", "rw-p", "[stack]")
                .line(1, segment("0x400000(0x9000) @ 0", "r--p"))
                .line(1, segment("0x402000(0x2000) @ 0x2000", "r-xp"))
                .line(1, segment("0x406000(0x1000) @ 0x5000", "rw-p"))
                .line(1, "exceptions:page_fault_kernel: address=0x406800 ip=elf_load error_code=0x2")
                .mapped(1, "0x407000", "0x1000", "0x407000", "rw-p", "//anon")
                .mapped(1, "0x7fefff000000", "0x4000", "0x0", "r--p", "[vvar]")
                .mapped(1, "0x7fefff004000", "0x2000", "0x0", "r-xp", "[vdso]")
                .leave(1, "execve", "0x0"));
        assertThat(findings(replay)).isEmpty();
        assertThat(layout(replay, 1))
                .containsExactly(
                        "400000-402000 r--p",
                        "402000-404000 r-xp",
                        "406000-407000 rw-p",
                        "407000-408000 rw-p",
                        "7fefff000000-7fefff004000 r--p",
                        "7fefff004000-7fefff006000 r-xp",
                        "7ff000000000-7ff000021000 rw-p");
        assertThat(space(replay, 1).vmas().stream().map(TraceReplayerTest::kind))
                .containsExactly("REGULAR", "REGULAR", "REGULAR", "null", "SPECIAL_PFN", "SPECIAL", "null");
        assertThat(Objects.requireNonNull(space(replay, 1).vmaAt(0x406000)).isFaulted())
                .isTrue();
    }

    private static String segment(String range, String permissions) {
        return "PERF_RECORD_MMAP2 1/1: [" + range + " fe:00 12 0]: " + permissions + " /bin/x";
    }

    private static String kind(Vma vma) {
        MappedFile file = vma.file();
        return file == null ? "null" : file.kind().toString();
    }

    @Test
    void mappingsGoWhereTheTraceHasThem() {
        Replay replay = replay(new Traces()
                .enter(1, "mmap", "addr: 0x0, len: 0x3000, prot: 0x1, flags: 0x1, fd: 0x3, off: 0x2000")
                .line(1, "PERF_RECORD_MMAP2 1/1: [0x7e0000000000(0x3000) @ 0x2000 00:01 77 0]: r--s /memfd:x (deleted)")
                .leave(1, "mmap", "0x7e0000000000")
                .enter(1, "mmap", "addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x21, fd: 0xffffffff, off: 0x0")
                .line(1, "PERF_RECORD_MMAP2 1/1: [0x7e0000010000(0x1000) @ 0 00:01 78 0]: rw-s /dev/zero (deleted)")
                .leave(1, "mmap", "0x7e0000010000")
                .mmap(1, "0x7f0000000000", "0x3000", "0x3", "rw-p")
                .fault(1, "0x7f0000001000", "0x6")
                .call(
                        1,
                        "mremap",
                        "addr: 0x7f0000000000, old_len: 0x3000, new_len: 0x5000, flags: 0x1, new_addr: 0x0",
                        "0x7d0000000000")
                .call(
                        1,
                        "mremap",
                        "addr: 0x7d0000000000, old_len: 0x5000, new_len: 0x6000, flags: 0x1, new_addr: 0x0",
                        "0x7d0000000000")
                .enter(1, "mmap", "addr: 0x7d0000002000, len: 0x1000, prot: 0x1, flags: 0x32, fd: 0xffffffff, off: 0x0")
                .mapped(1, "0x7d0000002000", "0x1000", "0x7d0000002000", "r--p", "//anon")
                .leave(1, "mmap", "0x7d0000002000"));
        assertThat(replay.findings().mismatches()).isEmpty();
        assertThat(layout(replay, 1))
                .containsExactly(
                        "7d0000000000-7d0000002000 rw-p",
                        "7d0000002000-7d0000003000 r--p",
                        "7d0000003000-7d0000006000 rw-p",
                        "7e0000000000-7e0000003000 r--s",
                        "7e0000010000-7e0000011000 rw-s");
        assertThat(kind(space(replay, 1).vmas().get(3))).isEqualTo("SHMEM");
        assertThat(kind(space(replay, 1).vmas().get(4))).isEqualTo("SHMEM");
        assertThat(space(replay, 1).folioAt(0x7d0000001000L)).isNotNull();
    }

    @Test
    void resultsThatDifferAreMismatches() {
        assertThat(findings(replay(new Traces()
                        .mmap(1, "0x7f0000000000", "0x3000", "0x3", "rw-p")
                        .call(1, "munmap", "addr: 0x1, len: 0x1000", "0x0")
                        .call(1, "munmap", "addr: 0x7f0000000000, len: 0x1000", "0xffffffffffffffff")
                        .call(1, "mprotect", "start: 0x7f0000005000, len: 0x1000, prot: 0x1", "0x0")
                        .call(1, "madvise", "start: 0x7f0000005000, len_in: 0x1000, behavior: 0x4", "0x0")
                        .call(1, "brk", "brk: 0x1", "0x77777000")
                        .call(
                                1,
                                "mremap",
                                "addr: 0x7f0000009000, old_len: 0x1000, new_len: 0x2000, flags: 0x1, new_addr: 0x0",
                                "0x7d0000000000"))))
                .contains(
                        "munmap line 4: munmap of process 1: 0x0 in the trace, EINVAL here",
                        "munmap line 6: munmap of process 1: EPERM in the trace, 0x0 here",
                        "mprotect line 8: mprotect of process 1: 0x0 in the trace, ENOMEM here",
                        "madvise line 10: madvise of process 1: 0x0 in the trace, ENOMEM here",
                        "brk line 12: brk of process 1: 0x77777000 in the trace, 0x555555559000 here",
                        "mremap line 14: mremap of process 1: 0x7d0000000000 in the trace, EFAULT here")
                .hasSize(7);
    }

    @Test
    void whatIsMappedWhereTheTraceHasRoomIsReplaced() {
        Replay replay = replay(new Traces()
                .mmap(1, "0x7f0000000000", "0x3000", "0x1", "r--p")
                .mmap(1, "0x7f0000001000", "0x1000", "0x3", "rw-p")
                .call(
                        1,
                        "mremap",
                        "addr: 0x7f0000001000, old_len: 0x1000, new_len: 0x1000, flags: 0x1, new_addr: 0x0",
                        "0x7f0000002000"));
        assertThat(findings(replay))
                .contains(
                        "mmap line 4: mmap of process 1: free in the trace at 0x7f0000001000, mapped here",
                        "mremap line 7: mremap of process 1: free in the trace at 0x7f0000002000, mapped here");
        assertThat(layout(replay, 1))
                .containsExactly("7f0000000000-7f0000001000 r--p", "7f0000002000-7f0000003000 rw-p");
    }

    @Test
    void aVmaThatDiffersFromItsRecordIsAMismatch() {
        assertThat(findings(replay(new Traces()
                        .mmap(1, "0x7f0000000000", "0x1000", "0x3", "rw-p")
                        .enter(1, "mmap", "addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0")
                        .mapped(1, "0x7f0000001000", "0x1000", "0x7f0000001000", "rw-p", "//anon")
                        .leave(1, "mmap", "0x7f0000001000")
                        .enter(1, "mprotect", "start: 0x7f0000000000, len: 0x0, prot: 0x1")
                        .mapped(1, "0x7d0000000000", "0x1000", "0x0", "r--p", "//anon")
                        .leave(1, "mprotect", "0x0"))))
                .contains(
                        "VMA line 5: 7f0000001000-7f0000002000 rw-p offset 0x7f0000001000 in the trace, "
                                + "7f0000000000-7f0000002000 rw-p offset 0x7f0000000000 here",
                        "VMA line 8: 7d0000000000-7d0000001000 r--p offset 0x0 in the trace, nothing here");
    }

    @Test
    void faultsThatCannotBeResolved() {
        assertThat(findings(replay(new Traces()
                        .exec(1, STACK, "0x500000")
                        .mmap(1, "0x7f0000000000", "0x1000", "0x1", "r--p")
                        .fault(1, "0x7f0000001000", "0x4")
                        .fault(1, "0x7f0000000000", "0x7")
                        .line(1, "exceptions:page_fault_kernel: address=symbol ip=x error_code=0x0")
                        .fault(1, "0xffffffffff600000", "0x15"))))
                .containsExactlyInAnyOrder(
                        "page fault where nothing is mapped line 10: read of 0x7f0000001000 by process 1: EFAULT",
                        "page fault that the mapping does not allow line 11: write to 0x7f0000000000 by process 1:"
                                + " EFAULT",
                        "fault at a kernel address line 12: process 1",
                        "fault at a kernel address line 13: process 1");
    }

    @Test
    void nothingIsSkippedSilently() {
        assertThat(findings(replay(new Traces()
                        .exec(1, STACK, "0x500000")
                        .line(1, "PERF_RECORD_LOST lost 3")
                        .line(1, "sched:sched_switch: x")
                        .leave(1, "munmap", "0x0")
                        .line(3, "PERF_RECORD_EXIT(3:3):(0:0)")
                        .call(1, "madvise", "start: 0x0, len_in: 0x0, behavior: 0xffffffff", "0xffffffffffffffea")
                        .call(1, "prctl", "option: 0x43, arg2: 0x1", "0x0")
                        .call(1, "prctl", "option: 0xf, arg2: 0x1", "0x0")
                        .call(1, "prctl", "option: 0x53564d41, arg2: 0x0", "0xffffffffffffffea")
                        .call(
                                1,
                                "mmap",
                                "addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x40021, fd: 0xffffffff, off: 0x0",
                                "0xfffffffffffffff4")
                        .call(
                                1,
                                "mmap",
                                "addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x2, fd: 0x3, off: 0x0",
                                "0xfffffffffffffff3")
                        .call(
                                1,
                                "mmap",
                                "addr: 0x0, len: 0x1000, prot: 0x1, flags: 0x2, fd: 0x3, off: 0x0",
                                "0x7f0000000000")
                        .mapped(1, "0x7f0000010000", "0x1000", "0x0", "rw-s", "/SYSV0021a86b (deleted)")
                        .line(1, "PERF_RECORD_FORK(4:4):(2:2)")
                        .line(1, "PERF_RECORD_FORK(4:4):(1:1)")
                        .enter(4, "munmap", "addr: 0x7f0000010000, len: 0x1000")
                        .enter(4, "brk", "brk: 0x0"))))
                .containsExactlyInAnyOrder(
                        "events lost by perf line 7: 3 events",
                        "unknown event sched:sched_switch line 8: not replayed",
                        "end of a call without its beginning line 9: munmap of process 1",
                        "end of an unknown task line 10: task 3 of process 3",
                        "madvise that is not simulated line 11: advice -1, EINVAL in the trace",
                        "prctl that is not simulated line 13: option 67",
                        "mmap flag that is not simulated line 19: flags 0x40021",
                        "mmap that fails for reasons outside of the simulation line 19: ENOMEM, flags 0x40021",
                        "mmap that fails for reasons outside of the simulation line 21: EACCES, flags 0x2",
                        "mmap of an unknown file line 23: no PERF_RECORD_MMAP2 (perf record -d writes them)",
                        "mapping by a call that is not traced line 25: 7f0000010000-7f0000011000 rw-s offset 0x0"
                                + " '/SYSV0021a86b (deleted)'",
                        "process that began before the recording line 26: process 2 begins here without memory",
                        "process without an end line 27: process 4 begins again",
                        "call without an end line 28: munmap of process 4",
                        "call without an end line 29: brk of process 4");
    }

    @Test
    void namesAreUtf8AndHarmless() {
        // The trace is written byte by byte: these are the bytes of a name with an umlaut, an escape and a stray byte.
        Replay replay = replay(new Traces()
                .mapped(1, "0x7f0000010000", "0x1000", "0x0", "rw-s", "/SYSV B\u00c3\u00a4r \u001b[2J\u00ff")
                .line(1, "x:\u001b[2J: y"));
        assertThat(findings(replay))
                .contains(
                        "mapping by a call that is not traced line 1: 7f0000010000-7f0000011000 rw-s offset 0x0"
                                + " '/SYSV B\u00e4r \\x1b[2J\ufffd'",
                        "unknown event x:\\x1b[2J line 2: not replayed");
    }

    @Test
    void anAnonymousMmapThatFailsInLinuxMustFailHere() {
        Replay replay = replay(new Traces()
                .call(
                        1,
                        "mmap",
                        "addr: 0x1000, len: 0x1000, prot: 0x3, flags: 0x32, fd: 0xffffffff, off: 0x0",
                        "0xffffffffffffffff")
                .call(
                        1,
                        "mmap",
                        "addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0",
                        "0xfffffffffffffff4"));
        assertThat(findings(replay))
                .hasSize(2)
                .anyMatch(
                        finding -> finding.matches("mmap line 3: mmap of process 1: ENOMEM in the trace, 0x\\w+ here"));
        assertThat(layout(replay, 1)).isEmpty();
    }

    @Test
    void aProtectionThatAnUntracedCallChangedIsTakenFromItsRecord() {
        Replay replay = replay(new Traces()
                .mmap(1, "0x7f0000000000", "0x4000", "0x3", "rw-p")
                .line(1, "syscalls:sys_enter_pkey_mprotect: start: 0x7f0000001000, len: 0x1000, prot: 0x1, pkey: 0x1")
                .mapped(1, "0x7f0000001000", "0x1000", "0x7f0000001000", "r--p", "//anon")
                .mapped(1, "0x7f0000001000", "0x3000", "0x7f0000001000", "r--p", "//anon")
                .mapped(1, "0x7f0000001000", "0x3000", "0x0", "---p", "//anon"));
        assertThat(layout(replay, 1))
                .containsExactly("7f0000000000-7f0000001000 rw-p", "7f0000001000-7f0000004000 r--p");
        assertThat(findings(replay))
                .contains(
                        "protection changed by a call that is not traced line 5: 7f0000001000-7f0000002000 r--p offset"
                                + " 0x7f0000001000",
                        "protection changed by a call that is not traced line 6: 7f0000001000-7f0000004000 r--p offset"
                                + " 0x7f0000001000",
                        "VMA line 7: 7f0000001000-7f0000004000 ---p offset 0x0 in the trace, 7f0000001000-7f0000004000"
                                + " r--p offset 0x7f0000001000 here");
    }

    @Test
    void aFailedMmapReplacesNothing() {
        Replay replay = replay(new Traces()
                .mmap(1, "0x7f0000000000", "0x2000", "0x3", "rw-p")
                .fault(1, "0x7f0000000000", "0x6")
                .call(
                        1,
                        "mmap",
                        "addr: 0x7f0000000000, len: 0x1000, prot: 0x1, flags: 0x32, fd: 0xffffffff, off: 0x0",
                        "0xfffffffffffffff4"));
        assertThat(layout(replay, 1)).containsExactly("7f0000000000-7f0000002000 rw-p");
        assertThat(space(replay, 1).folioAt(0x7f0000000000L)).isNotNull();
        assertThat(replay.findings().mismatches()).isEmpty();
        assertThat(findings(replay))
                .contains("mmap that fails where something is mapped line 5: ENOMEM in the trace, not tried here");
    }

    @Test
    void aStackGrowsByAFault() {
        Replay replay = replay(new Traces()
                .exec(1, STACK, "0x500000")
                .fault(1, "0x7fefffff0000", "0x6")
                .mapped(1, "0x7fefffff0000", "0x31000", "0x7ffffffce000", "rw-p", "[stack]"));
        assertThat(findings(replay)).isEmpty();
        assertThat(layout(replay, 1)).containsExactly("7fefffff0000-7ff000021000 rw-p");
    }

    @Test
    void stepsAreToldInTheWordsOfPrograms() {
        List<String> operations = new ArrayList<>();
        replay(
                new Traces()
                        .exec(1, STACK, "0x500000")
                        .mmap(1, "0x7f0000000000", "0x2000", "0x3", "rw-p")
                        .fault(1, "0x7f0000000000", "0x6")
                        .fault(1, "0x7f0000001000", "0x4")
                        .call(1, "mprotect", "start: 0x7f0000000000, len: 0x1000, prot: 0x1", "0x0")
                        .call(1, "madvise", "start: 0x7f0000000000, len_in: 0x1000, behavior: 0x4", "0x0")
                        .call(
                                1,
                                "mremap",
                                "addr: 0x7f0000000000, old_len: 0x1000, new_len: 0x2000, flags: 0x1, new_addr: 0x0",
                                "0x7d0000000000")
                        .call(1, "munmap", "addr: 0x7f0000001000, len: 0x1000", "0x0")
                        .mapped(1, "0x600000", "0x1000", "0x0", "rw-s", "/SYSV0 (deleted)")
                        .enter(1, "vfork", "")
                        .line(1, "PERF_RECORD_FORK(2:2):(1:1)")
                        .line(1, "PERF_RECORD_FORK(3:3):(1:1)")
                        .line(1, "PERF_RECORD_EXIT(3:3):(1:1)"),
                (operation, result, processes) -> operations.add(operation.get() + " = " + result.ret()));
        assertThat(operations)
                .containsExactly(
                        "start = 0",
                        "1 exec = 0",
                        "1 brk 0 = 0",
                        "1 mmap 34091302912 2 prot=3 flags=0x22 = 0",
                        "1 write 34091302912 1 = 0",
                        "1 read 34091302913 1 = 0",
                        "1 mprotect 34091302912 1 prot=1 = 0",
                        "1 madvise 34091302912 1 4 = 0",
                        "1 mremap 34091302912 1 33554432000 2 flags=0x1 = 0",
                        "1 munmap 34091302913 1 = 0",
                        "1 mmap 1536 1 rw-s = 0",
                        "1 vfork 2 = 0",
                        "1 vfork 3 = 0",
                        "3 exit = 0");
    }

    private static Replay replay(Traces trace) {
        return replay(trace, ReplayObserver.NONE);
    }

    private static Replay replay(Traces trace, ReplayObserver observer) {
        MemoryManager manager = MemoryManager.builder()
                .strategy("anonvma")
                .checking(MemoryManager.Checking.ON)
                .build();
        Replay replay = new TraceReplayer(manager, observer)
                .replay(new TraceStepReader(new PerfScriptReader("trace", trace.stream())));
        manager.verify();
        return replay;
    }

    private static AddressSpace space(Replay replay, int pid) {
        return Objects.requireNonNull(replay.processes().get(pid));
    }

    private static List<String> layout(Replay replay, int pid) {
        return space(replay, pid).vmas().stream()
                .map(vma -> Long.toHexString(vma.start()) + "-" + Long.toHexString(vma.end()) + " " + vma.permissions())
                .toList();
    }

    /** Kind and example of each finding, without those that every hand-made trace has. */
    private static List<String> findings(Replay replay) {
        List<String> all = new ArrayList<>();
        replay.findings()
                .mismatches()
                .forEach((kind, finding) -> finding.examples().forEach(example -> all.add(kind + " " + example)));
        replay.findings()
                .remarks()
                .forEach((kind, finding) -> finding.examples().forEach(example -> all.add(kind + " " + example)));
        return all;
    }
}
