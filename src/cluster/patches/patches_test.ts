import assert from "node:assert/strict";
import { versionOf } from "../versions.ts";
import { InvalidInput } from "../../errors.ts";
import { memoryHost } from "../../../tests/fakes/memory_host.ts";
import { coreDnsObjects } from "../addons/coredns.ts";
import { kubeProxyObjects } from "../addons/kube_proxy.ts";
import { kubeletConfiguration, nodeKubeletConfiguration } from "../kubelet/configuration.ts";
import { sampleCluster, sampleNode } from "../../../tests/samples/config.ts";
import { staticPods } from "../control_plane/static_pods.ts";
import { patcher } from "./apply.ts";
import { readPatches } from "../../node/patches.ts";
import { parsePatchName, type Patch, PATCH_TARGETS, patchTargets } from "./names.ts";
import { jsonPatch, mergePatch } from "./json_patch.ts";
import { RECORDED, RECORDED_POD } from "../../../tests/recorded/patches.ts";
import { strategicMerge } from "./strategic.ts";

const POD = { of: "struct", name: "Pod" } as const;

/** Values by path; empty lists and mappings are values. */
function leaves(value: unknown, path = ""): Map<string, unknown> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, item]) => [...leaves(item, `${path}/${key}`)]));
}

function changed(before: unknown, after: unknown): Record<string, unknown> {
  const [a, b] = [leaves(before), leaves(after)];
  const paths = [...new Set([...a.keys(), ...b.keys()])];
  const differ = paths.filter((path) => JSON.stringify(a.get(path)) !== JSON.stringify(b.get(path)));
  return Object.fromEntries(differ.map((path) => [path, b.get(path) ?? null]));
}

for (const [name, type, patch, expected] of RECORDED) {
  Deno.test(`as kubeadm's libraries: ${type}: ${name}`, () => {
    const before = JSON.stringify(RECORDED_POD);
    const apply = () =>
      type === "strategic"
        ? strategicMerge(RECORDED_POD, patch, POD)
        : type === "merge"
        ? mergePatch(RECORDED_POD, patch)
        : jsonPatch(RECORDED_POD, patch);
    if (expected === "refused") assert.throws(apply, Error);
    else assert.deepEqual(changed(RECORDED_POD, apply()), expected);
    assert.equal(JSON.stringify(RECORDED_POD), before);
  });
}

Deno.test("file names: target, suffix, type; what is passed over and what is refused", () => {
  const of = (name: string) => parsePatchName(name, PATCH_TARGETS);
  assert.deepEqual(of("etcd.yaml"), { target: "etcd", type: "strategic" });
  assert.deepEqual(of("kube-apiserver0+json.json"), { target: "kube-apiserver", type: "json" });
  assert.deepEqual(of("corednsdeployment-x+mergefoo.yaml"), { target: "corednsdeployment", type: "merge" });
  assert.deepEqual(of("etcd.x+json.yaml"), { target: "etcd", type: "strategic" });
  assert.match(of("etcd.yml") as string, /does not end in/);
  assert.match(of("kubelet.yaml") as string, /does not start with/);
  assert.match(
    (of("etcd+xml.yaml") as { problem: string }).problem,
    /type after "\+" in the file name must be one of json, merge, strategic; got "xml"/,
  );
  assert.equal(patchTargets(versionOf("v1.36.3")).includes("kubeproxydaemonset"), false);
  assert.equal(patchTargets(versionOf("v1.37.2")).includes("kubeproxydaemonset"), true);
});

Deno.test("a directory is read in order of names, with what lies below it; every file that is wrong is named", async () => {
  const files = {
    "/p/etcd1+json.json": '[{"op":"add","path":"/a","value":1}]',
    "/p/etcd.yaml": "---\nmetadata: {labels: {a: '1'}}\n---\n# nothing\n---\nspec: {}\n",
    "/p/b/etcd+merge.yaml": "a: 0644\n",
    "/p/empty/etcd.yaml": "",
    "/p/README.md": "x",
  };
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const patches = await readPatches(memoryHost({ files }, () => {}), "/p/", PATCH_TARGETS, warn);
  assert.deepEqual(patches.map(({ source, type, value }) => [source, type, value]), [
    ["/p/b/etcd+merge.yaml", "merge", { a: 420 }],
    ["/p/etcd.yaml, document 1", "strategic", { metadata: { labels: { a: "1" } } }],
    ["/p/etcd.yaml, document 3", "strategic", { spec: {} }],
    ["/p/etcd1+json.json", "json", [{ op: "add", path: "/a", value: 1 }]],
  ]);
  assert.equal(warnings.length, 2);
  const bad = { "/p/etcd+x.yaml": "a: 1", "/p/etcd2.yaml": "a: [", "/p/etcd3.json": '{"__proto__": {}}' };
  await assert.rejects(
    readPatches(memoryHost({ files: bad }, () => {}), "/p", PATCH_TARGETS, warn),
    (error: InvalidInput) => error instanceof InvalidInput && error.problems.length === 3,
  );
  await assert.rejects(
    readPatches(memoryHost({ files }, () => {}), "/q", PATCH_TARGETS, warn),
    /directory "\/q" not found/,
  );
  assert.deepEqual(await readPatches(memoryHost({}, () => {}), undefined, PATCH_TARGETS, warn), []);
});

function patch(target: Patch["target"], type: Patch["type"], value: unknown): Patch {
  return { target, type, source: `${target}+${type}.yaml`, value };
}

