package io.github.rmap4j.benchmarks.table;

import java.util.Optional;

/** What one operation costs at three sizes of the state around it. */
final class GrowthSection {
    private final JmhResults jmh;
    private final MarkdownTable table = new MarkdownTable(
            "Growth (ns per operation)",
            "operation",
            "sizes",
            "small",
            "medium",
            "large",
            "large / small",
            "99 % interval");

    GrowthSection(JmhResults jmh) {
        this.jmh = jmh;
    }

    MarkdownTable table() {
        for (String operation : new String[] {"mmap", "munmap", "mprotect", "fault", "find"}) {
            row(operation + ", random place", operation, "VMAs", 1000, 30_000, 1_000_000);
        }
        row("fork and exit", "fork_exit", "processes", 1, 100, 10_000);
        row("walk of an unrelated page", "walk_unrelated_page", "processes", 1, 100, 10_000);
        row("walk of a child's own copy", "walk_copied_page", "processes", 2, 100, 10_000);
        perPageRow("fault, per page", "fault_all_pages");
        perPageRow("munmap, per page", "munmap_all_pages");
        row("reserve and release", "reserve_release", "MiB", 1, 1024, 1 << 20);
        return table;
    }

    private void row(String operation, String method, String unit, int... sizes) {
        add(operation, method, unit, sizes, new int[] {1, 1, 1});
    }

    private void perPageRow(String operation, String method) {
        int[] sizes = {1000, 100_000, 10_000_000};
        add(operation, method, "pages", sizes, sizes);
    }

    private void add(String operation, String method, String unit, int[] sizes, int[] divisors) {
        Estimate[] costs = new Estimate[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            Optional<Estimate> score = jmh.score(method + " " + sizes[i]);
            if (score.isEmpty()) {
                return;
            }
            costs[i] = score.get().dividedBy(divisors[i]);
        }
        Estimate growth = costs[2].dividedBy(costs[0]);
        table.row(
                operation,
                Format.number(sizes[0]) + ", " + Format.number(sizes[1]) + ", " + Format.number(sizes[2]) + " " + unit,
                Format.number(costs[0].mean()),
                Format.number(costs[1].mean()),
                Format.number(costs[2].mean()),
                Format.number(growth.mean()),
                Format.interval(growth));
    }
}
