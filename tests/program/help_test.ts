// Every command's help is complete, and says of flags what kubeadm says.
import assert from "node:assert/strict";
import { type Flag, flagsOf } from "../../src/cli/flags.ts";
import { findCommand, parseCommandLine } from "../../src/cli/parse.ts";
import { COMMANDS, SPECS } from "../../src/dispatch.ts";
import { EXIT, EXIT_MEANINGS } from "../../src/errors.ts";
import { fileOf } from "./conform.ts";
import { run } from "./program.ts";
import { unusedFlags } from "./used_flags.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
/** What `kubeadm <command> --help` lists: defaults by flag, empty where there is none. Recorded from the real one. */
const KUBEADM = JSON.parse(await Deno.readTextFile(new URL("./kubeadm_flags.json", import.meta.url))) as {
  version: string;
  commands: Record<string, Record<string, string>>;
};

/** Where our help says something else than kubeadm's of a flag, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "--allow-missing-template-keys": "there are no templates",
  "--kubernetes-version": "nothing is asked of the network: the version of the kubelet here",
};

/** kubeadm's flags that we do not have, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  "token create --config": "the token is described by flags, or in the configuration of init",
};

for (const { spec: command, phases } of COMMANDS) {
  Deno.test(`help of ${command.name}: usage, flags, phases, output, exit codes, examples that are understood`, async () => {
    const { code, out, err } = await run([...command.name.split(" "), "--help"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.ok(out.startsWith(`${command.name}: ${command.summary}\n`), out);
    const usage = ["Usage: kubewright", command.name, command.operands, "[flags]"].filter(Boolean).join(" ");
    assert.ok(out.includes(`\n${usage}\n`), `${usage} in\n${out}`);
    assert.equal(command.maxOperands > 0, command.operands !== "", "operands are named where there can be some");
    for (const flag of flagsOf(command)) {
      const short = flag.short ? `-${flag.short}, ` : "";
      const line = `  ${short}--${flag.name}${flag.value ? ` ${flag.value}` : ""}`;
      assert.ok(out.split("\n").some((one) => one.startsWith(line) && one.endsWith(`  ${flag.help}`)), line);
      assert.equal(flag.type === "switch", flag.value === undefined, `a value is named where there is one: ${line}`);
    }
    for (const phase of await phases?.() ?? []) assert.ok(out.includes(`\n  ${phase}\n`), phase);
    assert.ok(out.includes(`schemas/${fileOf(command.name)}`), "where the output is described");
    for (
      const meaning of Object.values(EXIT_MEANINGS).filter((one) => command.name === "status" || !/status/.test(one))
    ) {
      assert.ok(out.includes(meaning), meaning);
    }
    assert.ok(command.examples.length > 0, "an example");
    for (const example of command.examples) {
      const words = /\bkubewright ([^|>)]*)/.exec(example)?.[1]?.trim() ?? "";
      const found = findCommand(COMMANDS, words.match(/'[^']*'|\S+/g) ?? []);
      assert.equal(found.command.spec.name, command.name, example);
      parseCommandLine(found.command.spec, found.rest); // throws where it is not understood
    }
  });
}

Deno.test("each command of kubeadm is there, with its flags, and their defaults are in its help", () => {
  for (const [name, flags] of Object.entries(KUBEADM.commands)) {
    const command = SPECS.find((command) => command.name === name);
    assert.ok(command, `there is no command ${name}`);
    for (const [flag, value] of Object.entries(flags)) {
      const ours: Flag | undefined = flagsOf(command).find((one) => one.name === flag);
      assert.equal(ours === undefined, `${name} --${flag}` in WITHOUT, `${name} --${flag}`);
      if (ours === undefined || value === "" || `--${flag}` in OTHERWISE) continue;
      assert.ok(ours.help.includes(value), `${name} --${flag}: the default ${value} in "${ours.help}"`);
    }
  }
});

Deno.test("the README's table of exit codes is that of the program", () => {
  const table = [...README.matchAll(/^\| (\d+) \| (.*?) \|/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  assert.deepEqual(table, Object.values(EXIT).map((code) => [code, EXIT_MEANINGS[code]]));
});

Deno.test("every flag sets a field, or the code that calls the commands reads it", async () => {
  const folder = new URL("../../src/", import.meta.url);
  const dispatch = [...Deno.readDirSync(new URL("dispatch/", folder))].map(({ name }) => `dispatch/${name}`);
  const files = [...dispatch, "main.ts", "cli/options.ts", "cli/parse.ts"];
  const code = (await Promise.all(files.map((file) => Deno.readTextFile(new URL(file, folder))))).join("\n");
  const reads = (name: string) => new RegExp(`(parsed\\.\\w+\\(|parsed, |source, )"${name}"`).test(code);
  for (const command of SPECS) {
    for (const { name, help, refused, sets } of flagsOf(command)) {
      if (/without effect/.test(help) || refused !== undefined || sets !== undefined) continue;
      // What may come from a file has both names built from one.
      const base = name.replace(/-file$/, "");
      const built = base !== name && code.includes("-file`");
      assert.ok(built || reads(name), `${command.name} --${name} is read by nothing`);
    }
  }
});

Deno.test("unusedFlags() names flags that no test passes, once for commands that share them", () => {
  const unused = unusedFlags(["init\tcert-dir", "init\toutput", "token list\tkubeconfig"]);
  assert.ok(unused.includes("init --config") && unused.includes("any command --verbose"));
  assert.ok(!unused.includes("init phase --cert-dir") && !unused.includes("any command --output"));
  assert.ok(unused.includes("reset --cert-dir") && !unused.includes("token list --kubeconfig"));
});
