import assert from "node:assert/strict";
import { InvalidInput, UserError } from "../errors.ts";
import { COMMANDS } from "../dispatch.ts";
import { findCommand, parseCommandLine } from "./parse.ts";
import { settingsOf, textOf } from "./options.ts";

function parsed(...words: string[]) {
  const { command, rest } = findCommand(COMMANDS, words);
  return parseCommandLine(command.spec, rest);
}

Deno.test("a file that cannot be read is invalid input, with the cause", async () => {
  const source = {
    stdin: () => Promise.resolve(new Uint8Array()),
    read: () => Promise.reject(new UserError('Cannot read "/etc": it is a directory')),
  };
  await assert.rejects(textOf(parsed("init", "--config", "/etc"), "config", source), (error: InvalidInput) => {
    assert.ok(error instanceof InvalidInput);
    assert.equal(error.exitCode, 3);
    assert.match(error.message, /^Cannot read --config "\/etc": the read failed$/);
    assert.match(String((error.cause as Error).message), /it is a directory/);
    return true;
  });
});

const MIXED: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["no file allows all", ["--token=a", "--pod-network-cidr=b"], []],
  ["a file allows its fellows", [
    "--dry-run",
    "--node-name=a",
    "--ignore-preflight-errors=a",
    "--skip-phases=a",
    "--v=1",
  ], []],
  ["a file allows flags without a field", ["--cni=none", "--output=json", "--skip-token-print"], []],
  ["a file refuses what it has fields for", ["--token=a", "--dry-run", "--cri-socket=b"], ["--cri-socket", "--token"]],
];
for (const [name, words, refused] of MIXED) {
  Deno.test(`${name}: ${words.join(" ")}`, async () => {
    const source = { stdin: () => Promise.reject(new Error("asked")), read: () => Promise.reject(new Error("read")) };
    const file = name.startsWith("a file") ? ["--config=c"] : [];
    const found = await settingsOf(parsed("init", ...file, ...words), source)
      .then(() => [], (error: InvalidInput) => error.problems.map(({ where }) => where));
    assert.deepEqual(found, refused);
  });
}
