import assert from "node:assert/strict";
import { ANSWER_CASES } from "./answers.ts";
import { type Category, shortcomings } from "./case.ts";
import { CONFIG_COMMAND_CASES } from "./config_commands.ts";
import { CERTIFICATE_CASES } from "./certificates.ts";
import { LINE_CASES } from "./command_lines.ts";
import { ENDPOINT_CASES } from "./endpoints.ts";
import { TYPE_CASES, VALUE_CASES } from "./fields.ts";
import { HOST_CASES } from "./hosts.ts";
import { PATCH_CASES } from "./patches.ts";
import { RESET_CASES } from "./reset.ts";
import { RUNTIME_CASES } from "./runtimes.ts";
import { SERVER_CASES } from "./servers.ts";
import { TOKEN_CASES } from "./tokens.ts";
import { UPGRADE_CASES } from "./upgrade.ts";
import { YAML_CASES } from "./yaml.ts";

/**
 * Whether this Deno can be a container runtime for a test. The HTTP/2 server of 2.6 loses headers and ends the process when
 * a peer breaks off, so these cases are tried on the current Deno only; on 2.6 the compiled program meets containerd in the
 * lab.
 */
const SERVES_HTTP2 = !Deno.version.deno.startsWith("2.6.");

const CATEGORIES: readonly Category[] = [
  TOKEN_CASES,
  ENDPOINT_CASES,
  YAML_CASES,
  TYPE_CASES,
  VALUE_CASES,
  CERTIFICATE_CASES,
  LINE_CASES,
  HOST_CASES,
  ANSWER_CASES,
  RESET_CASES,
  UPGRADE_CASES,
  PATCH_CASES,
  CONFIG_COMMAND_CASES,
  SERVER_CASES,
  ...(SERVES_HTTP2 ? [RUNTIME_CASES] : []),
];

const count = { tried: 0, refused: 0 };

for (const { name, cases } of CATEGORIES) {
  Deno.test(`bad input: ${name}`, async () => {
    const found: string[] = [];
    for (const bad of await cases()) {
      const start = performance.now();
      const wrong = await shortcomings(bad);
      if (Deno.env.get("BAD")) console.log(Math.round(performance.now() - start), bad.name);
      count.tried++;
      if (wrong.length === 0) count.refused++;
      found.push(...wrong);
    }
    assert.deepEqual(found, [], `${found.length} shortcomings:\n${found.join("\n")}`);
  });
}

Deno.test("bad input: how much of it, and that all was refused", () => {
  // Beside what the runner shows of a test, which is nothing when it is quiet.
  addEventListener(
    "unload",
    () => console.log(`${count.tried} bad inputs, ${count.refused} refused as they should be`),
  );
  assert.equal(count.refused, count.tried);
});
