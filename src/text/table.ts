import { oneLine } from "./visible.ts";

/**
 * Rows in columns as wide as their widest cell, and spaces between them. A cell stays in its row, whatever it holds.
 * @param least width of a column, the gap included.
 */
export function table(rows: readonly (readonly string[])[], { gap = 3, least = 0 } = {}): string {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(least, ...cells.map((row) => (row[i] ?? "").length + gap)));
  return cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("").trimEnd()).join("\n");
}
