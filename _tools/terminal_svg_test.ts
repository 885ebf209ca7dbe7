import assert from "node:assert/strict";
import { record } from "./terminal/record.ts";
import { readRecording } from "./terminal/recording.ts";
import { pictureOf } from "./terminal_svg.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const HEADER = 'Script started on 2026-11-25 18:00:00+00:00 [COMMAND="x" TERM="xterm" COLUMNS="40" LINES="5"]\n';
const TRAILER = '\nScript done on 2026-11-25 18:00:09+00:00 [COMMAND_EXIT_CODE="0"]\n';

/** A phase that changed in place, wide characters, and more rows than the terminal has. */
const SESSION = `${HEADER}•     0 s  preflight\r\r\x1b[J\x1b[32m✓\x1b[0m  0.31 s  preflight\r\n` +
  `\x1b[31merror:\x1b[0m <节点> & "x"\r\n${"more\r\n".repeat(6)}${TRAILER}`;

/** The rows of a picture, as text: what a person who copies it gets. */
function rowsOf(svg: string): string[] {
  const decoded = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  return [...svg.matchAll(/<text y="[\d.]+">(.*)<\/text>/g)].map(([, row]) => decoded(row!.replace(/<[^>]*>/g, "")));
}

Deno.test("picture: what was on the terminal at the end, with what was scrolled away", () => {
  const svg = pictureOf(bytes(SESSION), { command: "kubewright init", title: "kubewright init" });
  assert.deepEqual(rowsOf(svg), [
    "# kubewright init",
    "✓  0.31 s  preflight",
    'error: <节点> & "x"',
    ...Array(6).fill("more"),
  ]);
  assert.match(svg, /<tspan x="16" textLength="8\.4" fill="#3fb950">✓<\/tspan>/);
  assert.match(svg, /fill="#ff7b72">error:<\/tspan>/);
  assert.match(svg, /<tspan x="91\.6" textLength="16\.8">点<\/tspan>|textLength="16\.8">节<\/tspan>/);
  assert.deepEqual(rowsOf(pictureOf(bytes(SESSION), { rows: 2 })), ["more", "more"]);
});

Deno.test("picture: the same bytes each time, well-formed, with a title and a description, and nothing from elsewhere", () => {
  const svg = pictureOf(bytes(SESSION), { title: 'a <b> & "c"', description: "what it shows" });
  assert.equal(svg, pictureOf(bytes(SESSION), { title: 'a <b> & "c"', description: "what it shows" }));
  assert.match(
    svg,
    /role="img" aria-labelledby="title desc">\n<title id="title">a &#60;b&#62; &#38; &#34;c&#34;<\/title>/,
  );
  assert.match(svg, /<desc id="desc">what it shows<\/desc>/);
  assert.match(pictureOf(bytes(SESSION), {}), /<desc id="desc">A terminal with 8 lines\. The last one: more<\/desc>/);
  assert.doesNotMatch(svg, /script|href|url\(|@import|font-face/i);
  assert.deepEqual(svg.match(/https?:[^"]*/g), ["http://www.w3.org/2000/svg"]);
  const open: string[] = [];
  for (const [, end, name, alone] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (end) assert.equal(open.pop(), name);
    else if (!alone) open.push(name!);
  }
  assert.deepEqual(open, []);
});

Deno.test("picture: colours, bold, inverse and erased text are as a terminal shows them", () => {
  const svg = pictureOf(
    bytes(
      "\x1b[1mbold\x1b[22m \x1b[7minverse\x1b[0m \x1b[38;5;208morange\x1b[0m \x1b[4;94mblue\x1b[0m gone\x1b[4D\x1b[K",
    ),
    {
      columns: 60,
    },
  );
  assert.match(svg, /font-weight="bold">bold</);
  assert.match(svg, /<rect x="58" y="\d+" width="58.8" height="19" fill="#e6edf3"\/>\n<text/);
  assert.match(svg, /fill="#0d1117">inverse</);
  assert.match(svg, /fill="#ff8700">orange</);
  assert.match(svg, /fill="#79c0ff" text-decoration="underline">blue</);
  assert.doesNotMatch(svg, /gone/);
});

Deno.test("picture: a moment in the middle, by either form of script's timing files", () => {
  const parts = ["waiting 1 s", "\r\x1b[Jwaiting 2 s ✓", "\r\x1b[Jdone\r\n"];
  const file = bytes(HEADER + parts.join("") + TRAILER);
  const sizes = parts.map((part) => bytes(part).length);
  const classic = sizes.map((size) => `1.0 ${size}\n`).join("");
  const advanced = `H 0.0 COLUMNS 40\n${sizes.map((size) => `O 1.0 ${size}\n`).join("")}S 0.0 SIGWINCH\n`;
  for (const timing of [classic, advanced]) {
    const at = (seconds: number) => rowsOf(pictureOf(file, { until: { timing, seconds } }));
    assert.deepEqual([at(1.5), at(2), at(60)], [["waiting 1 s"], ["waiting 2 s ✓"], ["done"]]);
  }
  assert.deepEqual(readRecording(file), { text: parts.join(""), columns: 40, rows: 5 });
});

Deno.test("picture: without a width, without anything to see, or larger than a README should load, it is refused", () => {
  assert.throws(() => pictureOf(bytes("x"), {}), /--columns/);
  assert.throws(() => pictureOf(bytes("\r\n \r\n"), { columns: 80 }), /shows nothing/);
  const many = bytes("\x1b[31ma\x1b[0mb".repeat(40) + "\r\n");
  const long = new Uint8Array(many.length * 100).map((_, i) => many[i % many.length]!);
  assert.throws(() => pictureOf(long, { columns: 100 }), /more than 61440: show fewer --rows/);
  assert.ok(pictureOf(long, { columns: 100, rows: 10 }).length < 61_440);
});

/** Whether script(1) can be run here. */
async function hasScript(): Promise<boolean> {
  try {
    return (await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test({
  name: "picture: a command on a real terminal of the size that is asked for",
  ignore: !await hasScript(),
  async fn() {
    const command = `[ -t 2 ] && stty size; printf 'old\\r\\033[Jnew\\n'; printf '%060d\\n' 7; exit 3`;
    const { code, file, timing } = await record(command, { columns: 50, rows: 30 });
    assert.equal(code, 3);
    const picture = pictureOf(file, { columns: 50, until: { timing, seconds: 60 } });
    assert.deepEqual(rowsOf(picture), ["30 50", "new", "0".repeat(50), "0000000007"]);
  },
});
