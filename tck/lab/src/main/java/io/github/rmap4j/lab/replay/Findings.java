package io.github.rmap4j.lab.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replay met that deserves to be told, counted by kind: mismatches, where the simulation and the trace
 * contradict each other, and remarks, on what the trace lacks or the simulation leaves out.
 */
public final class Findings {
    /** Kind of remark on events that are missing in a recording, which makes its replay worthless. */
    public static final String LOST = "events lost by perf";

    /** Most examples that are kept of a kind. */
    private static final int EXAMPLES = 5;
    /** Most kinds; a damaged trace may have any number of names of unknown events. */
    private static final int KINDS = 200;

    private static final String OTHER = "other";

    private final SortedMap<String, Finding> mismatches = new TreeMap<>();
    private final SortedMap<String, Finding> remarks = new TreeMap<>();

    /** No findings. */
    public Findings() {}

    /** How often something was found, and the first few places. */
    public static final class Finding {
        private long count;
        private final List<String> examples = new ArrayList<>();

        private Finding() {}

        /** A damaged trace may tell of any number of lost events. */
        private void add(long more) {
            count = more > Long.MAX_VALUE - count ? Long.MAX_VALUE : count + more;
        }

        /**
         * The count.
         *
         * @return how often
         */
        public long count() {
            return count;
        }

        /**
         * The first few.
         *
         * @return each with its line number
         */
        public List<String> examples() {
            return Collections.unmodifiableList(examples);
        }

        @Override
        public String toString() {
            return count + " " + examples;
        }
    }

    /**
     * Counts a contradiction between trace and simulation.
     *
     * @param kind what kind
     * @param line number of the line in the trace
     * @param text what the two say
     */
    public void mismatch(String kind, long line, String text) {
        add(mismatches, kind, line, text, 1);
    }

    /**
     * Counts something that is not simulated or not in the trace.
     *
     * @param kind what kind
     * @param line number of the line in the trace
     * @param text what it is
     */
    public void remark(String kind, long line, String text) {
        add(remarks, kind, line, text, 1);
    }

    /**
     * Counts several of something that one line tells of.
     *
     * @param kind what kind
     * @param line number of the line in the trace
     * @param text what it is
     * @param count how many
     */
    public void remark(String kind, long line, String text, long count) {
        add(remarks, kind, line, text, count);
    }

    private static void add(SortedMap<String, Finding> findings, String kind, long line, String text, long count) {
        String key = findings.size() < KINDS || findings.containsKey(kind) ? kind : OTHER;
        Finding finding = findings.computeIfAbsent(key, unused -> new Finding());
        finding.add(count);
        if (finding.examples.size() < EXAMPLES) {
            finding.examples.add("line " + line + ": " + text);
        }
    }

    /**
     * The mismatches.
     *
     * @return by kind, unmodifiable
     */
    public SortedMap<String, Finding> mismatches() {
        return Collections.unmodifiableSortedMap(mismatches);
    }

    /**
     * The remarks.
     *
     * @return by kind, unmodifiable
     */
    public SortedMap<String, Finding> remarks() {
        return Collections.unmodifiableSortedMap(remarks);
    }

    /**
     * All mismatches.
     *
     * @return their number
     */
    public long mismatchCount() {
        // Each is one line of a file, so there is no overflow.
        return mismatches.values().stream().mapToLong(Finding::count).sum();
    }
}
