// The program in docs/library.md runs as it stands there, and prints what the page says.
import assert from "node:assert/strict";
import { fromFileUrl } from "@std/path/posix";

const ROOT = new URL("../../", import.meta.url);

Deno.test("docs/library.md: the example runs and prints what is shown", async () => {
  const page = await Deno.readTextFile(new URL("docs/library.md", ROOT));
  const [, program = "", printed = ""] =
    /```ts\n(import \{ main, realSystem \}.*?)```\n\nIt prints `([^`]+)`/s.exec(page) ?? [];
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, program.replace("./mod.ts", new URL("mod.ts", ROOT).href));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--config", fromFileUrl(new URL("deno.json", ROOT)), path],
    }).output();
    const text = new TextDecoder();
    assert.equal(text.decode(stdout).trim(), printed, text.decode(stderr));
    assert.equal(code, 0);
  } finally {
    await Deno.remove(path);
  }
});
