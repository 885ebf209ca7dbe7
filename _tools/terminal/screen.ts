/**
 * A model of a terminal: bytes in, rows of cells out. It does what terminals do with text, control characters and the
 * sequences below; others are collected in {@linkcode Screen.unknown}.
 * @module
 */
import { emptyRow, put, reflowed, type Row, textOf } from "./row.ts";
import { type Style, styled } from "./style.ts";
import { widthOf } from "./width.ts";

/** A whole sequence at the beginning of a text: CSI, OSC, a choice of a character set, or two characters. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b(?:\[([?>=]?)([\d;:]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Z]|[=>78cDEHM])/;
/** The beginning of one, which the next write may complete. */
// deno-lint-ignore no-control-regex
const BEGUN = /^\x1b(?:\[[?>=]?[\d;:]*|\][^\x07\x1b]*\x1b?|[()])?$/;

/** A terminal of so many columns and rows, with all rows that were scrolled away. */
export class Screen {
  /** All rows, those that were scrolled away first. */
  rows: Row[] = [emptyRow()];
  /** The cursor's place in `rows`. `column` is the number of columns where the next character wraps. */
  cursor = { row: 0, column: 0 };
  cursorIsVisible = true;
  /** Sequences and control characters that this model does not have. */
  readonly unknown: string[] = [];
  #style: Style = {};
  #rest = "";

  constructor(public columns: number, readonly height = 24) {}

  /** The text of all rows. */
  get lines(): string[] {
    return this.rows.map(textOf);
  }

  /** The first row on the screen. */
  get top(): number {
    return Math.max(0, this.rows.length - this.height);
  }

  /** The window gets another width. @param reflow as terminals that wrap lines again; others cut rows off. */
  resize(columns: number, reflow = true): void {
    if (reflow) ({ rows: this.rows, at: this.cursor } = reflowed(this.rows, this.cursor, columns));
    else for (const row of this.rows) row.cells.length = Math.min(row.cells.length, columns);
    this.columns = columns;
    this.cursor.column = Math.min(this.cursor.column, columns - 1);
  }

  write(text: string): void {
    let left = this.#rest + text;
    this.#rest = "";
    while (left !== "") {
      const [first = ""] = left;
      if (first === "\x1b") {
        const sequence = SEQUENCE.exec(left);
        if (!sequence && BEGUN.test(left)) return void (this.#rest = left);
        const [all = first, mark = "", numbers = "", final] = sequence ?? [];
        if (final === undefined) this.unknown.push(all);
        else this.#control(all, mark, numbers.split(/[;:]/).map(Number), final);
        left = left.slice(all.length);
        continue;
      }
      this.#character(first);
      left = left.slice(first.length);
    }
  }

  get #row(): Row {
    return this.rows[this.cursor.row]!;
  }

  #character(character: string): void {
    const { cursor } = this;
    if (character === "\n") return this.#goDown();
    if (character === "\r") return void (cursor.column = 0);
    if (character === "\b") return void (cursor.column = Math.max(0, Math.min(cursor.column, this.columns - 1) - 1));
    if (character === "\t") return void (cursor.column = Math.min(this.columns - 1, (cursor.column >> 3) + 1 << 3));
    if (character === "\x07") return;
    if (/\p{Cc}/u.test(character)) return void this.unknown.push(character);
    const width = widthOf(character);
    if (width === 0) {
      const last = this.#row.cells.slice(0, cursor.column).findLast(({ text }) => text !== "");
      if (last) last.text += character;
      return;
    }
    if (cursor.column + width > this.columns) {
      this.#row.wraps = true;
      this.#goDown();
    }
    put(this.#row, cursor.column, character, width, this.#style);
    cursor.column += width;
  }

  /** To the next line's beginning: the kernel's terminal writes a carriage return before a line end. */
  #goDown(): void {
    this.cursor.column = 0;
    if (++this.cursor.row === this.rows.length) this.rows.push(emptyRow());
  }

  #goTo(row: number, column: number): void {
    const last = this.top + this.height - 1;
    this.cursor.row = Math.max(this.top, Math.min(row, last));
    while (this.rows.length <= this.cursor.row) this.rows.push(emptyRow());
    this.cursor.column = Math.max(0, Math.min(column, this.columns - 1));
  }

  #control(all: string, mark: string, numbers: readonly number[], final: string): void {
    const { cursor } = this;
    const [first = 0, second = 0] = numbers;
    const count = Math.max(1, first);
    if (mark === "?" && (final === "h" || final === "l")) {
      if (first === 25) this.cursorIsVisible = final === "h";
      else if (first !== 2004 && first !== 1) this.unknown.push(all);
    } else if (mark !== "") this.unknown.push(all);
    else if (final === "m") this.#style = styled(this.#style, numbers);
    else if (final === "A") this.#goTo(cursor.row - count, cursor.column);
    else if (final === "B") this.#goTo(cursor.row + count, cursor.column);
    else if (final === "C") this.#goTo(cursor.row, cursor.column + count);
    else if (final === "D") this.#goTo(cursor.row, Math.min(cursor.column, this.columns - 1) - count);
    else if (final === "G") this.#goTo(cursor.row, count - 1);
    else if (final === "H") this.#goTo(this.top + count - 1, Math.max(1, second) - 1);
    else if (final === "K") this.#eraseInRow(first);
    else if (final === "J" && first === 0) {
      this.#eraseInRow(0);
      this.rows.length = cursor.row + 1;
    } else if (final === "J" && first === 2) {
      for (const row of this.rows.slice(this.top)) Object.assign(row, emptyRow());
    } else this.unknown.push(all);
  }

  /** To the row's end (0), from its beginning (1), or both (2). */
  #eraseInRow(what: number): void {
    const { cells } = this.#row;
    const column = Math.min(this.cursor.column, this.columns - 1);
    if (what !== 1) {
      cells.length = Math.min(cells.length, what === 0 ? column : 0);
      this.#row.wraps = false;
    } else for (let i = 0; i <= column && i < cells.length; i++) cells[i] = { text: " ", style: {} };
  }
}
