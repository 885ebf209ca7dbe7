// What the documentation shows is what the program does: marked commands are run, all others are at least parsed.
//
//     ```sh run            runs here, on a host in memory; `exit=3` where it is meant to fail
//     ```yaml file=NAME    a file for the commands below it
//     ```sh lab=cp         runs in the lab (tests/lab/scenarios/docs.ts)
//     ```text              below a marked block: what it prints, `…` for what varies
import assert from "node:assert/strict";
import { callProblem, callsIn } from "../../_tools/docs/calls.ts";
import { outputOf, readPage } from "../../_tools/docs/markdown.ts";
import { pagePaths, textIn } from "../../_tools/docs/pages.ts";
import { PageShell } from "./shell.ts";
import { EXIT_MEANINGS } from "../../src/errors.ts";
import { isShown } from "./shown.ts";

/** The history of the program has commands that it no longer has. */
const HISTORY = "CHANGELOG.md";
const PAGES = pagePaths().map((path) => ({ path, page: readPage(textIn(path)) }));

for (const { path, page } of PAGES) {
  if (!page.blocks.some(({ marks }) => "run" in marks)) continue;
  Deno.test(`${path}: commands run, and print what is shown`, async () => {
    const shell = new PageShell();
    for (const block of page.blocks) {
      if (block.marks["file"] !== undefined) shell.write(block.marks["file"], `${block.text}\n`);
      if (!("run" in block.marks)) continue;
      const where = `${path}:${block.line}`;
      const { code, output } = await shell.run(block.text);
      assert.equal(code, Number(block.marks["exit"] ?? 0), `${where}: the exit code; it printed\n${output}`);
      const shown = outputOf(page, block);
      if (shown && !isShown(shown.text, output)) assert.equal(output.trimEnd(), shown.text.trimEnd(), where);
    }
  });
}

Deno.test("every kubewright command in the documentation exists, with its flags, phases and arguments", async () => {
  const problems: string[] = [];
  let calls = 0;
  for (const { path, page } of PAGES) {
    if (path === HISTORY) continue;
    for (const { args, line } of callsIn(page)) {
      calls++;
      const problem = await callProblem(args);
      if (problem !== undefined) problems.push(`${path}:${line}: kubewright ${args.join(" ")}: ${problem}`);
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(calls > 10, `only ${calls} commands were found`);
});

Deno.test("tables of exit codes are those of the program", () => {
  const tables = PAGES.filter(({ page }) => page.anchors.has("exit-codes")).map(({ path }) => {
    const [, section = ""] = textIn(path).split(/^#+ Exit codes$/m);
    const rows = [...section.split(/^#/m)[0]!.matchAll(/^\| (\d) \| (.*?) \|/gm)];
    return { path, rows: rows.map(([, code, meaning]) => [Number(code), meaning]) };
  });
  const meanings = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => [Number(code), meaning]);
  const shown = tables.filter(({ rows }) => rows.length > 0);
  assert.ok(shown.length > 0);
  for (const { path, rows } of shown) assert.deepEqual(rows, meanings, path);
});

Deno.test("marks of code blocks are those that something reads", () => {
  const known = ["run", "exit", "file", "lab"];
  const unknown = PAGES.flatMap(({ path, page }) =>
    page.blocks.flatMap(({ marks, line }) =>
      Object.keys(marks).filter((mark) => !known.includes(mark)).map((mark) => `${path}:${line}: ${mark}`)
    )
  );
  assert.deepEqual(unknown, []);
});

Deno.test("isShown(): … is a part of a line, or lines; nothing else may differ", () => {
  assert.ok(isShown("a … c\n…\nend", "a b c\nx\ny\nend\n") && isShown("…\nend", "end") && isShown("a.b", "a.b\n\n"));
  assert.ok(
    !isShown("a.b", "axb") && !isShown("a", "a\nb") && !isShown("a\n…\nend", "a\nx\n") && !isShown("b", "a\nb"),
  );
});
