// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** Renders a Markdown table with padded columns, readable as plain text. */
public final class MarkdownTable {

  private final int leftAligned;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * Creates a table without rows.
   *
   * @param leftAligned how many of the first columns are left-aligned; the others are
   *     right-aligned, as numbers are
   */
  public MarkdownTable(int leftAligned, List<String> titles) {
    this.leftAligned = leftAligned;
    rows.add(titles);
  }

  public void add(List<String> row) {
    if (row.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(
          row.size() + " cells under " + rows.get(0).size());
    }
    rows.add(row);
  }

  /** Empty when the table has no rows. */
  public String render() {
    if (rows.size() == 1) {
      return "";
    }
    int[] widths = widths();
    StringBuilder table = new StringBuilder();
    line(table, rows.get(0), widths);
    rule(table, widths);
    rows.stream().skip(1).forEach(row -> line(table, row, widths));
    return table.toString();
  }

  private int[] widths() {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private void line(StringBuilder table, List<String> row, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      String cell = i < leftAligned ? row.get(i) + padding : padding + row.get(i);
      table.append("| ").append(cell).append(' ');
    }
    table.append("|\n");
  }

  private void rule(StringBuilder table, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String dashes = "-".repeat(widths[i] + 1);
      table.append('|').append(i < leftAligned ? dashes + "-" : dashes + ":");
    }
    table.append("|\n");
  }
}
