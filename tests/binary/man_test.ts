// The man pages that compile.sh writes beside the binary.
import { SPECS } from "../../src/dispatch.ts";
import { assert } from "./call.ts";

Deno.test("dist/man has a page for the program and for each command", async () => {
  for (const name of ["kubewright", ...SPECS.map(({ name }) => `kubewright-${name.replaceAll(" ", "-")}`)]) {
    const page = await Deno.readTextFile(new URL(`../../dist/man/${name}.8`, import.meta.url));
    assert(page.startsWith(".TH KUBEWRIGHT") && page.includes("\n.SH SYNOPSIS\n"), `dist/man/${name}.8`);
  }
});
