package io.github.rmap4j.tck.recording;

import io.github.rmap4j.tck.program.VmaRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares layouts that may be cut into VMAs differently, and remembers where that begins. */
final class LayoutComparison {
    /** Boundaries that only one side has. */
    private static final class OneSided {
        /** Those of each process that were there after its last state. */
        private final Map<Integer, Set<Long>> known = new HashMap<>();

        private final List<Boundary> found = new ArrayList<>();

        void update(RecordedStep step, int process, Set<Long> here, Set<Long> there) {
            Set<Long> only = new TreeSet<>(here);
            only.removeAll(there);
            Set<Long> before = known.getOrDefault(process, Set.of());
            for (long page : only) {
                if (!before.contains(page)) {
                    found.add(new Boundary(step.step(), step.op(), process, page));
                }
            }
            known.put(process, only);
        }
    }

    private final OneSided missed = new OneSided();
    private final OneSided further = new OneSided();

    /** Whether the same pages are mapped with the same permissions, however that is cut into VMAs. */
    boolean isEqualButForMerges(RecordedStep step, int process, List<VmaRange> expected, List<VmaRange> actual) {
        if (!joined(expected).equals(joined(actual))) {
            return false;
        }
        Set<Long> recorded = starts(expected);
        Set<Long> replayed = starts(actual);
        missed.update(step, process, replayed, recorded);
        further.update(step, process, recorded, replayed);
        return true;
    }

    private static Set<Long> starts(List<VmaRange> vmas) {
        Set<Long> starts = new TreeSet<>();
        vmas.forEach(vma -> starts.add(vma.start()));
        return starts;
    }

    /** The layout if everything that permissions allow were merged. */
    private static List<VmaRange> joined(List<VmaRange> vmas) {
        List<VmaRange> joined = new ArrayList<>();
        for (VmaRange vma : vmas) {
            int last = joined.size() - 1;
            VmaRange before = last < 0 ? null : joined.get(last);
            if (before != null
                    && before.end() == vma.start()
                    && before.permissions().equals(vma.permissions())) {
                joined.set(last, new VmaRange(before.start(), vma.end(), vma.permissions()));
            } else {
                joined.add(vma);
            }
        }
        return joined;
    }

    List<Boundary> missedMerges() {
        return List.copyOf(missed.found);
    }

    List<Boundary> furtherMerges() {
        return List.copyOf(further.found);
    }
}
