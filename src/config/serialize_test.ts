import assert from "node:assert/strict";
import { loadInit } from "./load.ts";
import { clusterConfigurationDocument, parseClusterConfiguration } from "./serialize.ts";
import { stringify } from "./yaml.ts";

const FACTS = { hostname: "k1", addresses: [], defaultAddress: "10.77.0.21", criSockets: [] };
const SUPPORTED = { newest: "v1.37.2", minors: [35, 36, 37] };

/** What kubeadm stores of a cluster with nothing but defaults. */
const DEFAULT = `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: v1.37.2
networking:
  dnsDomain: cluster.local
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
`;

/** A ClusterConfiguration, and which lines of {@linkcode DEFAULT} kubeadm stores otherwise. */
const STORED: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
  ["defaults", "", []],
  ["disabled addons", "dns: {disabled: true}\nproxy: {disabled: true}", [["dns: {}", "dns:\n  disabled: true"], [
    "proxy: {}",
    "proxy:\n  disabled: true",
  ]]],
  ["addons said to be enabled", "dns: {disabled: false}\nproxy: {disabled: false}", []],
  ["a folder", "certificatesDir: /srv/pki", [["/etc/kubernetes/pki", "/srv/pki"]]],
  ["ECDSA keys", "encryptionAlgorithm: ECDSA-P256", [["RSA-2048", "ECDSA-P256"]]],
  ["periods", "certificateValidityPeriod: 720h\ncaCertificateValidityPeriod: 1051200m", [
    ["caCertificateValidityPeriod: 87600h0m0s", "caCertificateValidityPeriod: 17520h0m0s"],
    ["certificateValidityPeriod: 8760h0m0s", "certificateValidityPeriod: 720h0m0s"],
  ]],
  ["two families", "networking: {podSubnet: '10.1.0.0/16,fd01::/56', serviceSubnet: '10.2.0.0/16,fd02::/112'}", [[
    "  serviceSubnet: 10.96.0.0/12",
    "  podSubnet: 10.1.0.0/16,fd01::/56\n  serviceSubnet: 10.2.0.0/16,fd02::/112",
  ]]],
  ["external etcd", "etcd: {external: {caFile: /x/ca, certFile: /x/c, keyFile: /x/k, endpoints: ['https://e:2379']}}", [
    [
      "  local:\n    dataDir: /var/lib/etcd",
      "  external:\n    caFile: /x/ca\n    certFile: /x/c\n    endpoints:\n    - https://e:2379\n    httpEndpoints:\n    - https://e:2379\n    keyFile: /x/k",
    ],
  ]],
  ["external etcd in the clear", "etcd: {external: {endpoints: ['http://e:2379']}}", [[
    "  local:\n    dataDir: /var/lib/etcd",
    '  external:\n    caFile: ""\n    certFile: ""\n    endpoints:\n    - http://e:2379\n    httpEndpoints:\n    - http://e:2379\n    keyFile: ""',
  ]]],
  ["arguments", "apiServer: {extraArgs: [{name: b, value: x}, {name: a, value: '4'}, {name: e, value: ''}]}", [[
    "apiServer: {}",
    'apiServer:\n  extraArgs:\n  - name: b\n    value: x\n  - name: a\n    value: "4"\n  - name: e\n    value: ""',
  ]]],
  [
    "volumes",
    "scheduler: {extraVolumes: [{name: a, hostPath: /h, mountPath: /m, readOnly: true, pathType: File}, {name: b, hostPath: /h, mountPath: /n, readOnly: false, pathType: ''}]}",
    [[
      "scheduler: {}",
      "scheduler:\n  extraVolumes:\n  - hostPath: /h\n    mountPath: /m\n    name: a\n    pathType: File\n    readOnly: true\n  - hostPath: /h\n    mountPath: /n\n    name: b",
    ]],
  ],
  [
    "variables",
    "controllerManager: {extraEnvs: [{name: A, value: ''}, {name: B, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]}",
    [[
      "controllerManager: {}",
      "controllerManager:\n  extraEnvs:\n  - name: A\n  - name: B\n    valueFrom:\n      fieldRef:\n        apiVersion: v1\n        fieldPath: status.hostIP",
    ]],
  ],
  [
    "names",
    "controlPlaneEndpoint: api.example\nclusterName: beta\napiServer: {certSANs: [API.example, '2001:db8::7']}",
    [["apiServer: {}", "apiServer:\n  certSANs:\n  - api.example\n  - 2001:db8::7"], [
      "clusterName: kubernetes",
      "clusterName: beta\ncontrolPlaneEndpoint: api.example:6443",
    ]],
  ],
  [
    "images",
    "imageRepository: r.example/k\ndns: {imageTag: v1.14.9}\netcd: {local: {imageTag: 3.6.9-1, imageRepository: e.example}}",
    [["registry.k8s.io", "r.example/k"], ["dns: {}", "dns:\n  imageTag: v1.14.9"], [
      "dataDir: /var/lib/etcd",
      "dataDir: /var/lib/etcd\n    imageRepository: e.example\n    imageTag: 3.6.9-1",
    ]],
  ],
  [
    "names of etcd",
    "etcd: {local: {dataDir: /d, serverCertSANs: [s.example], peerCertSANs: [192.0.2.8], extraEnvs: [{name: L, value: warn}]}}",
    [[
      "dataDir: /var/lib/etcd",
      "dataDir: /d\n    extraEnvs:\n    - name: L\n      value: warn\n    peerCertSANs:\n    - 192.0.2.8\n    serverCertSANs:\n    - s.example",
    ]],
  ],
  ["feature gates", "featureGates: {RootlessControlPlane: false}", [[
    "imageRepository:",
    "featureGates:\n  RootlessControlPlane: false\nimageRepository:",
  ]]],
];
for (const [name, yaml, changes] of STORED) {
  const expected = changes.reduce((text, [before, after]) => text.replace(before, after), DEFAULT);
  Deno.test(`a cluster with ${name} is stored byte for byte as kubeadm does`, () => {
    const text = `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n${yaml}\n`;
    assert.equal(stringify(clusterConfigurationDocument(loadInit(text, {}, FACTS, SUPPORTED).cluster)), expected);
  });
  Deno.test(`a stored cluster with ${name} is read back`, () => {
    assert.equal(stringify(clusterConfigurationDocument(parseClusterConfiguration(expected))), expected);
  });
}

