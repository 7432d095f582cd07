package io.github.rmap4j.tck.recording;

import java.util.List;

/**
 * How a replay of a recording went.
 *
 * @param steps operations that were compared
 * @param differences all differences in order, empty if there are none
 * @param missedMerges merges that the strategy missed, unless {@link Compare#EXACT_VMAS} makes them differences
 * @since 0.1
 */
public record ReplayOutcome(int steps, List<Difference> differences, List<MissedMerge> missedMerges) {
    /**
     * Copies the lists.
     *
     * @param steps operations that were compared
     * @param differences all differences in order, empty if there are none
     * @param missedMerges merges that the strategy missed
     */
    public ReplayOutcome {
        differences = List.copyOf(differences);
        missedMerges = List.copyOf(missedMerges);
    }
}
