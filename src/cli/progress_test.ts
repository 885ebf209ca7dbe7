import assert from "node:assert/strict";
import { logProgress, SILENT_MS, terminalProgress } from "./progress.ts";
import { eventReporter } from "./reporter.ts";

const event = (ms: number, state = "no", what = "x to be y") => ({ what, state, elapsedMs: ms, done: false });

Deno.test("a log gets a line every ten seconds of a wait whose state stays the same", () => {
  const lines: string[] = [];
  const progress = logProgress((line) => lines.push(line));
  for (let ms = 0; ms <= 35_000; ms += 1_000) progress.wait(event(ms));
  assert.deepEqual(lines, [10, 20, 30].map((s) => `  still waiting for x to be y: no, ${s} s\n`));
});

Deno.test("of many waits at once a log gets three lines, and how many more there are", () => {
  const lines: string[] = [];
  const progress = logProgress((line) => lines.push(line));
  for (let ms = 0; ms <= 10_000; ms += 1_000) {
    for (let i = 0; i < 9; i++) progress.wait(event(ms, "", `image ${i}`));
  }
  assert.equal(lines.length, 3);
  assert.match(lines[2]!, /image 2 \(and 6 more\): no answer yet, 10 s/);
});

Deno.test("on a terminal the seconds go on, and nothing of a state reaches it that is not text", () => {
  let shown = "";
  const progress = terminalProgress((text) => shown += text);
  progress.wait(event(0, "\x1b[31mred\nline"));
  progress.wait(event(1_000, "\x1b[31mred\nline"));
  assert.match(shown, /, 0 s.*, 1 s/s);
  assert.ok(!shown.replaceAll("\r\x1b[2K", "").includes("\x1b"));
  assert.ok(!shown.includes("\n"));
});

Deno.test("events tell of each change of state, and every ten seconds of the same", () => {
  const told: Record<string, unknown>[] = [];
  const options = { listChanges: () => false, verbose: () => false, terminal: false, out: () => {}, err: () => {} };
  const reporter = eventReporter(options, { event: (one) => (told.push(one), ""), document: () => "" });
  for (let ms = 0; ms <= 25_000; ms += 1_000) reporter.wait(event(ms, ms < 3_000 ? "a" : "b"));
  assert.deepEqual(told.map(({ state, ms }) => [state, ms]), [["a", 0], ["b", 3_000], ["b", 13_000], ["b", 23_000]]);
  assert.equal(SILENT_MS, 10_000);
});
