package io.github.rmap4j.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.lab.trace.TraceEvent.VmaMapped;
import io.github.rmap4j.lab.trace.TraceStep.Sharing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Steps of a trace")
class TraceStepReaderTest {
    private static final String MMAP =
            "addr: 0x00000000, len: 0x1000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x00000000";

    @Test
    void anMmapTakesPlaceWherePerfReportsItAndHasItsResultAtOnce() {
        List<TraceStep> steps = steps(new Traces()
                .enter(1, "mmap", MMAP)
                .fault(2, "0x5000", "0x6")
                .mapped(1, "0x10000", "0x2000", "0x10000", "rw-p", "//anon")
                .fault(3, "0x6000", "0x6")
                .leave(1, "mmap", "0x11000"));
        assertThat(steps).hasSize(3);
        assertThat(steps.get(0)).isEqualTo(fault(2, 2, 0x5000));
        assertThat(steps.get(1))
                .isEqualTo(new TraceStep.Call(
                        1,
                        1,
                        SystemCall.MMAP,
                        new CallArguments(0, 0x1000, 3, 0x22, 0xffffffffL, 0),
                        true,
                        0x11000,
                        List.of(vma(3, 0x10000, 0x2000, 0x10000, "//anon"))));
        assertThat(steps.get(2)).isEqualTo(fault(4, 3, 0x6000));
    }

    @Test
    void callsThatGiveMemoryBackTakePlaceWhereTheyBeginOthersWhereTheyEnd() {
        List<TraceStep> steps = steps(new Traces()
                .enter(1, "munmap", "addr: 0x1000, len: 0x1000")
                .enter(2, "madvise", "start: 0x1000, len_in: 0x1000, behavior: 0x4")
                .enter(3, "mremap", "addr: 0x1000, old_len: 0x1, new_len: 0x2, flags: 0x1, new_addr: 0x0")
                .enter(4, "brk", "brk: 0x0")
                .enter(5, "mprotect", "start: 0x1000, len: 0x1000, prot: 0x0")
                .enter(6, "prctl", "option: 0xf, arg2: 0x0, arg3: 0x0")
                .fault(7, "0x5000", "0x6")
                .leave(6, "prctl", "0x0")
                .leave(5, "mprotect", "0xfffffffffffffff4")
                .leave(4, "brk", "0x4000")
                .leave(3, "mremap", "0x8000")
                .leave(2, "madvise", "0x0")
                .leave(1, "munmap", "0x0"));
        assertThat(steps.stream().map(TraceStep::line)).containsExactly(1L, 2L, 7L, 6L, 5L, 4L, 3L);
        assertThat(call(steps.get(4)).result()).isEqualTo(-12);
        assertThat(call(steps.get(6)).result()).isEqualTo(0x8000);
    }

    @Test
    void eachThreadHasItsOwnCall() {
        List<TraceStep> steps = steps(new Traces()
                .line(1, 11, "syscalls:sys_enter_munmap: addr: 0x1000, len: 0x1000")
                .line(1, 12, "syscalls:sys_enter_munmap: addr: 0x2000, len: 0x1000")
                .line(1, 11, "syscalls:sys_exit_munmap: 0x1")
                .line(1, 12, "syscalls:sys_exit_munmap: 0x2"));
        assertThat(steps.stream().map(step -> call(step).result())).containsExactly(1L, 2L);
    }

