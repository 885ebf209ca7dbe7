// The completion of each shell, completed by that shell. A shell that is not on this machine is ignored.
import assert from "node:assert/strict";
import { SPECS } from "../../src/dispatch.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import { run } from "./program.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
const HERE = new URL("./completion/", import.meta.url).pathname;
/** Every line that a command's flags are asked for by. */
const FLAG_LINES = SPECS.map(({ name }) => `kubewright ${name} --`);

/** What is offered at the end of a line. `<folder>` holds the files a1.yaml and a2.yaml and the folder pki. */
const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["kubewright ", [...new Set(SPECS.map(({ name }) => name.split(" ")[0]!))]],
  ["kubewright token ", ["create", "delete", "generate", "list"]],
  ["kubewright --v 5 tok", ["token"]],
  ["kubewright token --kubeconfig /x l", ["list"]],
  ["kubewright init --control-plane-e", ["--control-plane-endpoint"]],
  ["kubewright init -o ", ["text", "json", "yaml"]],
  ["kubewright init --output=j", ["json"]],
  ["kubewright version -o s", ["short"]],
  ["kubewright init --skip-phases kubeconfig/s", ["kubeconfig/scheduler", "kubeconfig/super-admin"]],
  ["kubewright init --skip-phases certs,etcd/", ["etcd/local"]],
  ["kubewright init phase kubeconfig s", ["scheduler", "super-admin"]],
  ["kubewright init phase kubeconfig al", ["all"]],
  ["kubewright init phase wait-c", ["wait-control-plane"]],
  ["kubewright init --dry-run phase wait-c", ["wait-control-plane"]],
  ["kubewright join phase d", ["discovery"]],
  ["kubewright completion ", SHELLS],
  ["kubewright certs renew etcd-", ["etcd-healthcheck-client", "etcd-peer", "etcd-server"]],
  ["kubewright init --config <folder>/a", ["a1.yaml", "a2.yaml"]],
  ["kubewright init --config=<folder>/a1", ["a1.yaml"]],
  ["kubewright init --cert-dir <folder>/", ["pki"]],
  ["kubewright init --cni n", ["none"]],
  ["kubewright init --token ", []],
  ["kubewright status ", []],
  ["kubewright reset --qui", ["--quiet"]],
];

/** What a shell offers at the end of each line; `home` is where it may keep things. */
async function offers(
  shell: string,
  script: string,
  lines: readonly string[],
  home: string,
  cwd: string,
): Promise<string[][]> {
  const file = `${home}/completion`;
  await Deno.writeTextFile(file, script);
  const options = shell === "zsh" ? ["-f"] : shell === "fish" ? ["--no-config"] : ["--norc"];
  const { stdout, stderr, code } = await new Deno.Command(shell, {
    args: [...options, `${HERE}offers.${shell}`, file, ...lines],
    cwd,
    env: { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, LC_ALL: "C.UTF-8" },
    stdin: "null",
  }).output();
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""], shell);
  return new TextDecoder().decode(stdout).replace(/\n$/, "").split("\n").map((line) =>
    line.split("\t").filter(Boolean)
  );
}

/** Shells differ in how much of the word they repeat: `--output=`, what is before the last comma, the path. */
function bare(line: string, offered: string): string {
  const word = offered.replace(/^--[^=]+=/, "").replace(/^.*,/, "");
  return line.includes("<folder>") ? word.replace(/\/$/, "").replace(/^.*\//, "") : word;
}

for (const shell of SHELLS) {
  const missing = !["/bin", "/usr/bin"].some((folder) => {
    try {
      return Deno.statSync(`${folder}/${shell}`).isFile;
    } catch {
      return false;
    }
  });
  Deno.test({
    name: `completion in ${shell}: commands, flags, phases, choices, files${
      missing ? ` (ignored: no ${shell} here)` : ""
    }`,
    ignore: missing,
    async fn() {
      const home = await Deno.makeTempDir({ prefix: "kubewright-completion-" });
      const folder = `${home}/here`;
      try {
        await Deno.mkdir(`${folder}/pki`, { recursive: true });
        await Promise.all(["a1.yaml", "a2.yaml"].map((name) => Deno.writeTextFile(`${folder}/${name}`, "")));
        const { out } = await run(["completion", shell]);
        const lines = [...CASES.map(([line]) => line.replaceAll("<folder>", folder)), ...FLAG_LINES];
        const found = await offers(shell, out, lines, home, folder);
        for (const [i, [line, wanted]] of CASES.entries()) {
          const words = [...new Set(found[i]!.map((offered) => bare(line, offered)))];
          assert.deepEqual(words.sort(), [...wanted].sort(), `${shell}: ${line}`);
        }
        for (const [i, command] of SPECS.entries()) {
          const flags = found[CASES.length + i]!.filter((offered) => offered.startsWith("--")).sort();
          assert.deepEqual(
            flags,
            flagsOf(command).map(({ name }) => `--${name}`).sort(),
            `${shell}: ${command.name} --`,
          );
        }
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    },
  });
}

Deno.test("completion of no shell, or of one that is not known: 3, with those that are", async () => {
  for (const args of [["completion"], ["completion", "tcsh"]]) {
    const { code, err } = await run(args);
    assert.equal(code, 3);
    assert.match(err, /bash, zsh(, | or )fish/);
  }
  const [document] = (await run(["completion", "bash", "-o", "json"])).documents;
  assert.equal(document!["shell"], "bash");
});
