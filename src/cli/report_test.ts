import assert from "node:assert/strict";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { UserError } from "../errors.ts";
import type { Change } from "../system.ts";
import { Tally } from "./tally.ts";
import { changeContent, changeEvent, changeLine, errorText } from "./report.ts";

const SECRET = "s3cr3t-s3cr3t";

/** Changes whose writers say that they are secret, one of each kind that can. */
const SECRETS: readonly Change[] = [
  { kind: "write", path: "/root/migrated.yaml", mode: 0o600, size: 13, sha256: "0", preview: SECRET, secret: true },
  {
    kind: "apply",
    object: { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, data: { "token-secret": SECRET } },
    secret: true,
  },
  {
    kind: "patch",
    reference: { apiVersion: "v1", kind: "Secret", name: "a" },
    patch: { data: { "token-secret": SECRET } },
    secret: true,
  },
];

Deno.test("a secret change is shown with its size, never with its content; any other with --verbose", () => {
  for (const change of SECRETS) {
    const event = changeEvent(change, true);
    const shown = [changeLine(change), JSON.stringify(event), changeContent(change) ?? ""].join("\n");
    assert.ok(!shown.includes(SECRET), shown);
    assert.equal(event["secret"], true);
    const { secret: _, ...open } = change as Change & { secret?: true };
    assert.ok(changeContent(open)?.includes(SECRET));
    assert.ok(JSON.stringify(changeEvent(open, true)["content"]).includes(SECRET));
    assert.ok(!("content" in changeEvent(open)));
  }
});

Deno.test("what is written and no text is not shown as if it were", () => {
  const change: Change = { kind: "write", path: "/a", mode: 0o600, size: 3, sha256: "0" };
  assert.equal(changeContent(change), undefined);
  assert.ok(!("content" in changeEvent(change, true)));
});

Deno.test("a command's standard input is never shown", async () => {
  const changes: Change[] = [];
  await memoryHost({ commands: { tee: "" } }, (it) => changes.push(it)).run({ argv: ["tee"], stdin: SECRET });
  const [change] = changes;
  assert.equal(changeLine(change!), "run        tee");
  assert.ok(!`${JSON.stringify([changes, changeEvent(change!, true)])}${changeContent(change!)}`.includes(SECRET));
});

Deno.test("changeLine() says what is done to what", () => {
  const written: Change = {
    kind: "write",
    path: "/etc/kubernetes/manifests/etcd.yaml",
    mode: 0o600,
    size: 10,
    sha256: "0",
  };
  assert.equal(changeLine(written), "write      /etc/kubernetes/manifests/etcd.yaml 0600 10 bytes");
  const owned: Change = { ...written, owner: { uid: 0, gid: 2000 } };
  assert.equal(changeLine(owned), "write      /etc/kubernetes/manifests/etcd.yaml 0600 0:2000 10 bytes");
  assert.equal(changeEvent(owned).owner, "0:2000");
  assert.equal(
    changeLine({
      kind: "apply",
      object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "b" } },
    }),
    "apply      v1 ConfigMap b/a",
  );
});

Deno.test("errorText() shows each cause once, then what to do next", () => {
  const cause = new Error("connection refused", { cause: new Error("connection refused") });
  const text = errorText(new UserError("Cannot reach it", { cause, hint: ["Do this.", "Or that."] }), new Tally());
  assert.equal(
    text,
    "error: Cannot reach it\n  because: connection refused\n  No changes were made.\n  next: Do this.\n  next: Or that.\n",
  );
});

Deno.test("errorText() asks for a report, with the stack, where the error is a defect", () => {
  assert.match(errorText(new TypeError("x is not a function"), new Tally()), /defect of kubewright[\s\S]*report_test/);
});
