import assert from "node:assert/strict";
import { versionOf } from "../versions.ts";
import { networks } from "../../config/addresses.ts";
import { duration } from "../../config/duration.ts";
import { parseTime } from "../../config/time.ts";
import type { Taint } from "../../config/types.ts";
import { coreDnsConfigMap, coreDnsObjects } from "../addons/coredns.ts";
import { flannelImages, flannelObjects } from "../addons/flannel.ts";
import { kubeProxyConfiguration, kubeProxyObjects } from "../addons/kube_proxy.ts";
import { bootstrapTokenSecret } from "./bootstrap_token.ts";
import { clusterInfoObjects } from "./cluster_info.ts";
import { HASH_ANNOTATION, markGenerated } from "./config_map.ts";
import { controlPlaneMarks } from "./node_marks.ts";
import { bootstrapAccess, clusterAdmins } from "./rbac.ts";
import { sampleCluster, sampleNode } from "../../../tests/samples/config.ts";

const NOW = new Date("2026-11-22T16:49:38.123Z");
const TOKEN = {
  token: "abcdef.0123456789abcdef",
  ttl: duration("24h"),
  usages: ["signing", "authentication"],
  groups: ["system:bootstrappers:kubeadm:default-node-token"],
};

function decoded(secret: { data: Record<string, string> }): Record<string, string> {
  return Object.fromEntries(Object.entries(secret.data).map(([k, v]) => [k, atob(v)]));
}

Deno.test("a bootstrap token as a Secret", () => {
  assert.deepEqual(decoded(bootstrapTokenSecret(TOKEN, NOW)), {
    "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
    expiration: "2026-11-23T16:49:38Z",
    "token-id": "abcdef",
    "token-secret": "0123456789abcdef",
    "usage-bootstrap-authentication": "true",
    "usage-bootstrap-signing": "true",
  });
});

Deno.test("a token without an end, one with a fixed end, one that is there already", () => {
  const end = (token: object, existing?: ReturnType<typeof bootstrapTokenSecret>, now = NOW) =>
    decoded(bootstrapTokenSecret({ ...TOKEN, ...token }, now, existing)).expiration;
  assert.equal(end({ ttl: duration("0") }), undefined);
  assert.equal(end({ expires: parseTime("2027-01-01T01:00:00+01:00") }), "2027-01-01T00:00:00Z");
  const first = bootstrapTokenSecret(TOKEN, NOW);
  const later = (ms: number) => new Date(NOW.getTime() + ms);
  assert.deepEqual(bootstrapTokenSecret(TOKEN, later(3_600_000), first), first);
  assert.equal(end({}, first, later(90_000_000)), "2026-11-24T17:49:38Z");
});

Deno.test("marks: labels and taints that are missing, and nothing when none is", () => {
  const wanted: Taint[] = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
  const other: Taint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
  const node = (labels: Record<string, string>, taints?: Taint[]) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "k1", resourceVersion: "7", labels },
    spec: taints ? { taints } : {},
  });
  const labels = {
    "node-role.kubernetes.io/control-plane": "",
    "node.kubernetes.io/exclude-from-external-load-balancers": "",
  };
  assert.deepEqual(controlPlaneMarks(node({ a: "b" }, [other]), wanted), {
    metadata: { resourceVersion: "7", labels },
    spec: { taints: [...wanted, other] },
  });
  assert.equal(controlPlaneMarks(node(labels, [other, ...wanted]), wanted), undefined);
  assert.equal(controlPlaneMarks(node(labels), []), undefined);
  const changed: Taint = { ...wanted[0]!, value: "x" };
  assert.deepEqual(controlPlaneMarks(node(labels, [changed, other]), wanted), {
    metadata: { resourceVersion: "7" },
    spec: { taints: [...wanted, other] },
  });
});

Deno.test("the hash is over the values in order of their keys", async () => {
  const map = {
    apiVersion: "v1" as const,
    kind: "ConfigMap" as const,
    metadata: { name: "m" },
    data: { b: "c", a: "ab" },
  };
  // echo -n abc | sha256sum
  const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal((await markGenerated(map)).metadata.annotations?.[HASH_ANNOTATION], `sha256:${hash}`);
});

