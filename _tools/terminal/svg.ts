/**
 * Rows of a terminal as a picture: SVG without scripts, fonts or anything else from elsewhere; its text is text. The same
 * rows are always the same bytes.
 * @module
 */
import type { Cell, Row } from "./row.ts";
import type { Style } from "./style.ts";

/** What stands around the rows. */
export interface Frame {
  title: string;
  /** What the picture shows, for those who do not see it. */
  description: string;
  columns: number;
}

const [CELL, LINE, PAD, BAR] = [8.4, 19, 16, 34] as const;
const FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";
const COLOURS = { background: "#0d1117", foreground: "#e6edf3", bar: "#21262d", title: "#9da7b3" } as const;
/** The 16 colours of the terminal, each readable on its background. */
const PALETTE = [
  ...["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"],
  ...["#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff"],
];

/** Text of XML, without what XML must not hold. */
function escaped(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "").replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
}

const rounded = (value: number) => String(Math.round(value * 10) / 10);

function colour(value: number | string | undefined, usual: string): string {
  return value === undefined ? usual : typeof value === "number" ? PALETTE[value]! : value;
}

/** Colours of a style as they are shown. */
function shown({ foreground, background, inverse }: Style): { text: string; behind: string } {
  const [text, behind] = [colour(foreground, COLOURS.foreground), colour(background, COLOURS.background)];
  return inverse ? { text: behind, behind: text } : { text, behind };
}

/** Cells beside each other that look the same. A wide character is alone, since fonts differ in its width. */
interface Run {
  from: number;
  cells: Cell[];
}

function runsOf(cells: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  let key = "";
  for (const [i, cell] of cells.entries()) {
    const isWide = cells[i + 1]?.text === "";
    const next = cell.text === "" ? key : `${JSON.stringify(cell.style)}${isWide ? i : ""}`;
    if (next === key && runs.length > 0) runs.at(-1)!.cells.push(cell);
    else runs.push({ from: i, cells: [cell] });
    key = next;
  }
  return runs;
}

function attributes(style: Style): string {
  const { text } = shown(style);
  return [
    text === COLOURS.foreground ? "" : ` fill="${text}"`,
    style.bold ? ' font-weight="bold"' : "",
    style.italic ? ' font-style="italic"' : "",
    style.underline ? ' text-decoration="underline"' : "",
    style.dim ? ' opacity="0.7"' : "",
  ].join("");
}

function drawRow({ cells }: Row, y: number): string[] {
  const used = cells.slice(
    0,
    cells.findLastIndex(({ text, style }) => text.trim() !== "" || style.background !== undefined) + 1,
  );
  const x = (column: number) => rounded(PAD + column * CELL);
  const runs = runsOf(used);
  const behind = runs.flatMap(({ from, cells }) => {
    const { behind } = shown(cells[0]!.style);
    if (behind === COLOURS.background) return [];
    return [
      `<rect x="${x(from)}" y="${rounded(y - 14)}" width="${
        rounded(cells.length * CELL)
      }" height="${LINE}" fill="${behind}"/>`,
    ];
  });
  const spans = runs.map(({ from, cells }) => {
    const length = rounded(cells.length * CELL);
    const text = escaped(cells.map(({ text }) => text).join(""));
    return `<tspan x="${x(from)}" textLength="${length}"${attributes(cells[0]!.style)}>${text}</tspan>`;
  });
  return spans.length === 0 ? [] : [...behind, `<text y="${rounded(y)}">${spans.join("")}</text>`];
}

/** The picture. */
export function drawTerminal(rows: readonly Row[], { title, description, columns }: Frame): string {
  const width = rounded(columns * CELL + 2 * PAD);
  const height = rounded(BAR + rows.length * LINE + 2 * PAD);
  const buttons = ["#ff5f57", "#febc2e", "#28c840"].map((fill, i) =>
    `<circle cx="${20 + i * 20}" cy="${BAR / 2}" r="6" fill="${fill}"/>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${COLOURS.background}"/>`,
    `<path d="M0 ${BAR}V8a8 8 0 0 1 8-8H${rounded(Number(width) - 8)}a8 8 0 0 1 8 8V${BAR}z" fill="${COLOURS.bar}"/>`,
    ...buttons,
    `<g font-family="${FONT}" font-size="14" fill="${COLOURS.foreground}" xml:space="preserve" style="white-space:pre">`,
    `<text x="${rounded(Number(width) / 2)}" y="22" text-anchor="middle" fill="${COLOURS.title}">${
      escaped(title)
    }</text>`,
    ...rows.flatMap((row, i) => drawRow(row, BAR + PAD + i * LINE + 14)),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
