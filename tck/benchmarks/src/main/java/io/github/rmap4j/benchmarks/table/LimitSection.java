package io.github.rmap4j.benchmarks.table;

import io.github.rmap4j.benchmarks.FamilyPairs;
import java.util.Optional;
import java.util.OptionalDouble;

/** Numbers that stand for themselves: walks, threads, users of the reverse map, heap. */
final class LimitSection {
    /** JMH itself allocates a little now and then; an object of a walk's own would be at least 16 bytes. */
    private static final Limit NO_ALLOCATION = Limit.atMost(1);

    private static final Limit TWO_THREADS = Limit.atLeast(1.7);
    private static final String TIMES_ONE = "times one";

    private final JmhResults jmh;
    private final NamedNumbers pairs;
    private final NamedNumbers heap;
    private final MarkdownTable table = new MarkdownTable(
            "Walks, threads, users of the reverse map, and heap",
            "what",
            "unit",
            "measured",
            "99 % interval",
            "limit",
            "met");

    LimitSection(JmhResults jmh, NamedNumbers pairs, NamedNumbers heap) {
        this.jmh = jmh;
        this.pairs = pairs;
        this.heap = heap;
    }

    MarkdownTable table() {
        walks();
        threads();
        row("swap-out, per page", "ns", jmh.score("swap_out_page"), null);
        row("swap-in, per page", "ns", jmh.score("swap_in_page"), null);
        row("migration, per page", "ns", jmh.score("migrate_page"), null);
        row("migration, per page that 16 processes map", "ns", jmh.score("migrate_page_of_16"), null);
        heap("resident exclusive page, with its page-table entry", "heap_page", Limit.atMost(56));
        heap("VMA", "heap_vma", Limit.atMost(192));
        heap("VMA that held a page, with its reverse-map objects", "heap_faulted_vma", null);
        heap("chain entry", "heap_anon_vma_chain", Limit.atMost(64));
        return table;
    }

    private void walks() {
        Optional<Estimate> exclusive = jmh.score("walk 1");
        row("warm walk, 1 mapping", "ns", exclusive, Limit.atMost(150));
        for (int mappers : new int[] {2, 16, 256}) {
            Optional<Estimate> more = jmh.score("walk " + mappers)
                    .flatMap(all -> exclusive.map(one -> all.minus(one).dividedBy(mappers - 1)));
            row("each further mapping of " + mappers, "ns", more, Limit.atMost(30));
        }
        row("walks of a million pages in random order", "ns", jmh.score("walk_cold"), null);
        for (int mappers : new int[] {1, 2, 16, 256}) {
            row(
                    "allocated by a walk, " + mappers + (mappers == 1 ? " mapping" : " mappings"),
                    "bytes",
                    jmh.allocation("walk " + mappers),
                    NO_ALLOCATION);
        }
        row("allocated by a walk in random order", "bytes", jmh.allocation("walk_cold"), NO_ALLOCATION);
    }

    private void threads() {
        Optional<Estimate> gain = jmh.score("families_2_threads")
                .flatMap(two -> jmh.score("families_1_thread").map(two::dividedBy));
        row("throughput of two threads on separate families", TIMES_ONE, gain, TWO_THREADS);
        row(
                "two threads on separate families, in turns in one JVM",
                TIMES_ONE,
                pairs.mean(FamilyPairs.ONE_MANAGER),
                TWO_THREADS);
        row("the same with a manager each", TIMES_ONE, pairs.mean(FamilyPairs.MANAGER_EACH), null);
    }

    private void heap(String what, String name, Limit limit) {
        OptionalDouble bytes = heap.median(name);
        Optional<Estimate> estimate =
                bytes.isPresent() ? Optional.of(Estimate.exactly(bytes.getAsDouble())) : Optional.empty();
        row(what, "bytes", estimate, limit);
    }

    private void row(String what, String unit, Optional<Estimate> measured, Limit limit) {
        if (measured.isEmpty()) {
            return;
        }
        Estimate estimate = measured.get();
        table.row(
                what,
                unit,
                Format.number(estimate.mean()),
                estimate.error() == 0 ? "" : Format.interval(estimate),
                limit == null ? "" : (limit.upper() ? "<= " : ">= ") + Format.number(limit.bound()),
                limit == null ? "" : limit.verdict(estimate));
    }
}
