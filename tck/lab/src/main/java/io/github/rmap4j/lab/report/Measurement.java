package io.github.rmap4j.lab.report;

import io.github.rmap4j.api.AddressSpace;
import io.github.rmap4j.api.CostReport;
import io.github.rmap4j.api.Distribution;
import io.github.rmap4j.api.Vma;
import io.github.rmap4j.lab.replay.Findings;
import io.github.rmap4j.lab.replay.OperationTimes;
import io.github.rmap4j.lab.replay.Replay;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The numbers of one replay under one strategy.
 *
 * @param input name of the input
 * @param strategy name of the strategy
 * @param costs numbers that depend on the input and the strategy alone
 * @param times numbers that depend on the machine
 * @param findings what the replay met
 * @param curves what to draw
 */
public record Measurement(
        String input, String strategy, List<Metric> costs, List<Metric> times, Findings findings, Curves curves) {
    static final String MISSED = "walk.missed";

    private static final String OBJECTS = "objects";
    private static final String BYTES = "bytes";

    /** Copies the lists. */
    public Measurement {
        costs = List.copyOf(costs);
        times = List.copyOf(times);
    }

    /**
     * Measures what a replay has left; walks the reverse map of every resident folio for that.
     *
     * @param input name of the input
     * @param replay the replay
     * @param history what was noted of slabs meanwhile
     * @param leaves who has forked meanwhile
     * @return its numbers
     */
    public static Measurement of(String input, Replay replay, SlabHistory history, LeafCensus leaves) {
        // Before the walks, so that locks are those of the workload.
        CostReport report = replay.manager().costs();
        List<Metric> costs = new ArrayList<>();
        addState(costs, replay);
        leaves.measure(replay.manager(), costs);
        addFindings(costs, replay.findings());
        addSlabs(costs, report);
        List<SlabHistory.Sample> bytes = history.samples();
        WalkSurvey walks = new WalkSurvey(replay.manager());
        Curves curves = Curves.of(bytes, walks.visited());
        addWalks(costs, walks);
        addLocks(costs, report);
        for (CostReport.EventCost event : report.events()) {
            costs.add(Metric.of("event." + event.name(), event.count(), event.unit(), event.description()));
        }
        return new Measurement(
                input, replay.manager().strategy(), costs, times(replay.times(), walks), replay.findings(), curves);
    }

    /** Mappings that no walk found. */
    long missedMappings() {
        return costs.stream()
                .filter(metric -> metric.name().equals(MISSED))
                .mapToLong(metric -> metric.value().longValueExact())
                .sum();
    }

    private static void addState(List<Metric> costs, Replay replay) {
        long vmas = 0;
        long faulted = 0;
        List<AddressSpace> spaces = replay.manager().addressSpaces();
        for (AddressSpace space : spaces) {
            for (Vma vma : space.vmas()) {
                vmas++;
                faulted += vma.isFaulted() ? 1 : 0;
            }
        }
        costs.add(
                Metric.of("replay.operations", replay.times().count(), "operations", "Operations that were replayed"));
        costs.add(Metric.of("state.address_spaces", spaces.size(), OBJECTS, "Address spaces in use at the end"));
        costs.add(Metric.of("state.vmas", vmas, OBJECTS, "VMAs at the end"));
        costs.add(Metric.of("state.faulted_vmas", faulted, OBJECTS, "VMAs at the end that ever held anonymous memory"));
    }

    private static void addFindings(List<Metric> costs, Findings findings) {
        costs.add(Metric.of(
                "replay.mismatches",
                findings.mismatchCount(),
                "events",
                "Places where the simulation contradicts the trace"));
        for (Map.Entry<String, Findings.Finding> kind : findings.mismatches().entrySet()) {
            costs.add(Metric.of(
                    "replay.mismatch." + slug(kind.getKey()), kind.getValue().count(), "events", kind.getKey()));
        }
        for (Map.Entry<String, Findings.Finding> kind : findings.remarks().entrySet()) {
            costs.add(Metric.of(
                    "replay.remark." + slug(kind.getKey()), kind.getValue().count(), "events", kind.getKey()));
        }
    }

    private static String slug(String words) {
        return words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    }

    private static void addSlabs(List<Metric> costs, CostReport report) {
        long liveBytes = 0;
        for (CostReport.SlabCost slab : report.slabs()) {
            String name = "slab." + slab.name();
            String objects = " objects of slab " + slab.name() + " (" + slab.objectBytes() + " bytes each)";
            costs.add(Metric.of(name + ".live", slab.live(), OBJECTS, "Live" + objects));
            costs.add(Metric.of(name + ".live_bytes", slab.liveBytes(), BYTES, "Bytes of the live" + objects));
            costs.add(Metric.of(name + ".peak", slab.peak(), OBJECTS, "Most live" + objects));
            costs.add(Metric.of(name + ".peak_bytes", slab.peakBytes(), BYTES, "Bytes of the most live" + objects));
            costs.add(Metric.of(name + ".allocations", slab.allocations(), OBJECTS, "Allocated" + objects));
            liveBytes += slab.liveBytes();
        }
        costs.add(Metric.of("slabs.live_bytes", liveBytes, BYTES, "Bytes of the live objects of all slabs"));
    }

    private static void addWalks(List<Metric> costs, WalkSurvey walks) {
        costs.add(Metric.of(
                "walk.folios", walks.folios(), OBJECTS, "Resident anonymous folios at the end, each walked once"));
        costs.add(Metric.of(
                MISSED, walks.missed(), "mappings", "Mappings that a walk did not find; more than 0 is a defect"));
        addDistribution(costs, "walk.visited", walks.visited(), "candidates", "Candidates visited per walk");
        addDistribution(costs, "walk.hits", walks.hits(), "mappings", "Mappings found per walk");
        addDistribution(
                costs,
                "walk.false_visits",
                walks.falseVisits(),
                "candidates",
                "Candidates per walk that did not map the folio");
        addDistribution(costs, "walk.index_nodes", walks.indexNodes(), "nodes", "Index nodes touched per walk");
        addDistribution(
                costs, "walk.contexts", walks.contexts(), "contexts", "Address spaces or contexts entered per walk");
    }

    private static void addDistribution(
            List<Metric> costs, String name, Distribution values, String unit, String description) {
        costs.add(Metric.of(name + ".mean", values.mean(), unit, description + ", mean"));
        costs.add(Metric.of(name + ".p50", values.quantile(0.5), unit, description + ", median"));
        costs.add(Metric.of(name + ".p99", values.quantile(0.99), unit, description + ", 99th percentile"));
        costs.add(Metric.of(name + ".max", values.max(), unit, description + ", maximum"));
    }

    /** Without contention: a replay has one thread. */
    private static void addLocks(List<Metric> costs, CostReport report) {
        for (CostReport.LockCost lock : report.locks()) {
            String name = "lock." + lock.lockClass();
            String lockClass = "Lock class " + lock.lockClass() + ": ";
            costs.add(Metric.of(name + ".reads", lock.reads(), "acquisitions", lockClass + "acquisitions for reading"));
            costs.add(Metric.of(
                    name + ".writes",
                    lock.writes(),
                    "acquisitions",
                    lockClass + "acquisitions for writing, all of a mutex"));
            costs.add(Metric.of(
                    name + ".held_work",
                    lock.heldWork(),
                    "units",
                    lockClass + "page-table entries, VMAs and index nodes touched while it was held"));
        }
    }

    private static List<Metric> times(OperationTimes times, WalkSurvey walks) {
        List<Metric> metrics = new ArrayList<>();
        metrics.add(Metric.of(
                "time.operations", times.nanoseconds() / 1e6, "ms", "Time of all operations (machine-dependent)"));
        for (OperationTimes.Total total : times.totals()) {
            metrics.add(Metric.of(
                    "time." + total.name(),
                    (double) total.nanoseconds() / total.count(),
                    "ns/operation",
                    "Mean time of " + total.name() + " (machine-dependent)"));
        }
        metrics.add(Metric.of(
                "time.walk",
                walks.folios() == 0 ? 0 : (double) walks.nanoseconds() / walks.folios(),
                "ns/walk",
                "Mean time to walk a folio (machine-dependent)"));
        return metrics;
    }
}
