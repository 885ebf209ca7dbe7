import assert from "node:assert/strict";
import type { InvalidInput } from "../errors.ts";
import { duration } from "./duration.ts";
import { loadInit, loadJoin } from "./load.ts";
import type { Facts } from "./types.ts";

const SUPPORTED = { newest: "v1.37.2", minors: [35, 36, 37] };
const FACTS: Facts = { hostname: "k1", addresses: [], defaultAddress: "10.0.0.1", criSockets: [] };
const HEAD = "apiVersion: kubeadm.k8s.io/v1beta3\nkind:";

function init(text: string, told: string[] = []) {
  return loadInit(text, {}, FACTS, SUPPORTED, "old.yaml", { warn: (message) => told.push(message) });
}

Deno.test("v1beta3: mappings of arguments become lists sorted by name, as in kubeadm 1.36.3", () => {
  const told: string[] = [];
  const { cluster, nodeRegistration, timeouts } = init(
    `${HEAD} ClusterConfiguration
apiServer: {extraArgs: {b: "2", a: "1", B: "3"}, timeoutForControlPlane: 90s, certSANs: [X.example]}
controllerManager: {extraArgs: {c: "1"}}
scheduler: {extraArgs: {d: "1"}, extraVolumes: [{name: v, hostPath: /v, mountPath: /v}]}
etcd: {local: {extraArgs: {f: "1", e: "2"}}}
---
${HEAD} InitConfiguration
nodeRegistration: {kubeletExtraArgs: {v: "4"}, taints: []}
`,
    told,
  );
  assert.deepEqual(cluster.apiServer.extraArgs.map(({ name, value }) => `${name}=${value}`), ["B=3", "a=1", "b=2"]);
  assert.deepEqual(cluster.apiServer.certSANs, ["x.example"]);
  assert.deepEqual(cluster.controllerManager.extraArgs, [{ name: "c", value: "1" }]);
  assert.deepEqual(cluster.scheduler.extraArgs, [{ name: "d", value: "1" }]);
  assert.equal(cluster.scheduler.extraVolumes.length, 1);
  assert.deepEqual(cluster.etcd.local!.extraArgs.map(({ name }) => name), ["e", "f"]);
  assert.deepEqual(nodeRegistration.kubeletExtraArgs, [{ name: "v", value: "4" }]);
  assert.deepEqual(nodeRegistration.taints, []);
  assert.deepEqual(timeouts.controlPlaneComponentHealthCheck, duration("90s"));
  assert.deepEqual(told, [
    'ClusterConfiguration (old.yaml:1:1): apiVersion "kubeadm.k8s.io/v1beta3" is deprecated; use "kubeadm.k8s.io/v1beta4"; to convert the file, run kubewright config migrate',
    'InitConfiguration (old.yaml:8:1): apiVersion "kubeadm.k8s.io/v1beta3" is deprecated; use "kubeadm.k8s.io/v1beta4"; to convert the file, run kubewright config migrate',
  ]);
});

Deno.test("v1beta3: a time limit of zero is the default, without an InitConfiguration too", () => {
  const { timeouts } = init(`${HEAD} ClusterConfiguration\napiServer: {timeoutForControlPlane: 0s}\n`);
  assert.deepEqual(timeouts.controlPlaneComponentHealthCheck, duration("4m"));
  const given = init(`${HEAD} ClusterConfiguration\napiServer: {timeoutForControlPlane: 10m}\n`);
  assert.deepEqual(given.timeouts.controlPlaneComponentHealthCheck, duration("10m"));
});

Deno.test("v1beta3: the discovery of join has its time limit", () => {
  const text = `${HEAD} JoinConfiguration
discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "a:1", unsafeSkipCAVerification: true}, timeout: 2m}
nodeRegistration: {kubeletExtraArgs: {b: "1", a: "1"}}
`;
  const config = loadJoin(text, {}, FACTS, "old.yaml");
  assert.deepEqual(config.timeouts.discovery, duration("2m"));
  assert.deepEqual(config.timeouts.tlsBootstrap, duration("5m"));
  assert.deepEqual(config.nodeRegistration.kubeletExtraArgs.map(({ name }) => name), ["a", "b"]);
});

/** Fields that came with v1beta4, or that are otherwise there. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["ClusterConfiguration\nencryptionAlgorithm: RSA-4096", "ClusterConfiguration.encryptionAlgorithm"],
  ["ClusterConfiguration\ncertificateValidityPeriod: 1h", "ClusterConfiguration.certificateValidityPeriod"],
  ["ClusterConfiguration\nproxy: {}", "ClusterConfiguration.proxy"],
  ["ClusterConfiguration\ndns: {disabled: true}", "ClusterConfiguration.dns.disabled"],
  ["ClusterConfiguration\nscheduler: {extraEnvs: []}", "ClusterConfiguration.scheduler.extraEnvs"],
  ["ClusterConfiguration\nscheduler: {extraArgs: [{name: a, value: b}]}", "ClusterConfiguration.scheduler.extraArgs"],
  [
    "ClusterConfiguration\nscheduler: {timeoutForControlPlane: 1m}",
    "ClusterConfiguration.scheduler.timeoutForControlPlane",
  ],
  ["InitConfiguration\ntimeouts: {}", "InitConfiguration.timeouts"],
  ["InitConfiguration\ndryRun: true", "InitConfiguration.dryRun"],
  [
    "InitConfiguration\nnodeRegistration: {imagePullSerial: true}",
    "InitConfiguration.nodeRegistration.imagePullSerial",
  ],
];
for (const [text, where] of REFUSED) {
  Deno.test(`v1beta3 has no ${where} of this form`, () =>
    assert.throws(() => init(`${HEAD} ${text}\n`), (error: InvalidInput) => {
      assert.deepEqual(error.problems.map((problem) => problem.where), [where]);
      return true;
    }));
}

Deno.test("v1beta3 has no ResetConfiguration", () => {
  assert.throws(
    () => init(`${HEAD} InitConfiguration\n---\n${HEAD} ResetConfiguration\n`),
    /unknown kubeadm\.k8s\.io\/v1beta3 kind/,
  );
});
