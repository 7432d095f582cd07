package io.github.rmap4j.tck.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.Errno;
import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.tck.program.PageState.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("States as JSON")
class StateSnapshotTest {
    private static final FrameIds IDS = new FrameIds();

    @Test
    void theLineOfADesignedState() {
        List<PageState> pages = new ArrayList<>();
        // One run of four, although it spans two folios.
        LongStream.range(0, 4).forEach(i -> pages.add(new PageState(i, Kind.ANON, 7 + i, 2, false, 0)));
        // The id does not step by one.
        pages.add(new PageState(4, Kind.ANON, 20, 2, false, 0));
        // Another map count, another exclusive.
        pages.add(new PageState(5, Kind.ANON, 21, 1, true, 0));
        // A gap.
        pages.add(new PageState(7, Kind.ANON, 22, 1, true, 0));
        // A large folio, then another one in the same run of tail pages is not possible: a head starts a run.
        pages.add(new PageState(8, Kind.ANON, 23, 1, true, 1));
        pages.add(new PageState(9, Kind.ANON, 24, 1, true, 2));
        pages.add(new PageState(10, Kind.ANON, 25, 1, true, 2));
        pages.add(new PageState(11, Kind.ANON, 26, 1, true, 1));
        // Tail pages whose head page is mapped nowhere.
        pages.add(new PageState(12, Kind.ANON, 40, 1, true, 2));
        pages.add(new PageState(13, Kind.ANON, 41, 1, true, 2));
        pages.add(new PageState(14, Kind.SWAP, 3, 0, false, 0));
        pages.add(new PageState(15, Kind.SWAP, 4, 0, false, 0));
        pages.add(new PageState(16, Kind.SWAP, 9, 0, false, 0));
        LongStream.range(17, 19).forEach(i -> pages.add(PageState.of(i, Kind.ZERO)));
        LongStream.range(19, 21).forEach(i -> pages.add(PageState.of(i, Kind.GUARD)));
        LongStream.range(21, 24).forEach(i -> pages.add(PageState.of(i, Kind.FILE)));
        ProcessState process = new ProcessState(
                List.of(new VmaRange(0, 16, "rw-p"), new VmaRange(16, 32, "r-xs")), pages, List.of(5L, 7L, 8L, 9L));
        StateSnapshot state = new StateSnapshot(
                Map.of(10, new ProcessState(List.of(), List.of(), List.of()), 2, process),
                Map.of("anon_vma", 2L, "anon_vma_chain", 3L, "vm_area_struct", 5L, "folio_chain", 4L));
        assertThat(state.toJsonLine("0 madvise 1 2 \"free\"", StepResult.failed(Errno.EINVAL)))
                .isEqualTo("""
                    {"op":"0 madvise 1 2 \\"free\\"","ret":-1,"errno":22,"anon_vma":2,"avc":3,\
                    "slabs":{"folio_chain":4,"vm_area_struct":5},\
                    "procs":{"2":{"vmas":[[0,16,"rw-p"],[16,32,"r-xs"]],\
                    "pages":[[0,4,"anon",7,2,0,0],[4,1,"anon",20,2,0,0],[5,1,"anon",21,1,1,0],\
                    [7,1,"anon",22,1,1,0],[8,3,"anon",23,1,1,1],[11,1,"anon",26,1,1,1],\
                    [12,2,"anon",40,1,1,2],[14,2,"swap",3,0],[16,1,"swap",9,0],[17,2,"zero"],\
                    [19,2,"guard"],[21,3,"file"]],\
                    "anonExclusive":[[5,1],[7,3]]},\
                    "10":{"vmas":[],"pages":[],"anonExclusive":[]}}}\
                    """);
    }

