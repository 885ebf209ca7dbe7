/** Signals in the whole program on a host in memory: whatever it is at, it ends, and says what was changed. @module */
import assert from "node:assert/strict";
import { type EndingSignal, Interruption, SIGNAL_NUMBERS } from "../../src/errors.ts";
import { Screen } from "../../_tools/terminal/screen.ts";
import type { ContainerRuntime, KubeClient, System } from "../../src/system.ts";
import { FIT, QUICK, run, unfit, type World } from "./program.ts";

/** Signals that a test sends: it listens when the command does. */
function signalsFrom() {
  const controller = new AbortController();
  let listening = false;
  const signals: System["signals"] = {
    signal: controller.signal,
    listen: () => Promise.resolve(void (listening = true)),
  };
  return {
    signals,
    send(name: EndingSignal) {
      assert.ok(listening, "nobody listens");
      controller.abort(new Interruption(name));
    },
  };
}

/** Calls that never answer, and send the signal when they are made. */
function silent<T extends object>(send: () => void, rest: Partial<T> = {}): T {
  return new Proxy(rest, {
    get: (real, name) =>
      name in real ? real[name as keyof T] : () => {
        setTimeout(send, 1);
        return new Promise(() => {});
      },
  }) as T;
}

const JOIN = [
  "join",
  "192.0.2.1:6443",
  "--token=abcdef.0123456789abcdef",
  "--discovery-token-unsafe-skip-ca-verification",
];

/** A host whose systemd starts the kubelet. */
const STARTS = unfit({
  waits: true,
});

/** What the program hangs in, and how it comes there. */
const CASES: readonly [what: string, args: readonly string[], world: (send: () => void) => World, host?: typeof FIT][] =
  [
    [
      "the API server",
      ["init", "--config", QUICK],
      (send) => ({ connect: () => silent<KubeClient>(send, { server: "x" }) }),
      STARTS,
    ],
    [
      "the container runtime",
      ["init", "--config", QUICK],
      (send) => ({ runtime: () => silent<ContainerRuntime>(send, { socket: "unix:///s" }) }),
    ],
    ["a server that is not verified yet", JOIN, (send) => ({ unverified: silent(send) })],
    [
      "a wait, in a dry run, too",
      [...JOIN, "--dry-run"],
      (send) => ({ unverified: silent(send) }),
    ],
    [
      "a person's answer",
      ["reset"],
      (send) => ({ readLine: () => (setTimeout(send, 1), new Promise(() => {})) }),
      unfit({}, { "/etc/kubernetes/kubelet.conf": "" }),
    ],
  ];

for (const [what, args, world, host = FIT] of CASES) {
  for (const name of Object.keys(SIGNAL_NUMBERS) as EndingSignal[]) {
    Deno.test(`signals: ${name} ends ${args[0]} that waits for ${what}`, async () => {
      const { signals, send } = signalsFrom();
      const ran = await run(args, { ...host, waits: true }, "", { ...world(() => send(name)), signals: signals! });
      assert.equal(ran.code, 128 + SIGNAL_NUMBERS[name], ran.err);
      const said = ran.err.slice(ran.err.indexOf("error: "));
      assert.match(said, new RegExp(`^error: Interrupted by ${name} before the command finished\n`));
      const written = ran.changes.filter(({ kind }) => kind === "write").length;
      assert.match(
        said,
        written === 0 ? /No changes were made\./ : new RegExp(`changes were made: .*\\b${written} files written`),
      );
      assert.match(said, /next: Rerun the command: it continues where this run stopped\.\n$/);
    });
  }
}

Deno.test("signals: on a terminal the changing line is gone, and the error begins a line", async () => {
  for (const [what, args, world, host = FIT] of CASES) {
    const { signals, send } = signalsFrom();
    const screen = new Screen(80, 200);
    const write = (text: string) => screen.write(text);
    const ran = await run(args, { ...host, waits: true, environment: { ...host.environment, TERM: "xterm" } }, "", {
      ...world(() => send("SIGTERM")),
      signals: signals!,
      terminal: { out: true, err: true, columns: () => screen.columns },
      out: (line) => write(`${line}\n`),
      err: write,
    });
    assert.equal(ran.code, 143, what);
    assert.deepEqual([screen.unknown, screen.cursor.column], [[], 0], what);
    assert.ok(
      screen.lines.includes("error: Interrupted by SIGTERM before the command finished"),
      screen.lines.join("\n"),
    );
    assert.ok(!screen.lines.some((line) => line.startsWith("•")), screen.lines.join("\n"));
  }
});

Deno.test("signals: for a program the last event is the error, with its exit code", async () => {
  const { signals, send } = signalsFrom();
  const world = { connect: () => silent<KubeClient>(() => send("SIGTERM"), { server: "x" }), signals: signals! };
  const { code, events } = await run(["init", "--config", QUICK, "-o", "json"], STARTS, "", world);
  const last = events.at(-1)!;
  assert.deepEqual([code, last["event"], last["kind"], last["exitCode"]], [143, "error", "Interrupted", 143]);
  assert.ok((last["changes"] as { total: number }).total > 20);
});
