import assert from "node:assert/strict";
import { Screen } from "./screen.ts";

/** What is written to a terminal of 10 columns and 4 rows, and its rows then. */
const CASES: readonly (readonly [what: string, text: string, lines: readonly string[]])[] = [
  ["lines", "a\nb\r\nc", ["a", "b", "c"]],
  ["a line over another", "abcdef\rxy", ["xycdef"]],
  ["a line erased from the cursor on", "abcdef\rab\x1b[K", ["ab"]],
  ["a line erased whole", "abcdef\x1b[2K", [""]],
  ["a line erased up to the cursor", "abcdef\x1b[3D\x1b[1K", ["    ef"]],
  ["all below the cursor erased", "abc\ndef\nghi\x1b[1A\r\x1b[J", ["abc", ""]],
  ["a full line does not wrap yet", "0123456789", ["0123456789"]],
  ["the next character wraps", "0123456789a", ["0123456789", "a"]],
  ["a return in a full line stays in it", "0123456789\rx", ["x123456789"]],
  ["a wide character has no half of it in the last column", "012345678节", ["012345678", "节"]],
  ["half of a wide character that is written over is gone", "节点\x1b[1Gx", ["x 点"]],
  ["marks join the character before them", "e\u0301x", ["e\u0301x"]],
  ["tabs and backspaces", "a\tb\b\bc", ["a      cb"]],
  ["the cursor moved", "\x1b[2;3Hx\x1b[1A\x1b[5Gy\x1b[1B\x1b[2Cz", ["    y", "  x    z"]],
  ["the screen is erased, what was scrolled away is not", "1\n2\n3\n4\n5\x1b[2J", ["1", "", "", "", ""]],
  ["a sequence in two pieces", "\x1b[3\x001mred", ["red"]],
];

for (const [what, text, lines] of CASES) {
  Deno.test(`terminal model: ${what}`, () => {
    const screen = new Screen(10, 4);
    for (const piece of text.split("\x00")) screen.write(piece);
    assert.deepEqual([screen.lines, screen.unknown], [lines, []]);
  });
}

Deno.test("terminal model: what it does not have is collected", () => {
  const screen = new Screen(10);
  screen.write("a\x1b[5nb\x1b[?25lc\x1b]0;title\x07d\x1b[?1049h\x00");
  assert.deepEqual([screen.lines, screen.cursorIsVisible], [["abcd"], false]);
  assert.deepEqual(screen.unknown, ["\x1b[5n", "\x1b]0;title\x07", "\x1b[?1049h", "\x00"]);
});

Deno.test("terminal model: another width wraps lines again, and moves the cursor with its text; without reflow they are cut", () => {
  const text = "0123456789abc\nxy";
  const screen = new Screen(10);
  screen.write(text);
  screen.resize(4);
  assert.deepEqual(screen.lines, ["0123", "4567", "89ab", "c", "xy"]);
  assert.deepEqual(screen.cursor, { row: 4, column: 2 });
  screen.resize(20);
  assert.deepEqual(screen.lines, ["0123456789abc", "xy"]);
  const other = new Screen(10);
  other.write(text);
  other.resize(4, false);
  assert.deepEqual(other.lines, ["0123", "abc", "xy"]);
});
