// Symptoms in docs/troubleshooting.md are words that the program prints, so a message that is reworded is reworded there, too.
import assert from "node:assert/strict";
import { textIn } from "../../_tools/docs/pages.ts";

const SOURCES = new URL("../../src/", import.meta.url);

/** The text of all sources, without tests. */
function sources(folder = SOURCES): string {
  return [...Deno.readDirSync(folder)].map(({ name, isDirectory }) => {
    if (isDirectory) return sources(new URL(`${name}/`, folder));
    return name.endsWith(".ts") && !name.endsWith("_test.ts") ? Deno.readTextFileSync(new URL(name, folder)) : "";
  }).join("\n");
}

/** What stands in backticks in the first column of the page's tables, but for paths and flags. */
function symptoms(): string[] {
  const cells = [...textIn("docs/troubleshooting.md").matchAll(/^\| (.*?) \|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!))
    .filter((text) => !/^[/-]|^file:|^Ready$/.test(text));
}

Deno.test("symptoms in docs/troubleshooting.md are words of the program", () => {
  const text = sources();
  const quoted = symptoms();
  const parts = (symptom: string) => symptom.split("…").map((part) => part.trim().replace(/:$/, "")).filter(Boolean);
  assert.deepEqual(quoted.filter((symptom) => !parts(symptom).every((part) => text.includes(part))), []);
  assert.ok(quoted.length > 20, `only ${quoted.length} symptoms were found`);
});