Deno.test("fields that this version does not know are passed over when reading what is stored", () => {
  const cluster = parseClusterConfiguration(`${DEFAULT}newInTheFuture: {a: 1}\n`);
  assert.equal(stringify(clusterConfigurationDocument(cluster)), DEFAULT);
});

Deno.test("what some kubeadm has once taken is passed over when reading what is stored, also of v1beta3", () => {
  const stored = [
    "kind: ClusterConfiguration",
    "kubernetesVersion: v1.28.3",
    "certificatesDir: /opt/pki/",
    "featureGates: {UpgradeAddonsBeforeControlPlane: true, EtcdLearnerMode: true}",
    "apiServer: {timeoutForControlPlane: 4m0s, extraArgs: {v: '4'}, certSANs: ['010.0.0.1']}",
    "dns: {type: CoreDNS, imageTag: '+'}",
    "scheduler: {}",
  ].join("\n");
  const cluster = parseClusterConfiguration(`apiVersion: kubeadm.k8s.io/v1beta3\n${stored}\n`);
  assert.equal(cluster.certificatesDir, "/opt/pki");
  assert.deepEqual(cluster.apiServer.extraArgs, [{ name: "v", value: "4" }]);
  const current = stored.replace("extraArgs: {v: '4'}", "extraArgs: [{name: v, value: '4'}]");
  assert.deepEqual(parseClusterConfiguration(`apiVersion: kubeadm.k8s.io/v1beta4\n${current}\n`), cluster);
});

const UNREADABLE: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /^Cannot read "ConfigMap kube-system\/kubeadm-config": must be .*; got nothing/],
  [
    "another version",
    "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n",
    /got kubeadm.k8s.io\/v1beta2 ClusterConfiguration/,
  ],
  ["another kind", "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n", /got .* InitConfiguration/],
  [
    "a wrong type",
    `${DEFAULT}controlPlaneEndpoint: 5\n`,
    /ClusterConfiguration.controlPlaneEndpoint: must be a string in quotes; got the number 5/,
  ],
  [
    "no version",
    DEFAULT.replace("kubernetesVersion: v1.37.2\n", ""),
    /ClusterConfiguration.kubernetesVersion: is required/,
  ],
  [
    "a label for a version",
    DEFAULT.replace("v1.37.2", "stable-1"),
    /ClusterConfiguration.kubernetesVersion: must be a version such as v1\.37\.2; got "stable-1"/,
  ],
  [
    "networks that are none",
    DEFAULT.replace("10.96.0.0/12", "10.96.0.0"),
    /ClusterConfiguration.networking.serviceSubnet: must be a CIDR .*; got "10.96.0.0"/,
  ],
  [
    "an endpoint that is none",
    `${DEFAULT}controlPlaneEndpoint: "a:b"\n`,
    /ClusterConfiguration.controlPlaneEndpoint: must be a host or HOST:PORT .*; got "a:b"/,
  ],
];
for (const [name, text, message] of UNREADABLE) {
  Deno.test(`a stored configuration with ${name} is refused`, () => {
    assert.throws(() => parseClusterConfiguration(text), { name: "InvalidInput", message });
  });
}
