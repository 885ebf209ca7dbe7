import assert from "node:assert/strict";
import { parse } from "@std/yaml";
import { UserError } from "../errors.ts";
import { lookOf } from "./look.ts";
import { outputIn, reporterFor } from "./output.ts";
import { logProgress } from "./progress_log.ts";
import { Tally } from "./tally.ts";
import type { OutputKind } from "./flags.ts";

/** What a command that warns, changes something and ends writes to standard output and standard error. */
async function written(output: string, kind: OutputKind, end: Record<string, unknown> | Error, listed = false) {
  const out: string[] = [];
  const err: string[] = [];
  const reporter = await reporterFor(output, kind, {
    listChanges: () => listed,
    verbose: () => false,
    quiet: () => false,
    look: lookOf(false, {}),
    progress: logProgress((text) => err.push(text)),
    out: (line) => void out.push(line),
    err: (text) => void err.push(text),
  });
  reporter.phaseStarted("certs/ca");
  reporter.warn("old");
  reporter.change({ kind: "remove", path: "/a" });
  if (end instanceof Error) reporter.error(end, new Tally());
  else reporter.result("two: yes", end);
  return { out, err: err.join("") };
}

Deno.test("outputIn() finds what is asked for in every way to write it, also among mistakes", () => {
  for (const words of ["-o json", "-ojson", "-o=json", "--output json", "--output=json", "--typo -o yaml -o json"]) {
    assert.equal(outputIn(["init", ...words.split(" ")]), "json", words);
  }
  assert.equal(outputIn(["init", "--dry-run"]), "text");
  assert.equal(outputIn(["init", "-o"]), "text");
});

Deno.test("events: one JSON object a line on standard output, the result or the error last", async () => {
  const done = await written("json", "events", { two: "yes" });
  assert.deepEqual(done.out.map((line) => JSON.parse(line).event), ["phase", "warning", "change", "result"]);
  assert.equal(done.out.at(-1), '{"event":"result","two":"yes"}');
  const failed = await written("json", "events", new UserError("Cannot go on"));
  assert.equal(JSON.parse(failed.out.at(-1)!).message, "Cannot go on");
  assert.equal(done.err + failed.err, "");
});

Deno.test("events in YAML: each a document after a line of dashes", async () => {
  const { out } = await written("yaml", "events", { two: "yes" });
  assert.equal(out.at(-1), '---\nevent: result\ntwo: "yes"');
  assert.ok(out.every((event) => event.startsWith("---\n") && typeof parse(event.slice(4)) === "object"));
});

Deno.test("a document is alone on standard output; warnings and the error are events on standard error", async () => {
  const done = await written("json", "document", { two: "yes" });
  assert.deepEqual(done.out, ['{\n    "two": "yes"\n}']);
  assert.equal(done.err, '{"event":"warning","message":"old"}\n');
  const failed = await written("yaml", "document", new UserError("Cannot go on", { hint: "Do this." }));
  assert.deepEqual(failed.out, []);
  assert.match(
    failed.err,
    /^---\nevent: warning\n[^]*\n---\ncauses: \[\]\nchanges:\n {2}byKind: \{\}\n {2}summary: No changes were made\.\n {2}total: 0\nevent: error\nexitCode: 1\nhints:\n- Do this\./,
  );
});

Deno.test("a document of a dry run holds what would be changed", async () => {
  const { out } = await written("json", "document", { two: "yes" }, true);
  assert.deepEqual(JSON.parse(out.join("\n")), { two: "yes", dryRun: true, changes: [{ kind: "remove", path: "/a" }] });
});
