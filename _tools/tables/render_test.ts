import assert from "node:assert/strict";
import { generatedFrom, HEADING, moduleOf, type Structs, textOf } from "./render.ts";

const POD: Structs = {
  names: ["B", "APod"],
  fields: {
    B: [{ name: "x", type: "long", patch: "" }],
    APod: [
      { name: "bs", type: "[B]", patch: "+x~" },
      { name: "n", type: "{long}", patch: "" },
    ],
  },
};
const COMPONENTS: Structs = {
  names: ["JSONOptions", "KubeProxyConfiguration"],
  fields: {
    JSONOptions: [{ name: "size", type: "quantity", patch: "" }],
    KubeProxyConfiguration: [
      { name: "a", type: "text", patch: "" },
      { name: "json", type: "[JSONOptions]", patch: "" },
      { name: "b", type: "text", patch: "" },
      { name: "m", type: "{long}", patch: "" },
    ],
  },
};
const ZEROS = { KubeletConfiguration: { a: "0s", b: { c: null } }, KubeProxyConfiguration: {} };

function textFor(end: string, components = COMPONENTS): string {
  const file = Object.keys(textOf).find((file) => file.endsWith(end))!;
  return textOf[file]!({ patched: POD, components, kubeadm: POD, zeros: ZEROS });
}

Deno.test("tables: structs that can be patched, by name, with how their lists are merged", () => {
  assert.equal(
    textFor("pod_types.ts"),
    `export const POD_TYPES: Readonly<Record<string, string>> = {\n  APod: "bs:[B]+x~ n:{int}",\n  B: "x:int",\n};\n`,
  );
});

Deno.test("tables: a component's schema has its fields in groups of one type, structs before their use", () => {
  assert.equal(
    textFor("component_kinds.ts"),
    `const JSON_OPTIONS = fields({ size: ANYTHING });\n\n/** Of a KubeProxyConfiguration. */\n` +
      `export const KUBE_PROXY_CONFIGURATION = fields({ ...each(TEXT, "a b"), json: listOf(JSON_OPTIONS), m: mapOf(LONG) });\n`,
  );
  const unknown = { names: ["A"], fields: { A: [{ name: "a", type: "port", patch: "" }] } };
  assert.throws(() => textFor("component_kinds.ts", unknown), /Cannot write a schema for the type "port"/);
});

Deno.test("tables: what Go writes of nothing is a literal", () => {
  assert.match(textFor("component_zeros.ts"), /export const KUBELET_ZEROS = { a: "0s", b: { c: null } };\n/);
});

Deno.test("tables: the release comes from the table, the module is the release's or the newest", () => {
  assert.equal(generatedFrom(`/** x */\n${HEADING} 1.37.2\n\nexport`), "1.37.2");
  assert.throws(() => generatedFrom("export"), /it has no line/);
  const folders = ["etcd-3.7", "kubernetes-1.9", "kubernetes-1.36", "kubernetes-1.37", "observe"];
  assert.equal(moduleOf("1.36.3", folders), "kubernetes-1.36");
  assert.equal(moduleOf("1.38.0", folders), "kubernetes-1.37");
});
