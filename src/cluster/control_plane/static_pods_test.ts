import assert from "node:assert/strict";
import { versionOf } from "../versions.ts";
import { networks } from "../../config/addresses.ts";
import { duration } from "../../config/duration.ts";
import type { ClusterConfiguration } from "../../config/types.ts";
import { commandArguments } from "../arguments.ts";
import { SAMPLE_ETCD, sampleCluster, sampleNode } from "../../../tests/samples/config.ts";
import { proxyEnvironment, type StaticPodFacts, staticPods } from "./static_pods.ts";

const HOST: StaticPodFacts = { caDirectories: ["/usr/share/ca-certificates"], proxyEnvironment: [] };

function pod(name: string, config = sampleNode(), facts = HOST) {
  const found = staticPods(config, facts).find((p) => p.metadata.name === name);
  assert.ok(found, name);
  const container = found.spec.containers[0];
  const flags = new Map(container.command.slice(1).map((arg) => arg.slice(2).split(/=(.*)/s) as [string, string]));
  return { pod: found, container, flags };
}

function withExtra(
  component: "apiServer" | "controllerManager" | "scheduler",
  extra: object,
): Partial<ClusterConfiguration> {
  return { [component]: { ...sampleCluster()[component], ...extra } };
}

Deno.test("an override removes the defaults of its name; defaults are sorted, overrides keep their order", () => {
  const overrides = [{ name: "c", value: "2" }, { name: "a", value: "" }, { name: "c", value: "1" }];
  assert.deepEqual(commandArguments({ c: "0", b: "0", a: "0" }, overrides), ["--b=0", "--c=2", "--a=", "--c=1"]);
});

Deno.test("pods come in order of start, all with the priority of the node's own", () => {
  const pods = staticPods(sampleNode(), HOST);
  assert.deepEqual(pods.map((p) => p.metadata.name), [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
  ]);
  for (const { spec, metadata } of pods) {
    assert.equal(spec.priority, 2000001000);
    assert.equal(spec.hostNetwork, true);
    assert.equal(metadata.labels?.tier, "control-plane");
    assert.equal(spec.containers[0].startupProbe.failureThreshold, 24);
    const volumes = spec.volumes.map((v) => v.name);
    assert.deepEqual(volumes, volumes.toSorted());
    assert.deepEqual(new Set(spec.containers[0].volumeMounts.map((m) => m.name)), new Set(volumes));
  }
});

Deno.test("the startup probe covers the time that the configuration gives", () => {
  const config = sampleNode();
  const slow = { ...config, timeouts: { ...config.timeouts, controlPlaneComponentHealthCheck: duration("5m1s") } };
  assert.equal(pod("kube-apiserver", slow).container.startupProbe.failureThreshold, 31);
});

Deno.test("an unspecified bind address is not asked: the probe has no host", () => {
  const config = sampleNode(withExtra("scheduler", { extraArgs: [{ name: "bind-address", value: "::" }] }));
  const { container } = pod("kube-scheduler", config);
  assert.equal("host" in container.livenessProbe.httpGet, false);
  assert.equal(pod("kube-scheduler").container.livenessProbe.httpGet.host, "127.0.0.1");
});

Deno.test("an authorization file displaces the authorization modes", () => {
  const config = sampleNode(
    withExtra("apiServer", { extraArgs: [{ name: "authorization-config", value: "/a.yaml" }] }),
  );
  assert.equal(pod("kube-apiserver", config).flags.has("authorization-mode"), false);
  assert.equal(pod("kube-apiserver").flags.get("authorization-mode"), "Node,RBAC");
});

Deno.test("IPv6: loopback and brackets", () => {
  const config = sampleNode({}, { endpoint: { advertiseAddress: "fd00::21", bindPort: 6443 } });
  const etcd = pod("etcd", config);
  assert.equal(etcd.flags.get("listen-client-urls"), "https://[::1]:2379,https://[fd00::21]:2379");
  assert.equal(etcd.container.livenessProbe.httpGet.host, "::1");
  assert.equal(pod("kube-apiserver", config).flags.get("etcd-servers"), "https://[::1]:2379");
});

Deno.test("a member that joins knows all the others", () => {
  const initialCluster = [{ name: "k1", peerUrl: "https://a:2380" }, { name: "k2", peerUrl: "https://b:2380" }];
  const { flags } = pod("etcd", sampleNode(), { ...HOST, initialCluster });
  assert.equal(flags.get("initial-cluster"), "k1=https://a:2380,k2=https://b:2380");
  assert.equal(flags.get("initial-cluster-state"), "existing");
  assert.equal(pod("etcd").flags.has("initial-cluster-state"), false);
});

Deno.test("an etcd before 3.6, which 1.35 may run, has other names for two arguments", () => {
  const of = (version: string, imageTag: string) =>
    pod("etcd", sampleNode({ kubernetesVersion: versionOf(version), etcd: { local: { ...SAMPLE_ETCD, imageTag } } }))
      .flags;
  const old = of("v1.35.4", "3.5.24-0");
  assert.equal(old.get("experimental-initial-corrupt-check"), "true");
  assert.equal(old.get("experimental-watch-progress-notify-interval"), "5s");
  assert.ok(!old.has("feature-gates") && !old.has("watch-progress-notify-interval"));
  for (const flags of [of("v1.35.4", "3.6.6-0"), of("v1.35.4", "latest"), of("v1.36.3", "3.5.24-0")]) {
    assert.equal(flags.get("feature-gates"), "InitialCorruptCheck=true");
    assert.ok(!flags.has("experimental-initial-corrupt-check"));
  }
});

