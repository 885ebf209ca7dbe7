/**
 * A picture of a terminal session: of a command that is run for it, or of a recording of `script(1)`:
 *
 *     deno task picture --run "kubewright status" docs/status.svg --command "kubewright status" --columns 100
 *
 *     script -q -T init.timing -c "kubewright init" init.typescript
 *     deno task picture init.typescript docs/init.svg --title "kubewright init" --command "kubewright init"
 *     deno task picture init.typescript docs/wait.svg --timing init.timing --at 12.5    # at that second
 *
 * It shows what was on the terminal, with all that was scrolled away. `--rows` takes the last rows only; `--columns` is the
 * width of the terminal of `--run` (100), or of a recording that does not hold it; `--command` is shown as typed before it;
 * `--description` is for those who do not see it; `--at` stops at that second.
 * @module
 */
import { parseArgs } from "node:util";
import { record } from "./terminal/record.ts";
import { readRecording } from "./terminal/recording.ts";
import { emptyRow, textOf } from "./terminal/row.ts";
import { Screen } from "./terminal/screen.ts";
import { drawTerminal } from "./terminal/svg.ts";

/** Largest picture in bytes: a README shows several. */
const LARGEST = 60 * 1024;

/** What to draw, and how. */
export interface PictureOptions {
  title?: string | undefined;
  description?: string | undefined;
  /** Shown as typed at a prompt of root, before what was recorded. */
  command?: string | undefined;
  /** Width of the terminal, where the recording does not hold it. */
  columns?: number | undefined;
  /** The last rows only. */
  rows?: number | undefined;
  until?: { timing: string; seconds: number } | undefined;
}

/** The picture of a recording. @throws {Error} when its width is unknown, it shows nothing, or it is too large. */
export function pictureOf(file: Uint8Array, options: PictureOptions): string {
  const recording = readRecording(file, options.until);
  const columns = options.columns ?? recording.columns;
  if (columns === undefined) throw new Error("the recording does not hold the width of the terminal: give --columns");
  const screen = new Screen(columns, recording.rows);
  if (options.command !== undefined) screen.write(`\x1b[1m# ${options.command}\x1b[0m\r\n`);
  screen.write(recording.text);
  const last = screen.rows.findLastIndex((row) => textOf(row) !== "");
  if (last < 0) throw new Error("the recording shows nothing");
  const rows = screen.rows.slice(0, last + 1).slice(-(options.rows ?? last + 1));
  while (rows.length > 1 && textOf(rows[0] ?? emptyRow()) === "") rows.shift();
  const title = options.title ?? options.command ?? "Terminal";
  const description = options.description ??
    `A terminal with ${rows.length} lines. The last one: ${textOf(rows.at(-1)!).trim()}`;
  const svg = drawTerminal(rows, { title, description, columns });
  const size = new TextEncoder().encode(svg).length;
  if (size > LARGEST) throw new Error(`the picture has ${size} bytes, more than ${LARGEST}: show fewer --rows`);
  return svg;
}

const USAGE = "usage: deno task picture RECORDING OUT.svg, or: deno task picture --run COMMAND OUT.svg";

/** Rows of the terminal of `--run`: what scrolls away is kept. */
const ROWS = 40;

async function main(args: string[]): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      run: text,
      title: text,
      description: text,
      command: text,
      columns: text,
      rows: text,
      timing: text,
      at: text,
    },
  });
  const { columns, rows, timing, at, run, ...words } = values;
  const [to, from] = positionals.toReversed();
  if (to === undefined || (run === undefined) !== (positionals.length === 2)) throw new Error(USAGE);
  const number = (value: string | undefined) => value === undefined ? undefined : Number(value);
  const width = number(columns) ?? (run === undefined ? undefined : 100);
  const recorded = run === undefined
    ? { file: await Deno.readFile(from!), timing: timing === undefined ? undefined : await Deno.readTextFile(timing) }
    : await record(run, { columns: width!, rows: ROWS });
  if (at !== undefined && recorded.timing === undefined) throw new Error("--at requires --timing");
  const until = at === undefined ? undefined : { timing: recorded.timing!, seconds: Number(at) };
  await Deno.writeTextFile(to, pictureOf(recorded.file, { ...words, columns: width, rows: number(rows), until }));
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    console.error(`Cannot draw the picture: ${error instanceof Error ? error.message : String(error)}`);
    Deno.exit(1);
  }
}
