import assert from "node:assert/strict";
import { SPECS } from "../../src/dispatch.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import { manPages, roff } from "./man.ts";

const PAGES = await manPages();

Deno.test("roff(): nothing in a text is a request or an escape", () => {
  assert.equal(roff(".x\n'y \\z `--a`"), "\\&.x\n\\&'y \\ez \\-\\-a");
});

Deno.test("each command has a man page with all its flags", () => {
  assert.equal(PAGES.size, SPECS.length + 1);
  for (const spec of SPECS) {
    const page = PAGES.get(`kubewright-${spec.name.replaceAll(" ", "-")}.8`)!;
    for (const { name } of flagsOf(spec)) assert.ok(page.includes(roff(`--${name}`)), `${spec.name} --${name}`);
  }
});

/** Requests of man(7) and roff(7) that the pages use. */
const REQUESTS = ["TH", "SH", "SS", "TP", "PP", "EX", "EE", "BR"];

Deno.test("man pages have only requests that every man program reads", () => {
  for (const [name, page] of PAGES) {
    for (const line of page.split("\n").filter((line) => /^[.']/.test(line))) {
      assert.ok(REQUESTS.includes(line.slice(1).split(" ")[0]!), `${name}: ${line}`);
    }
  }
});
