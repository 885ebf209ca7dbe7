import type { Style } from "./style.ts";

/** One column. A wide character is in its first; the second holds no text. */
export interface Cell {
  text: string;
  style: Style;
}

/** One row of a terminal. */
export interface Row {
  cells: Cell[];
  /** The terminal continued the text in the next row, as there was no more room. */
  wraps: boolean;
}

/** An empty row. */
export const emptyRow = (): Row => ({ cells: [], wraps: false });

/** Puts a character at a column; what it covers by half is blank then. */
export function put({ cells }: Row, column: number, character: string, width: 1 | 2, style: Style): void {
  while (cells.length < column) cells.push({ text: " ", style: {} });
  if (cells[column]?.text === "") cells[column - 1] = { text: " ", style: {} };
  if (cells[column + width]?.text === "") cells[column + width] = { text: " ", style: {} };
  cells.splice(column, width, { text: character, style }, ...width === 2 ? [{ text: "", style }] : []);
}

/** The row's text without the blanks at its end. */
export function textOf({ cells }: Row): string {
  return cells.map(({ text }) => text).join("").trimEnd();
}

/** A place in a list of rows. */
export interface Place {
  row: number;
  column: number;
}

/** The rows for another width, as terminals that reflow make them: wrapped lines are joined and wrapped again. */
export function reflowed(rows: readonly Row[], at: Place, columns: number): { rows: Row[]; at: Place } {
  const found: Row[] = [];
  let place = at;
  for (let first = 0; first < rows.length;) {
    let last = first;
    while (rows[last]!.wraps && last + 1 < rows.length) last++;
    const line = rows.slice(first, last + 1);
    const cells = line.flatMap((row) => row.cells);
    const begin = found.length;
    for (let from = 0; from === 0 || from < cells.length; from += columns) {
      found.push({ cells: cells.slice(from, from + columns), wraps: from + columns < cells.length });
    }
    if (at.row >= first && at.row <= last) {
      const before = line.slice(0, at.row - first).reduce((sum, row) => sum + row.cells.length, 0) + at.column;
      place = { row: begin + Math.floor(before / columns), column: before % columns };
    }
    first = last + 1;
  }
  return { rows: found, at: { ...place, row: Math.min(place.row, found.length - 1) } };
}
