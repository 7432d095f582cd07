package io.github.rmap4j.lab.report;

import io.github.rmap4j.lab.replay.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a reader of a comparison must not overlook. */
public final class Verdict {
    private final List<Measurement> measurements;

    /**
     * A verdict.
     *
     * @param measurements one for each input and strategy
     */
    public Verdict(List<Measurement> measurements) {
        this.measurements = List.copyOf(measurements);
    }

    /**
     * Strategies that lost mappings.
     *
     * @return a line for each replay with a walk that did not find all
     */
    public List<String> defects() {
        return measurements.stream()
                .filter(measurement -> measurement.missedMappings() > 0)
                .map(measurement -> name(measurement) + ": walks missed " + measurement.missedMappings()
                        + " mappings; the strategy is defective")
                .toList();
    }

    /**
     * Replays that are not to be trusted.
     *
     * @return a line for each kind of mismatch of a replay, and for the events that its recording lost
     */
    public List<String> doubts() {
        List<String> lines = new ArrayList<>();
        for (Measurement measurement : measurements) {
            Findings findings = measurement.findings();
            for (Map.Entry<String, Findings.Finding> kind :
                    findings.mismatches().entrySet()) {
                lines.add(name(measurement) + ": mismatch: " + kind.getKey() + ": "
                        + kind.getValue().count());
            }
            Findings.Finding lost = findings.remarks().get(Findings.LOST);
            if (lost != null) {
                lines.add(name(measurement) + ": remark: " + Findings.LOST + ": " + lost.count());
            }
        }
        return lines;
    }

    private static String name(Measurement measurement) {
        return measurement.input() + " under " + measurement.strategy();
    }
}
