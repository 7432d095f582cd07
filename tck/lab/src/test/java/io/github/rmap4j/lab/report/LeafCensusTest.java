package io.github.rmap4j.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.replay.ReplayObserver;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Census of leaf processes")
class LeafCensusTest {
    private static Map<String, String> measure(String... operations) {
        MemoryManager manager = MemoryManager.builder().strategy("anonvma").build();
        ProgramMachine machine = new ProgramMachine(manager);
        LeafCensus census = new LeafCensus();
        census.after(() -> ReplayObserver.START, StepResult.OK, machine.processes());
        for (String operation : operations) {
            StepResult result = machine.execute(MemoryProgram.parseLine("test", 1, operation));
            census.after(() -> operation, result, machine.processes());
        }
        List<Metric> costs = new ArrayList<>();
        census.measure(manager, costs);
        Map<String, String> values = new TreeMap<>();
        costs.forEach(metric -> values.put(metric.name(), metric.text()));
        return values;
    }

    @Test
    @DisplayName("counts what belongs to who never forked")
    void leaves() {
        assertThat(measure(
                        "0 mmap 0 4 rw",
                        "0 write 0 4",
                        "0 fork 1",
                        "1 munmap 0 2",
                        "1 mmap 10 1 rw",
                        "1 write 10 1",
                        "0 fork 2",
                        "2 exit",
                        "0 vfork 3"))
                .containsEntry("replay.forks", "2")
                .containsEntry("state.pages", "7")
                .containsEntry("leaf.address_spaces", "1")
                .containsEntry("leaf.address_spaces.share", "50.000")
                .containsEntry("leaf.faulted_vmas.share", "66.667")
                .containsEntry("leaf.pages.share", "42.857");
    }

    @Test
    @DisplayName("takes a program that exec has started for one that has not forked")
    void exec() {
        assertThat(measure("0 mmap 0 1 rw", "0 fork 1", "0 exec"))
                .containsEntry("leaf.address_spaces.share", "100.000")
                .containsEntry("leaf.pages.share", "100.000");
    }
}