    @Test
    void aCallWithoutItsEndIsKnownToHaveNone() {
        List<TraceStep> steps = steps(new Traces()
                .enter(1, "mprotect", "start: 0x1000, len: 0x1000, prot: 0x0")
                .enter(1, "munmap", "addr: 0x1000, len: 0x1000")
                .line(1, "PERF_RECORD_EXIT(1:1):(0:0)")
                .enter(2, "brk", "brk: 0x0"));
        assertThat(steps.stream().map(TraceStep::line)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(call(steps.get(0)).returned()).isFalse();
        assertThat(call(steps.get(1)).returned()).isFalse();
        assertThat(call(steps.get(3)).returned()).isFalse();
    }

    @Test
    void anEndWithoutBeginningIsReportedUnlessItIsThatOfANewTaskOrProgram() {
        List<TraceStep> steps = steps(new Traces()
                .leave(1, "execve", "0x0")
                .leave(2, "clone", "0x0")
                .leave(2, "clone3", "0x0")
                .leave(2, "vfork", "0x0")
                .leave(3, "clone", "0x2a")
                .enter(4, "munmap", "addr: 0x1000, len: 0x1000")
                .leave(4, "mmap", "0x0"));
        assertThat(steps)
                .containsExactly(
                        new TraceStep.UnpairedReturn(new TraceEvent.CallReturned(5, 3, 3, SystemCall.CLONE, 42)),
                        new TraceStep.Call(
                                6, 4, SystemCall.MUNMAP, new CallArguments(0x1000, 0x1000), false, 0, List.of()),
                        new TraceStep.UnpairedReturn(new TraceEvent.CallReturned(7, 4, 4, SystemCall.MMAP, 0)));
    }

    @Test
    void anExecHasItsStackAndTheHeapThatTheProgramAsksForLater() {
        List<TraceStep> steps = steps(new Traces()
                .enter(1, "execve", "filename: 0x1, argv: 0x2, envp: 0x3")
                .mapped(1, "0x7fffffffd000", "0x2000", "0x7fffffffd000", "rw-p", "//anon")
                .line(1, "PERF_RECORD_COMM exec: task:1/1")
                .mapped(1, "0x7ff000000000", "0x22000", "0x7ffffffdd000", "rw-p", "[stack]")
                .mapped(1, "0x400000", "0x1000", "0x0", "r-xp", "/bin/x")
                .leave(1, "execve", "0x0")
                .fault(2, "0x1000", "0x4")
                .call(1, "brk", "brk: 0x00000000", "0x5000"));
        VmaMapped arguments = vma(2, 0x7fffffffd000L, 0x2000, 0x7fffffffd000L, "//anon");
        assertThat(steps.subList(0, 4))
                .containsExactly(
                        new TraceStep.Mapping(TraceStep.MappedBy.EXEC_ARGUMENTS, arguments),
                        new TraceStep.Exec(3, 1, vma(4, 0x7ff000000000L, 0x22000, 0x7ffffffdd000L, "[stack]"), 0x5000),
                        new TraceStep.Mapping(
                                TraceStep.MappedBy.EXEC,
                                new VmaMapped(5, 1, 1, 0x400000, 0x1000, 0, null, "r-xp", "/bin/x")),
                        fault(7, 2, 0x1000));
        assertThat(call(steps.get(4)).call()).isEqualTo(SystemCall.BRK);
    }

    @Test
    void anExecWithoutStackOrHeap() {
        List<TraceStep> steps = steps(new Traces()
                .line(1, "PERF_RECORD_COMM exec: task:1/1")
                .mapped(1, "0x400000", "0x1000", "0x0", "r-xp", "/bin/x")
                .line(1, "PERF_RECORD_COMM exec: task:1/1")
                .line(1, "PERF_RECORD_EXIT(1:1):(0:0)"));
        assertThat(steps.get(0)).isEqualTo(new TraceStep.Exec(1, 1, null, 0));
        assertThat(steps.get(2)).isEqualTo(new TraceStep.Exec(3, 1, null, 0));
        assertThat(steps).hasSize(4);
    }

    @Test
    void memoryIsSharedAfterVforkAndClonesThatSayItIs() {
        assertThat(sharing(new Traces().enter(1, "vfork", "").line(1, created(2, 1))))
                .isEqualTo(Sharing.ADDRESS_SPACE);
        assertThat(sharing(new Traces()
                        .enter(1, "clone", "clone_flags: 0x00004111, newsp: 0x0")
                        .line(1, created(2, 1))))
                .isEqualTo(Sharing.ADDRESS_SPACE);
        assertThat(sharing(new Traces()
                        .enter(1, "clone", "clone_flags: 0x01200011, newsp: 0x0")
                        .line(1, created(2, 1))))
                .isEqualTo(Sharing.NOTHING);
        assertThat(sharing(new Traces().enter(1, "fork", "").line(1, created(2, 1))))
                .isEqualTo(Sharing.NOTHING);
        assertThat(sharing(new Traces().line(1, created(2, 1)))).isEqualTo(Sharing.NOTHING);
        assertThat(sharing(new Traces()
                        .enter(1, "clone3", "uargs: 0x1, size: 0x58")
                        .line(1, "PERF_RECORD_FORK(1:2):(1:1)")))
                .isEqualTo(Sharing.THREAD);
    }

    @Test
    void aParentThatWaitsForItsChildSharesItsMemory() {
        Traces clone3 =
                new Traces().enter(1, "clone3", "uargs: 0x1, size: 0x58").line(1, created(2, 1));
        String head = clone3.text();
        assertThat(sharing(new Traces().copy(head).leave(1, "clone3", "0x2").enter(2, "execve", "filename: 0x1")))
                .isEqualTo(Sharing.NOTHING);
        assertThat(sharing(new Traces()
                        .copy(head)
                        .enter(2, "execve", "filename: 0x1")
                        .leave(1, "clone3", "0x2")))
                .isEqualTo(Sharing.ADDRESS_SPACE);
        assertThat(sharing(new Traces().copy(head).enter(2, "exit_group", "error_code: 0x0")))
                .isEqualTo(Sharing.ADDRESS_SPACE);
        assertThat(sharing(new Traces().copy(head).line(2, "PERF_RECORD_EXIT(2:2):(1:1)")))
                .isEqualTo(Sharing.ADDRESS_SPACE);
        assertThat(sharing(new Traces().copy(head).line(2, "PERF_RECORD_COMM exec: x:2/2")))
                .isEqualTo(Sharing.ADDRESS_SPACE);
        assertThat(sharing(new Traces().copy(head))).isEqualTo(Sharing.NOTHING);
    }

    @Test
    void whatIsWaitedForTooLongIsTakenAsItIs() {
        Traces trace = new Traces().line(1, "PERF_RECORD_COMM exec: task:1/1");
        for (int i = 0; i <= TraceStepReader.WINDOW; i++) {
            trace.fault(2, "0x1000", "0x4");
        }
        List<TraceStep> steps = steps(trace.call(1, "brk", "brk: 0x0", "0x5000"));
        assertThat(steps.get(0)).isEqualTo(new TraceStep.Exec(1, 1, null, 0));
        assertThat(steps).hasSize(TraceStepReader.WINDOW + 3);
    }

    @Test
    void recordsOutsideOfCallsStandForThemselves() {
        List<TraceStep> steps = steps(new Traces()
                .mapped(1, "0x10000", "0x1000", "0x0", "rw-s", "/SYSV00000000 (deleted)")
                .enter(1, "prctl", "option: 0xf, arg2: 0x0")
                .mapped(1, "0x20000", "0x1000", "0x20000", "rw-p", "[stack]")
                .leave(1, "prctl", "0x0"));
        assertThat(((TraceStep.Mapping) steps.get(0)).by()).isEqualTo(TraceStep.MappedBy.UNKNOWN);
        assertThat(((TraceStep.Mapping) steps.get(1)).by()).isEqualTo(TraceStep.MappedBy.UNKNOWN);
        assertThat(steps).hasSize(3);
    }

    private static String created(int pid, int parent) {
        return "PERF_RECORD_FORK(" + pid + ":" + pid + "):(" + parent + ":" + parent + ")";
    }

    private static Sharing sharing(Traces trace) {
        return steps(trace).stream()
                .filter(TraceStep.Fork.class::isInstance)
                .map(step -> ((TraceStep.Fork) step).sharing())
                .findFirst()
                .orElseThrow();
    }

    private static TraceStep.Call call(TraceStep step) {
        return (TraceStep.Call) step;
    }

    private static TraceStep fault(long line, int pid, long address) {
        long code = address == 0x1000 ? 4 : 6;
        return new TraceStep.Single(new TraceEvent.PageFault(line, pid, pid, address, code));
    }

    private static VmaMapped vma(long line, long start, long length, long offset, String name) {
        return new VmaMapped(line, 1, 1, start, length, offset, null, "rw-p", name);
    }

    private static List<TraceStep> steps(Traces trace) {
        TraceStepReader reader = new TraceStepReader(new PerfScriptReader("trace", trace.stream()));
        List<TraceStep> steps = new ArrayList<>();
        for (TraceStep step = reader.next(); step != null; step = reader.next()) {
            steps.add(step);
        }
        return steps;
    }
}
