// Every command's help is complete, and shows the defaults of kubeadm.
import assert from "node:assert/strict";
import { type Flag, flagsOf, GROUPS } from "../../src/cli/flags.ts";
import { flagText, HELP_WIDTH } from "../../src/cli/help.ts";
import { findCommand, parseCommandLine } from "../../src/cli/parse.ts";
import { COMMANDS, PARENTS, SPECS } from "../../src/dispatch.ts";
import { EXIT_MEANINGS } from "../../src/errors.ts";
import { fileOf } from "./conform.ts";
import { run } from "./program.ts";
import { unusedFlags } from "./used_flags.ts";

/** What `kubeadm <command> --help` lists: defaults by flag, empty where there is none. Recorded from the real one. */
const KUBEADM = JSON.parse(await Deno.readTextFile(new URL("./kubeadm_flags.json", import.meta.url))) as {
  version: string;
  commands: Record<string, Record<string, string>>;
};

/** Flags with another default than kubeadm's, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "--kubernetes-version": "nothing is asked of the network: the version of the kubelet here",
};

/** kubeadm's flags that we do not have, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  "token create --config": "the token is described by flags, or in the configuration of init",
};

/** A text with single spaces instead of line ends and indentation. */
const flat = (text: string) => text.replace(/\s+/g, " ");

