import assert from "node:assert/strict";
import { networks } from "../../config/addresses.ts";
import { sampleCluster, sampleNode } from "../../../tests/samples/config.ts";
import { clusterChains, clusterNftTables } from "./firewall.ts";
import { ADDONS, ALL_ADDONS } from "./table.ts";

const networking = {
  podSubnet: networks("10.244.0.0/16"),
  serviceSubnet: networks("10.96.0.0/12"),
  dnsDomain: "cluster.local",
};

/** Every value of a key, however deep. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => name === key ? [inner] : valuesOf(key, inner));
}

for (const addon of ALL_ADDONS) {
  Deno.test(`addon ${addon.name}: its images are those that its objects run`, async () => {
    const cluster = sampleCluster({ networking, imageRepository: "r.example" });
    const objects = await addon.objects({ ...sampleNode(), cluster });
    assert.deepEqual([...new Set(valuesOf("image", objects))].sort(), addon.images(cluster).sort());
  });

  Deno.test(`addon ${addon.name}: what it keeps is among its objects`, async () => {
    const objects = await addon.objects({ ...sampleNode(), cluster: sampleCluster({ networking }) });
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    for (const { kind, namespace, name } of addon.keeps ?? []) {
      assert.ok(names.includes(`${kind} ${namespace}/${name}`), name);
    }
  });
}

Deno.test("addons are wanted as the configuration and the choice of the pod network say", () => {
  const wanted = (cluster: ReturnType<typeof sampleCluster>, kind?: string) =>
    ALL_ADDONS.filter((addon) => addon.wanted({ cluster, ...kind ? { podNetwork: { kind } } : {} }))
      .map(({ name }) => name);
  assert.deepEqual(wanted(sampleCluster(), "flannel"), ["coredns", "kube-proxy", "flannel"]);
  assert.deepEqual(wanted(sampleCluster({ dns: { disabled: true } }), "none"), ["kube-proxy"]);
  assert.deepEqual(wanted(sampleCluster({ proxy: { disabled: true } })), ["coredns"]);
});

Deno.test("addon coredns: the replicas and the Corefile of the cluster stay", async () => {
  const object = (kind: string, more = {}) => ({ apiVersion: "v1", kind, metadata: { name: "coredns" }, ...more });
  const objects = await ADDONS.coredns.objects(sampleNode(), [
    object("Deployment", { spec: { replicas: 5 } }),
    object("ConfigMap"),
  ]);
  assert.deepEqual(valuesOf("replicas", objects), [5]);
  assert.ok(!objects.some(({ kind }) => kind === "ConfigMap"));
});

Deno.test("what an addon leaves is known as the cluster's", () => {
  for (const { leftovers } of ALL_ADDONS) {
    const tables = leftovers?.tables ?? [];
    assert.deepEqual(clusterNftTables(tables.map((table) => `table ${table}\n`).join("")).map((one) => one.join(" ")), [
      ...tables,
    ]);
    const plain = (leftovers?.chains ?? []).filter((chain) => /^[A-Z-]+$/.test(chain));
    assert.deepEqual(clusterChains(plain.map((chain) => `chain ${chain} {\n}\n`).join("")), plain);
  }
});
