/** What the whole program draws on a terminal, prints into a log, and leaves out with --quiet. @module */
import assert from "node:assert/strict";
import { Screen } from "../../_tools/terminal/screen.ts";
import { cluster, node } from "./memory_cluster.ts";
import { FIT, QUICK, run } from "./program.ts";

const TOKEN = "abcdef.0123456789abcdef";
const INIT = ["init", `--token=${TOKEN}`];

/** Runs the program on a terminal; what is on it then. */
async function onTerminal(
  args: readonly string[],
  columns = 80,
  environment: Record<string, string> = { TERM: "xterm" },
) {
  const screen = new Screen(columns, 200);
  let bytes = "";
  const write = (text: string) => {
    bytes += text;
    screen.write(text);
  };
  const { code } = await run(args, { ...node(), environment: { ...FIT.environment, ...environment } }, "", {
    ...cluster().world,
    terminal: { out: true, err: true, columns: () => screen.columns },
    out: (line) => write(`${line}\n`),
    err: write,
  });
  assert.equal(code, 0, screen.lines.join("\n"));
  assert.deepEqual([screen.unknown, screen.cursor.column, screen.cursorIsVisible], [[], 0, true]);
  return { lines: screen.lines, text: screen.lines.join("\n"), bytes };
}

Deno.test("init on a terminal: a line for each phase, then the next steps in their order", async () => {
  for (const columns of [40, 300]) {
    const { lines, text } = await onTerminal(INIT, columns);
    const phases = lines.filter((line) => /^✓ +\d+\.\d+ s {2}[a-z]/.test(line));
    assert.ok(phases.length > 30, text);
    assert.ok(!lines.some((line) => line.startsWith("•")), text);
    if (columns < 100) continue; // a command on one line is easier to find
    assert.match(
      text,
      /\n\nInit finished in \d+\.\d s\. The control plane is running \(Kubernetes v1\.37\.2\)\.\n\nNext steps:\n\n {2}1\. .*this host.*\n\n {7}export KUBECONFIG=\/etc\/kubernetes\/admin\.conf\n {7}kubectl get nodes\n\n {2}2\. Join worker nodes: .*\n\n {7}kubewright join 10\.77\.0\.21:6443 --token abcdef\.0123456789abcdef --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}\n\n {2}3\. .*\n\n {7}kubewright status\n$/,
    );
  }
});

Deno.test("init without a pod network and a token: steps for both in order; nothing is claimed that was not waited for", async () => {
  const { text } = await onTerminal([...INIT, "--cni=none", "--skip-phases=show-join-command,wait-control-plane"], 300);
  assert.match(text, /\nInit finished in \d+\.\d s\.\n/);
  assert.match(
    text,
    /1\. Use the cluster[^]* {2}2\. Install a pod network\.[^]* {2}3\. Join worker nodes: create a token[^]*kubewright token create --print-join-command\n[^]* {2}4\. Show the health/,
  );
});

Deno.test("TERM=dumb gets plain lines; NO_COLOR takes the colours alone", async () => {
  const dumb = await onTerminal(INIT, 80, { TERM: "dumb" });
  assert.ok(!dumb.bytes.includes("\x1b") && !dumb.bytes.includes("\r"));
  assert.match(dumb.text, /^\[preflight\] \d+\.\d\d s$/m);
  const plain = await onTerminal(INIT, 80, { TERM: "xterm", NO_COLOR: "1" });
  assert.match(plain.text, /^✓ +\d+\.\d\d s {2}preflight$/m);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(plain.bytes, /\x1b\[[\d;]*m/);
});

Deno.test("--quiet: the join command and nothing else, for a script; events are fewer, the result is whole", async () => {
  const quiet = await run([...INIT, "--quiet"], node(), "", cluster().world);
  assert.equal(quiet.code, 0);
  assert.match(quiet.err, /^(warning: .*\n( .*\n)*)*$/);
  assert.match(quiet.out, /^kubewright join \S+ --token \S+ --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}\n$/);
  const { events } = await run([...INIT, "-q", "-o", "json"], node(), "", cluster().world);
  assert.deepEqual(events.map(({ event }) => event).filter((event) => event !== "warning"), ["result"]);
  assert.match(
    (await run(["init", "--dry-run", "-q", "--config", QUICK])).out,
    /^write {6}\/etc\/kubernetes\/pki\/ca\.crt /m,
  );
  assert.match((await run(["version", "--quiet"])).out, /^kubewright 0/);
  assert.match((await run(["token", "list", "-q"])).err, /^error: /);
});

Deno.test("--quiet and --verbose are mutually exclusive, under kubeadm's name for it as well", async () => {
  for (const [flag, name] of [["--verbose", "--verbose"], ["-v=1", "-v"]] as const) {
    const { code, err } = await run(["init", "--quiet", flag]);
    assert.equal(code, 3);
    assert.match(err, new RegExp(`^error: --quiet and ${name} are mutually exclusive\n`));
  }
  assert.equal((await run(["version", "--quiet", "--verbose=false", "-v=0"])).code, 0);
});
