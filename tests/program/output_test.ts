import assert from "node:assert/strict";
import { run } from "./program.ts";

Deno.test("version in every form: as kubeadm's, with the versions of Kubernetes", async () => {
  const [json] = (await run(["version", "-o", "json"])).documents;
  const { clientVersion, kubernetesVersions } = json as {
    clientVersion: Record<string, string>;
    kubernetesVersions: string[];
  };
  assert.deepEqual([clientVersion["major"], clientVersion["minor"]], ["0", "1"]);
  assert.deepEqual(kubernetesVersions, ["v1.35", "v1.36", "v1.37"]);
  assert.equal((await run(["version", "-o=short"])).out, `${clientVersion["gitVersion"]}\n`);
  assert.match((await run(["version", "-oyaml"])).out, /^clientVersion:\n {2}compiler: deno\n/m);
  assert.match((await run(["version"])).out, /^kubewright 0\.1\.0 .*Kubernetes v1\.35, v1\.36, v1\.37\n$/);
});

Deno.test("a command that answers prints nothing but its answer: an error is an event on standard error", async () => {
  const { code, out, err } = await run(["token", "list", "--show-managed-fields", "-o", "json"]);
  assert.deepEqual([code, out], [1, ""]);
  assert.equal(JSON.parse(err).event, "error");
  const [generated] = (await run(["token", "generate", "-o", "json"])).documents;
  assert.match(String(generated!["token"]), /^[a-z0-9]{6}\.[a-z0-9]{16}$/);
});

Deno.test("a wrong command line is told in the form that it asks for", async () => {
  const long = await run(["init", "--typo", "-o", "json"]);
  assert.deepEqual([long.code, long.err, long.events.at(-1)!["kind"]], [3, "", "InvalidInput"]);
  const answer = await run(["token", "list", "--typo", "-o", "json"]);
  assert.deepEqual([answer.code, answer.out, JSON.parse(answer.err).kind], [3, "", "InvalidInput"]);
  assert.match((await run(["tokn", "-o", "yaml"])).err, /^---\n[^]*kind: InvalidInput\n/);
});

Deno.test("templates, which kubeadm's --output takes, are refused with what to take instead", async () => {
  for (const template of ["jsonpath={.token}", "go-template={{.token}}", "kyaml"]) {
    const { code, err } = await run(["token", "list", "--output", template]);
    assert.equal(code, 3);
    assert.match(
      err,
      /--output: must be one of text, json, yaml; got ".*\n {4}fix: Use --output json and process it with jq/,
    );
  }
});
