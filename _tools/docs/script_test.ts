import assert from "node:assert/strict";
import { callProblem, callsIn } from "./calls.ts";
import { readPage } from "./markdown.ts";
import { commandsOf, readScript, withoutPrompts } from "./script.ts";

const wordsOf = (script: string) => commandsOf(readScript(script)).map(({ words }) => words.join("|"));

Deno.test("readScript(): words, quotes, comments, operators and what stands before a command", () => {
  assert.deepEqual(
    wordsOf("A=1 sudo -E kubewright init --description 'a # b' \\\n  --x=\"y z\" # why\necho a\\ b && c; d"),
    [
      "kubewright|init|--description|a # b|--x=y z",
      "echo|a b",
      "c",
      "d",
    ],
  );
  assert.deepEqual(wordsOf('source <(kubewright completion bash)\nx "$(kubewright token generate)" | y 2>&1 >z'), [
    "source|…",
    "kubewright|completion|bash",
    "x|$(kubewright token generate)",
    "kubewright|token|generate",
    "y",
  ]);
});

Deno.test("readScript(): pipes, redirections and here documents", () => {
  const [first, second, third] = readScript("cat >a.yaml <<'EOF'\nkind: X\n# no comment\nEOF\na <b | c >>d\ne");
  assert.deepEqual([first![0]!.words, first![0]!.to, first![0]!.hereText], [
    ["cat"],
    "a.yaml",
    "kind: X\n# no comment\n",
  ]);
  assert.deepEqual(second!.map(({ words, from, to, append }) => [words, from, to, append]), [
    [["a"], "b", undefined, undefined],
    [["c"], undefined, "d", true],
  ]);
  assert.deepEqual(third!.map(({ words, line }) => [words, line]), [[["e"], 6]]);
  assert.equal(withoutPrompts("$ a\noutput\n# b"), "a\nb");
});

/** Calls, and what is wrong with them; "" when nothing is. */
const CALLS: readonly (readonly [string, RegExp])[] = [
  ["", /^$/],
  ["--version", /^$/],
  ["help init", /^$/],
  ["config print --help", /^$/],
  ["token create --ttl 2h", /^$/],
  ["init phase certs all", /^$/],
  ["init phase addon coredns --skip-phases addon/cni", /^$/],
  ["join phase preflight 10.0.0.10:6443", /^$/],
  ["certs renew apiserver …", /^$/],
  ["completion tcsh", /"tcsh"/],
  ["certs renew apisever", /"apisever"/],
  ["init phase cert", /"cert"/],
  ["init --skip-phases addon/corends", /"addon\/corends"/],
  ["initialize", /"initialize"/],
  ["init --no-such", /--no-such/],
  ["version now", /now/],
];

Deno.test("callProblem(): commands, flags, phases and arguments that do not exist are named", async () => {
  for (const [call, problem] of CALLS) {
    assert.match(await callProblem(call.split(" ").filter(Boolean)) ?? "", problem, call);
  }
});

Deno.test("callsIn(): shell blocks and code spans; groups, alternatives and placeholders", async () => {
  const calls = callsIn(readPage(
    "`kubewright token` `kubewright token list|delete` `kubewright init --token <token>` `kubectl get`\n" +
      "```sh\n\nkubewright version\n```\n```console\n$ kubewright status\nkubewright is what it prints\n```\n```yaml\nkubewright x\n```",
  ));
  assert.deepEqual(calls.map(({ args, line }) => [args.join(" "), line]), [
    ["version", 4],
    ["status", 7],
    ["token --help", 1],
    ["token list", 1],
    ["token delete", 1],
    ["init --token …", 1],
  ]);
  for (const { args } of calls) assert.equal(await callProblem(args), undefined);
});
