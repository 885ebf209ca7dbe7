import { type FlagValues, settingsFor } from "../../tests/samples/settings.ts";
import assert from "node:assert/strict";
import type { InvalidInput } from "../errors.ts";
import { networks } from "./addresses.ts";
import { duration } from "./duration.ts";
import { loadInit } from "./load.ts";
import type { Facts, InitConfiguration } from "./types.ts";

const SUPPORTED = { newest: "v1.37.2", minors: [35, 36, 37] };
const FACTS: Facts = {
  hostname: " K1.Example ",
  addresses: [
    { interface: "lo", address: "127.0.0.1", family: "IPv4" },
    { interface: "lo", address: "192.0.2.9", family: "IPv4" },
    { interface: "eth0", address: "10.77.0.21", family: "IPv4" },
  ],
  defaultAddress: "10.77.0.21",
  criSockets: ["unix:///var/run/crio/crio.sock"],
  kubeletVersion: "v1.37.1",
};
const TOKEN = "abcdef.0123456789abcdef";
const HEAD = "apiVersion: kubeadm.k8s.io/v1beta4\nkind:";

function cluster(yaml: string): string {
  return `${HEAD} ClusterConfiguration\n${yaml}\n`;
}

function init(yaml: string): string {
  return `${HEAD} InitConfiguration\n${yaml}\n`;
}

function load(text: string | undefined, overrides: FlagValues = {}, facts: Partial<Facts> = {}): InitConfiguration {
  return loadInit(text, settingsFor("init", overrides), { ...FACTS, ...facts }, SUPPORTED, "test.yaml");
}

/** Every problem as `where: what`, cut after the first few words of `what`. */
function problemsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidInput") {
      return (error as InvalidInput).problems.map(({ where, what }) => `${where}: ${what}`);
    }
    throw error;
  }
  return [];
}

Deno.test("nothing given is kubeadm's defaults and the facts", () => {
  assert.deepEqual(load(undefined), {
    cluster: {
      kubernetesVersion: { text: "v1.37.1", major: 1, minor: 37, patch: 1 },
      clusterName: "kubernetes",
      certificatesDir: "/etc/kubernetes/pki",
      imageRepository: "registry.k8s.io",
      encryptionAlgorithm: "RSA-2048",
      certificateValidityPeriod: duration("8760h"),
      caCertificateValidityPeriod: duration("87600h"),
      networking: { serviceSubnet: networks("10.96.0.0/12"), podSubnet: [], dnsDomain: "cluster.local" },
      etcd: {
        local: { dataDir: "/var/lib/etcd", extraArgs: [], extraEnvs: [], serverCertSANs: [], peerCertSANs: [] },
      },
      apiServer: { extraArgs: [], extraVolumes: [], extraEnvs: [], certSANs: [] },
      controllerManager: { extraArgs: [], extraVolumes: [], extraEnvs: [] },
      scheduler: { extraArgs: [], extraVolumes: [], extraEnvs: [] },
      dns: {},
      proxy: {},
      featureGates: {},
    },
    nodeRegistration: {
      name: "k1.example",
      criSocket: "unix:///var/run/crio/crio.sock",
      taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
      kubeletExtraArgs: [],
      ignorePreflightErrors: [],
      imagePullPolicy: "IfNotPresent",
      imagePullSerial: true,
    },
    localAPIEndpoint: { advertiseAddress: "10.77.0.21", bindPort: 6443 },
    bootstrapTokens: [],
    skipPhases: [],
    timeouts: {
      controlPlaneComponentHealthCheck: duration("4m"),
      kubeletHealthCheck: duration("4m"),
      kubernetesAPICall: duration("1m"),
      etcdAPICall: duration("2m"),
      tlsBootstrap: duration("5m"),
      discovery: duration("5m"),
      upgradeManifests: duration("5m"),
    },
    dryRun: false,
  });
});

Deno.test("the result is frozen all the way down, and what was given is not", () => {
  const certSANs = ["Api.Example"];
  const loaded = load(undefined, { "--apiserver-cert-extra-sans": certSANs });
  assert.deepEqual(loaded.cluster.apiServer.certSANs, ["api.example"]);
  assert.throws(() => Object.assign(loaded.cluster.etcd.local!, { dataDir: "/" }), TypeError);
  assert.throws(() => (loaded.cluster.apiServer.certSANs as string[]).push("x"), TypeError);
  certSANs.push("still open");
});

