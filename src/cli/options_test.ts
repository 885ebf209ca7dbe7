import assert from "node:assert/strict";
import { InvalidInput, UserError } from "../errors.ts";
import { findCommand, parseCommandLine } from "./parse.ts";
import { textOf } from "./options.ts";

function parsed(...words: string[]) {
  const { command, rest } = findCommand(words);
  return parseCommandLine(command, rest);
}

Deno.test("a file that is there and cannot be read is wrong input, with the cause", async () => {
  const source = {
    stdin: () => Promise.resolve(new Uint8Array()),
    read: () => Promise.reject(new UserError('Cannot read "/etc": it is a directory')),
  };
  await assert.rejects(textOf(parsed("init", "--config", "/etc"), "config", source), (error: InvalidInput) => {
    assert.ok(error instanceof InvalidInput);
    assert.equal(error.exitCode, 3);
    assert.match(error.message, /--config: "\/etc" cannot be read/);
    assert.match(String((error.cause as Error).message), /it is a directory/);
    return true;
  });
});
