package io.github.rmap4j.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.lab.replay.Findings;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Verdict on a comparison")
class VerdictTest {
    @Test
    void namesDefectsMismatchesAndLostEvents() {
        Findings findings = new Findings();
        findings.mismatch("mmap", 3, "differs");
        findings.mismatch("mmap", 4, "differs");
        findings.remark(Findings.LOST, 5, "7 events", 7);
        findings.remark("call without an end", 6, "brk");
        Verdict verdict = new Verdict(List.of(
                new Measurement("perf:a", "good", List.of(missed(0)), List.of(), new Findings(), Curves.NONE),
                new Measurement("perf:a", "bad", List.of(missed(5)), List.of(), findings, Curves.NONE)));
        assertThat(verdict.defects())
                .containsExactly("perf:a under bad: walks missed 5 mappings; the strategy is defective");
        assertThat(verdict.doubts())
                .containsExactly(
                        "perf:a under bad: mismatch: mmap: 2", "perf:a under bad: remark: events lost by perf: 7");
    }

    private static Metric missed(long mappings) {
        return Metric.of(Measurement.MISSED, mappings, "mappings", "Mappings that a walk did not find");
    }
}
