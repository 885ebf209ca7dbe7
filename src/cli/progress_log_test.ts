import assert from "node:assert/strict";
import { logProgress } from "./progress_log.ts";
import { eventReporter, SILENT_MS, textReporter, unlessQuiet } from "./reporter.ts";
import { lookOf } from "./look.ts";
import { Tally } from "./tally.ts";
import { UserError } from "../errors.ts";

const event = (ms: number, state = "no", what = "x to become y") => ({ what, state, elapsedMs: ms, done: false });

/** A reporter that writes to a log, and what it wrote. */
function log(quiet = false) {
  const lines: string[] = [];
  const progress = logProgress((text) => lines.push(text));
  const options = {
    listChanges: () => false,
    verbose: () => false,
    quiet: () => quiet,
    look: lookOf(false, { TERM: "xterm" }),
    progress,
    out: (line: string) => void lines.push(`${line}\n`),
    err: (text: string) => void lines.push(text),
  };
  return { lines, progress, options, reporter: unlessQuiet(options, textReporter(options)) };
}

Deno.test("log: one line for each phase that has ended, notes and warnings, without colours", () => {
  const { lines, reporter } = log();
  reporter.phaseStarted("certs/ca");
  reporter.phaseFinished("certs/ca", 50);
  reporter.note("a note");
  reporter.warn("swap is on");
  reporter.phaseFailed("images", 12_340);
  reporter.doing("unmounting /mnt", 5_000);
  reporter.error(new UserError("Cannot do it"), new Tally());
  assert.equal(
    lines.join(""),
    "[certs/ca] 0.05 s\n  a note\nwarning: swap is on\n[images] failed after 12.3 s\n  unmounting /mnt, 5 s\n" +
      "error: Cannot do it\n  No changes were made.\n",
  );
});

Deno.test("log: a wait has a line when it has begun, when its state changes, and once a minute", () => {
  const { lines, progress } = log();
  for (let ms = 0; ms <= 130_000; ms += 500) {
    progress.wait(event(ms, ms < 20_000 ? "no" : ms < 30_000 ? `${ms}` : "yes"));
  }
  assert.deepEqual(lines, [
    "  waiting for x to become y: no, 1 s\n",
    "  waiting for x to become y: 20000, 20 s\n",
    "  waiting for x to become y: 25000, 25 s\n",
    "  waiting for x to become y: yes, 30 s\n",
    "  waiting for x to become y: yes, 90 s\n",
  ]);
});

Deno.test("log: a wait that ends within a second is silent, and a second one of the same name begins again", () => {
  const { lines, progress } = log();
  for (let i = 0; i < 2; i++) {
    progress.wait(event(0, ""));
    progress.wait(event(900));
    progress.wait({ ...event(950), done: true });
  }
  assert.deepEqual(lines, []);
  progress.wait(event(1_000, ""));
  assert.deepEqual(lines, ["  waiting for x to become y, 1 s\n"]);
});

Deno.test("log: of many waits at once three have lines, and the others are counted", () => {
  const { lines, progress } = log();
  for (let ms = 0; ms <= 10_000; ms += 1_000) {
    for (let i = 0; i < 9; i++) progress.wait(event(ms, "", `image ${i}`));
  }
  assert.equal(lines.length, 3);
  assert.match(lines[2]!, /image 2 \(and 6 more\), 1 s/);
});

Deno.test("quiet: errors, warnings and results remain", () => {
  const { lines, reporter } = log(true);
  reporter.phaseStarted("certs/ca");
  reporter.phaseFinished("certs/ca", 50);
  reporter.phaseFailed("images", 50);
  reporter.wait(event(5_000));
  reporter.doing("unmounting /mnt", 5_000);
  reporter.note("a note");
  reporter.warn("swap is on");
  reporter.result("the answer", {});
  reporter.error(new UserError("Cannot do it"), new Tally());
  assert.equal(lines.join(""), "warning: swap is on\nthe answer\nerror: Cannot do it\n  No changes were made.\n");
});

Deno.test("events are sent of each change of state, and every ten seconds of the same", () => {
  const sent: Record<string, unknown>[] = [];
  const { options } = log();
  const reporter = eventReporter(options, { event: (one) => (sent.push(one), ""), document: () => "" });
  for (let ms = 0; ms <= 25_000; ms += 1_000) reporter.wait(event(ms, ms < 3_000 ? "a" : "b"));
  assert.deepEqual(sent.map(({ state, ms }) => [state, ms]), [["a", 0], ["b", 3_000], ["b", 13_000], ["b", 23_000]]);
  assert.equal(SILENT_MS, 10_000);
  reporter.doing("unmounting /mnt", 5_000);
  assert.deepEqual(sent.at(-1), { event: "note", message: "unmounting /mnt, 5 s" });
});
