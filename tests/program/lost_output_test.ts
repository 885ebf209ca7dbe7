/** Output that cannot be written: pipes that nobody reads, disks that are full. @module */
import assert from "node:assert/strict";
import { OutputClosed } from "../../src/system/output.ts";
import { FIT, QUICK, type Ran, run, type World } from "./program.ts";

const MAIN = new URL("../../mod.ts", import.meta.url).pathname;

/** Runs the real program in a shell; returns its exit code and what is left to read. */
async function shell(script: string): Promise<{ code: number; said: string; out: string }> {
  const program = `${Deno.execPath()} run --no-check -A ${MAIN}`;
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script.replaceAll("KUBEWRIGHT", program)],
    env: { NO_COLOR: "1" },
  }).output();
  const out = new TextDecoder().decode(stdout);
  const said = out + new TextDecoder().decode(stderr);
  const [, code] = /exit=(\d+)/.exec(said) ?? [];
  return { code: Number(code), said: said.replace(/exit=\d+\n/, ""), out };
}

Deno.test("a pipe that nobody reads ends the program quietly with 141, text, JSON and YAML, whatever the command", async () => {
  for (const command of ["version", "version -o json", "config print init-defaults -o yaml", "init --help", "help"]) {
    const { code, said } = await shell(`KUBEWRIGHT ${command} | true; echo exit=\${PIPESTATUS[0]}`);
    assert.deepEqual([code, said], [141, ""], command);
  }
  for (const command of ["ini", "join", "token list --kubeconfig /none -o json"]) {
    const { code, said } = await shell(`KUBEWRIGHT ${command} 2>&1 >/dev/null | true; echo exit=\${PIPESTATUS[0]}`);
    assert.deepEqual([code, said], [141, ""], command);
  }
});

Deno.test("a full disk is one line on standard error, and no success", async () => {
  for (const command of ["version", "version -o json", "completion bash", "config print init-defaults -o yaml"]) {
    const { code, said } = await shell(`KUBEWRIGHT ${command} > /dev/full; echo exit=$?`);
    assert.deepEqual([code, said], [1, "error: Cannot write to standard output: No space left on device\n"], command);
  }
  const events = await shell("KUBEWRIGHT version 2> /dev/full > /dev/null; echo exit=$?");
  assert.deepEqual([events.code, events.said], [0, ""]);
  const error = await shell("KUBEWRIGHT ini 2> /dev/full; echo exit=$?");
  assert.deepEqual([error.code, error.said], [3, ""]);
});

Deno.test("a file is written whole although nobody reads what is said of it", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const old = `${dir}/old.yaml`;
    await Deno.writeTextFile(old, "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n");
    const command = `KUBEWRIGHT config migrate --old-config ${old} --new-config ${dir}/new.yaml`;
    const { code, said } = await shell(`${command} | true; echo exit=\${PIPESTATUS[0]}`);
    assert.deepEqual([code, said], [141, ""]);
    assert.match(await Deno.readTextFile(`${dir}/new.yaml`), /kind: ClusterConfiguration/);
    const full = await shell(`${command.replace("new.yaml", "newer.yaml")} > /dev/full; echo exit=$?`);
    assert.deepEqual([full.code, full.said], [1, "error: Cannot write to standard output: No space left on device\n"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a full pipe that does not block gets everything, once", async () => {
  const perl = "use Fcntl; pipe(R,W); fcntl(W,1031,4096); fcntl(W,F_SETFL,O_WRONLY|O_NONBLOCK);" +
    'if(!fork){open(STDOUT,">&W"); close R; exec @ARGV} close W; sleep 1;' +
    '$|=1; while(sysread(R,$b,3000)){syswrite(STDOUT,$b)} wait; printf "exit=%d\\n",$?>>8';
  const slow = await shell(`perl -e '${perl}' KUBEWRIGHT completion zsh`);
  const plain = await shell("KUBEWRIGHT completion zsh; echo exit=$?");
  assert.equal(slow.out.length, plain.out.length, slow.said.slice(-300));
  assert.equal(slow.out, plain.out);
  assert.ok(plain.out.length > 10_000 && plain.code === 0);
});

/** Writes fail from the first, or from the one that tells of a change. */
function losing(error: Error, from: number): World {
  let lines = 0;
  const write = () => {
    if (++lines >= from) throw error;
  };
  return { out: write, err: write };
}

const PIPE = new OutputClosed("the pipe is closed");
const FULL = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });

Deno.test("work that has begun goes on to its end without words; before that, nothing is begun", async () => {
  const args = ["init", "phase", "certs", "--config", QUICK];
  const paths = (ran: Ran) => ran.changes.map((change) => "path" in change ? change.path : change.kind);
  const all = paths(await run(args, FIT));
  assert.ok(all.length > 20);
  for (const output of ["text", "json", "yaml"]) {
    for (const [error, code] of [[PIPE, 141], [FULL, 1]] as const) {
      const begun = await run([...args, "-o", output], FIT, "", losing(error, 8));
      assert.deepEqual([begun.code, paths(begun)], [code, all], output);
    }
    const before = await run([...args, "-o", output], FIT, "", losing(PIPE, 1));
    assert.deepEqual([before.code, paths(before)], [141, []]);
  }
});
