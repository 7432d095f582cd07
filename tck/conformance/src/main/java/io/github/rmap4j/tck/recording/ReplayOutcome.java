package io.github.rmap4j.tck.recording;

import java.util.List;

/**
 * How a replay of a recording went.
 *
 * @param steps operations that were compared
 * @param differences all differences in order, empty if there are none
 * @param missedMerges boundaries that only the replay has, unless {@link Compare#EXACT_VMAS} makes them differences
 * @param furtherMerges boundaries that only the recording has, with the same exception
 * @since 0.1
 */
public record ReplayOutcome(
        int steps, List<Difference> differences, List<Boundary> missedMerges, List<Boundary> furtherMerges) {
    /**
     * Copies the lists.
     *
     * @param steps operations that were compared
     * @param differences all differences in order, empty if there are none
     * @param missedMerges boundaries that only the replay has
     * @param furtherMerges boundaries that only the recording has
     */
    public ReplayOutcome {
        differences = List.copyOf(differences);
        missedMerges = List.copyOf(missedMerges);
        furtherMerges = List.copyOf(furtherMerges);
    }
}