for (const { spec: command, phases } of COMMANDS) {
  Deno.test(`help of ${command.name}: usage, flags, phases, output, exit codes, examples that are understood`, async () => {
    const { code, out, err } = await run([...command.name.split(" "), "--help"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.ok(flat(out).startsWith(`${command.name}: ${command.summary} Usage: `), out);
    const usage = ["Usage: kubewright", command.name, command.args, "[flags]"].filter(Boolean).join(" ");
    assert.ok(out.includes(`\n${usage}\n`), `${usage} in\n${out}`);
    assert.equal(command.maxArgs > 0, command.args !== "", "arguments are named where there can be some");
    for (const flag of flagsOf(command)) {
      const short = flag.short ? `-${flag.short}, ` : "";
      const names = `${short}--${flag.name}${flag.value ? ` ${flag.value}` : ""}`;
      assert.ok(flat(out).includes(` ${names} ${flagText(flag)} `), names);
      assert.equal(flag.type === "switch", flag.value === undefined, `a value is named where there is one: ${names}`);
    }
    for (const { path, summary } of await phases?.() ?? []) assert.ok(flat(out).includes(` ${path} ${summary} `), path);
    assert.ok(out.includes(`schemas/${fileOf(command.name)}`), "where the output is described");
    for (
      const meaning of Object.values(EXIT_MEANINGS).filter((one) => command.name === "status" || !/status/.test(one))
    ) {
      assert.ok(out.includes(meaning), meaning);
    }
    for (const line of out.split("\n")) assert.ok(line.length <= HELP_WIDTH, `wider than ${HELP_WIDTH}: ${line}`);
    assert.ok(command.examples.length > 0, "an example");
    for (const example of command.examples) {
      const words = /\bkubewright ([^|>)]*)/.exec(example)?.[1]?.trim() ?? "";
      const found = findCommand(COMMANDS, words.match(/'[^']*'|\S+/g) ?? []);
      assert.equal(found.command.spec.name, command.name, example);
      parseCommandLine(found.command.spec, found.rest); // throws where it is not understood
    }
  });
}

/** Values whose form the name of the flag shows. */
const OBVIOUS = ["<file>", "<dir>", "<name>", "<key>", "<sha256:hash>"];

for (const { spec: command, phases } of COMMANDS) {
  Deno.test(`flags of ${command.name}: a default or an example for each value, and examples that are understood`, async () => {
    const paths = (await phases?.() ?? []).map(({ path }) => path);
    for (const { name, value, default: standard, example, ...flag } of flagsOf(command)) {
      if (value === undefined || flag.ignored || flag.refused) continue;
      assert.ok(OBVIOUS.includes(value) || standard || example, `--${name} ${value} has neither default nor example`);
      if (example !== undefined) parseCommandLine(command, [`--${name}=${example}`]); // throws where it is not understood
      if (name === "skip-phases") { for (const path of example!.split(",")) assert.ok(paths.includes(path), path); }
    }
  });
}

/** First words that are no verbs in the base form, but look like text. */
const VERB = /^(add|check|convert|create|delete|import|list|print|pull|remove|renew|run|show|turn|validate|verify)\b/;

Deno.test("help of the program lists every command once, by group, and each parent lists its own", async () => {
  const { out } = await run(["--help"]);
  const listed = [...out.matchAll(/^ {2}(\S+) {2,}/gm)].map(([, name]) => name!);
  const first = [...new Set([...SPECS, ...PARENTS].map(({ name }) => name.split(" ")[0]!))];
  assert.deepEqual(listed.toSorted(), first.toSorted());
  const headings = [...out.matchAll(/^([A-Z]\w+):$/gm)].map(([, heading]) => heading!.toLowerCase());
  assert.deepEqual(headings, GROUPS);
  for (const parent of PARENTS) {
    const { code, out } = await run([...parent.name.split(" "), "--help"]);
    assert.equal(code, 0);
    for (const { name, summary } of [...SPECS, ...PARENTS]) {
      const [own, below] = [name.slice(parent.name.length + 1), name.startsWith(`${parent.name} `)];
      const listed = flat(out).includes(` ${own} ${summary} `);
      if (below) assert.equal(listed, !own.includes(" "), `${name} in the help of ${parent.name}`);
    }
    for (const line of out.split("\n")) assert.ok(line.length <= HELP_WIDTH, line);
  }
  for (const line of out.split("\n")) assert.ok(line.length <= HELP_WIDTH, line);
});

Deno.test("every command belongs to the group of its parent, and its summary starts with a verb", () => {
  for (const { name, group, summary } of [...SPECS, ...PARENTS]) {
    assert.match(summary, VERB, name);
    const above = name.split(" ").slice(0, -1).join(" ");
    if (above === "") continue;
    assert.equal(group, [...SPECS, ...PARENTS].find((one) => one.name === above)?.group, `the group of ${name}`);
  }
});

Deno.test("each command of kubeadm is there, with its flags, and their defaults are in its help", () => {
  for (const [name, flags] of Object.entries(KUBEADM.commands)) {
    const command = SPECS.find((command) => command.name === name);
    assert.ok(command, `there is no command ${name}`);
    for (const [flag, value] of Object.entries(flags)) {
      const ours: Flag | undefined = flagsOf(command).find((one) => one.name === flag);
      assert.equal(ours === undefined, `${name} --${flag}` in WITHOUT, `${name} --${flag}`);
      if (ours === undefined || value === "" || `--${flag}` in OTHERWISE) continue;
      if (!ours.ignored) assert.equal(ours.default, value, `the default of ${name} --${flag}`);
    }
  }
});

Deno.test("every flag sets a field, or the code that calls the commands reads it", async () => {
  const folder = new URL("../../src/", import.meta.url);
  const dispatch = [...Deno.readDirSync(new URL("dispatch/", folder))].map(({ name }) => `dispatch/${name}`);
  const files = [...dispatch, "main.ts", "cli/options.ts", "cli/parse.ts", "cli/verbosity.ts"];
  const code = (await Promise.all(files.map((file) => Deno.readTextFile(new URL(file, folder))))).join("\n");
  const reads = (name: string) => new RegExp(`(parsed\\.\\w+\\(|parsed, |source, )"${name}"`).test(code);
  for (const command of SPECS) {
    for (const { name, ignored, refused, sets } of flagsOf(command)) {
      if (ignored || refused !== undefined || sets !== undefined) continue;
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
