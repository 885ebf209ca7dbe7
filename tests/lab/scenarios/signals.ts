import { SIGNAL_NUMBERS } from "../../../src/errors.ts";
import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import type { Host } from "../host.ts";
import { described, INIT, phaseOf, recover } from "../interrupted.ts";
import {
  changesOf,
  differingPaths,
  type Event,
  init,
  join,
  joinArguments,
  prepare,
  PROGRAM,
  WATCHED,
} from "../kubewright.ts";
import type { Output } from "../process.ts";
import type { Run, Scenario } from "../scenario.ts";
import { countFrom, seeded, trials } from "../trials.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = typeof SIGNALS[number];

/** How long (ms) the program may take from the signal to its end. */
const END_MS = 1_000;
/** In these first seconds almost all files are written: half of the signals fall into them. */
const WRITING = 3;

/** Signals one after another, each at a moment by chance, in seconds. */
function momentsOf(count: number, random: () => number, whole: number): { signal: Signal; moment: number }[] {
  return Array.from({ length: count }, (_, i) => ({
    signal: SIGNALS[i % SIGNALS.length]!,
    moment: random() * (Math.floor(i / SIGNALS.length) % 2 === 0 ? Math.min(WRITING, whole) : whole),
  }));
}

/** Starts the program, sends it the signal after so many seconds, and holds its end against what is promised. */
async function endedBy(t: Run, host: Host, argv: readonly string[], signal: Signal, seconds: number): Promise<Output> {
  const running = host.spawn(argv);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const start = performance.now();
  await running.kill(signal);
  const ended = await running.done;
  const ms = performance.now() - start;
  if (ended.code === 0) return ended; // it was over before
  const code = 128 + SIGNAL_NUMBERS[signal];
  t.equal(ended.code, code, `${host.name}: the exit code after ${signal} in ${phaseOf(ended)}: ${ended.stderr}`);
  t.equal(ms <= END_MS, true, `${host.name}: ended by ${signal} within ${END_MS} ms in ${phaseOf(ended)}, took ${ms}`);
  const events = ended.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Event);
  // Before its first word the program does not listen yet, and the kernel ends it.
  if (events.length > 0) {
    const { event, kind, changes } = events.at(-1)!;
    t.equal([event, kind], ["error", "Interrupted"], `${host.name}: the last event after ${signal}`);
    const told = events.filter((one) => one.event === "change" && one["kind"] !== "wait").length;
    t.equal((changes as { total: number }).total, told, `${host.name}: the number of changes that it says it made`);
  }
  return ended;
}

/** The identity that a kubelet got, by path. */
async function identity(host: Host): Promise<Map<string, string | undefined>> {
  const entries = await host.snapshot(["/var/lib/kubelet/pki"]);
  return new Map([...entries].filter(([, { type }]) => type === "file").map(([path, { sha256 }]) => [path, sha256]));
}

/** Ends `join` by a signal, runs it again until the node is Ready with the identity it had, and once more. */
async function rejoined(t: Run, host: Host, first: Host, command: readonly string[], signal: Signal, seconds: number) {
  await prepare(host);
  const ignored = `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`;
  const ended = await endedBy(t, host, [PROGRAM, ...command, ignored, "--output", "json"], signal, seconds);
  const before = await identity(host);
  const second = await join(host, command);
  await first.kubectl("wait", "--for=condition=Ready", `node/${host.name}`, "--timeout=60s");
  const after = await identity(host);
  const lost = [...before].filter(([path, hash]) => after.get(path) !== hash).map(([path]) => path);
  t.equal(lost, [], `${host.name}: the list of the kubelet's keys that the second join did not keep`);
  const files = await host.snapshot(WATCHED);
  const third = changesOf(await join(host, command)).filter((change) => !change.includes('"kind":"wait"'));
  t.equal(third, [], `${host.name}: the list of changes of a third join`);
  t.equal(differingPaths(files, await host.snapshot(WATCHED)), [], `${host.name}: the paths that a third join changed`);
  const how = ended.code === 0 ? "NOT ENDED, over before" : `in ${phaseOf(ended)}`;
  return `${how}; ${before.size} files of an identity kept; second run ${second.seconds.toFixed(1)} s`;
}

export const scenario: Scenario = {
  name: "signals",
  summary:
    "init and join ended by SIGINT, SIGTERM or SIGHUP at random moments (KUBEWRIGHT_SIGNALS, 20 each): within a second, with what was changed; the same command continues with the same keys, a third run changes nothing",
  async run(t) {
    const count = countFrom("KUBEWRIGHT_SIGNALS", 20);
    const random = seeded(t);
    const first = await t.host("c0");
    const [whole, command] = await t.step("undisturbed init", async () => {
      await prepare(first);
      const ran = await init(first);
      return [ran.seconds, joinArguments(ran)] as const;
    });
    const joining = await t.step("undisturbed join", async () => {
      const host = await t.host("w0");
      await prepare(host);
      const { seconds } = await join(host, command);
      await host.kill();
      return seconds;
    });
    t.log(`undisturbed, init takes ${whole.toFixed(1)} s and join ${joining.toFixed(1)} s`);
    await t.step("join, ended by signals", () =>
      trials(
        t,
        momentsOf(count, random, joining).map(({ signal, moment }) => ({
          label: `join, ${signal} after ${moment.toFixed(2)} s`,
          run: (host) => rejoined(t, host, first, command, signal, moment),
        })),
        "w",
      ));
    await first.kill();
    await t.step("init, ended by signals", () =>
      trials(
        t,
        momentsOf(count, random, whole).map(({ signal, moment }) => ({
          label: `init, ${signal} after ${moment.toFixed(2)} s`,
          run: async (host) => described(await recover(t, host, (host) => endedBy(t, host, INIT, signal, moment))),
        })),
      ));
  },
};
