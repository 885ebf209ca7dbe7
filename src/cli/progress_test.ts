import assert from "node:assert/strict";
import { Screen } from "../../_tools/terminal/screen.ts";
import { manualTimer } from "../../tests/fakes/manual_timer.ts";
import { UserError } from "../errors.ts";
import { lookOf } from "./look.ts";
import { type Progress, terminalProgress } from "./progress.ts";
import { textReporter } from "./reporter.ts";
import { Tally } from "./tally.ts";

const XTERM = { TERM: "xterm-256color", LANG: "C.UTF-8" };

/** Progress on a terminal that is only a model, with a clock that a test moves. */
function terminal(columns = 80, environment: Record<string, string> = XTERM) {
  const screen = new Screen(columns);
  const { timer, due, waiting } = manualTimer();
  let [now, bytes] = [0, ""];
  const write = (text: string) => {
    bytes += text;
    screen.write(text);
    assert.deepEqual(screen.unknown, []);
  };
  const look = lookOf(true, environment);
  const progress = terminalProgress({ write, columns: () => screen.columns, now: () => now, timer, look });
  return {
    progress,
    screen,
    waiting,
    bytes: () => bytes,
    /** What is on the terminal, without the empty row that the cursor may be in. */
    lines: () => screen.lines.join("\n").trimEnd().split("\n"),
    /** Seconds pass, and the line is drawn with each. */
    async pass(seconds: number) {
      for (let i = 0; i < seconds; i++) {
        now += 1_000;
        await due(1_000);
      }
    },
    later: (ms: number) => void (now += ms),
    reporter: textReporter({
      listChanges: () => false,
      verbose: () => false,
      quiet: () => false,
      look,
      progress,
      out: (line) => write(`${line}\n`),
      err: write,
    }),
  };
}

const waitOf = (ms: number, state = "", what = "kube-apiserver to become healthy", done = false) => ({
  what,
  state,
  elapsedMs: ms,
  done,
});

Deno.test("terminal: a phase is one line that changes in place, and stays with its time when it has ended", async () => {
  const { progress, lines, pass, screen } = terminal();
  progress.phaseStarted("preflight");
  assert.deepEqual(lines(), ["•     0 s  preflight"]);
  progress.phaseFinished("preflight", 310);
  progress.phaseStarted("wait-control-plane");
  await pass(12);
  assert.deepEqual(lines(), ["✓  0.31 s  preflight", "•    12 s  wait-control-plane"]);
  progress.phaseFinished("wait-control-plane", 12_345);
  assert.deepEqual(lines(), ["✓  0.31 s  preflight", "✓  12.3 s  wait-control-plane"]);
  assert.deepEqual([screen.cursor, screen.cursorIsVisible], [{ row: 2, column: 0 }, true]);
});

Deno.test("terminal: a wait shows what is waited for, for how long and its last state, and its seconds pass without events", async () => {
  const { progress, lines, pass } = terminal();
  progress.phaseStarted("wait");
  progress.wait(waitOf(0));
  assert.deepEqual(lines(), ["•     0 s  wait: waiting for kube-apiserver to become healthy"]);
  await pass(3);
  progress.wait(waitOf(3_000, "starting"));
  await pass(2);
  assert.deepEqual(lines(), ["•     5 s  wait: waiting for kube-apiserver to become healthy: starting"]);
  progress.wait(waitOf(5_000, "connection refused by the server", undefined));
  assert.deepEqual(lines(), ["•     5 s  kube-apiserver to become healthy: connection refused by the server"]);
  progress.wait(waitOf(5_100, "connection refused by the server", undefined, true));
  assert.deepEqual(lines(), ["•     5 s  wait"]);
});

Deno.test("terminal: of several waits the oldest is shown, of several phases none takes the wait for its own", () => {
  const { progress, lines } = terminal(100);
  for (const path of ["kubelet-unit", "images", "certs/ca"]) progress.phaseStarted(path);
  assert.deepEqual(lines(), ["•     0 s  kubelet-unit (and 2 more)"]);
  for (const image of ["a", "b", "c"]) progress.wait(waitOf(4_000, "", `image "${image}" to be pulled`));
  assert.deepEqual(lines(), [`•     4 s  waiting for image "a" to be pulled (and 2 more)`]);
  progress.wait(waitOf(4_000, "", `image "a" to be pulled`, true));
  assert.deepEqual(lines(), [`•     4 s  waiting for image "b" to be pulled (and 1 more)`]);
});

