package io.github.rmap4j.benchmarks.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The loops that also run on the live kernel. A limit must be met beside the fastest of the kernel's runs. */
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

    /** The time of a loop in relation to the median of the kernel's runs, and to the fastest. */
    private record Ratio(Estimate toMedian, Estimate toFastest) {}

    KernelSection(JmhResults ours, NamedNumbers kernel) {
        this.ours = ours;
        this.kernel = kernel;
    }

    MarkdownTable table() {
        List<Ratio> ratios = new ArrayList<>();
        List<Ratio> ratiosWithoutBase = new ArrayList<>();
        for (String loop : LOOPS) {
            Optional<Ratio> ratio = row(loop);
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

    /** Adds a row if the loop was measured here, and returns the ratios if the kernel's time is known too. */
    private Optional<Ratio> row(String loop) {
        Optional<Estimate> measured = added(loop);
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        Estimate time = measured.get();
        OptionalDouble kernelTime = kernel.median(loop);
        OptionalDouble fastest = kernel.smallest(loop);
        if (kernelTime.isEmpty() || fastest.isEmpty()) {
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
        Ratio ratio = new Ratio(time.dividedBy(kernelTime.getAsDouble()), time.dividedBy(fastest.getAsDouble()));
        table.row(
                loop,
                Format.number(time.mean()),
                Format.interval(time),
                Format.number(kernelTime.getAsDouble()),
                kernel.range(loop),
                Format.number(ratio.toMedian().mean()),
                Format.number(EACH.bound()),
                EACH.verdict(ratio.toFastest()));
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

    private void meanRow(String name, List<Ratio> ratios) {
        if (ratios.isEmpty()) {
            return;
        }
        Estimate toMedian = geometricMean(ratios.stream().map(Ratio::toMedian).toList());
        Estimate toFastest = geometricMean(ratios.stream().map(Ratio::toFastest).toList());
        table.row(
                name,
                "",
                "",
                "",
                "",
                Format.number(toMedian.mean()) + " (" + Format.interval(toMedian) + ")",
                Format.number(GEOMETRIC_MEAN.bound()),
                GEOMETRIC_MEAN.verdict(toFastest));
    }

    private static Estimate geometricMean(List<Estimate> estimates) {
        double logs = 0;
        double squares = 0;
        for (Estimate estimate : estimates) {
            logs += Math.log(estimate.mean());
            squares += Math.pow(estimate.error() / estimate.mean(), 2);
        }
        double mean = Math.exp(logs / estimates.size());
        return new Estimate(mean, mean * Math.sqrt(squares) / estimates.size());
    }
}
