import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import type { Change } from "../system.ts";
import { changeContent, changeEvent, changeLine, errorText } from "./report.ts";

const SECRET = "s3cr3t-s3cr3t";

/** Changes that hold a secret, one of each kind that can. */
const SECRETS: readonly Change[] = [
  { kind: "write", path: "/etc/kubernetes/pki/ca.key", mode: 0o600, after: new TextEncoder().encode(SECRET) },
  { kind: "write", path: "/etc/kubernetes/admin.conf", mode: 0o600, after: new TextEncoder().encode(SECRET) },
  {
    kind: "write",
    path: "/etc/kubernetes/bootstrap-kubelet.conf",
    mode: 0o600,
    after: new TextEncoder().encode(SECRET),
  },
  {
    kind: "apply",
    object: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "bootstrap-token-abcdef" },
      data: { "token-secret": SECRET },
    },
  },
];

Deno.test("a change with a secret is shown with its size, never with its content", () => {
  for (const change of SECRETS) {
    const shown = [changeLine(change), JSON.stringify(changeEvent(change)), changeContent(change) ?? ""].join("\n");
    assert.ok(!shown.includes(SECRET), shown);
  }
});

Deno.test("a command's standard input is never shown", () => {
  const change: Change = { kind: "run", command: { argv: ["tee"], stdin: SECRET } };
  assert.ok(!`${changeLine(change)}${JSON.stringify(changeEvent(change))}${changeContent(change)}`.includes(SECRET));
});

Deno.test("changeLine() says what is done to what", () => {
  const after = new TextEncoder().encode("kind: Pod\n");
  assert.equal(
    changeLine({ kind: "write", path: "/etc/kubernetes/manifests/etcd.yaml", mode: 0o600, after }),
    "write      /etc/kubernetes/manifests/etcd.yaml 0600 10 bytes",
  );
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
  const text = errorText(new UserError("Cannot reach it", { cause, hint: ["Do this.", "Or that."] }));
  assert.equal(text, "error: Cannot reach it\n  because: connection refused\n  next: Do this.\n  next: Or that.\n");
});

Deno.test("errorText() asks for a report, with the stack, where the error is a defect", () => {
  assert.match(errorText(new TypeError("x is not a function")), /defect of kubewright[\s\S]*report_test/);
});
