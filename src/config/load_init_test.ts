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
    `${C}.netwroking: unknown field "netwroking"; did you mean "networking"?`,
  ]],
  ["an unknown field far from all", cluster("zzzz: 1"), [`${C}.zzzz: unknown field "zzzz"`]],
  ["an unknown field within a list", cluster("apiServer: {extraArgs: [{nam: a, value: b}]}"), [
    `${C}.apiServer.extraArgs[0].nam: unknown field "nam"; did you mean "name"?`,
    `${C}.apiServer.extraArgs[0].name: is required`,
  ]],
  ["a field named constructor", cluster("constructor: 1"), [`${C}.constructor: unknown field "constructor"`]],
  ["a number for a text", cluster("scheduler: {extraArgs: [{name: v, value: 4}]}"), [
    `${C}.scheduler.extraArgs[0].value: must be a string in quotes; got the number 4`,
  ]],
  ["a text for a list", cluster("apiServer: {certSANs: a}"), [
    `${C}.apiServer.certSANs: must be a list; got the string "a"`,
  ]],
  ["v1beta3's mapping of arguments", cluster("apiServer: {extraArgs: {v: '4'}}"), [
    `${C}.apiServer.extraArgs: must be a list; got a mapping`,
  ]],
  ["a text for a boolean", cluster("dns: {disabled: 'true'}"), [
    `${C}.dns.disabled: must be true or false; got the string "true"`,
  ]],
  ["a fraction for a whole number", init("localAPIEndpoint: {bindPort: 1.5}"), [
    `${I}.localAPIEndpoint.bindPort: must be an integer; got the number 1.5`,
  ]],
  ["a text for a mapping", cluster("networking: none"), [`${C}.networking: must be a mapping; got the string "none"`]],
  ["a port out of range", init("localAPIEndpoint: {bindPort: 65536}"), [
    `${I}.localAPIEndpoint.bindPort: must be between 1 and 65535; got 65536`,
  ]],
  [
    "a number of 33 bits",
    `${
      cluster("")
    }---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\noomScoreAdj: 2147483648\n`,
    [
      "KubeProxyConfiguration.oomScoreAdj: must be an integer of 32 bits; got the number 2147483648",
    ],
  ],
  [
    "a number of 65 bits",
    `${
      cluster("")
    }---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxOpenFiles: 9223372036854775808\n`,
    [
      "KubeletConfiguration.maxOpenFiles: must be an integer of 64 bits; got the number 9223372036854776000",
    ],
  ],
  ["an empty duration", init("timeouts: {discovery: ''}"), [
    `${I}.timeouts.discovery: must be a duration such as "24h" or "1m30s"; got ""`,
  ]],
  ["no duration", init("timeouts: {discovery: 5 minutes}"), [
    `${I}.timeouts.discovery: must be a duration such as "24h" or "1m30s"; got "5 minutes"`,
  ]],
  ["no time at all", init("timeouts: {discovery: 0s}"), [
    `${I}.timeouts.discovery: must be a positive duration; got "0s"`,
  ]],
  ["a negative period", cluster("certificateValidityPeriod: -1h"), [
    `${C}.certificateValidityPeriod: must be a positive duration; got "-1h0m0s"`,
  ]],
  ["an unknown algorithm", cluster("encryptionAlgorithm: RSA-2046"), [
    `${C}.encryptionAlgorithm: must be one of RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384; got "RSA-2046"; did you mean "RSA-2048"?`,
  ]],
  ["an unknown pull policy", init("nodeRegistration: {imagePullPolicy: never}"), [
    `${I}.nodeRegistration.imagePullPolicy: must be one of Always, IfNotPresent, Never; got "never"; did you mean "Never"?`,
  ]],
  ["an unknown effect of a taint", init("nodeRegistration: {taints: [{key: a, effect: Not}]}"), [
    `${I}.nodeRegistration.taints[0].effect: must be one of NoSchedule, PreferNoSchedule, NoExecute; got "Not"`,
  ]],
  ["a taint without a key", init("nodeRegistration: {taints: [{effect: NoSchedule}]}"), [
    `${I}.nodeRegistration.taints[0].key: is required`,
  ]],
  ["an argument with dashes", init("nodeRegistration: {kubeletExtraArgs: [{name: --v, value: '4'}]}"), [
    `${I}.nodeRegistration.kubeletExtraArgs[0].name: must be an argument name of letters, digits, ".", "-" and "_", without "--" and "="; got "--v"`,
  ]],
  [
    "two volumes of one name",
    cluster(
      "scheduler: {extraVolumes: [{name: a, hostPath: /a, mountPath: /a}, {name: a, hostPath: /b, mountPath: /b}]}",
    ),
    [`${C}.scheduler.extraVolumes[1].name: duplicate value "a"`],
  ],
  ["a volume without paths", cluster("scheduler: {extraVolumes: [{name: a}]}"), [
    `${C}.scheduler.extraVolumes[0].hostPath: is required`,
    `${C}.scheduler.extraVolumes[0].mountPath: is required`,
  ]],
  ["a relative folder", cluster("certificatesDir: pki"), [`${C}.certificatesDir: must be an absolute path; got "pki"`]],
  ["two stores", cluster('etcd: {local: {}, external: {endpoints: ["http://a:1"]}}'), [
    `${C}.etcd: local and external are mutually exclusive`,
  ]],
  ["external etcd without endpoints", cluster("etcd: {external: {}}"), [
    `${C}.etcd.external.endpoints: must be a list of at least one URL; got an empty list`,
  ]],
  ["external etcd in the clear with a CA", cluster('etcd: {external: {caFile: /ca, endpoints: ["http://a:1"]}}'), [
    `${C}.etcd.external.endpoints[0]: must be an https URL because caFile, certFile or keyFile is set; got "http://a:1"`,
  ]],
  [
    "external etcd with half a pair",
    cluster('etcd: {external: {caFile: /ca, certFile: /c, endpoints: ["https://a:1"]}}'),
    [`${C}.etcd.external.keyFile: is required because certFile is set`],
  ],
  [
    "external etcd with a pair and no CA",
    cluster('etcd: {external: {certFile: /c, keyFile: /k, endpoints: ["https://a:1"]}}'),
    [`${C}.etcd.external.caFile: is required because certFile and keyFile are set`],
  ],
  ["external etcd with a relative file", cluster('etcd: {external: {caFile: ca, endpoints: ["https://a:1"]}}'), [
    `${C}.etcd.external.caFile: must be an absolute path; got "ca"`,
  ]],
  ["external etcd without a scheme", cluster('etcd: {external: {endpoints: ["10.0.0.7:2379"]}}'), [
    `${C}.etcd.external.endpoints[0]: must be an https URL such as https://10.0.0.7:2379; got "10.0.0.7:2379"`,
  ]],
  ["a pod network in the Services'", cluster("networking: {podSubnet: 10.97.0.0/16}"), [
    `${C}.networking.podSubnet: must not overlap serviceSubnet "10.96.0.0/12"; got "10.97.0.0/16"`,
  ]],
  ["a Service network too small", cluster("networking: {serviceSubnet: 10.96.0.0/29}"), [
    `${C}.networking.serviceSubnet: must be a network of at least 10 addresses; got "10.96.0.0/29" with 8`,
  ]],
  ["a Service network too large", cluster("networking: {serviceSubnet: 11.0.0.0/11}"), [
    `${C}.networking.serviceSubnet: must be a network with a prefix of /12 or longer; got "11.0.0.0/11"`,
  ]],
  ["a second Service network too large", cluster("networking: {serviceSubnet: '10.96.0.0/12,fd00::/64'}"), [
    `${C}.networking.serviceSubnet: must be a network with a prefix of /108 or longer; got "fd00::/64"`,
  ]],
  ["a pod network too small for addresses", cluster("networking: {podSubnet: 10.244.0.0/29}"), [
    `${C}.networking.podSubnet: must be a network of at least 14 addresses; got "10.244.0.0/29" with 8`,
  ]],
  ["a pod network too small for a node", cluster("networking: {podSubnet: 10.244.0.0/25}"), [
    `${C}.networking.podSubnet: must be at least as large as the /24 network of each node; got "10.244.0.0/25"`,
  ]],
  [
    "a pod network too large for its nodes",
    cluster("networking: {podSubnet: 'fd00::/47', serviceSubnet: '10.96.0.0/12,fd01::/112'}"),
    [`${C}.networking.podSubnet: must be a network with a prefix of /48 or longer for nodes with /64 networks; got "fd00::/47"; controllerManager.extraArgs node-cidr-mask-size-ipv6 changes the size of the nodes' networks`],
  ],
  [
    "a node mask that is none",
    cluster(
      "networking: {podSubnet: 10.244.0.0/16}\ncontrollerManager: {extraArgs: [{name: node-cidr-mask-size-ipv4, value: big}]}",
    ),
    [`${C}.controllerManager.extraArgs: node-cidr-mask-size-ipv4 must be an IPv4 prefix length; got "big"`],
  ],
  ["two networks of one family", cluster("networking: {podSubnet: '10.1.0.0/16,10.2.0.0/16'}"), [
    `${C}.networking.podSubnet: must be one CIDR, or an IPv4 and an IPv6 CIDR separated by a comma; got "10.1.0.0/16,10.2.0.0/16"`,
  ]],
  ["a network without prefix", cluster("networking: {podSubnet: 10.244.0.0}"), [
    `${C}.networking.podSubnet: must be a CIDR of the form address/prefix; got "10.244.0.0"; the prefix length is missing, such as /16`,
  ]],
  ["a space between networks", cluster("networking: {podSubnet: '10.244.0.0/16, fd00:10::/56'}"), [
    `${C}.networking.podSubnet: must be a CIDR of the form address/prefix; got " fd00:10::/56"`,
  ]],
  ["another family of Services first", cluster("networking: {serviceSubnet: 'fd00:96::/112'}"), [
    `${I}.localAPIEndpoint.advertiseAddress: must be an IPv6 address like the first network of serviceSubnet "fd00:96::/112"; got "10.77.0.21"`,
  ]],
  ["an address among the Services", init("localAPIEndpoint: {advertiseAddress: 10.96.0.5}"), [
    `${I}.localAPIEndpoint.advertiseAddress: must not be in serviceSubnet "10.96.0.0/12"; got "10.96.0.5"`,
  ]],
  ["a multicast address", init("localAPIEndpoint: {advertiseAddress: 224.0.0.1}"), [
    `${I}.localAPIEndpoint.advertiseAddress: must be an IP address that other hosts can reach, not a multicast address; got "224.0.0.1"`,
  ]],
  ["a token with both ends", init(`bootstrapTokens: [{token: ${TOKEN}, ttl: 1h, expires: 2027-01-31T12:00:00Z}]`), [
    `${I}.bootstrapTokens[0]: ttl and expires are mutually exclusive`,
  ]],
  [
    "a signing token with groups",
    init(`bootstrapTokens: [{token: ${TOKEN}, usages: [signing], groups: ["system:bootstrappers:a"]}]`),
    [`${I}.bootstrapTokens[0].groups: requires "authentication" in usages`],
  ],
  [
    "a token without text among several",
    init(`bootstrapTokens: [{token: ${TOKEN}}, {description: second}]`),
    [`${I}.bootstrapTokens[1].token: is required because there are several tokens`],
  ],
  ["a token for root", init(`bootstrapTokens: [{token: ${TOKEN}, groups: ["system:masters"]}]`), [
    `${I}.bootstrapTokens[0].groups[0]: must be a group that starts with "system:bootstrappers:" and continues with lowercase letters, digits, ":" and "-"; got "system:masters"`,
  ]],
  ["all checks and one", init("nodeRegistration: {ignorePreflightErrors: [all, Swap]}"), [
    `${I}.nodeRegistration.ignorePreflightErrors: "all" and the names of checks are mutually exclusive`,
  ]],
  ["an unknown feature gate", cluster("featureGates: {RootlessControlPlan: true}"), [
    `${C}.featureGates.RootlessControlPlan: unknown feature gate "RootlessControlPlan"; did you mean "RootlessControlPlane"?`,
  ]],
  ["a feature gate of another version", cluster("featureGates: {PublicKeysECDSA: true}"), [
    `${C}.featureGates.PublicKeysECDSA: is not supported in Kubernetes 1.37`,
  ]],
  ["a feature gate of an older minor", cluster("featureGates: {PublicKeysECDSA: true}"), [
    `${C}.featureGates.PublicKeysECDSA: is not supported in Kubernetes 1.37`,
  ]],
  ["a version too old", cluster("kubernetesVersion: v1.30.0"), [
    `${C}.kubernetesVersion: unsupported version "v1.30.0"; kubewright supports Kubernetes 1.35, 1.36, 1.37`,
  ]],
  ["a version of the API too old", `${cluster("")}---\napiVersion: kubeadm.k8s.io/v1beta2\nkind: InitConfiguration\n`, [
    `${I}: unsupported apiVersion "kubeadm.k8s.io/v1beta2"; use "kubeadm.k8s.io/v1beta4", or convert the file with \`kubeadm config migrate\` of a release that supports both`,
  ]],
  ["an experimental version", `${cluster("")}---\napiVersion: kubeadm.k8s.io/v1\nkind: InitConfiguration\n`, [
    `${I}: apiVersion "kubeadm.k8s.io/v1" is experimental; use "kubeadm.k8s.io/v1beta4"`,
  ]],
  ["a version to come", `${cluster("")}---\napiVersion: kubeadm.k8s.io/v2\nkind: InitConfiguration\n`, [
    `${I}: unknown apiVersion "kubeadm.k8s.io/v2"; use "kubeadm.k8s.io/v1beta4"`,
  ]],
  ["a misspelt group", `${cluster("")}---\napiVersion: kubeadm.k8s.oi/v1beta4\nkind: InitConfiguration\n`, [
    `${I}: unknown apiVersion "kubeadm.k8s.oi/v1beta4"; did you mean "kubeadm.k8s.io/v1beta4"?`,
  ]],
  ["a misspelt group with a misspelt kind", `${cluster("")}---\napiVersion: kubeadm.k8s.oi/v1beta4\nkind: Ini\n`, [
    'Ini: unknown apiVersion "kubeadm.k8s.oi/v1beta4"; did you mean "kubeadm.k8s.io/v1beta4"?',
  ]],
  ["YAML 1.1's true for a text", cluster("clusterName: on"), [
    `${C}.clusterName: must be a string in quotes; got the boolean true`,
  ]],
  ["a misspelt kind", `${cluster("")}---\n${HEAD} InitConfig\n`, [
    'InitConfig: unknown kubeadm.k8s.io/v1beta4 kind "InitConfig"',
  ]],
  ["a kind twice", `${cluster("")}---\n${cluster("")}`, [`${C}: duplicate document "${C}"`]],
  [
    "a misspelt kubelet field",
    `${cluster("")}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPod: 5\n`,
    ['KubeletConfiguration.maxPod: unknown field "maxPod"; did you mean "maxPods"?'],
  ],
  [
    "a kubelet duration that is none",
    `${cluster("")}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nsyncFrequency: 1d\n`,
    ['KubeletConfiguration.syncFrequency: must be a duration such as "24h" or "1m30s"; got "1d"'],
  ],
  [
    "a misspelt kube-proxy field",
    `${
      cluster("")
    }---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nconntrack: {maxPerCores: 0}\n`,
    ['KubeProxyConfiguration.conntrack.maxPerCores: unknown field "maxPerCores"; did you mean "maxPerCore"?'],
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
    `${C}.certificateValidityPeriod (test.yaml:1:1): "8760h0m0s" is longer than caCertificateValidityPeriod "1h0m0s"; certificates expire together with the CA`,
  ]],
  ["a feature gate that has a successor", cluster("kubernetesVersion: v1.36.3\nfeatureGates: {PublicKeysECDSA: yes}"), [
    `${C}.featureGates.PublicKeysECDSA (test.yaml:4:33): the feature gate is deprecated; use encryptionAlgorithm: ECDSA-P256`,
  ]],
  ["long periods", cluster("certificateValidityPeriod: 9000h\ncaCertificateValidityPeriod: 90000h"), [
    `${C}.certificateValidityPeriod (test.yaml:3:28): is "9000h0m0s"; recommended: "8760h0m0s" or shorter`,
    `${C}.caCertificateValidityPeriod (test.yaml:4:30): is "90000h0m0s"; recommended: "87600h0m0s" or shorter`,
  ]],
  ["a site-local network", cluster("networking: {serviceSubnet: 10.0.0.0/16, podSubnet: 'fec0::/56'}"), [
    `${C}.networking.podSubnet (test.yaml:3:53): "fec0::/56" contains site-local addresses (fec0::/10), which RFC 3879 deprecates`,
  ]],
  ["a socket without scheme", init("nodeRegistration: {criSocket: /run/a.sock}"), [
    `${I}.nodeRegistration.criSocket (test.yaml:3:31): "/run/a.sock" without a scheme is deprecated; use "unix:///run/a.sock"`,
  ]],
  ["a document of another command", `${cluster("")}---\n${HEAD} JoinConfiguration\nbad: field\n`, [
    "JoinConfiguration (test.yaml:5:1): kubeadm.k8s.io/v1beta4 JoinConfiguration is ignored; this command does not read it",
  ]],
  ["a foreign document", `${cluster("")}---\napiVersion: apps/v1\nkind: Deployment\n`, [
    "Deployment (test.yaml:5:1): apps/v1 Deployment is ignored; this command does not read it",
  ]],
  [
    "kinds named like parts of JavaScript",
    `${cluster("")}---\napiVersion: constructor\nkind: name\n---\napiVersion: __proto__\nkind: __proto__\n`,
    [
      "name (test.yaml:5:1): constructor name is ignored; this command does not read it",
      "__proto__ (test.yaml:8:1): __proto__ __proto__ is ignored; this command does not read it",
    ],
  ],
  [
    "a KubeletConfiguration that is not as recommended",
    `${cluster("")}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration
clusterDNS: [10.96.0.11]\nreadOnlyPort: 10255\nauthentication: {anonymous: {enabled: true}}\nhealthzPort: 10248\n`,
    [
      'KubeletConfiguration.clusterDNS (test.yaml:7:13): is ["10.96.0.11"]; recommended: ["10.96.0.10"]',
      "KubeletConfiguration.authentication.anonymous.enabled (test.yaml:9:39): is true; recommended: false",
      "KubeletConfiguration.readOnlyPort (test.yaml:8:15): is 10255; recommended: 0",
    ],
  ],
  [
    "a KubeProxyConfiguration that is not as recommended",
    `${cluster("networking: {podSubnet: 10.244.0.0/16}")}---\napiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration\nmode: ipvs\nbindAddress: 10.0.0.1\nclusterCIDR: 10.0.0.0/8\n`,
    [
      'KubeProxyConfiguration.bindAddress (test.yaml:8:14): is "10.0.0.1"; recommended: "0.0.0.0"',
      'KubeProxyConfiguration.clusterCIDR (test.yaml:9:14): is "10.0.0.0/8"; recommended: "10.244.0.0/16"',
      'KubeProxyConfiguration.mode (test.yaml:7:7): "ipvs" is deprecated since Kubernetes 1.35; use "nftables", or "iptables" on old kernels',
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
  [{ "--pod-network-cidr": "x" }, {}, ['--pod-network-cidr: must be a CIDR of the form address/prefix; got "x"']],
  [{ "--service-cidr": "10.0.0.0/31" }, {}, [
    '--service-cidr: must be a network of at least 10 addresses; got "10.0.0.0/31" with 2',
  ]],
  [{ "--service-dns-domain": "Cluster" }, {}, [
    '--service-dns-domain: must be a DNS name of at most 253 lowercase letters, digits, "-" and ".", starting and ending with a letter or digit; got "Cluster"',
  ]],
  [{ "--apiserver-advertise-address": "ff02::1" }, {}, [
    '--apiserver-advertise-address: must be an IP address that other hosts can reach, not a multicast address; got "ff02::1"',
    '--apiserver-advertise-address: must be an IPv4 address like the first network of serviceSubnet "10.96.0.0/12"; got "ff02::1"',
  ]],
  [{ "--apiserver-advertise-address": "::" }, { defaultAddressV6: "2001:db8::1" }, [
    '--apiserver-advertise-address: must be an IPv4 address like the first network of serviceSubnet "10.96.0.0/12"; got "2001:db8::1"',
  ]],
  [{ "--apiserver-bind-port": 70000 }, {}, ["--apiserver-bind-port: must be between 1 and 65535; got 70000"]],
  [{ "--apiserver-cert-extra-sans": ["a", "b c"] }, {}, [
    '--apiserver-cert-extra-sans: must be an IP address or a DNS name, which may start with "*."; got "b c"',
  ]],
  [{ "--control-plane-endpoint": "https://a" }, {}, [
    '--control-plane-endpoint: must be a host or HOST:PORT (port 1 to 65535, IPv6 addresses in brackets); got "https://a"',
  ]],
  [{ "--image-repository": "a/" }, {}, [
    '--image-repository: must be an image repository, registry[:port][/path], without a scheme, a tag or a trailing slash; got "a/"',
  ]],
  [{ "--cri-socket": "tcp://a" }, {}, [
    '--cri-socket: must be the URL of a local socket, such as unix:///run/containerd/containerd.sock; got "tcp://a"',
  ]],
  [{ "--token-ttl": "1d" }, {}, ['--token-ttl: must be a duration such as "24h" or "1m30s"; got "1d"']],
  [{ "--token-ttl": "-1h" }, {}, ['--token-ttl: must be a positive duration or 0; got "-1h0m0s"']],
  [{ "--feature-gates": "A" }, {}, ['--feature-gates: must be of the form Name=true,Other=false; got "A"']],
  [{ "--kubernetes-version": "1.37" }, {}, [
    '--kubernetes-version: must be a version such as v1.37.2 or a label such as stable-1; got "1.37"',
  ]],
  [{ "--certificate-key": "secret" }, {}, [
    "--certificate-key: must be a certificate key of 64 hexadecimal digits",
  ]],
  [{}, { criSockets: ["unix:///a", "unix:///b"] }, [
    "--cri-socket: is required because several container runtimes answer on this host: unix:///a, unix:///b",
  ]],
  [{}, { hostname: "" }, ["--node-name: is required because this host has no host name"]],
  [{}, { hostname: "my_host" }, [
    '--node-name: must be a DNS name of at most 253 lowercase letters, digits, "-" and ".", starting and ending with a letter or digit; got "my_host"',
  ]],
  [{ "--apiserver-advertise-address": "127.0.0.1" }, { addresses: [] }, [
    '--apiserver-advertise-address: must be an IP address that other hosts can reach, not a loopback address; got "127.0.0.1"',
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
      what: "is required because this host has no default route to take the address from",
      hint: "Set --apiserver-advertise-address.",
    }],
  });
});

Deno.test("a wrong token is never shown", () => {
  const message = problemsOf(() => load(undefined, { "--token": "hunter2" })).join();
  assert.equal(message, '--token: must be a bootstrap token of the form "[a-z0-9]{6}.[a-z0-9]{16}"');
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
    message: 'Cannot use "test.yaml": no InitConfiguration or ClusterConfiguration found',
  });
  assert.throws(() => load(""), { name: "InvalidInput" });
});
