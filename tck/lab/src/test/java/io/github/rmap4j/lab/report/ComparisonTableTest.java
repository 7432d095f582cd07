package io.github.rmap4j.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rmap4j.lab.replay.Findings;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Table of a comparison")
class ComparisonTableTest {
    @Test
    void hasAColumnForEachStrategyAndAPartForEachInput() {
        Metric vmas = Metric.of("vmas", 12, "objects", "VMAs");
        Metric walk = Metric.of("walk.mean", 1.23456, "nodes", "Nodes");
        Metric time = Metric.of("time", 5.0, "ns", "Time");
        List<Measurement> measurements = List.of(
                new Measurement("perf:a", "anonvma", List.of(vmas, walk), List.of(time), new Findings(), Curves.NONE),
                new Measurement("perf:a", "lazy", List.of(vmas), List.of(time), new Findings(), Curves.NONE),
                new Measurement("perf:b", "anonvma", List.of(vmas), List.of(), new Findings(), Curves.NONE));
        assertThat(new ComparisonTable(measurements).lines())
                .containsExactly(
                        "perf:a     unit     anonvma   lazy",
                        "vmas       objects       12     12",
                        "walk.mean  nodes      1.235      -",
                        "(times depend on the machine)",
                        "time       ns         5.000  5.000",
                        "",
                        "perf:b     unit     anonvma",
                        "vmas       objects       12",
                        "(times depend on the machine)");
        assertThat(new ComparisonTable(List.of()).lines()).isEmpty();
    }
}
