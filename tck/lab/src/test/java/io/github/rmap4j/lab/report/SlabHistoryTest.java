package io.github.rmap4j.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.api.MemoryManager;
import io.github.rmap4j.lab.replay.ReplayObserver;
import io.github.rmap4j.tck.program.MemoryProgram;
import io.github.rmap4j.tck.program.ProgramMachine;
import io.github.rmap4j.tck.program.StepResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("History of slabs")
class SlabHistoryTest {
    private final MemoryManager manager =
            MemoryManager.builder().strategy("anonvma").build();
    private final ProgramMachine machine = new ProgramMachine(manager);
    private final SlabHistory history = new SlabHistory(manager);

    /** Each operation makes a VMA of 192 bytes, for they do not touch one another. */
    private void run(int operations) {
        history.after(() -> ReplayObserver.START, StepResult.OK, Map.of());
        for (int i = 0; i < operations; i++) {
            machine.execute(MemoryProgram.parseLine("maps", 1, "0 mmap " + 2 * i + " 1 rw"));
            history.after(() -> "mmap", StepResult.OK, Map.of());
        }
    }

    @Test
    @DisplayName("has a sample for each operation of a short replay")
    void shortReplay() {
        run(3);
        assertThat(history.samples())
                .containsExactly(
                        new SlabHistory.Sample(0, 0),
                        new SlabHistory.Sample(1, 192),
                        new SlabHistory.Sample(2, 2 * 192),
                        new SlabHistory.Sample(3, 3 * 192));
    }

    @Test
    @DisplayName("has evenly spaced samples of a long one, and the last state")
    void longReplay() {
        run(1001);
        List<SlabHistory.Sample> samples = history.samples();
        assertThat(samples).hasSizeBetween(SlabHistory.MOST_SAMPLES / 2, SlabHistory.MOST_SAMPLES + 1);
        long spacing = samples.get(1).operation();
        for (int i = 0; i < samples.size() - 1; i++) {
            assertThat(samples.get(i)).isEqualTo(new SlabHistory.Sample(i * spacing, i * spacing * 192));
        }
        assertThat(samples.get(samples.size() - 1)).isEqualTo(new SlabHistory.Sample(1001, 1001 * 192));
    }
}
