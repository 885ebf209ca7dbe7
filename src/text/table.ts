import { oneLine } from "./visible.ts";

/**
 * Rows in columns as wide as their widest cell, separated by spaces. Line ends in a cell are escaped.
 * @param least minimum width of a column, including the gap.
 */
export function table(rows: readonly (readonly string[])[], { gap = 3, least = 0 } = {}): string {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(least, ...cells.map((row) => (row[i] ?? "").length + gap)));
  return cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("").trimEnd()).join("\n");
}