Deno.test("terminal: at 40 columns the time, what is waited for and its state are still there", async () => {
  const { progress, lines, pass } = terminal(40);
  progress.phaseStarted("wait-control-plane");
  progress.wait(waitOf(0, "connection refused"));
  await pass(7);
  assert.deepEqual(lines(), ["• 7 s kube-apiserver…: connection refu…"]);
});

const NAMES = [
  "node a-rather-long-name-of-a-node-with-many-letters.example.org to become Ready",
  "节点控制平面组件就绪健康检查控制平面组件 to become Ready",
  "🚀🚀🚀 e\u0301e\u0301e\u0301 ❤️❤️❤️ to become Ready",
  "x",
];
const STATES = [
  "",
  "no",
  "container runtime network not ready: NetworkPluginNotReady ".repeat(4),
  "状态未知".repeat(40),
];

Deno.test("terminal: no line wraps while it changes, whatever the names, the state and the width are", () => {
  for (const environment of [XTERM, { TERM: "linux" }]) {
    for (let columns = 1; columns <= 130; columns += columns < 50 ? 1 : 9) {
      for (const what of NAMES) {
        for (const state of STATES) {
          const { progress, screen, lines } = terminal(columns, environment);
          progress.phaseStarted("kubelet-finalize/enable-client-cert-rotation");
          progress.wait(waitOf(123_000, state, what));
          assert.ok(!screen.rows.some(({ wraps }) => wraps), `${columns} columns: ${lines().join("|")}`);
          assert.deepEqual(screen.cursor, { row: 0, column: 0 });
        }
      }
    }
  }
});

Deno.test("terminal: a window that changes its width leaves nothing behind, with terminals that reflow and others", async () => {
  for (const reflow of [true, false]) {
    const { progress, screen, lines, pass } = terminal(80);
    progress.phaseFinished("preflight", 310);
    progress.phaseStarted("wait-control-plane");
    progress.wait(waitOf(0, "connection refused"));
    for (
      const [columns, line] of [
        [40, "• 1 s kube-apiserver…: connection refu…"],
        [25, "• 2 s kube-api…: connec…"],
        [100, "•     3 s  wait-control-plane: waiting for kube-apiserver to become healthy: connection refused"],
      ] as const
    ) {
      screen.resize(columns, reflow);
      await pass(1);
      assert.deepEqual(lines(), ["✓  0.31 s  preflight", line], `${columns} columns, ${reflow ? "" : "no "}reflow`);
    }
  }
});

Deno.test("terminal: notes and warnings stay above the line that changes", () => {
  const { reporter, lines } = terminal();
  reporter.phaseStarted("wait-control-plane");
  reporter.note("kube-apiserver is healthy after 4.2 s");
  reporter.warn("swap is on");
  assert.deepEqual(lines(), [
    "  kube-apiserver is healthy after 4.2 s",
    "warning: swap is on",
    "•     0 s  wait-control-plane",
  ]);
  reporter.doing("unmounting /mnt", 5_000);
  assert.deepEqual(lines().at(-1), "•     5 s  wait-control-plane: unmounting /mnt");
});

/** A command whose wait ends in failure. */
function fail(reporter: Pick<Progress, "phaseStarted" | "phaseFailed" | "wait">, report: (error: Error) => void) {
  reporter.phaseStarted("wait-control-plane");
  reporter.wait(waitOf(240_000, "connection refused"));
  reporter.wait(waitOf(240_000, "connection refused", undefined, true));
  reporter.phaseFailed("wait-control-plane", 240_012);
  report(new UserError("Timed out after 240 s waiting for kube-apiserver to become healthy", { hint: "Look at it." }));
}

Deno.test("terminal: a wait that ends in failure leaves a clean line, the error in red, and no timer", () => {
  const { reporter, lines, bytes, waiting, screen } = terminal();
  fail(reporter, (error) => reporter.error(error, new Tally()));
  assert.deepEqual(lines(), [
    "✗ 240.0 s  wait-control-plane failed",
    "error: Timed out after 240 s waiting for kube-apiserver to become healthy",
    "  No changes were made.",
    "  next: Look at it.",
  ]);
  assert.deepEqual([screen.cursor, waiting()], [{ row: 4, column: 0 }, []]);
  const coloured = screen.rows.flatMap(({ cells }) => cells).filter(({ style }) => style.foreground === 1);
  assert.equal(coloured.map(({ text }) => text).join(""), "✗failederror:");
  assert.ok(bytes().includes("\x1b[31merror:\x1b[0m Timed out"));
});