Deno.test("etcd is probed where its metrics are", () => {
  const at = (value: string) => {
    const local = { ...SAMPLE_ETCD, extraArgs: [{ name: "listen-metrics-urls", value }] };
    const { container } = pod("etcd", sampleNode({ etcd: { local } }));
    const { host, scheme } = container.livenessProbe.httpGet;
    return [scheme, host, container.ports[0]?.containerPort];
  };
  assert.deepEqual(at("https://[fd00::1]:9999,http://127.0.0.1:1"), ["HTTPS", "fd00::1", 9999]);
  assert.deepEqual(at("https://10.0.0.1:443"), ["HTTPS", "10.0.0.1", 443]);
  assert.deepEqual(at("http://10.0.0.1"), ["HTTP", "10.0.0.1", 2381]);
  assert.deepEqual(at("nonsense"), ["HTTP", "127.0.0.1", 2381]);
  assert.deepEqual(at("HTTPS://10.0.0.1:2381"), ["HTTPS", "10.0.0.1", 2381]);
  assert.deepEqual(at("HttpS://[FD00::1]"), ["HTTPS", "FD00::1", 2381]);
  assert.deepEqual(at("https://:9999"), ["HTTPS", "127.0.0.1", 9999]);
  assert.deepEqual(at("http://etcd.example.test:9999/"), ["HTTP", "etcd.example.test", 9999]);
  assert.deepEqual(at(" https://10.0.0.1:9999"), ["HTTP", "127.0.0.1", 2381]);
  assert.deepEqual(at("https://10.0.0.1:99999"), ["HTTPS", "10.0.0.1", 2381]);
});

Deno.test("external etcd: no pod, its directories mounted once, those inside others left out", () => {
  const external = {
    endpoints: ["https://e1:2379", "https://e2:2379"],
    httpEndpoints: [],
    caFile: "/etc/kubernetes/pki/etcd/ca.crt",
    certFile: "/etc/ext/sub/client.crt",
    keyFile: "/etc/ext/client.key",
  };
  const config = sampleNode({ etcd: { external } });
  assert.equal(staticPods(config, HOST).length, 3);
  const { pod: server, flags } = pod("kube-apiserver", config);
  assert.equal(flags.get("etcd-servers"), "https://e1:2379,https://e2:2379");
  assert.equal(flags.get("etcd-keyfile"), "/etc/ext/client.key");
  const etcd = server.spec.volumes.filter((v) => v.name.startsWith("etcd-certs"));
  assert.deepEqual(etcd, [{ name: "etcd-certs-0", hostPath: { path: "/etc/ext", type: "DirectoryOrCreate" } }]);
  const plain = sampleNode({ etcd: { external: { ...external, caFile: "", certFile: "", keyFile: "" } } });
  assert.equal(pod("kube-apiserver", plain).flags.has("etcd-cafile"), false);
});

Deno.test("without the CA's key nothing is signed", () => {
  const { flags } = pod("kube-controller-manager", sampleNode(), { ...HOST, externalCA: true });
  assert.equal(flags.get("cluster-signing-cert-file"), "");
  assert.equal(flags.get("cluster-signing-key-file"), "");
});

Deno.test("pod networks are cut up only when there is one", () => {
  const { flags } = pod("kube-controller-manager");
  assert.equal(flags.has("allocate-node-cidrs"), false);
  const networking = { ...sampleCluster().networking, podSubnet: networks("10.244.0.0/16") };
  const withPods = pod("kube-controller-manager", sampleNode({ networking })).flags;
  assert.deepEqual(["allocate-node-cidrs", "cluster-cidr", "service-cluster-ip-range"].map((f) => withPods.get(f)), [
    "true",
    "10.244.0.0/16",
    "10.96.0.0/12",
  ]);
});

Deno.test("flexvolume drivers are mounted up to 1.35", () => {
  const names = (version: string) =>
    pod("kube-controller-manager", sampleNode({ kubernetesVersion: versionOf(version) })).pod.spec.volumes.map((v) =>
      v.name
    );
  assert.ok(names("v1.35.4").includes("flexvolume-dir"));
  assert.ok(!names("v1.36.3").includes("flexvolume-dir"));
});

Deno.test("the user's volumes and variables win by name", () => {
  const extraVolumes = [{ name: "ca-certs", hostPath: "/my", mountPath: "/etc/ssl/certs" }];
  const extraEnvs = [{ name: "NO_PROXY", value: "mine" }, { name: "A", value: "1" }];
  const facts = { ...HOST, proxyEnvironment: proxyEnvironment({ NO_PROXY: "theirs", http_proxy: "", PATH: "/bin" }) };
  const { container, pod: server } = pod(
    "kube-apiserver",
    sampleNode(withExtra("apiServer", { extraVolumes, extraEnvs })),
    facts,
  );
  assert.deepEqual(container.env, [{ name: "A", value: "1" }, { name: "NO_PROXY", value: "mine" }]);
  assert.deepEqual(server.spec.volumes.find((v) => v.name === "ca-certs")?.hostPath, { path: "/my", type: "" });
});
