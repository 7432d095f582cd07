package io.github.rmap4j.benchmarks.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A table under a heading. The first column holds text, the others numbers. */
final class MarkdownTable {
    private final List<String> lines = new ArrayList<>();
    private final int columns;

    MarkdownTable(String heading, String... columnNames) {
        columns = columnNames.length;
        lines.add("### " + heading);
        lines.add("");
        row(columnNames);
        lines.add("|---|" + String.join("", Collections.nCopies(columns - 1, "---:|")));
    }

    void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells in a table of " + columns);
        }
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
