// Whom the program trusts and where its secrets go is no matter of the environment: it runs as a user's would, with each
// variable that could change it, beside a relay that has the cluster's answers but not its CA.
import assert from "node:assert/strict";
import { GROUPS } from "./variables.ts";
import { BEARER, type Environment, openEnvironment, TOKEN, type Witness } from "./world.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** A compiled program to try instead of the source. */
const BINARY = Deno.env.get("KUBEWRIGHT_BINARY");
/** The variables that a compiled program, or `deno run`, has read before our first line runs: they are refused. */
const REFUSED = ["SSLKEYLOGFILE", "DENO_UNSTABLE_CRON_SOCK", ...(BINARY ? [] : ["DENO_CERT"])];
/** What the program is given besides: as `env -i HOME PATH`. */
const KEPT = ["HOME", "PATH", "XDG_CACHE_HOME", "KUBEWRIGHT_UNPACK_DIR", ...(BINARY ? [] : ["DENO_DIR"])];
/** What compile.sh grants the compiled program. */
const PERMISSIONS = ["read", "write", "run", "net", "env", "sys=hostname,uid,networkInterfaces"];

/** Longest time that a run may take, in ms, on a machine that does other things, too. */
const LONGEST_MS = 45_000;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  /** What the server was asked, without the query. */
  requests: readonly string[];
}

/** Runs a command line against a server. */
async function run(args: readonly string[], server: Witness, variables: Record<string, string>): Promise<Ended> {
  const program = BINARY ? [BINARY] : [
    Deno.execPath(),
    "run",
    "--no-check",
    "--quiet",
    "--no-prompt",
    ...PERMISSIONS.map((name) => `--allow-${name}`),
    `${ROOT}mod.ts`,
  ];
  const env = Object.fromEntries(KEPT.flatMap((name) => Deno.env.get(name) ? [[name, Deno.env.get(name)!]] : []));
  const process = new Deno.Command(program[0]!, {
    args: [...program.slice(1), ...args],
    env: { ...env, DENO_NO_UPDATE_CHECK: "1", ...variables },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    cwd: "/",
  }).spawn();
  const timer = setTimeout(() => process.kill("SIGKILL"), LONGEST_MS);
  const { code, stdout, stderr } = await process.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  const requests = server.requests.splice(0);
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), requests };
}

/** `token list`, with a bearer token in the kubeconfig. */
const list = (environment: Environment, server: Witness, variables: Record<string, string>) =>
  run(["token", "list", "--kubeconfig", environment.kubeconfig(server)], server, variables);

/** `join` up to what it finds: nothing is changed here. */
const join = ({ pin }: Environment, server: Witness, variables: Record<string, string>) =>
  run(
    [
      "join",
      server.address,
      "--dry-run",
      "--token",
      TOKEN,
      "--discovery-token-ca-cert-hash",
      pin,
      "--ignore-preflight-errors=all",
    ],
    server,
    variables,
  );

/**
 * Whether it was refused because of one of these variables: the message names it, and nothing was sent. The runtime itself
 * may end over its scheduler's socket when that closes, before it is refused.
 */
function wasRefused({ code, stderr, requests }: Ended, variables: Record<string, string>): boolean {
  const names = REFUSED.filter((name) => name in variables);
  const named = names.some((name) => stderr.includes(name) || name === "DENO_UNSTABLE_CRON_SOCK");
  return code !== 0 && requests.length === 0 && named;
}

/** What is wrong with how the program does with these variables. */
async function troubles(
  environment: Environment,
  variables: Record<string, string>,
  usual: { list: Ended; join: Ended },
): Promise<string[]> {
  const { cluster, relay, proxy, collector, folder } = environment;
  const found: string[] = [];
  const expect = (holds: boolean, what: string, ended: Ended) =>
    holds || found.push(`${what}: ${JSON.stringify({ ...ended, stderr: ended.stderr.slice(-1500) })}`);
  const both = async (server: Witness) =>
    [
      await list(environment, server, variables),
      await join(environment, server, variables),
    ] as const;
  const [ofCluster, relayed] = await Promise.all([both(cluster), both(relay)]);
  const own = [
    { what: "token list", usual: usual.list, ended: ofCluster[0] },
    { what: "join", usual: usual.join, ended: ofCluster[1] },
  ];
  for (const { what, usual, ended } of own) {
    const same = ended.code === usual.code && ended.requests.join() === usual.requests.join();
    expect(same || wasRefused(ended, variables), `${what} of the cluster goes otherwise than without`, ended);
  }
  expect(relayed[0].code === 1 || wasRefused(relayed[0], variables), "token list of the relay", relayed[0]);
  expect(relayed[1].code === 5 || wasRefused(relayed[1], variables), "join of the relay", relayed[1]);
  for (const ended of [...relayed, ...own.map(({ ended }) => ended)]) {
    const said = `${ended.stdout}${ended.stderr}`;
    expect(!said.includes(BEARER) && !said.includes(TOKEN), "a token is printed", ended);
  }
  for (const ended of relayed) {
    expect(ended.requests.every((line) => line.endsWith(" -")), "the relay got a token", ended);
  }
  if (proxy.connections > 0) found.push(`the proxy was asked: ${proxy.requests.splice(0).join(" ")}`);
  // What the runtime connects to before the first line runs is sent nothing of ours: that ends there.
  const refused = [...relayed, ...ofCluster].every((ended) => wasRefused(ended, variables));
  if (collector.connections > 0 && !refused) {
    found.push(`the collector was asked: ${collector.requests.splice(0).join(" ")}`);
  }
  proxy.connections = collector.connections = collector.requests.length = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    const size = Deno.statSync(`${folder}/${name}`).size;
    if (size > 0) found.push(`it wrote ${name}: ${size} bytes`);
    Deno.removeSync(`${folder}/${name}`, { recursive: true });
  }
  return found;
}

Deno.test(`environment: no variable changes whom ${BINARY ?? "the program"} trusts, or where its secrets go`, async (test) => {
  await using environment = await openEnvironment();
  const usual = {
    list: await list(environment, environment.cluster, {}),
    join: await join(environment, environment.cluster, {}),
  };
  assert.equal(usual.list.code, 0, usual.list.stderr);
  assert.ok(usual.list.requests.every((line) => line.endsWith(` Bearer ${BEARER}`)));
  assert.ok(usual.join.requests.some((line) => line.endsWith(` Bearer ${TOKEN}`)), usual.join.stderr);
  for (const { purpose, variables } of [{ purpose: "nothing", variables: () => ({}) }, ...GROUPS]) {
    await test.step(purpose, async () => {
      const all: Record<string, string> = variables(environment);
      const found = await troubles(environment, all, usual);
      if (found.length === 0) return;
      const alone: string[] = [];
      for (const [name, value] of Object.entries(all)) {
        alone.push(...(await troubles(environment, { [name]: value }, usual)).map((trouble) => `${name}: ${trouble}`));
      }
      assert.fail((alone.length > 0 ? alone : found).join("\n"));
    });
  }
});
