import assert from "node:assert/strict";
import { InvalidInput } from "../errors.ts";
import { COMMANDS, SPECS } from "../dispatch.ts";
import { COMMON_FLAGS } from "./flags.ts";
import { commandHelp } from "./help.ts";
import { findCommand, parseCommandLine } from "./parse.ts";

const INIT = findCommand(COMMANDS, ["init"]).command.spec;

function problemsOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return error.problems.map(({ where, what }) => `${where}: ${what}`);
  }
  return assert.fail("nothing was refused");
}

Deno.test("parseCommandLine() takes values behind a space and behind an equals sign", () => {
  const parsed = parseCommandLine(INIT, ["--pod-network-cidr", "10.1.0.0/16", "--token-ttl=2h", "--dry-run"]);
  assert.equal(parsed.text("pod-network-cidr"), "10.1.0.0/16");
  assert.deepEqual(parsed.duration("token-ttl"), { nanoseconds: 7_200_000_000_000n });
  assert.equal(parsed.written("token-ttl"), "2h");
  assert.equal(parsed.switch("dry-run"), true);
  assert.deepEqual([...parsed.given].sort(), ["dry-run", "pod-network-cidr", "token-ttl"]);
});

Deno.test("parseCommandLine() joins lists given more than once and with commas", () => {
  const parsed = parseCommandLine(INIT, ["--apiserver-cert-extra-sans=a,b", "--apiserver-cert-extra-sans", "c"]);
  assert.deepEqual(parsed.list("apiserver-cert-extra-sans"), ["a", "b", "c"]);
});

Deno.test("parseCommandLine() reads values as pflag does", () => {
  const user = findCommand(COMMANDS, ["kubeconfig", "user"]).command.spec;
  const organizations = (...words: string[]) => parseCommandLine(user, words).list("org");
  assert.deepEqual(organizations('--org="Acme, Inc."'), ["Acme, Inc."]);
  assert.deepEqual(organizations("--org", '"a ""b""",c', "--org= d", "--org="), ['a "b"', "c", " d"]);
  const parsed = parseCommandLine(INIT, [
    ...["--apiserver-bind-port=0x1F90", "--dry-run=T", "--upload-certs=0", "--node-name=", "--skip-phases", ""],
    ...["--pod-network-cidr", "-x", "-v5", "--token-ttl=1.5h"],
  ]);
  assert.deepEqual([parsed.number("apiserver-bind-port"), parsed.number("v")], [8080, 5]);
  assert.deepEqual([parsed.switch("dry-run"), parsed.switch("upload-certs")], [true, false]);
  assert.deepEqual([parsed.text("node-name"), parsed.list("skip-phases")], [undefined, []]);
  assert.equal(parsed.text("pod-network-cidr"), "-x");
  assert.ok(parsed.given.includes("node-name"));
});

Deno.test("parseCommandLine() gives undefined for what was not given", () => {
  const parsed = parseCommandLine(INIT, []);
  assert.equal(parsed.text("config"), undefined);
  assert.equal(parsed.list("skip-phases"), undefined);
  assert.equal(parsed.switch("dry-run"), undefined);
});

Deno.test("parseCommandLine() reports every problem at once, with the nearest flag", () => {
  const problems = problemsOf(() =>
    parseCommandLine(INIT, [
      "--pod-network-cdir=x",
      "--apiserver-bind-port=http",
      "--config",
      "--dry-run=maybe",
      "extra",
    ])
  );
  assert.deepEqual(problems.sort(), [
    '--apiserver-bind-port: must be a whole number; got "http"',
    "--config: requires a value: <file>",
    '--dry-run: must be true or false; got "maybe"',
    "--pod-network-cdir: unknown flag; did you mean --pod-network-cidr?",
    'unexpected argument "extra": init takes no arguments',
  ]);
});

Deno.test("findCommand() offers the nearest command", () => {
  assert.throws(() => findCommand(COMMANDS, ["jion"]), /unknown command "jion"; did you mean join\?/);
});

Deno.test("help lists every flag of every command", () => {
  for (const command of SPECS) {
    const help = commandHelp(command, [{ path: "preflight", summary: "check this host" }], SPECS);
    for (const { name } of [...command.flags, ...COMMON_FLAGS]) assert.ok(help.includes(`--${name}`), name);
  }
});

Deno.test("parseCommandLine() takes short names, and a dash as the name of standard input", () => {
  const join = findCommand(COMMANDS, ["join"]).command.spec;
  assert.equal(parseCommandLine(join, ["-h"]).switch("help"), true);
  assert.equal(parseCommandLine(join, ["-o", "json"]).text("output"), "json");
  const parsed = parseCommandLine(join, ["--token-file", "-", "k8s.example.org", "--config=-"]);
  assert.deepEqual([parsed.text("token-file"), parsed.text("config"), parsed.args], ["-", "-", [
    "k8s.example.org",
  ]]);
  assert.deepEqual(parseCommandLine(join, ["-"]).args, ["-"]);
});

Deno.test("findCommand() takes the longest name, and leaves what is behind it", () => {
  const { command, rest } = findCommand(COMMANDS, ["init", "phase", "certs", "apiserver", "--dry-run"]);
  assert.equal(command.spec.name, "init phase");
  assert.deepEqual(rest, ["certs", "apiserver", "--dry-run"]);
  assert.equal(findCommand(COMMANDS, ["init", "--dry-run"]).command.spec.name, "init");
});
