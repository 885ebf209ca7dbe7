import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { stringify } from "../config/yaml.ts";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import type { HttpAnswer, KubeClient } from "../system.ts";
import { kubeconfigDocument } from "../cluster/pki/kubeconfigs.ts";
import { settingsFor } from "../../tests/samples/settings.ts";
import { type ConfigurationSource, findConfiguration } from "./stored_config.ts";
import { KubeError, UNREACHABLE } from "../system/kube_error.ts";

const KUBECONFIG = "/etc/kubernetes/admin.conf";
const ADMIN = stringify(kubeconfigDocument({
  clusterName: "kubernetes",
  server: "https://192.0.2.10:6443",
  caPem: "ca",
  user: "admin",
  credentials: { token: "t" },
}));

/** What is found where the API server answers so; `asked` are the paths that it is asked for. */
async function find(
  answer: HttpAnswer | undefined,
  fields: Partial<ConfigurationSource> = {},
  files = { [KUBECONFIG]: ADMIN },
) {
  const asked: string[] = [];
  const probe = (path: string) => {
    asked.push(path);
    if (answer) return Promise.resolve(answer);
    return Promise.reject(new KubeError("Cannot reach it", { status: 0, reason: UNREACHABLE }));
  };
  const system = { host: memoryHost({ files }, () => {}), connect: () => fake<KubeClient>("API client", { probe }) };
  const source = { configText: undefined, configName: undefined, kubeconfig: KUBECONFIG, settings: {} };
  return { ...await findConfiguration(system, { ...source, ...fields }), asked };
}

const certDir = (directory: string) => ({ settings: settingsFor("certs renew", { "--cert-dir": directory }) });

/** The ConfigMap with this text in it. */
const map = (text: string): HttpAnswer => ({
  status: 200,
  body: JSON.stringify({ data: { ClusterConfiguration: text } }),
});
const V1BETA4 = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.99.0\n";

Deno.test("the cluster's own configuration, whatever its version and whatever else is in it", async () => {
  const found = await find(map(`${V1BETA4}encryptionAlgorithm: ECDSA-P384\nfromTheFuture: {a: 1}\n`));
  assert.deepEqual([found.origin, found.cluster.encryptionAlgorithm], ["cluster", "ECDSA-P384"]);
  assert.deepEqual(found.asked, ["/api/v1/namespaces/kube-system/configmaps/kubeadm-config"]);
  const elsewhere = await find(map(`${V1BETA4}certificatesDir: /pki\n`), certDir("/other/"));
  assert.equal(elsewhere.cluster.certificatesDir, "/other");
  const old = await find(map(V1BETA4.replace("v1beta4", "v1beta3") + "certificatesDir: /pki\n"));
  assert.deepEqual([old.origin, old.cluster.certificatesDir], ["cluster", "/pki"]);
});

Deno.test("a cluster that cannot be asked leaves the defaults, and the reason", async () => {
  const cases: [Awaited<ReturnType<typeof find>>, RegExp][] = [
    [await find(undefined), /Cannot reach it/],
    [await find({ status: 401, body: "" }), /answers 401/],
    [await find({ status: 404, body: "" }), /answers 404/],
    [await find({ status: 200, body: "hello" }), /not JSON/],
    [await find({ status: 200, body: "{}" }), /has no "ClusterConfiguration"/],
    [await find(map("hello")), /./],
    [await find(map(`${V1BETA4}encryptionAlgorithm: rot13\n`)), /encryptionAlgorithm/],
    [await find(map(V1BETA4), { kubeconfig: "/nowhere" }), /"\/nowhere" not found/],
    [await find(map(V1BETA4), {}, { [KUBECONFIG]: "hello" }), /admin\.conf/],
  ];
  for (const [found, expected] of cases) {
    assert.equal(found.origin, "defaults");
    assert.match(found.reason!, expected);
    assert.deepEqual([found.cluster.certificatesDir, found.cluster.encryptionAlgorithm], [
      "/etc/kubernetes/pki",
      "RSA-2048",
    ]);
  }
});

Deno.test("a file wins, and has to be right; directories are absolute", async () => {
  const file = await find(undefined, { configText: `${V1BETA4}certificatesDir: /pki\n` });
  assert.deepEqual([file.origin, file.cluster.certificatesDir, file.asked], ["file", "/pki", []]);
  await assert.rejects(find(undefined, { configText: `${V1BETA4}fromTheFuture: 1\n` }), /fromTheFuture/);
  await assert.rejects(find(undefined, certDir("pki")), /--cert-dir: must be an absolute path/);
});
