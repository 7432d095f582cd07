package io.github.rmap4j.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A table with one row a metric and one column a strategy, for each input. */
public final class ComparisonTable {
    private static final String ABSENT = "-";

    private final List<Measurement> measurements;

    /**
     * A table.
     *
     * @param measurements one for each input and strategy
     */
    public ComparisonTable(List<Measurement> measurements) {
        this.measurements = List.copyOf(measurements);
    }

    /**
     * The table.
     *
     * @return its lines
     */
    public List<String> lines() {
        List<List<String>> rows = new ArrayList<>();
        Set<String> inputs = new LinkedHashSet<>();
        measurements.forEach(measurement -> inputs.add(measurement.input()));
        for (String input : inputs) {
            List<Measurement> columns = measurements.stream()
                    .filter(measurement -> measurement.input().equals(input))
                    .toList();
            List<String> head = new ArrayList<>(List.of(input, "unit"));
            columns.forEach(column -> head.add(column.strategy()));
            rows.add(head);
            addRows(rows, columns, Measurement::costs);
            rows.add(List.of("(times depend on the machine)"));
            addRows(rows, columns, Measurement::times);
            rows.add(List.of());
        }
        if (!rows.isEmpty()) {
            rows.remove(rows.size() - 1);
        }
        return TextTable.align(rows);
    }

    private static void addRows(
            List<List<String>> rows, List<Measurement> columns, Function<Measurement, List<Metric>> metrics) {
        Map<String, String> units = new LinkedHashMap<>();
        for (Measurement column : columns) {
            metrics.apply(column).forEach(metric -> units.putIfAbsent(metric.name(), metric.unit()));
        }
        for (Map.Entry<String, String> unit : units.entrySet()) {
            List<String> row = new ArrayList<>(List.of(unit.getKey(), unit.getValue()));
            for (Measurement column : columns) {
                row.add(metrics.apply(column).stream()
                        .filter(metric -> metric.name().equals(unit.getKey()))
                        .map(Metric::text)
                        .findFirst()
                        .orElse(ABSENT));
            }
            rows.add(row);
        }
    }
}