/** The problem that a patch is refused with. */
function refusal(target: Patch["target"], type: Patch["type"], value: unknown, object: object): string {
  try {
    patcher([patch(target, type, value)], () => {})(target, object);
  } catch (error) {
    assert(error instanceof InvalidInput);
    assert.equal(error.problems[0]!.where, `${target}+${type}.yaml`);
    return error.problems[0]!.what;
  }
  throw new Error("it was not refused");
}

const [ETCD] = staticPods(sampleNode(), { caDirectories: [], proxyEnvironment: [] });

Deno.test("patches of a target apply one after another, those of others not", () => {
  const patches = [
    patch("etcd", "strategic", { spec: { containers: [{ name: "etcd", resources: { requests: { cpu: "1" } } }] } }),
    patch("kube-scheduler", "strategic", { metadata: { labels: { no: "no" } } }),
    patch("etcd", "merge", { metadata: { labels: { a: "b" } } }),
    patch("etcd", "json", [{ op: "add", path: "/metadata/annotations/x", value: "y" }]),
  ];
  const pod = patcher(patches, () => {})("etcd", ETCD!);
  assert.deepEqual(changed(ETCD, pod), {
    "/metadata/labels/a": "b",
    "/metadata/annotations/x": "y",
    "/spec/containers/0/resources/requests/cpu": "1",
  });
});

Deno.test("a patch that makes another object, or a value of a wrong type, is refused by file and field", () => {
  assert.match(
    refusal("etcd", "merge", { metadata: { name: "x" } }, ETCD!),
    /must not change apiVersion, kind, name and namespace, .*"name":"etcd"/,
  );
  assert.match(refusal("etcd", "merge", { kind: null }, ETCD!), /must not change apiVersion, kind/);
  assert.match(
    refusal("etcd", "json", [{ op: "replace", path: "", value: [] }], ETCD!),
    /the patched object must be a mapping; got a list/,
  );
  assert.match(
    refusal("etcd", "merge", { spec: { hostNetwork: "yes" } }, ETCD!),
    /spec.hostNetwork: must be true or false; got the string "yes"/,
  );
  assert.match(
    refusal("etcd", "merge", { spec: { containers: {} } }, ETCD!),
    /spec.containers: must be a list; got a mapping/,
  );
  assert.match(
    refusal("etcd", "json", [{ op: "remove", path: "/x" }], ETCD!),
    /operation 1: path "\/x" not found/,
  );
  assert.match(refusal("etcd", "strategic", [], ETCD!), /must be a mapping; got a list/);
  assert.match(
    refusal("kubeletconfiguration", "merge", { maxPods: "many" }, kubeletConfiguration(sampleCluster())),
    /maxPods: must be an integer/,
  );
});

Deno.test("a field that there is not is warned of once, and left out as kubeadm leaves it out", () => {
  const warnings: string[] = [];
  const apply = patcher(
    [patch("etcd", "merge", { spec: { hostNetwrok: false } })],
    (message) => warnings.push(message),
  );
  assert.deepEqual(apply("etcd", ETCD!), ETCD);
  apply("etcd", ETCD!);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0]!,
    /hostNetwrok: unknown field "hostNetwrok"; did you mean "hostNetwork"\? \(it is ignored\)$/,
  );
});

Deno.test("labels that objects have in common change only where the patch says so", () => {
  const value = [{ op: "add", path: "/spec/template/metadata/labels/x", value: "y" }];
  const apply = patcher([patch("corednsdeployment", "json", value)], () => {});
  const before = coreDnsObjects(sampleCluster()).find(({ kind }) => kind === "Deployment");
  const after = coreDnsObjects(sampleCluster(), 2, apply).find(({ kind }) => kind === "Deployment");
  assert.deepEqual(changed(before, after), { "/spec/template/metadata/labels/x": "y" });
});

Deno.test("kube-proxy: proxy variables come behind what patches add", async () => {
  const container = { name: "kube-proxy", env: [{ name: "A", value: "1" }] };
  const value = { spec: { template: { spec: { containers: [container] } } } };
  const apply = patcher([patch("kubeproxydaemonset", "strategic", value)], () => {});
  const [, set] = await kubeProxyObjects(sampleNode(), [{ name: "HTTPS_PROXY", value: "p" }], apply);
  const { template } = set!["spec"] as { template: { spec: { containers: { env: { name: string }[] }[] } } };
  assert.deepEqual(template.spec.containers[0]!.env.map(({ name }) => name), ["A", "NODE_NAME", "HTTPS_PROXY"]);
});

Deno.test("the kubelet's configuration: fields that Go always writes may be named; the socket cannot be patched", () => {
  const value = [
    { op: "test", path: "/syncFrequency", value: "0s" },
    { op: "replace", path: "/logging/verbosity", value: 3 },
    { op: "replace", path: "/containerRuntimeEndpoint", value: "unix:///other" },
  ];
  const apply = patcher([patch("kubeletconfiguration", "json", value)], () => {});
  const cluster = kubeletConfiguration(sampleCluster());
  const node = { criSocket: "unix:///run/x.sock", systemdResolved: true };
  const before = nodeKubeletConfiguration(cluster, node);
  const after = nodeKubeletConfiguration(cluster, {
    ...node,
    patch: (document) => apply("kubeletconfiguration", document),
  });
  assert.deepEqual(changed(before, after), { "/logging/verbosity": 3 });
});
