import { joinConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { CONFIG, prepare, PROGRAM, TOKEN } from "../kubewright.ts";
import { DIFFERENCES, type Level, type State, STATES } from "../preflight_states.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedConfiguration, changedDocument, during } from "../trouble.ts";
import { release } from "../versions.ts";
import { SOCKET, SWAPS, SWAPS_FILE } from "../unfit.ts";

const JOIN_CONFIG = "/root/join.yaml";
const NODE = { criSocket: `unix://${SOCKET}` };

/** How each check ended, of those that found something. */
type Findings = Map<string, Level>;

/** `[ERROR Swap]: …` of kubeadm. */
function ofKubeadm(said: string): Findings {
  const found = [...said.matchAll(/\[(ERROR|WARNING) ([\w.-]+)\]/g)];
  return byName(found.map(([, level, name]) => [name!, level === "ERROR" ? "error" : "warning"]));
}

/** `  Swap: …` below the error, and `warning: Swap: …`, of kubewright. */
function ofKubewright(said: string): Findings {
  const names = (pattern: RegExp, level: Level) =>
    [...said.matchAll(pattern)].map(([, name]): [string, Level] => [name!, level]);
  return byName([
    ...names(/^warning: ([A-Z][\w.-]+): /gm, "warning"),
    ...names(/^ {2}([A-Z][\w.-]+): /gm, "error"),
  ]);
}

/** A check that says both counts as an error. */
function byName(found: [string, Level][]): Findings {
  const errors = found.filter(([, level]) => level === "error");
  return new Map([...found, ...errors]);
}

async function say(host: Host, state: State, program: string): Promise<string> {
  const config = state.command === "init" ? CONFIG : JOIN_CONFIG;
  const argv = [program, state.command, "phase", "preflight", "--config", config, ...state.flags ?? []];
  const output = await host.exec([...state.through ?? [], ...argv], { check: false, env: state.env, timeout: 120_000 });
  return output.stdout + output.stderr;
}

/** Looks with both programs and compares; returns the differences that were used, and how many findings there were. */
async function compare(t: Run, k1: Host, state: State): Promise<{ used: string[]; findings: number }> {
  if (state.command === "init") {
    const text = changedConfiguration({ address: k1.address, kubelet: { failSwapOn: true } }, {
      InitConfiguration: { nodeRegistration: NODE },
      ClusterConfiguration: state.cluster ?? {},
    });
    await k1.write(CONFIG, text, 0o600);
  }
  const [theirs, ours] = await during(
    async () => void await k1.shell(state.begin || "true"),
    async () => [await say(k1, state, "kubeadm"), await say(k1, state, PROGRAM)] as const,
    async () => void await k1.shell(state.end || "true"),
  );
  const [kubeadm, kubewright] = [ofKubeadm(theirs), ofKubewright(ours)];
  const names = [...new Set([...kubeadm.keys(), ...kubewright.keys()])].sort();
  const levels = (name: string) => ({
    check: name,
    kubeadm: kubeadm.get(name) ?? "nothing",
    kubewright: kubewright.get(name) ?? "nothing",
  });
  const different = names.map(levels).filter((found) => found.kubeadm !== found.kubewright);
  const key = ({ check, kubeadm, kubewright }: ReturnType<typeof levels>) => `${check}: ${kubeadm} / ${kubewright}`;
  const allowed = new Set(differences().map(key));
  t.log(`${state.name}: ${names.length - different.length} of ${names.length} findings are the same`);
  for (const found of different.map(key)) t.log(`  ${found}${allowed.has(found) ? "" : " (not allowed)"}`);
  const wrong = different.map(key).filter((found) => !allowed.has(found));
  t.assert(wrong.length === 0, `${state.name}: ${wrong.join(", ")}\nkubeadm:\n${theirs}\nkubewright:\n${ours}`);
  return { used: different.map(key), findings: names.length };
}

/** Those that are allowed with this release of Kubernetes. */
function differences() {
  return DIFFERENCES.filter(({ kubernetes = "" }) => release().kubernetes.startsWith(`v${kubernetes}`));
}

/** Milliseconds that the phase takes on a host where nothing is wrong, best first. */
async function times(host: Host): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < 5; i++) {
    const argv = [PROGRAM, "join", "phase", "preflight", "--config", JOIN_CONFIG, "--output", "json"];
    const { stdout } = await host.exec(argv);
    const events = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const done = events.find(({ event, phase, state }) =>
      event === "phase" && phase === "preflight" && state !== "started"
    );
    found.push(Math.round(done?.ms ?? done?.seconds * 1000));
  }
  return found.sort((a, b) => a - b);
}

/** On one unfit host after the other, kubewright finds what real kubeadm of the same release finds. */
export const scenario: Scenario = {
  name: "preflight",
  summary: "real kubeadm and kubewright look at unfit hosts: the same findings, but for a list of differences",
  async run(t: Run) {
    const k1 = await t.step("host boots", () => t.host("k1"));
    await prepare(k1);
    await k1.install("kubeadm");
    await k1.write(SWAPS_FILE, SWAPS);
    const join = joinConfiguration({
      endpoint: "192.0.2.1:6443",
      token: TOKEN,
      caCertHash: `sha256:${"ab".repeat(32)}`,
    });
    await k1.write(
      JOIN_CONFIG,
      changedDocument(join, { nodeRegistration: NODE, timeouts: { discovery: "1s" } }),
      0o600,
    );
    const used = new Set<string>();
    let findings = 0;
    for (const state of STATES) {
      const outcome = await compare(t, k1, state);
      outcome.used.forEach((difference) => used.add(difference));
      findings += outcome.findings;
    }
    t.log(`${STATES.length} states, ${findings} findings, ${used.size} kinds of difference`);
    const unused = differences().map((d) => `${d.check}: ${d.kubeadm} / ${d.kubewright}`).filter((d) => !used.has(d));
    t.equal(unused, [], "the list of allowed differences that no state showed");
    const [best, , median] = await times(k1);
    t.log(`preflight of join on a fit host: ${best} ms at best, median ${median} ms`);
    t.assert(best! < 1000, `preflight takes ${best} ms at best`);
  },
};
