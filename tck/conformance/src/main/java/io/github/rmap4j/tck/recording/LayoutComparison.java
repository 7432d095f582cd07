package io.github.rmap4j.tck.recording;

import io.github.rmap4j.tck.program.VmaRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares layouts of which one may have boundaries that the other has not, and remembers where such begin. */
final class LayoutComparison {
    /** Boundaries of each process that were there after its last state. */
    private final Map<Integer, Set<Long>> known = new HashMap<>();

    private final List<MissedMerge> missed = new ArrayList<>();

    /** Whether each recorded VMA is one or several adjacent ones with its permissions, and there are no others. */
    boolean isFinerOrEqual(RecordedStep step, int process, List<VmaRange> expected, List<VmaRange> actual) {
        Set<Long> extra = new HashSet<>();
        int next = 0;
        for (VmaRange wanted : expected) {
            long at = wanted.start();
            while (at < wanted.end()) {
                VmaRange part = next < actual.size() ? actual.get(next++) : null;
                if (part == null
                        || part.start() != at
                        || part.end() > wanted.end()
                        || !part.permissions().equals(wanted.permissions())) {
                    return false;
                }
                if (at > wanted.start()) {
                    extra.add(at);
                }
                at = part.end();
            }
        }
        Set<Long> before = known.getOrDefault(process, Set.of());
        extra.stream()
                .filter(page -> !before.contains(page))
                .sorted()
                .forEach(page -> missed.add(new MissedMerge(step.step(), step.op(), process, page)));
        known.put(process, extra);
        return next == actual.size();
    }

    List<MissedMerge> missedMerges() {
        return List.copyOf(missed);
    }
}