/** What is given, and where one value of the result is. */
const VALUES: readonly (readonly [string, () => InitConfiguration, (c: InitConfiguration) => unknown, unknown])[] = [
  [
    "absent taints are the control plane's",
    () => load(init("nodeRegistration: {}")),
    (c) => c.nodeRegistration.taints.length,
    1,
  ],
  [
    "null taints are the control plane's",
    () => load(init("nodeRegistration: {taints: null}")),
    (c) => c.nodeRegistration.taints.length,
    1,
  ],
  [
    "an empty list of taints is none",
    () => load(init("nodeRegistration: {taints: []}")),
    (c) => c.nodeRegistration.taints,
    [],
  ],
  [
    "no socket is containerd's",
    () => load(undefined, {}, { criSockets: [] }),
    (c) => c.nodeRegistration.criSocket,
    "unix:///var/run/containerd/containerd.sock",
  ],
  [
    "an address for all is the default address, as in kubeadm",
    () => load(undefined, { "--apiserver-advertise-address": "0.0.0.0" }),
    (c) => c.localAPIEndpoint.advertiseAddress,
    FACTS.defaultAddress,
  ],
  [
    "an IPv6 address for all is the default address of that family, where there is one",
    () =>
      load(
        init("localAPIEndpoint: {advertiseAddress: '::'}") + "---\n" +
          cluster("networking: {serviceSubnet: fd00::/112}"),
        {},
        {
          defaultAddressV6: "2001:db8::1",
        },
      ),
    (c) => c.localAPIEndpoint.advertiseAddress,
    "2001:db8::1",
  ],
  [
    "a given socket settles which of several",
    () => load(undefined, { "--cri-socket": "/run/b.sock" }, { criSockets: ["unix:///a", "unix:///b"] }),
    (c) => c.nodeRegistration.criSocket,
    "unix:///run/b.sock",
  ],
  [
    "an endpoint without port gets the bind port",
    () => load(undefined, { "--control-plane-endpoint": "api.example", "--apiserver-bind-port": 7443 }),
    (c) => c.cluster.controlPlaneEndpoint,
    { host: "api.example", port: 7443 },
  ],
  [
    "an IPv6 endpoint without port gets the usual one",
    () => load(undefined, { "--control-plane-endpoint": "fd00::1" }),
    (c) => c.cluster.controlPlaneEndpoint,
    { host: "fd00::1", port: 6443 },
  ],
  [
    "a loopback address means a global one on lo",
    () => load(undefined, { "--apiserver-advertise-address": "127.0.0.1" }),
    (c) => c.localAPIEndpoint.advertiseAddress,
    "192.0.2.9",
  ],
  [
    "an address is made canonical",
    () => load(undefined, { "--apiserver-advertise-address": "FD00:0::21", "--service-cidr": "fd00:96::/112" }),
    (c) => c.localAPIEndpoint.advertiseAddress,
    "fd00::21",
  ],
  [
    "bind port 0 is the default",
    () => load(init("localAPIEndpoint: {bindPort: 0}")),
    (c) => c.localAPIEndpoint.bindPort,
    6443,
  ],
  [
    "empty text is the default",
    () => load(cluster('clusterName: ""\nimageRepository: ""')),
    (c) => c.cluster.clusterName + c.cluster.imageRepository,
    "kubernetesregistry.k8s.io",
  ],
  [
    "a version needs no v",
    () => load(undefined, { "--kubernetes-version": "1.36.3" }),
    (c) => c.cluster.kubernetesVersion.text,
    "v1.36.3",
  ],
  [
    "periods are read",
    () => load(cluster("certificateValidityPeriod: 720h")),
    (c) => c.cluster.certificateValidityPeriod,
    duration("720h"),
  ],
  [
    "timeouts are read",
    () => load(init("timeouts: {discovery: 90s}")),
    (c) => c.timeouts.discovery,
    duration("1m30s"),
  ],
  ["a token has kubeadm's defaults", () => load(undefined, { "--token": TOKEN }), (c) => c.bootstrapTokens, [{
    token: TOKEN,
    ttl: duration("24h"),
    usages: ["signing", "authentication"],
    groups: ["system:bootstrappers:kubeadm:default-node-token"],
  }]],
  [
    "a lifetime without token is for the token to make",
    () => load(undefined, { "--token-ttl": "0" }),
    (c) => [c.bootstrapTokens[0]?.token, c.bootstrapTokens[0]?.ttl],
    ["", duration("0")],
  ],
  [
    "a token that expires has no lifetime",
    () => load(init(`bootstrapTokens: [{token: ${TOKEN}, expires: 2027-01-31T12:00:00Z}]`)),
    (c) => c.bootstrapTokens[0]?.ttl,
    undefined,
  ],
  [
    "a signing token has no groups",
    () => load(init(`bootstrapTokens: [{token: ${TOKEN}, usages: [signing]}]`)),
    (c) => c.bootstrapTokens[0]?.groups,
    [],
  ],
  [
    "ignored checks of file and flag are joined, in lower case",
    () =>
      load(init("nodeRegistration: {ignorePreflightErrors: [Swap]}"), {
        "--ignore-preflight-errors": ["NumCPU", "swap"],
      }),
    (c) => c.nodeRegistration.ignorePreflightErrors,
    ["swap", "numcpu"],
  ],
  [
    "a flag overrides the file",
    () => load(init("nodeRegistration: {name: a}"), { "--node-name": "B" }),
    (c) => c.nodeRegistration.name,
    "b",
  ],
  [
    "patches are kept",
    () => load(init("patches: {directory: /etc/patches}")),
    (c) => c.patchesDirectory,
    "/etc/patches",
  ],
  [
    "a feature gate is read from the flag",
    () => load(undefined, { "--feature-gates": "RootlessControlPlane=false" }),
    (c) => c.cluster.featureGates,
    { RootlessControlPlane: false },
  ],
  [
    "a skipped addon is a disabled one",
    () => load(undefined, { "--skip-phases": ["addon/kube-proxy"] }),
    (c) => [c.cluster.dns, c.cluster.proxy],
    [{}, { disabled: true }],
  ],
  [
    "skipped addons are disabled ones",
    () => load(undefined, { "--skip-phases": ["addon"] }),
    (c) => [c.cluster.dns, c.cluster.proxy],
    [{ disabled: true }, { disabled: true }],
  ],
  [
    "external etcd leaves no local one",
    () => load(cluster('etcd: {external: {endpoints: ["http://10.0.0.7:2379"]}}')),
    (c) => [c.cluster.etcd.local, c.cluster.etcd.external?.httpEndpoints],
    [undefined, ["http://10.0.0.7:2379"]],
  ],
  [
    "a kubelet document is kept as it is",
    () =>
      load(
        `${
          cluster("")
        }---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\nsyncFrequency: 60s\n`,
      ),
    (c) => c.kubelet,
    { apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration", maxPods: 50, syncFrequency: "60s" },
  ],
  [
    "documents for other commands are passed over",
    () =>
      load(
        `${
          init("")
        }---\n${HEAD} ResetConfiguration\nforce: true\n---\n${HEAD} UpgradeConfiguration\napply: {forceUpgrade: true}\n`,
      ),
    (c) => c.dryRun,
    false,
  ],
  [
    "a node mask makes a large pod network fit",
    () =>
      load(
        cluster(
          "networking: {podSubnet: 10.0.0.0/9, serviceSubnet: 172.16.0.0/16}\ncontrollerManager: {extraArgs: [{name: node-cidr-mask-size-ipv4, value: '25'}]}",
        ),
      ),
    (c) => c.cluster.networking.podSubnet,
    networks("10.0.0.0/9"),
  ],
  [
    "no node networks, no rule about their size",
    () =>
      load(
        cluster(
          "networking: {podSubnet: 10.244.0.0/27}\ncontrollerManager: {extraArgs: [{name: allocate-node-cidrs, value: 'false'}]}",
        ),
      ),
    (c) => c.cluster.networking.podSubnet,
    networks("10.244.0.0/27"),
  ],
  [
    "an address for all is none, as to kubeadm",
    () => load(init("localAPIEndpoint: {advertiseAddress: 0.0.0.0}")),
    (c) => c.localAPIEndpoint.advertiseAddress,
    load(undefined).localAPIEndpoint.advertiseAddress,
  ],
  [
    "paths are cleaned",
    () => load(cluster("certificatesDir: /etc//pki/\netcd: {local: {dataDir: /data/../etcd/}}")),
    (c) => [c.cluster.certificatesDir, c.cluster.etcd.local?.dataDir],
    ["/etc/pki", "/etcd"],
  ],
  [
    "an empty item is what Go makes of it",
    () => load(init("bootstrapTokens: [~]")),
    (c) => c.bootstrapTokens.map(({ token }) => token),
    [""],
  ],
  [
    "a number of 64 bits is kept to the last digit",
    () =>
      load(
        `${
          cluster("")
        }---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\npodPidsLimit: 9223372036854775807\n`,
      ),
    (c) => c.kubelet?.podPidsLimit,
    9223372036854775807n,
  ],
  [
    "an argument may have an empty value",
    () => load(cluster('scheduler: {extraArgs: [{name: profiling, value: ""}]}')),
    (c) => c.cluster.scheduler.extraArgs,
    [{ name: "profiling", value: "" }],
  ],
  [
    "the feature gate of 1.36 chooses the keys",
    () => load(cluster("kubernetesVersion: v1.36.3\nfeatureGates: {PublicKeysECDSA: true}")),
    (c) => c.cluster.encryptionAlgorithm,
    "ECDSA-P256",
  ],
  [
    "an argument may occur twice",
    () => load(cluster("apiServer: {extraArgs: [{name: a, value: x}, {name: a, value: z}]}")),
    (c) => c.cluster.apiServer.extraArgs.length,
    2,
  ],
];
for (const [name, work, pick, expected] of VALUES) Deno.test(name, () => assert.deepEqual(pick(work()), expected));

const C = "ClusterConfiguration";
const I = "InitConfiguration";
/** A file, and the problems that it has. */
const FILES: readonly (readonly [string, string, readonly string[]])[] = [
  ["an unknown field", cluster("netwroking: {}"), [
    `${C}.netwroking: there is no such field; did you mean "networking"?`,
  ]],
  ["an unknown field far from all", cluster("zzzz: 1"), [`${C}.zzzz: there is no such field`]],
  ["an unknown field within a list", cluster("apiServer: {extraArgs: [{nam: a, value: b}]}"), [
    `${C}.apiServer.extraArgs[0].nam: there is no such field; did you mean "name"?`,
    `${C}.apiServer.extraArgs[0].name: is required`,
  ]],
  ["a field named constructor", cluster("constructor: 1"), [`${C}.constructor: there is no such field`]],
  ["a number for a text", cluster("scheduler: {extraArgs: [{name: v, value: 4}]}"), [
    `${C}.scheduler.extraArgs[0].value: expected text, is the number 4; write it in quotes`,
  ]],
  ["a text for a list", cluster("apiServer: {certSANs: a}"), [
    `${C}.apiServer.certSANs: expected a list, is the text "a"`,
  ]],
  ["v1beta3's mapping of arguments", cluster("apiServer: {extraArgs: {v: '4'}}"), [
    `${C}.apiServer.extraArgs: expected a list, is a mapping`,
  ]],
  ["a text for a boolean", cluster("dns: {disabled: 'true'}"), [
    `${C}.dns.disabled: expected true or false, is the text "true"`,
  ]],
  ["a fraction for a whole number", init("localAPIEndpoint: {bindPort: 1.5}"), [
    `${I}.localAPIEndpoint.bindPort: expected a whole number, is the number 1.5`,
  ]],
  ["a text for a mapping", cluster("networking: none"), [`${C}.networking: expected a mapping, is the text "none"`]],
  ["a port out of range", init("localAPIEndpoint: {bindPort: 65536}"), [
    `${I}.localAPIEndpoint.bindPort: 65536 is not in 1..65535`,
  ]],
  [
    "a number of 33 bits",
    `${
      cluster("")
    }---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\noomScoreAdj: 2147483648\n`,
    [
      "KubeProxyConfiguration.oomScoreAdj: expected a whole number, is the number 2147483648",
    ],
  ],
  [
    "a number of 65 bits",
    `${
      cluster("")
    }---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxOpenFiles: 9223372036854775808\n`,
    [
      "KubeletConfiguration.maxOpenFiles: expected a whole number, is the number 9223372036854776000",
    ],
  ],
  ["an empty duration", init("timeouts: {discovery: ''}"), [
    `${I}.timeouts.discovery: "" is not a duration such as "24h" or "1m30s"`,
  ]],
  ["no duration", init("timeouts: {discovery: 5 minutes}"), [
    `${I}.timeouts.discovery: "5 minutes" is not a duration such as "24h" or "1m30s"`,
  ]],
  ["no time at all", init("timeouts: {discovery: 0s}"), [`${I}.timeouts.discovery: "0s" is not a time to come`]],
  ["a negative period", cluster("certificateValidityPeriod: -1h"), [
    `${C}.certificateValidityPeriod: "-1h0m0s" is not a time to come`,
  ]],
  ["an unknown algorithm", cluster("encryptionAlgorithm: RSA-2046"), [
    `${C}.encryptionAlgorithm: "RSA-2046" is none of RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384; did you mean "RSA-2048"?`,
  ]],
  ["an unknown pull policy", init("nodeRegistration: {imagePullPolicy: never}"), [
    `${I}.nodeRegistration.imagePullPolicy: "never" is none of Always, IfNotPresent, Never; did you mean "Never"?`,
  ]],
  ["an unknown effect of a taint", init("nodeRegistration: {taints: [{key: a, effect: Not}]}"), [
    `${I}.nodeRegistration.taints[0].effect: "Not" is none of NoSchedule, PreferNoSchedule, NoExecute`,
  ]],
  ["a taint without a key", init("nodeRegistration: {taints: [{effect: NoSchedule}]}"), [
    `${I}.nodeRegistration.taints[0].key: is required`,
  ]],
  ["an argument with dashes", init("nodeRegistration: {kubeletExtraArgs: [{name: --v, value: '4'}]}"), [
    `${I}.nodeRegistration.kubeletExtraArgs[0].name: "--v" is not the name of an argument: letters, digits, ".", "-" and "_", without "--" in front and without "="`,
  ]],
  [
    "two volumes of one name",
    cluster(
      "scheduler: {extraVolumes: [{name: a, hostPath: /a, mountPath: /a}, {name: a, hostPath: /b, mountPath: /b}]}",
    ),
    [`${C}.scheduler.extraVolumes[1].name: "a" occurs twice`],
  ],
  ["a volume without paths", cluster("scheduler: {extraVolumes: [{name: a}]}"), [
    `${C}.scheduler.extraVolumes[0].hostPath: is required`,
    `${C}.scheduler.extraVolumes[0].mountPath: is required`,
  ]],
  ["a relative folder", cluster("certificatesDir: pki"), [`${C}.certificatesDir: "pki" is not an absolute path`]],
  ["two stores", cluster('etcd: {local: {}, external: {endpoints: ["http://a:1"]}}'), [
    `${C}.etcd: has both local and external; only one of them can be the store`,
  ]],
  ["external etcd without endpoints", cluster("etcd: {external: {}}"), [
    `${C}.etcd.external.endpoints: is empty; at least one URL is needed`,
  ]],
  ["external etcd in the clear with a CA", cluster('etcd: {external: {caFile: /ca, endpoints: ["http://a:1"]}}'), [
    `${C}.etcd.external.endpoints[0]: "http://a:1" is not an https URL, as caFile, certFile or keyFile is given`,
  ]],
  [
    "external etcd with half a pair",
    cluster('etcd: {external: {caFile: /ca, certFile: /c, endpoints: ["https://a:1"]}}'),
    [`${C}.etcd.external.keyFile: is missing; certFile and keyFile belong together`],
  ],
  [
    "external etcd with a pair and no CA",
    cluster('etcd: {external: {certFile: /c, keyFile: /k, endpoints: ["https://a:1"]}}'),
    [`${C}.etcd.external.caFile: is missing; certFile and keyFile need it`],
  ],
  ["external etcd with a relative file", cluster('etcd: {external: {caFile: ca, endpoints: ["https://a:1"]}}'), [
    `${C}.etcd.external.caFile: "ca" is not an absolute path`,
  ]],
  ["external etcd without a scheme", cluster('etcd: {external: {endpoints: ["10.0.0.7:2379"]}}'), [
    `${C}.etcd.external.endpoints[0]: "10.0.0.7:2379" is not an https URL such as https://10.0.0.7:2379`,
  ]],
  ["a pod network in the Services'", cluster("networking: {podSubnet: 10.97.0.0/16}"), [
    `${C}.networking.podSubnet: 10.97.0.0/16 overlaps serviceSubnet 10.96.0.0/12`,
  ]],
  ["a Service network too small", cluster("networking: {serviceSubnet: 10.96.0.0/29}"), [
    `${C}.networking.serviceSubnet: 10.96.0.0/29 has 8 addresses; at least 10 are needed`,
  ]],
  ["a Service network too large", cluster("networking: {serviceSubnet: 11.0.0.0/11}"), [
    `${C}.networking.serviceSubnet: 11.0.0.0/11 is too large for Services; its prefix has to be /12 or longer`,
  ]],
  ["a second Service network too large", cluster("networking: {serviceSubnet: '10.96.0.0/12,fd00::/64'}"), [
    `${C}.networking.serviceSubnet: fd00::/64 is too large for Services; its prefix has to be /108 or longer`,
  ]],
  ["a pod network too small for addresses", cluster("networking: {podSubnet: 10.244.0.0/29}"), [
    `${C}.networking.podSubnet: 10.244.0.0/29 has 8 addresses; at least 14 are needed`,
  ]],
  ["a pod network too small for a node", cluster("networking: {podSubnet: 10.244.0.0/25}"), [
    `${C}.networking.podSubnet: 10.244.0.0/25 is smaller than the /24 network that each node gets of it`,
  ]],
  [
    "a pod network too large for its nodes",
    cluster("networking: {podSubnet: 'fd00::/47', serviceSubnet: '10.96.0.0/12,fd01::/112'}"),
    [`${C}.networking.podSubnet: fd00::/47 is too large for nodes with /64 networks; its prefix has to be /48 or longer, or controllerManager.extraArgs node-cidr-mask-size-ipv6 shorter`],
  ],
  [
    "a node mask that is none",
    cluster(
      "networking: {podSubnet: 10.244.0.0/16}\ncontrollerManager: {extraArgs: [{name: node-cidr-mask-size-ipv4, value: big}]}",
    ),
    [`${C}.controllerManager.extraArgs: node-cidr-mask-size-ipv4 is "big", which is not a prefix length of IPv4`],
  ],
  ["two networks of one family", cluster("networking: {podSubnet: '10.1.0.0/16,10.2.0.0/16'}"), [
    `${C}.networking.podSubnet: "10.1.0.0/16,10.2.0.0/16" has to be one network, or one of IPv4 and one of IPv6`,
  ]],
  ["a network without prefix", cluster("networking: {podSubnet: 10.244.0.0}"), [
    `${C}.networking.podSubnet: "10.244.0.0" is not a network of the form address/prefix; its prefix length is missing, as in /16`,
  ]],
  ["a space between networks", cluster("networking: {podSubnet: '10.244.0.0/16, fd00:10::/56'}"), [
    `${C}.networking.podSubnet: " fd00:10::/56" is not a network of the form address/prefix`,
  ]],
  ["another family of Services first", cluster("networking: {serviceSubnet: 'fd00:96::/112'}"), [
    `${I}.localAPIEndpoint.advertiseAddress: "10.77.0.21" is of IPv4, but the first network of serviceSubnet is fd00:96::/112; they have to be of one family`,
  ]],
  ["an address among the Services", init("localAPIEndpoint: {advertiseAddress: 10.96.0.5}"), [
    `${I}.localAPIEndpoint.advertiseAddress: "10.96.0.5" lies in serviceSubnet 10.96.0.0/12`,
  ]],
  ["a multicast address", init("localAPIEndpoint: {advertiseAddress: 224.0.0.1}"), [
    `${I}.localAPIEndpoint.advertiseAddress: "224.0.0.1" is a multicast address; others have to reach this host at it`,
  ]],
  ["a token with both ends", init(`bootstrapTokens: [{token: ${TOKEN}, ttl: 1h, expires: 2027-01-31T12:00:00Z}]`), [
    `${I}.bootstrapTokens[0]: has both ttl and expires; only one of them can say when it ends`,
  ]],
  [
    "a signing token with groups",
    init(`bootstrapTokens: [{token: ${TOKEN}, usages: [signing], groups: ["system:bootstrappers:a"]}]`),
    [`${I}.bootstrapTokens[0].groups: are given, but usages does not include "authentication"`],
  ],
  [
    "a token without text among several",
    init(`bootstrapTokens: [{token: ${TOKEN}}, {description: second}]`),
    [`${I}.bootstrapTokens[1].token: is required where there are several tokens`],
  ],
  ["a token for root", init(`bootstrapTokens: [{token: ${TOKEN}, groups: ["system:masters"]}]`), [
    `${I}.bootstrapTokens[0].groups[0]: "system:masters" is not a group of bootstrappers: "system:bootstrappers:" and lower case letters, digits, ":" and "-"`,
  ]],
  ["all checks and one", init("nodeRegistration: {ignorePreflightErrors: [all, Swap]}"), [
    `${I}.nodeRegistration.ignorePreflightErrors: "all" stands alone; leave out the names of single checks`,
  ]],
  ["an unknown feature gate", cluster("featureGates: {RootlessControlPlan: true}"), [
    `${C}.featureGates.RootlessControlPlan: there is no such feature gate; did you mean "RootlessControlPlane"?`,
  ]],
  ["a feature gate of another version", cluster("featureGates: {PublicKeysECDSA: true}"), [
    `${C}.featureGates.PublicKeysECDSA: does not exist in Kubernetes 1.37`,
  ]],
  ["a feature gate of an older minor", cluster("featureGates: {PublicKeysECDSA: true}"), [
    `${C}.featureGates.PublicKeysECDSA: does not exist in Kubernetes 1.37`,
  ]],
  ["a version too old", cluster("kubernetesVersion: v1.30.0"), [
    `${C}.kubernetesVersion: "v1.30.0" is not supported; this program sets up 1.35, 1.36, 1.37`,
  ]],
  ["a version of the API too old", `${cluster("")}---\napiVersion: kubeadm.k8s.io/v1beta2\nkind: InitConfiguration\n`, [
    `${I}: apiVersion kubeadm.k8s.io/v1beta2 is too old to be read; write kubeadm.k8s.io/v1beta4, or convert it with \`kubeadm config migrate\` of a version that still reads it`,
  ]],
  ["an experimental version", `${cluster("")}---\napiVersion: kubeadm.k8s.io/v1\nkind: InitConfiguration\n`, [
    `${I}: apiVersion kubeadm.k8s.io/v1 is experimental; write kubeadm.k8s.io/v1beta4`,
  ]],
  ["a version to come", `${cluster("")}---\napiVersion: kubeadm.k8s.io/v2\nkind: InitConfiguration\n`, [
    `${I}: there is no apiVersion kubeadm.k8s.io/v2 for InitConfiguration; write kubeadm.k8s.io/v1beta4`,
  ]],
  ["a misspelt group", `${cluster("")}---\napiVersion: kubeadm.k8s.oi/v1beta4\nkind: InitConfiguration\n`, [
    `${I}: there is no apiVersion kubeadm.k8s.oi/v1beta4; did you mean "kubeadm.k8s.io/v1beta4"?`,
  ]],
  ["a misspelt group with a misspelt kind", `${cluster("")}---\napiVersion: kubeadm.k8s.oi/v1beta4\nkind: Ini\n`, [
    'Ini: there is no apiVersion kubeadm.k8s.oi/v1beta4; did you mean "kubeadm.k8s.io/v1beta4"?',
  ]],
  ["YAML 1.1's true for a text", cluster("clusterName: on"), [
    `${C}.clusterName: expected text, is the boolean true; write it in quotes`,
  ]],
  ["a misspelt kind", `${cluster("")}---\n${HEAD} InitConfig\n`, [
    `InitConfig: there is no such kind in kubeadm.k8s.io/v1beta4`,
  ]],
  ["a kind twice", `${cluster("")}---\n${cluster("")}`, [`${C}: occurs twice in the file`]],
  [
    "a misspelt kubelet field",
    `${cluster("")}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPod: 5\n`,
    ['KubeletConfiguration.maxPod: there is no such field; did you mean "maxPods"?'],
  ],
  [
    "a kubelet duration that is none",
    `${cluster("")}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nsyncFrequency: 1d\n`,
    ['KubeletConfiguration.syncFrequency: "1d" is not a duration such as "24h" or "1m30s"'],
  ],
  [
    "a misspelt kube-proxy field",
    `${
      cluster("")
    }---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nconntrack: {maxPerCores: 0}\n`,
    ['KubeProxyConfiguration.conntrack.maxPerCores: there is no such field; did you mean "maxPerCore"?'],
  ],
];
for (const [name, text, expected] of FILES) {
  Deno.test(`${name} in the file is a problem with its path`, () =>
    assert.deepEqual(problemsOf(() => load(text)), expected));
}

/** A file, and what is told of it at `init`. */
const WARNED: readonly (readonly [string, string, readonly string[]])[] = [
  ["nothing unusual", cluster("dns: {disabled: yes}"), []],
  ["a certificate that outlives its CA", cluster("caCertificateValidityPeriod: 1h"), [
    `${C}.certificateValidityPeriod (test.yaml:1:1): 8760h0m0s is longer than caCertificateValidityPeriod, 1h0m0s: certificates outlive what they are verified with`,
  ]],
  ["a feature gate that has a successor", cluster("kubernetesVersion: v1.36.3\nfeatureGates: {PublicKeysECDSA: yes}"), [
    `${C}.featureGates.PublicKeysECDSA (test.yaml:4:33): is deprecated; write encryptionAlgorithm: ECDSA-P256`,
  ]],
  ["long periods", cluster("certificateValidityPeriod: 9000h\ncaCertificateValidityPeriod: 90000h"), [
    `${C}.certificateValidityPeriod (test.yaml:3:28): 9000h0m0s is longer than recommended, 8760h0m0s`,
    `${C}.caCertificateValidityPeriod (test.yaml:4:30): 90000h0m0s is longer than recommended, 87600h0m0s`,
  ]],
  ["a site-local network", cluster("networking: {serviceSubnet: 10.0.0.0/16, podSubnet: 'fec0::/56'}"), [
    `${C}.networking.podSubnet (test.yaml:3:53): fec0::/56 has site-local addresses, fec0::/10, which RFC 3879 deprecates`,
  ]],
  ["a socket without scheme", init("nodeRegistration: {criSocket: /run/a.sock}"), [
    `${I}.nodeRegistration.criSocket (test.yaml:3:31): "/run/a.sock" has no scheme, which is deprecated; write unix:///run/a.sock`,
  ]],
  ["a document of another command", `${cluster("")}---\n${HEAD} JoinConfiguration\nbad: field\n`, [
    "JoinConfiguration (test.yaml:5:1): this command does not read kubeadm.k8s.io/v1beta4 JoinConfiguration; it is passed over",
  ]],
  ["a foreign document", `${cluster("")}---\napiVersion: apps/v1\nkind: Deployment\n`, [
    "Deployment (test.yaml:5:1): this command does not read apps/v1 Deployment; it is passed over",
  ]],
  [
    "kinds named like parts of JavaScript",
    `${cluster("")}---\napiVersion: constructor\nkind: name\n---\napiVersion: __proto__\nkind: __proto__\n`,
    [
      "name (test.yaml:5:1): this command does not read constructor name; it is passed over",
      "__proto__ (test.yaml:8:1): this command does not read __proto__ __proto__; it is passed over",
    ],
  ],
  [
    "a KubeletConfiguration that is not as recommended",
    `${cluster("")}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration
clusterDNS: [10.96.0.11]\nreadOnlyPort: 10255\nauthentication: {anonymous: {enabled: true}}\nhealthzPort: 10248\n`,
    [
      'KubeletConfiguration.clusterDNS (test.yaml:7:13): is ["10.96.0.11"]; recommended is ["10.96.0.10"]',
      "KubeletConfiguration.authentication.anonymous.enabled (test.yaml:9:39): is true; recommended is false",
      "KubeletConfiguration.readOnlyPort (test.yaml:8:15): is 10255; recommended is 0",
    ],
  ],
  [
    "a KubeProxyConfiguration that is not as recommended",
    `${cluster("networking: {podSubnet: 10.244.0.0/16}")}---\napiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration\nmode: ipvs\nbindAddress: 10.0.0.1\nclusterCIDR: 10.0.0.0/8\n`,
    [
      'KubeProxyConfiguration.bindAddress (test.yaml:8:14): is "10.0.0.1"; recommended is "0.0.0.0"',
      'KubeProxyConfiguration.clusterCIDR (test.yaml:9:14): is "10.0.0.0/8"; recommended is "10.244.0.0/16"',
      "KubeProxyConfiguration.mode (test.yaml:7:7): ipvs is deprecated since Kubernetes 1.35; use nftables, or iptables on old kernels",
    ],
  ],
];
for (const [name, text, expected] of WARNED) {
  Deno.test(`${name} in the file is told`, () => {
    const told: string[] = [];
    loadInit(text, {}, FACTS, SUPPORTED, "test.yaml", { warn: (message) => told.push(message) });
    assert.deepEqual(told, expected);
  });
}

/** Flags, facts, and the problems that they make. */
const FLAGS: readonly (readonly [FlagValues, Partial<Facts>, readonly string[]])[] = [
  [{ "--pod-network-cidr": "x" }, {}, ['--pod-network-cidr: "x" is not a network of the form address/prefix']],
  [{ "--service-cidr": "10.0.0.0/31" }, {}, ["--service-cidr: 10.0.0.0/31 has 2 addresses; at least 10 are needed"]],
  [{ "--service-dns-domain": "Cluster" }, {}, [
    '--service-dns-domain: "Cluster" is not a DNS name: lower case letters, digits, "-" and ".", at most 253, beginning and ending with a letter or digit',
  ]],
  [{ "--apiserver-advertise-address": "ff02::1" }, {}, [
    '--apiserver-advertise-address: "ff02::1" is a multicast address; others have to reach this host at it',
    '--apiserver-advertise-address: "ff02::1" is of IPv6, but the first network of serviceSubnet is 10.96.0.0/12; they have to be of one family',
  ]],
  [{ "--apiserver-advertise-address": "::" }, { defaultAddressV6: "2001:db8::1" }, [
    '--apiserver-advertise-address: "2001:db8::1" is of IPv6, but the first network of serviceSubnet is 10.96.0.0/12; they have to be of one family',
  ]],
  [{ "--apiserver-bind-port": 70000 }, {}, ["--apiserver-bind-port: 70000 is not in 1..65535"]],
  [{ "--apiserver-cert-extra-sans": ["a", "b c"] }, {}, [
    '--apiserver-cert-extra-sans: "b c" is neither an IP address nor a DNS name (which may begin with *.)',
  ]],
  [{ "--control-plane-endpoint": "https://a" }, {}, [
    '--control-plane-endpoint: "https://a" is not of the form host:port (port 1..65535; an IPv6 address in brackets)',
  ]],
  [{ "--image-repository": "a/" }, {}, [
    '--image-repository: "a/" is not a repository: registry[:port][/path], without scheme, tag or slash at its end',
  ]],
  [{ "--cri-socket": "tcp://a" }, {}, ['--cri-socket: "tcp://a" is not the URL of a local socket: unix:///path']],
  [{ "--token-ttl": "1d" }, {}, ['--token-ttl: "1d" is not a duration such as "24h" or "1m30s"']],
  [{ "--token-ttl": "-1h" }, {}, ['--token-ttl: "-1h0m0s" is not a time to come']],
  [{ "--feature-gates": "A" }, {}, ['--feature-gates: "A" is not of the form Name=true,Other=false']],
  [{ "--kubernetes-version": "1.37" }, {}, [
    '--kubernetes-version: "1.37" is not a version such as v1.37.2 or a label such as stable-1',
  ]],
  [{ "--certificate-key": "secret" }, {}, [
    "--certificate-key: the value is not a certificate key: 64 hexadecimal digits",
  ]],
  [{}, { criSockets: ["unix:///a", "unix:///b"] }, [
    "--cri-socket: is required: several container runtimes answer on this host: unix:///a, unix:///b",
  ]],
  [{}, { hostname: "" }, ["--node-name: is required: this host has no name"]],
  [{}, { hostname: "my_host" }, [
    '--node-name: "my_host" is not a DNS name: lower case letters, digits, "-" and ".", at most 253, beginning and ending with a letter or digit',
  ]],
  [{ "--apiserver-advertise-address": "127.0.0.1" }, { addresses: [] }, [
    '--apiserver-advertise-address: "127.0.0.1" is a loopback address, and interface lo has no other; others have to reach this host at it',
  ]],
];
for (const [overrides, facts, expected] of FLAGS) {
  Deno.test(`flags ${JSON.stringify(overrides)} with facts ${JSON.stringify(facts)} name the flag at fault`, () => {
    assert.deepEqual(problemsOf(() => load(undefined, overrides, facts)), expected);
  });
}

Deno.test("no default route is a problem that names the flag", () => {
  const { defaultAddress: _, ...facts } = FACTS;
  assert.throws(() => loadInit(undefined, settingsFor("init", {}), facts, SUPPORTED), {
    problems: [{
      where: "--apiserver-advertise-address",
      what: "is required: this host has no default route to take the address from",
      hint: "Give --apiserver-advertise-address.",
    }],
  });
});

Deno.test("a wrong token is never shown", () => {
  const message = problemsOf(() => load(undefined, { "--token": "hunter2" })).join();
  assert.equal(message, "--token: the value is not a bootstrap token: 6 lower case letters or digits, a dot, 16 more");
});

Deno.test("all problems come at once, those of flags under the flag's name", () => {
  const text = cluster("netwroking: {}\nnetworking: {dnsDomain: A}\netcd: {external: {endpoints: [x]}}");
  assert.deepEqual(
    problemsOf(() => load(text, { "--node-name": "a_b", "--token": "t" })).map((line) => line.split(":")[0]),
    [
      "ClusterConfiguration.netwroking",
      "--token",
      "--node-name",
      "ClusterConfiguration.networking.dnsDomain",
      "ClusterConfiguration.etcd.external.endpoints[0]",
    ],
  );
});

Deno.test("a file without a document for init is refused", () => {
  assert.throws(() => load(`${HEAD} JoinConfiguration\n`), {
    message: 'Cannot use "test.yaml": it has no InitConfiguration and no ClusterConfiguration',
  });
  assert.throws(() => load(""), { name: "InvalidInput" });
});