    @Test
    void theLinesOfAProgram() {
        assertThat(lines(
                        "0 mmap 0 6 rw",
                        "0 write 0 2",
                        "0 read 2 1",
                        "0 madvise 5 1 guard_install",
                        "0 fork 1",
                        "1 write 1 1",
                        "0 exit",
                        "1 munmap 0 1"))
                .isEqualTo("""
                    {"op":"0 mmap 0 6 rw","ret":0,"errno":0,"anon_vma":0,"avc":0,"slabs":{"vm_area_struct":1},\
                    "procs":{"0":{"vmas":[[0,6,"rw-p"]],"pages":[],"anonExclusive":[]}}}
                    {"op":"0 write 0 2","ret":0,"errno":0,"anon_vma":1,"avc":1,"slabs":{"vm_area_struct":1},\
                    "procs":{"0":{"vmas":[[0,6,"rw-p"]],"pages":[[0,2,"anon",0,1,1,0]],\
                    "anonExclusive":[[0,2]]}}}
                    {"op":"0 read 2 1","ret":0,"errno":0,"anon_vma":1,"avc":1,"slabs":{"vm_area_struct":1},\
                    "procs":{"0":{"vmas":[[0,6,"rw-p"]],"pages":[[0,2,"anon",0,1,1,0],[2,1,"zero"]],\
                    "anonExclusive":[[0,2]]}}}
                    {"op":"0 madvise 5 1 guard_install","ret":0,"errno":0,"anon_vma":1,"avc":1,\
                    "slabs":{"vm_area_struct":1},\
                    "procs":{"0":{"vmas":[[0,6,"rw-p"]],\
                    "pages":[[0,2,"anon",0,1,1,0],[2,1,"zero"],[5,1,"guard"]],"anonExclusive":[[0,2]]}}}
                    {"op":"0 fork 1","ret":0,"errno":0,"anon_vma":2,"avc":3,"slabs":{"vm_area_struct":2},\
                    "procs":{"0":{"vmas":[[0,6,"rw-p"]],\
                    "pages":[[0,2,"anon",0,2,0,0],[2,1,"zero"],[5,1,"guard"]],"anonExclusive":[]},\
                    "1":{"vmas":[[0,6,"rw-p"]],\
                    "pages":[[0,2,"anon",0,2,0,0],[2,1,"zero"],[5,1,"guard"]],"anonExclusive":[]}}}
                    {"op":"1 write 1 1","ret":0,"errno":0,"anon_vma":2,"avc":3,"slabs":{"vm_area_struct":2},\
                    "procs":{"0":{"vmas":[[0,6,"rw-p"]],\
                    "pages":[[0,1,"anon",0,2,0,0],[1,1,"anon",1,1,1,0],[2,1,"zero"],[5,1,"guard"]],\
                    "anonExclusive":[]},\
                    "1":{"vmas":[[0,6,"rw-p"]],\
                    "pages":[[0,1,"anon",0,2,0,0],[1,1,"anon",2,1,1,0],[2,1,"zero"],[5,1,"guard"]],\
                    "anonExclusive":[[1,1]]}}}
                    {"op":"0 exit","ret":0,"errno":0,"anon_vma":2,"avc":2,"slabs":{"vm_area_struct":1},\
                    "procs":{"1":{"vmas":[[0,6,"rw-p"]],\
                    "pages":[[0,1,"anon",0,1,1,0],[1,1,"anon",2,1,1,0],[2,1,"zero"],[5,1,"guard"]],\
                    "anonExclusive":[[1,1]]}}}
                    {"op":"1 munmap 0 1","ret":0,"errno":0,"anon_vma":2,"avc":2,"slabs":{"vm_area_struct":1},\
                    "procs":{"1":{"vmas":[[1,6,"rw-p"]],\
                    "pages":[[1,1,"anon",2,1,1,0],[2,1,"zero"],[5,1,"guard"]],"anonExclusive":[[1,1]]}}}
                    """);
    }

    @Test
    void whatLiesBelowTheBaseIsLeftOut() {
        ProgramMachine machine = machine();
        run(machine, "0 mmap 0 4 rw", "0 write 0 4", "0 mmap 8 4 r", "0 read 8 2");
        StateSnapshot state =
                StateSnapshot.of(machine.processes(), machine.manager(), ProgramMachine.ARENA + 8 * 4096, IDS);
        assertThat(state.processes())
                .containsExactly(Map.entry(
                        0,
                        new ProcessState(
                                List.of(new VmaRange(0, 4, "r--p")),
                                List.of(PageState.of(0, Kind.ZERO), PageState.of(1, Kind.ZERO)),
                                List.of())));
    }

    @Test
    void aBaseOfZeroShowsEverythingByItsPageNumber() {
        ProgramMachine machine = machine();
        run(machine, "0 mmap 3 1 rw");
        StateSnapshot state = StateSnapshot.of(machine.processes(), machine.manager(), 0, IDS);
        long page = (ProgramMachine.ARENA >> MemoryManager.PAGE_SHIFT) + 3;
        assertThat(state.processes().get(0).vmas()).containsExactly(new VmaRange(page, page + 1, "rw-p"));
    }

    @Test
    void aFrameThatIsNoLongerShownLosesItsNumber() {
        ProgramMachine machine = machine();
        FrameIds ids = new FrameIds();
        run(machine, "0 mmap 0 2 rw", "0 write 0 2");
        assertThat(idOf(machine, 0, ids)).isZero();
        assertThat(idOf(machine, 1, ids)).isEqualTo(1);
        run(machine, "0 mremap 0 1 5 1");
        assertThat(idOf(machine, 5, ids)).isZero();
        // Looked at through another process only, the frame is not shown.
        StateSnapshot.of(Map.of(), machine.manager(), ProgramMachine.ARENA, ids);
        assertThat(idOf(machine, 1, ids)).isEqualTo(2);
    }

    private static long idOf(ProgramMachine machine, long page, FrameIds ids) {
        StateSnapshot state = StateSnapshot.of(machine.processes(), machine.manager(), ProgramMachine.ARENA, ids);
        return state.processes().get(0).pages().stream()
                .filter(candidate -> candidate.page() == page)
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static ProgramMachine machine() {
        return new ProgramMachine(MemoryManager.builder()
                .strategy("anonvma")
                .checking(MemoryManager.Checking.ON)
                .build());
    }

    private static void run(ProgramMachine machine, String... lines) {
        for (String line : lines) {
            assertThat(machine.execute(MemoryProgram.parseLine("test", 1, line)))
                    .as(line)
                    .isEqualTo(StepResult.OK);
        }
    }

    /** The state after each operation, a line each, with the slabs that every version of the engine has. */
    private static String lines(String... operations) {
        ProgramMachine machine = machine();
        FrameIds ids = new FrameIds();
        StringBuilder lines = new StringBuilder();
        for (String operation : operations) {
            run(machine, operation);
            StateSnapshot state = StateSnapshot.of(machine.processes(), machine.manager(), ProgramMachine.ARENA, ids);
            Map<String, Long> slabs = new TreeMap<>(state.slabs());
            slabs.keySet().retainAll(Set.of("vm_area_struct", "anon_vma", "anon_vma_chain"));
            lines.append(new StateSnapshot(state.processes(), slabs).toJsonLine(operation, StepResult.OK))
                    .append('\n');
        }
        return lines.toString();
    }
}
