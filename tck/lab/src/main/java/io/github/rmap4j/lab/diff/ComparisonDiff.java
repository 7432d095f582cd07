package io.github.rmap4j.lab.diff;

import io.github.rmap4j.lab.diff.WrittenComparison.Number;
import io.github.rmap4j.lab.diff.WrittenComparison.Run;
import io.github.rmap4j.lab.report.TextTable;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Two comparisons: what changed from the first to the second. */
public final class ComparisonDiff {
    private final WrittenComparison before;
    private final WrittenComparison after;

    private ComparisonDiff(WrittenComparison before, WrittenComparison after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Reads two directories.
     *
     * @param before what compare wrote first
     * @param after what it wrote later
     * @return the difference
     * @throws io.github.rmap4j.lab.input.InputException if one of them is not what compare writes
     */
    public static ComparisonDiff of(Path before, Path after) {
        return new ComparisonDiff(WrittenComparison.read(before), WrittenComparison.read(after));
    }

    /**
     * What makes the numbers hard to compare: other inputs, settings or strategies.
     *
     * @return a line for each, none if the two are alike
     */
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        remarks(remarks, before.inputs(), after.inputs(), "input", "is another one: SHA-256");
        remarks(remarks, before.settings(), after.settings(), "setting", "differs:");
        for (Run run : runs()) {
            if (!before.runs().containsKey(run)) {
                remarks.add(run + " is in the second only");
            } else if (!after.runs().containsKey(run)) {
                remarks.add(run + " is in the first only");
            }
        }
        return remarks;
    }

    private static void remarks(
            List<String> remarks, Map<String, String> before, Map<String, String> after, String kind, String differs) {
        before.forEach((name, value) -> {
            String now = after.get(name);
            if (now != null && !now.equals(value)) {
                remarks.add(kind + " " + name + " " + differs + " " + value + " before, " + now + " now");
            }
        });
    }

    private Set<Run> runs() {
        Set<Run> runs = new LinkedHashSet<>(before.runs().keySet());
        runs.addAll(after.runs().keySet());
        return runs;
    }

    /**
     * The numbers that changed, for each input and strategy the largest change first.
     *
     * @param percent by how many percent of the first a number must differ to be shown, at least 0
     * @return lines of a table, none if nothing differs
     */
    public List<String> lines(BigDecimal percent) {
        List<List<String>> rows = new ArrayList<>();
        for (Run run : runs()) {
            Map<String, Number> old = before.runs().get(run);
            Map<String, Number> now = after.runs().get(run);
            if (old != null && now != null) {
                List<Change> changes = changes(old, now, percent);
                if (!changes.isEmpty()) {
                    rows.add(List.of(run.toString(), "unit", "before", "now", "change"));
                    changes.forEach(change -> rows.add(row(change)));
                    rows.add(List.of());
                }
            }
        }
        if (!rows.isEmpty()) {
            rows.remove(rows.size() - 1);
        }
        return TextTable.align(rows);
    }

    private static List<Change> changes(Map<String, Number> old, Map<String, Number> now, BigDecimal percent) {
        Set<String> names = new LinkedHashSet<>(old.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .map(name -> new Change(name, old.get(name), now.get(name)))
                .filter(change -> change.isMoreThan(percent))
                .sorted(Change.LARGEST_FIRST)
                .toList();
    }

    private static List<String> row(Change change) {
        return List.of(
                change.name(),
                change.unit(),
                Change.text(change.before()),
                Change.text(change.after()),
                change.difference());
    }

    /**
     * How many numbers are the same in both, or differ by no more.
     *
     * @param percent as for {@link #lines}
     * @return the number
     */
    public long same(BigDecimal percent) {
        return before.runs().entrySet().stream()
                .filter(run -> after.runs().containsKey(run.getKey()))
                .mapToLong(run -> {
                    Map<String, Number> now = after.runs().getOrDefault(run.getKey(), Map.of());
                    Set<String> names = new LinkedHashSet<>(run.getValue().keySet());
                    names.addAll(now.keySet());
                    return names.size() - changes(run.getValue(), now, percent).size();
                })
                .sum();
    }
}
