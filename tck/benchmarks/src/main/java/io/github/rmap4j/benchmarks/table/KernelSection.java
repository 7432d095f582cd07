package io.github.rmap4j.benchmarks.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The loops that also run on the live kernel. */
final class KernelSection {
    private static final String NOT_MEASURED = "-";
    private static final String BASE = "fork_1_vmas";
    private static final Limit EACH = Limit.atMost(0.2);
    private static final Limit GEOMETRIC_MEAN = Limit.atMost(0.1);
    private static final List<String> LOOPS = List.of(
            "mmap_munmap",
            "mmap_touch_munmap",
            "write_fault",
            "munmap_page",
            "mprotect_split_merge",
            "mremap_move_16",
            BASE,
            "fork_100_vmas",
            "fork_1000_vmas",
            "fork_4000_vmas",
            "cow_fault_100_vmas",
            "cow_fault_1000_vmas",
            "cow_fault_4000_vmas",
            "fork_65536_pages");
    private static final String THOUSANDS = "fork_1000x1000";

    private final JmhResults ours;
    private final NamedNumbers kernel;
    private final MarkdownTable table = new MarkdownTable(
            "Beside the live kernel (ns per operation)",
            "loop",
            "rmap4j",
            "99 % interval",
            "kernel",
            "kernel's runs",
            "rmap4j / kernel",
            "limit",
            "met");

    KernelSection(JmhResults ours, NamedNumbers kernel) {
        this.ours = ours;
        this.kernel = kernel;
    }

    MarkdownTable table() {
        List<Estimate> ratios = new ArrayList<>();
        List<Estimate> ratiosWithoutBase = new ArrayList<>();
        for (String loop : LOOPS) {
            Optional<Estimate> ratio = row(loop);
            ratio.ifPresent(ratios::add);
            if (!loop.equals(BASE)) {
                ratio.ifPresent(ratiosWithoutBase::add);
            }
        }
        meanRow("geometric mean", ratios);
        meanRow("geometric mean without " + BASE, ratiosWithoutBase);
        row(THOUSANDS);
        return table;
    }

    /** Adds a row if the loop was measured here, and returns the ratio if the kernel's time is known too. */
    private Optional<Estimate> row(String loop) {
        Optional<Estimate> measured = added(loop);
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        Estimate time = measured.get();
        OptionalDouble kernelTime = kernel.median(loop);
        if (kernelTime.isEmpty()) {
            table.row(
                    loop,
                    Format.number(time.mean()),
                    Format.interval(time),
                    NOT_MEASURED,
                    NOT_MEASURED,
                    NOT_MEASURED,
                    NOT_MEASURED,
                    NOT_MEASURED);
            return Optional.empty();
        }
        Estimate ratio = time.dividedBy(kernelTime.getAsDouble());
        table.row(
                loop,
                Format.number(time.mean()),
                Format.interval(time),
                Format.number(kernelTime.getAsDouble()),
                kernel.range(loop),
                Format.number(ratio.mean()),
                Format.number(EACH.bound()),
                EACH.verdict(ratio));
        return Optional.of(ratio);
    }

    /** As the C program does it: the larger forks are reported without what a fork of one VMA costs. */
    private Optional<Estimate> added(String loop) {
        Optional<Estimate> score = ours.score(loop);
        if (!loop.startsWith("fork_") || loop.equals(BASE) || loop.equals(THOUSANDS)) {
            return score;
        }
        return score.flatMap(total -> ours.score(BASE).map(total::minus));
    }

    private void meanRow(String name, List<Estimate> ratios) {
        if (ratios.isEmpty()) {
            return;
        }
        double logs = 0;
        double squares = 0;
        for (Estimate ratio : ratios) {
            logs += Math.log(ratio.mean());
            squares += Math.pow(ratio.error() / ratio.mean(), 2);
        }
        double mean = Math.exp(logs / ratios.size());
        Estimate estimate = new Estimate(mean, mean * Math.sqrt(squares) / ratios.size());
        table.row(
                name,
                "",
                Format.interval(estimate),
                "",
                "",
                Format.number(mean),
                Format.number(GEOMETRIC_MEAN.bound()),
                GEOMETRIC_MEAN.verdict(estimate));
    }
}
