package io.github.rmap4j.lab.report;

import java.util.ArrayList;
import java.util.List;

/** Tables for a terminal. */
public final class TextTable {
    private TextTable() {}

    /**
     * Rows as lines, the first two columns to the left and the others to the right.
     *
     * @param rows the cells; a row of one cell is a line that makes no column wider
     * @return the lines
     */
    public static List<String> align(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; row.size() > 1 && i < row.size(); i++) {
                if (i == widths.size()) {
                    widths.add(0);
                }
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                String padding = " ".repeat(row.size() == 1 ? 0 : widths.get(i) - cell.length());
                // Names and units to the left, numbers to the right.
                line.append(i > 0 ? "  " : "").append(i < 2 ? cell + padding : padding + cell);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
