package io.github.rmap4j.tck.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scenarios 86, 87, 90 and 91: tools/testing/selftests/mm/merge.c without KSM, uprobes and seals. */
@DisplayName("selftests/mm/merge.c")
class MergeSelftestScenarioTest {
    @RegisterExtension
    final Scenario machine = Scenario.anonVma();

    @Test
    @DisplayName("86: mprotect_unfaulted_left")
    void mprotectUnfaultedLeft() {
        machine.run("0 mmap 0 10 rw noreserve", "0 mprotect 0 5 r", "0 write 5 1")
                .slabs(1, 1);
        machine.run("0 mprotect 5 5 r").layout(0, "0-10 r--p").slabs(1, 1).walk(0, 5, 1, 1);
    }

    @Test
    @DisplayName("86: mprotect_unfaulted_right")
    void mprotectUnfaultedRight() {
        machine.run("0 mmap 0 10 rw noreserve", "0 mprotect 5 5 r", "0 write 0 1")
                .slabs(1, 1);
        machine.run("0 mprotect 0 5 r").layout(0, "0-10 r--p").slabs(1, 1).walk(0, 0, 1, 1);
    }

    @Test
    @DisplayName("86: mprotect_unfaulted_both")
    void mprotectUnfaultedBoth() {
        machine.run("0 mmap 0 9 rw noreserve", "0 mprotect 0 3 r", "0 mprotect 6 3 r", "0 write 3 1");
        machine.vmas(0, 3).slabs(1, 1);
        machine.run("0 mprotect 3 3 r").layout(0, "0-9 r--p").slabs(1, 1).walk(0, 3, 1, 1);
    }

    @Test
    @DisplayName("86: mprotect_faulted_left_unfaulted_right")
    void mprotectFaultedLeftUnfaultedRight() {
        machine.run("0 mmap 0 9 rw noreserve", "0 mprotect 6 3 r", "0 write 0 1", "0 mprotect 0 3 r");
        machine.vmas(0, 3).slabs(1, 2);
        machine.run("0 mprotect 3 3 r").layout(0, "0-9 r--p").slabs(1, 1).walk(0, 0, 1, 1);
    }

    @Test
    @DisplayName("86: mprotect_unfaulted_left_faulted_right")
    void mprotectUnfaultedLeftFaultedRight() {
        machine.run("0 mmap 0 9 rw noreserve", "0 mprotect 0 3 r", "0 write 6 1", "0 mprotect 6 3 r");
        machine.vmas(0, 3).slabs(1, 2);
        machine.run("0 mprotect 3 3 r").layout(0, "0-9 r--p").slabs(1, 1).walk(0, 6, 1, 1);
    }

    @Test
    @DisplayName("87: forked_target_vma")
    void forkedTarget() {
        machine.run("0 mmap 0 5 rw", "0 write 0 1", "0 fork 1", "1 write 0 5", "1 mmap 5 5 rw");
        machine.layout(1, "0-5 rw-p", "5-10 rw-p").slabs(2, 3);
    }

    @Test
    @DisplayName("87: forked_source_vma")
    void forkedSource() {
        machine.run("0 mmap 0 5 rw noreserve", "0 write 0 1", "0 fork 1", "1 mmap 5 5 rwx noreserve");
        machine.run("1 mprotect 0 5 rwx").layout(1, "0-5 rwxp", "5-10 rwxp").slabs(2, 3);
    }

    @Test
    @DisplayName("90: mremap_unfaulted_to_faulted")
    void mremapUnfaultedToFaulted() {
        machine.run("0 mmap 1 5 rw", "0 mmap 20 5 rw", "0 write 1 1", "0 mremap 20 5 6 5");
        machine.layout(0, "1-11 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("90: mremap_unfaulted_behind_faulted")
    void mremapUnfaultedBehindFaulted() {
        machine.run("0 mmap 6 5 rw", "0 mmap 20 5 rw", "0 write 6 1", "0 mremap 20 5 1 5");
        machine.layout(0, "1-11 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("90: mremap_unfaulted_between_faulted")
    void mremapUnfaultedBetweenFaulted() {
        machine.run("0 mmap 1 5 rw", "0 mmap 11 5 rw", "0 mmap 30 5 rw", "0 write 1 1", "0 write 11 1");
        machine.run("0 mremap 30 5 6 5").layout(0, "1-11 rw-p", "11-16 rw-p").slabs(2, 2);
    }

    @Test
    @DisplayName("90: mremap_unfaulted_between_faulted_unfaulted")
    void mremapUnfaultedBetweenFaultedUnfaulted() {
        machine.run("0 mmap 1 5 rw", "0 mmap 11 5 rw", "0 mmap 30 5 rw", "0 write 1 1");
        machine.run("0 mremap 30 5 6 5").layout(0, "1-16 rw-p").slabs(1, 1);
    }

    @Test
    @DisplayName("90: mremap_unfaulted_between_correctly_placed_faulted")
    void mremapUnfaultedBetweenCorrectlyPlacedFaulted() {
        machine.run("0 mmap 1 15 rw", "0 write 1 1", "0 munmap 6 5", "0 mmap 30 5 rw");
        machine.vmas(0, 3).slabs(1, 2);
        machine.run("0 mremap 30 5 6 5").layout(0, "1-16 rw-p").slabs(1, 1);
    }

    static Stream<List<Integer>> orders() {
        return Stream.of(
                List.of(0, 1, 2),
                List.of(0, 2, 1),
                List.of(1, 0, 2),
                List.of(1, 2, 0),
                List.of(2, 0, 1),
                List.of(2, 1, 0));
    }

    /** Three parts of one VMA move away in one order, and back in every order. */
    @ParameterizedTest(name = "91: mremap_correct_placed_faulted, away in order {0}")
    @MethodSource("orders")
    void mremapCorrectPlacedFaulted(List<Integer> away) {
        machine.run("0 mmap 0 15 rw", "0 write 0 15");
        machine.page(0, 0).isNew("part 0");
        machine.page(0, 5).isNew("part 1");
        machine.page(0, 10).isNew("part 2");
        boolean[] home = {true, true, true};
        for (List<Integer> back : orders().toList()) {
            for (int part : away) {
                machine.run("0 mremap " + home(part) + " 5 " + foreign(part) + " 5");
                home[part] = false;
                expectParts(home);
            }
            machine.vmas(0, 3).slabs(1, 3);
            for (int part : back) {
                machine.run("0 mremap " + foreign(part) + " 5 " + home(part) + " 5");
                home[part] = true;
                expectParts(home);
            }
            machine.layout(0, "0-15 rw-p").slabs(1, 1);
        }
    }

    private void expectParts(boolean[] home) {
        List<String> areas = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            if (home[part]) {
                int last = part;
                while (last < 2 && home[last + 1]) {
                    last++;
                }
                areas.add(home(part) + "-" + (home(last) + 5) + " rw-p");
                part = last;
            }
        }
        for (int part = 0; part < 3; part++) {
            if (!home[part]) {
                areas.add(foreign(part) + "-" + (foreign(part) + 5) + " rw-p");
            }
        }
        machine.layout(0, areas.toArray(String[]::new)).slabs(1, areas.size());
        for (int part = 0; part < 3; part++) {
            machine.page(0, home[part] ? home(part) : foreign(part))
                    .is("part " + part)
                    .exclusive()
                    .walk(1, 1);
        }
    }

    private static int home(int part) {
        return 5 * part;
    }

    private static int foreign(int part) {
        return 20 + 10 * part;
    }
}