Deno.test("terminal: NO_COLOR takes the colours, and nothing else", () => {
  const { reporter, lines, bytes } = terminal(80, { ...XTERM, NO_COLOR: "1" });
  fail(reporter, (error) => reporter.error(error, new Tally()));
  assert.equal(lines()[0], "✗ 240.0 s  wait-control-plane failed");
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(bytes(), /\x1b\[[\d;]*m/);
});

Deno.test("terminal: a signal takes the line away at once; what ends later draws nothing any more", async () => {
  const { progress, reporter, lines, waiting, screen } = terminal();
  progress.phaseStarted("wait-control-plane");
  progress.wait(waitOf(3_000, "connection refused"));
  screen.write("^C"); // as the kernel echoes it
  progress.stop();
  assert.deepEqual([lines(), screen.cursor, waiting()], [[""], { row: 0, column: 0 }, []]);
  progress.wait(waitOf(3_100, "connection refused", undefined, true));
  progress.phaseFailed("wait-control-plane", 3_200);
  reporter.error(new UserError("Interrupted by SIGINT"), new Tally());
  assert.deepEqual(lines().slice(0, 2), ["✗  3.20 s  wait-control-plane failed", "error: Interrupted by SIGINT"]);
  await Promise.resolve();
  assert.deepEqual(waiting(), []);
});

Deno.test("terminal: nothing is drawn over a question; a signal instead of an answer begins a new line", async () => {
  const { progress, reporter, lines, screen, later } = terminal();
  progress.phaseStarted("preflight");
  progress.clear();
  screen.write("Continue? [y/N] ");
  let answer = (_: string) => {};
  const asked = progress.pausedBy(new Promise<string>((resolve) => answer = resolve));
  later(60_000);
  progress.wait(waitOf(1_000));
  assert.deepEqual(lines(), ["Continue? [y/N] "].map((line) => line.trimEnd()));
  screen.write("y\n");
  answer("y");
  assert.equal(await asked, "y");
  progress.wait(waitOf(2_000, "", undefined, true));
  assert.deepEqual(lines(), ["Continue? [y/N] y", "•    60 s  preflight"]);
  progress.clear();
  screen.write("Sure? ");
  progress.pausedBy(new Promise(() => {}));
  progress.stop();
  reporter.error(new UserError("Interrupted by SIGINT"), new Tally());
  assert.deepEqual(lines().slice(1, 3), ["Sure?", "error: Interrupted by SIGINT"]);
});

Deno.test("terminal: what others wrote moves no cursor and has no colour", () => {
  const { progress, reporter, screen, lines } = terminal(120);
  progress.phaseStarted("wait");
  progress.wait(waitOf(0, "\x1b[31mred\r\nline\x1b[2J \u202etxet"));
  assert.deepEqual(lines(), [
    "•     0 s  wait: waiting for kube-apiserver to become healthy: \\x1b[31mred\\x0d\\nline\\x1b[2J \\u202etxet",
  ]);
  reporter.note("\x1b[31mred");
  assert.ok(screen.rows.every(({ cells }) => cells.every(({ style }) => style.foreground === undefined)));
});

Deno.test("terminal: without UTF-8 and on the console of Linux the symbols are ASCII", () => {
  for (
    const environment of [{ ...XTERM, LC_ALL: "C" }, { TERM: "linux" }, { TERM: "vt220", LANG: "de_DE.ISO-8859-1" }]
  ) {
    const { progress, lines } = terminal(30, environment);
    progress.phaseFinished("preflight", 10);
    progress.phaseStarted("certs");
    progress.wait(waitOf(1_000, "x".repeat(50)));
    assert.match(lines().join("\n"), /^ok {2}0\.01 s {2}preflight\n\.\. 1 s kube-[\x20-\x7e]+\.\.\.$/);
  }
  const { progress, lines } = terminal(80, { TERM: "xterm" }); // no locale at all
  progress.phaseFinished("preflight", 10);
  assert.match(lines()[0]!, /^✓/);
});

Deno.test("nothing but a terminal that can move its cursor is drawn on, or coloured", () => {
  for (
    const [isTerminal, environment] of [
      [false, XTERM],
      [true, { TERM: "dumb" }],
      [true, {}],
    ] as const
  ) {
    const { inPlace, paint } = lookOf(isTerminal, environment);
    assert.deepEqual([inPlace, paint("error", "error:")], [false, "error:"]);
  }
  assert.equal(lookOf(true, { ...XTERM, NO_COLOR: "" }).paint("done", "x"), "\x1b[32mx\x1b[0m");
});