Deno.test("documents of the user are not marked as generated", async () => {
  const [own] = await kubeProxyObjects(sampleNode());
  assert.ok(own?.metadata.annotations?.[HASH_ANNOTATION]);
  const [given] = await kubeProxyObjects({ ...sampleNode(), kubeProxy: {} });
  assert.equal(given?.metadata.annotations, undefined);
});

Deno.test("kube-proxy: mode from 1.37 on, bind address of the node's family, the user's word first", () => {
  assert.equal(kubeProxyConfiguration(sampleNode()).mode, "iptables");
  assert.equal("mode" in kubeProxyConfiguration(sampleNode({ kubernetesVersion: versionOf("v1.36.3") })), false);
  const v6 = {
    ...sampleNode({}, { endpoint: { advertiseAddress: "fd00::1", bindPort: 6443 } }),
    kubeProxy: { mode: "nftables" },
  };
  assert.equal(kubeProxyConfiguration(v6).bindAddress, "::");
  assert.equal(kubeProxyConfiguration(v6).mode, "nftables");
});

Deno.test("CoreDNS: the DNS address of the Service network, the domain in the Corefile, replicas kept", () => {
  const networking = {
    serviceSubnet: networks("fd00:96::/112,10.96.0.0/16"),
    podSubnet: [],
    dnsDomain: "corp.example",
  };
  const objects = coreDnsObjects(sampleCluster({ networking }), 5);
  const spec = (kind: string) => objects.find((o) => o.kind === kind)?.spec as Record<string, unknown>;
  assert.equal(spec("Service").clusterIP, "fd00:96::a");
  assert.equal(spec("Deployment").replicas, 5);
  assert.match(coreDnsConfigMap(sampleCluster({ networking })).data.Corefile!, /^ {7}disable denial corp\.example$/m);
});

Deno.test("flannel: networks by family, images from the user's repository, refusal without a network", () => {
  const net = (podSubnet: string) => {
    const cluster = sampleCluster({ networking: { ...sampleCluster().networking, podSubnet: networks(podSubnet) } });
    const map = flannelObjects(cluster).find((o) => o.kind === "ConfigMap") as unknown as {
      data: Record<string, string>;
    };
    return JSON.parse(map.data["net-conf.json"]!);
  };
  const rest = { EnableNFTables: false, Backend: { Type: "vxlan" } };
  assert.deepEqual(net("10.1.0.0/16"), { Network: "10.1.0.0/16", ...rest });
  assert.deepEqual(net("fd00::/56"), { EnableIPv4: false, EnableIPv6: true, IPv6Network: "fd00::/56", ...rest });
  assert.deepEqual(net("fd00::/56,10.1.0.0/16"), {
    Network: "10.1.0.0/16",
    EnableIPv6: true,
    IPv6Network: "fd00::/56",
    ...rest,
  });
  assert.deepEqual(flannelImages(sampleCluster({ imageRepository: "r.example" })), [
    "r.example/flannel:v0.28.10",
    "r.example/flannel-cni-plugin:v1.9.1-flannel3",
  ]);
  assert.throws(() => flannelObjects(sampleCluster()), /podSubnet is required/);
});

Deno.test("every binding names a role that it brings along or that Kubernetes has", async () => {
  const objects = [
    clusterAdmins(),
    ...bootstrapAccess(),
    ...clusterInfoObjects({ server: "https://k1:6443", caPem: "PEM" }),
    ...await kubeProxyObjects(sampleNode()),
    ...coreDnsObjects(sampleCluster()),
  ];
  const roles = new Set(objects.filter((o) => o.kind.endsWith("Role")).map((o) => `${o.kind}/${o.metadata.name}`));
  const builtIn =
    /^ClusterRole\/(cluster-admin|system:(node-bootstrapper|node-proxier|kubelet-api-admin|certificates\.k8s\.io:.*))$/;
  for (const { kind, roleRef } of objects) {
    if (!kind.endsWith("Binding")) continue;
    const { kind: roleKind, name } = roleRef as { kind: string; name: string };
    assert.ok(roles.has(`${roleKind}/${name}`) || builtIn.test(`${roleKind}/${name}`), `${roleKind}/${name}`);
  }
});
