import { noLeftovers } from "../failpoints.ts";
import type { Host } from "../host.ts";
import { CONFIG, init, joinArguments, kubewright, prepare, PROGRAM, TOKEN } from "../kubewright.ts";
import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import { brokenPairs } from "../pairs_of_keys.ts";
import type { Output } from "../process.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedTraces, traces } from "../traces.ts";
import { countFrom, seeded } from "../trials.ts";

/** As in `reset-kill`: what stays of a cluster, as `reset` says. */
const SAID = [/^\+ files: \/run\/(xtables\.lock|netns) /];

/** The exit code of a command that found another one changing the host. */
const BUSY = 7;

type Name = "init" | "join" | "reset" | "certs renew" | "init phase";
const NAMES: readonly Name[] = ["init", "join", "reset", "certs renew", "init phase"];

/** About how long each takes, in seconds: the second one is started within this time. */
const LENGTHS: Readonly<Record<Name, number>> = { init: 7, join: 3, reset: 4, "certs renew": 1, "init phase": 1 };

/** The pairs, each once: who starts first is chosen with the offset. */
const PAIRS = NAMES.flatMap((one, index) => NAMES.slice(index).map((other) => [one, other] as const));

/** These work on a node; with neither of them in a pair, the host is bare. */
const OF_NODE: readonly Name[] = ["reset", "certs renew"];

/** What the host is between two tries; undefined: something else, or it was not looked at. */
type State = "bare" | "node" | undefined;

/** What a run may end with: done, not fit (a node is there, or none), refused input (likewise), busy. */
const CODES = [0, 1, 2, 3, BUSY];

function describe({ code, stdout }: Output): string {
  return `${code}${code === 0 || code === BUSY ? "" : ` (${stdout.trim().split("\n").at(-1)?.slice(0, 200)})`}`;
}

/** Whether the output tells of a Change other than a wait. */
function changed({ stdout }: Output): boolean {
  return stdout.split("\n").some((line) => line.includes('"event":"change"') && !line.includes('"kind":"wait"'));
}

export const scenario: Scenario = {
  name: "pairs",
  summary:
    "two of init, join, reset, certs renew and a phase at once, for each pair (KUBEWRIGHT_PAIRS names some) with " +
    "KUBEWRIGHT_OFFSETS (2) offsets: one works, the other is refused or runs after it, and nothing is damaged",
  async run(t: Run) {
    const offsets = countFrom("KUBEWRIGHT_OFFSETS", 2);
    const random = seeded(t);
    const [control, host] = await t.step(
      "a control plane, and a host",
      () => Promise.all([t.host("c1"), t.host("p1")]),
    );
    for (const one of [control!, host!]) await prepare(one, { algorithm: "ECDSA-P256", token: TOKEN });
    const joining = joinArguments(await init(control!));
    const argv: Record<Name, readonly string[]> = {
      init: ["init", "--config", CONFIG],
      join: [...joining, `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`],
      reset: ["reset", "--force"],
      "certs renew": ["certs", "renew", "all"],
      "init phase": ["init", "phase", "certs", "all", "--config", CONFIG],
    };
    await host!.install("kubectl");
    await host!.exec(["ctr", "version"]);
    const bare = await traces(host!);
    const wanted = Deno.env.get("KUBEWRIGHT_PAIRS")?.split(",");
    const counts = { tried: 0, refused: 0, failed: [] as string[] };
    let state: State = "bare";
    for (const pair of PAIRS.filter((pair) => !wanted || wanted.includes(pair.join("+")))) {
      const needed = pair.some((name) => OF_NODE.includes(name)) ? "node" : "bare";
      for (let i = 0; i < offsets; i++) {
        const [first, second] = i > 0 && random() < 0.5 ? pair.toReversed() as [Name, Name] : pair;
        const offset = i === 0 ? 0 : random() * LENGTHS[first];
        const label = `${first} + ${second} after ${offset.toFixed(2)} s`;
        counts.tried++;
        try {
          if (needed !== state) await clean(t, host!, control!, bare);
          if (needed === "node" && state !== "node") await init(host!);
          state = undefined;
          const told = await tryPair(t, host!, [argv[first], argv[second]], offset);
          if (told.refused) counts.refused++;
          state = told.state;
          t.log(`${label}: ${told.text}`);
        } catch (error) {
          counts.failed.push(label);
          t.log(`FAILED ${label}: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
    await t.step("reset", () => clean(t, host!, control!, bare));
    t.log(`${counts.tried} pairs, ${counts.refused} with a refusal, ${counts.failed.length} failed`);
    t.equal(counts.failed, [], "the list of pairs that failed");
  },
};

async function tryPair(
  t: Run,
  host: Host,
  [first, second]: readonly [readonly string[], readonly string[]],
  offset: number,
): Promise<{ text: string; refused: boolean; state: State }> {
  const start = (argv: readonly string[]) => host.spawn([PROGRAM, ...argv, "--output", "json"]).done;
  const one = start(first);
  await new Promise((resolve) => setTimeout(resolve, offset * 1000));
  const ended = await Promise.all([one, start(second)]);
  for (const each of ended) {
    t.assert(
      CODES.includes(each.code),
      `a run ended with ${describe(each)}\n${each.stdout.slice(-2000)}${each.stderr}`,
    );
    if (each.code !== BUSY) continue;
    t.includes(each.stdout, /this host is being changed by \\"[a-z ]+\\" \(process \d+\) since \d{4}-/, "the refusal");
    t.assert(!changed(each), `a refused run changed something:\n${each.stdout}`);
  }
  const busy = ended.filter(({ code }) => code === BUSY);
  t.assert(busy.length < 2, "both were refused");
  if (busy.length === 1) {
    const other = ended.find(({ code }) => code !== BUSY)!;
    t.assert([0, 2, 3].includes(other.code), `the one that was not refused ended with ${describe(other)}`);
  }
  const { broken, count } = await brokenPairs(host);
  t.equal(broken, [], `the list of ${count} pairs that do not belong together`);
  await noLeftovers(t, host);
  const node = await host.shell(
    "test -e /etc/kubernetes/admin.conf && test -e /etc/kubernetes/manifests/etcd.yaml && echo yes || true",
  ) === "yes";
  if (node) {
    await host.kubectl("wait", "--for=condition=Ready", `node/${host.name}`, "--timeout=120s");
    await host.kubectl("get", "--raw", "/readyz");
  }
  return { text: ended.map(describe).join(" and "), refused: busy.length > 0, state: node ? "node" : undefined };
}

/** Back to a bare host, and nothing of it in the other cluster. */
async function clean(t: Run, host: Host, control: Host, bare: Awaited<ReturnType<typeof traces>>): Promise<void> {
  await kubewright(host, ["reset", "--force"]);
  await control.kubectl("delete", "node", host.name, "--ignore-not-found");
  t.equal(changedTraces(bare, await traces(host), SAID), [], "the list of traces after reset");
}
