/**
 * Edits: what may be written into a configuration, each by itself, so that a difference can be made small by leaving some out.
 *
 * @module
 */
import type { Random } from "./random.ts";
import * as v from "./values.ts";

const KUBEADM = ["InitConfiguration", "ClusterConfiguration"] as const;
export type Kind = typeof KUBEADM[number] | "KubeletConfiguration" | "KubeProxyConfiguration";

/** A field that is set, or something that is done to the whole text. */
export type Edit =
  | { kind: Kind; path: readonly string[]; yaml: string }
  | { text: string }
  /** Something on the host before: the name of a script of `fixtures.ts`. */
  | { before: string };

/** Fields with their values; dots part steps. */
const FIELDS: readonly (readonly [Kind, string, v.Values])[] = [
  ["ClusterConfiguration", "apiServer.certSANs", list(v.SANS)],
  ["ClusterConfiguration", "certificatesDir", v.PATHS],
  ["ClusterConfiguration", "certificateValidityPeriod", v.DURATIONS],
  ["ClusterConfiguration", "caCertificateValidityPeriod", v.DURATIONS],
  ["ClusterConfiguration", "clusterName", {
    usual: ["alpha", "'7'", "a b", "ü", "'a@b'"],
    odd: ["7", "yes", "~", "''", '"a\\nb"', "2001-01-01", "1:30", "0x10", "[a]"],
  }],
  ["ClusterConfiguration", "controlPlaneEndpoint", v.HOST_PORTS],
  ["ClusterConfiguration", "dns.imageRepository", v.IMAGE_REPOSITORIES],
  ["ClusterConfiguration", "dns.imageTag", v.IMAGE_TAGS],
  ["ClusterConfiguration", "dns.disabled", v.BOOLEANS],
  ["ClusterConfiguration", "proxy.disabled", v.BOOLEANS],
  ["ClusterConfiguration", "encryptionAlgorithm", {
    usual: ["ECDSA-P256", "ECDSA-P384"],
    odd: ["ecdsa-p256", "RSA", "Ed25519", "''", "ECDSA-P521"],
  }],
  ["ClusterConfiguration", "etcd.local.imageRepository", v.IMAGE_REPOSITORIES],
  ["ClusterConfiguration", "etcd.local.imageTag", v.IMAGE_TAGS],
  ["ClusterConfiguration", "etcd.local.dataDir", v.PATHS],
  ["ClusterConfiguration", "etcd.local.serverCertSANs", list(v.SANS)],
  ["ClusterConfiguration", "etcd.local.peerCertSANs", list(v.SANS)],
  [
    "ClusterConfiguration",
    "etcd.local.extraArgs",
    args({ usual: ["listen-metrics-urls"] }, { usual: [...v.URLS.usual, ...v.URLS.odd!] }),
  ],
  ["ClusterConfiguration", "etcd.local.extraArgs", args(v.ARGUMENT_NAMES, v.ARGUMENT_VALUES)],
  ["ClusterConfiguration", "etcd.external.endpoints", list(v.URLS)],
  ["ClusterConfiguration", "etcd.external.httpEndpoints", list(v.URLS)],
  ["ClusterConfiguration", "etcd.external.caFile", v.PATHS],
  ["ClusterConfiguration", "featureGates", {
    usual: ["{}", "{RootlessControlPlane: false}"],
    odd: [
      "{RootlessControlPlane: true}",
      "{Magic: true}",
      "{PublicKeysECDSA: true}",
      "{RootlessControlPlane: yes}",
      "{RootlessControlPlane: '1'}",
      "[]",
      "~",
    ],
  }],
  ["ClusterConfiguration", "imageRepository", v.IMAGE_REPOSITORIES],
  ["ClusterConfiguration", "kubernetesVersion", v.VERSIONS],
  ["ClusterConfiguration", "networking.dnsDomain", v.DOMAINS],
  ["ClusterConfiguration", "networking.podSubnet", v.POD_SUBNETS],
  ["ClusterConfiguration", "networking.serviceSubnet", v.SERVICE_SUBNETS],
  [
    "ClusterConfiguration",
    "controllerManager.extraArgs",
    args({
      usual: [
        "node-cidr-mask-size",
        "node-cidr-mask-size-ipv4",
        "node-cidr-mask-size-ipv6",
        "allocate-node-cidrs",
        "bind-address",
      ],
    }, {
      usual: ["'25'", "'64'", "'24'"],
      odd: ["'33'", "'0'", "'024'", "x", "'false'", "'+24'", "''", "'-1'", "'::'"],
    }),
  ],
  ["ClusterConfiguration", "apiServer.extraArgs", args(v.ARGUMENT_NAMES, v.ARGUMENT_VALUES)],
  ["ClusterConfiguration", "scheduler.extraArgs", args(v.ARGUMENT_NAMES, v.ARGUMENT_VALUES)],
  ["ClusterConfiguration", "scheduler.extraEnvs", {
    usual: ["[{name: A, value: b}]", "[{name: A}]", "[{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"],
    odd: ["[{name: A, value: 1}]", "[{name: 'a b', value: c}]", "[{value: c}]", "[{name: A, valueFrom: {x: y}}]"],
  }],
  ["ClusterConfiguration", "apiServer.extraVolumes", {
    usual: [
      "[{name: a, hostPath: /a, mountPath: /b}]",
      "[{name: a, hostPath: /a/, mountPath: /b/, readOnly: true, pathType: DirectoryOrCreate}]",
    ],
    odd: [
      "[{name: A_b, hostPath: /a, mountPath: /b}]",
      "[{name: a, hostPath: a, mountPath: b}]",
      "[{name: a, hostPath: /a, mountPath: /b, pathType: X}]",
      "[{name: a}]",
      "[{name: a, hostPath: /a, mountPath: /b, x: y}]",
    ],
  }],
  ["InitConfiguration", "localAPIEndpoint.advertiseAddress", v.ADDRESSES],
  ["InitConfiguration", "localAPIEndpoint.bindPort", v.PORTS],
  ["InitConfiguration", "nodeRegistration.name", v.NAMES],
  ["InitConfiguration", "nodeRegistration.criSocket", v.SOCKETS],
  ["InitConfiguration", "nodeRegistration.imagePullPolicy", {
    usual: ["Always", "IfNotPresent", "Never", "''"],
    odd: ["always", "1"],
  }],
  ["InitConfiguration", "nodeRegistration.imagePullSerial", v.BOOLEANS],
  ["InitConfiguration", "nodeRegistration.taints", taints()],
  [
    "InitConfiguration",
    "nodeRegistration.kubeletExtraArgs",
    args(
      { usual: ["node-ip", "node-labels", "v", "hostname-override", "cgroup-driver"], odd: ["--x", "''"] },
      v.ARGUMENT_VALUES,
    ),
  ],
  ["InitConfiguration", "nodeRegistration.ignorePreflightErrors", {
    usual: ["[Swap]", "[swap, MEM]", "[all]"],
    odd: ["Swap", "[1]", "[all, Swap]", "~"],
  }],
  ["InitConfiguration", "certificateKey", {
    usual: [v.quoted("0123456789abcdef".repeat(4)), v.quoted("0123456789ABCDEF".repeat(4))],
    odd: ["ab", v.quoted("g".repeat(64)), v.quoted("a".repeat(63)), "1", "''"],
  }],
  ["InitConfiguration", "bootstrapTokens", tokens()],
  ["InitConfiguration", "skipPhases", {
    usual: ["[addon/coredns]", "[addon]", "[preflight]", "[]"],
    odd: ["addon", "[1]", "~"],
  }],
  ["InitConfiguration", "patches.directory", v.PATHS],
  ["InitConfiguration", "dryRun", v.BOOLEANS],
  ["InitConfiguration", "timeouts.kubernetesAPICall", v.DURATIONS],
  ["InitConfiguration", "timeouts.discovery", v.DURATIONS],
  ["InitConfiguration", "timeouts.etcdAPICall", v.DURATIONS],
  ["KubeletConfiguration", "maxPods", {
    usual: ["200", "0", "110"],
    odd: ["-1", "2147483647", "2147483648", "'7'", "1.5", "1e2", "0x10", "~"],
  }],
  ["KubeletConfiguration", "syncFrequency", v.DURATIONS],
  ["KubeletConfiguration", "clusterDNS", {
    usual: ["[10.96.0.10]", "[]", "['fd00::a']"],
    odd: ["10.96.0.10", "[1]", "~"],
  }],
  ["KubeletConfiguration", "clusterDomain", v.DOMAINS],
  ["KubeletConfiguration", "evictionHard", {
    usual: ["{memory.available: 100Mi}", "{memory.available: 5%, nodefs.available: 1e3}", "{}"],
    odd: ["{memory.available: 100}", "{memory.available: ~}", "[]"],
  }],
  ["KubeletConfiguration", "systemReserved", {
    usual: ["{cpu: 100m, memory: 1Gi}", "{cpu: '1'}"],
    odd: ["{cpu: 1}", "{cpu: 1.5}", "{memory: 1_000}"],
  }],
  ["KubeletConfiguration", "containerLogMaxSize", { usual: ["10Mi", "1e3", "'5'"], odd: ["10", "10M B", "~"] }],
  ["KubeletConfiguration", "rotateCertificates", v.BOOLEANS],
  ["KubeletConfiguration", "podPidsLimit", {
    usual: ["-1", "4096", "4294967296"],
    odd: ["9223372036854775807", "9223372036854775808", "1e3", "1e30", "'1'"],
  }],
  ["KubeletConfiguration", "registryPullQPS", { usual: ["5", "0"], odd: ["-1", "5.5", "'5'"] }],
  ["KubeletConfiguration", "authentication", {
    usual: ["{anonymous: {enabled: true}}", "{webhook: {cacheTTL: 3m0s}}"],
    odd: ["{anonymous: true}", "{anonymus: {}}"],
  }],
  ["KubeletConfiguration", "featureGates", { usual: ["{GracefulNodeShutdown: true}"], odd: ["{A: 1}", "{A: yes}"] }],
  ["KubeProxyConfiguration", "mode", { usual: ["iptables", "nftables", "ipvs", "''"], odd: ["IPVS", "1", "x"] }],
  ["KubeProxyConfiguration", "bindAddress", v.ADDRESSES],
  ["KubeProxyConfiguration", "clusterCIDR", v.POD_SUBNETS],
  ["KubeProxyConfiguration", "conntrack", {
    usual: ["{maxPerCore: 0}", "{maxPerCore: 32768, min: 131072}", "{tcpEstablishedTimeout: 24h}"],
    odd: ["{maxPerCore: 1.5}", "{tcpEstablishedTimeout: 1d}", "{x: 1}", "{maxPerCore: ~}"],
  }],
  ["KubeProxyConfiguration", "metricsBindAddress", {
    usual: ["'0.0.0.0:10249'", "''", "'[::]:10249'"],
    odd: ["10249", "x"],
  }],
  ["KubeProxyConfiguration", "oomScoreAdj", { usual: ["-999", "0"], odd: ["2147483648", "'1'", "-1e3"] }],
];

function list(of: v.Values): v.Values {
  const around = (items: readonly string[]) => items.map((item) => `[${item}]`);
  return {
    usual: [...around(of.usual), `[${of.usual.join(", ")}]`, "[]"],
    odd: [
      ...around(of.odd ?? []),
      ...(of.odd ?? []).slice(0, 5).map((item) => `[${of.usual[0]}, ${item}]`),
      "~",
      of.usual[0]!,
      "[~]",
      "{}",
    ],
  };
}

function args(names: v.Values, values: v.Values): v.Values {
  const pairs = (some: readonly string[], other: readonly string[]) =>
    some.flatMap((
      name,
      i,
    ) => [
      `[{name: ${name}, value: ${other[i % other.length]}}]`,
      `[{name: ${name}, value: ${other[(i + 3) % other.length]}}]`,
    ]);
  const every = values.usual.map((value, i) => `[{name: ${names.usual[i % names.usual.length]}, value: ${value}}]`);
  return {
    usual: [...pairs(names.usual, values.usual), ...every],
    odd: [
      ...pairs(names.odd ?? names.usual, values.usual),
      ...(values.odd ?? []).map((value, i) => `[{name: ${names.usual[i % names.usual.length]}, value: ${value}}]`),
      ...[
        "{v: '4'}",
        "[{name: v}]",
        "[{value: x}]",
        "[{name: v, value: a}, {name: v, value: b}]",
        "[~]",
        "~",
        "[{name: v, value: a, mergeMethod: append}]",
      ],
    ],
  };
}

function taints(): v.Values {
  const of = (key: string, value: string, effect: string) => `[{key: ${key}, value: ${value}, effect: ${effect}}]`;
  const [keys, values] = [v.LABEL_KEYS, v.LABEL_VALUES];
  return {
    usual: [
      ...keys.usual.map((key) => of(key, "x", "NoSchedule")),
      ...values.usual.map((value) => of("a", value, "NoExecute")),
      "[]",
    ],
    odd: [
      ...keys.odd!.map((key) => of(key, "x", "NoSchedule")),
      ...values.odd!.map((value) => of("a", value, "NoExecute")),
      of("a", "b", "Never"),
      "~",
      "[{key: a}]",
      "[{key: a, effect: NoSchedule, timeAdded: 2026-01-01T00:00:00Z}]",
      "[{key: a, effect: NoSchedule, timeAdded: x}]",
    ],
  };
}

function tokens(): v.Values {
  const of = (token: string, more = "") => `[{token: ${token}${more}}]`;
  const first = v.TOKENS.usual[0]!;
  return {
    usual: [
      ...v.TOKENS.usual.map((token) => of(token)),
      ...v.DURATIONS.usual.map((ttl) => of(first, `, ttl: ${ttl}`)),
      of(first, ", usages: [signing]"),
      of(first, ", description: a b"),
      of(first, ", groups: ['system:bootstrappers:a:b']"),
    ],
    odd: [
      ...v.TOKENS.odd!.map((token) => of(token)),
      ...v.DURATIONS.odd!.map((ttl) => of(first, `, ttl: ${ttl}`)),
      of(first, ", usages: [x]"),
      of(first, ", usages: []"),
      of(first, ", groups: ['system:masters']"),
      of(first, ", groups: ['system:bootstrappers:']"),
      of(first, ", usages: [signing], groups: ['system:bootstrappers:a']"),
      of(first, ", expires: 2030-01-01T00:00:00Z"),
      of(first, ", expires: x"),
      "[{}]",
      "~",
      "[~]",
    ],
  };
}

/** What is done to the whole text, by name. */
export const TEXTS: Readonly<Record<string, (text: string) => string>> = {
  "byte order mark": (text) => `\ufeff${text}`,
  "byte order marks": (text) => `\ufeff${text.replace(/\n---\n/g, "\n---\n\ufeff")}`,
  "CRLF": (text) => text.replaceAll("\n", "\r\n"),
  "no last line end": (text) => text.trimEnd(),
  "dashes first": (text) => `---\n${text}`,
  "comment after dashes": (text) => text.replaceAll("\n---\n", "\n--- # next\n"),
  "comment at dashes": (text) => text.replaceAll("\n---\n", "\n---#next\n"),
  "content after dashes": (text) => text.replaceAll("\n---\n", "\n--- x\n"),
  "four dashes": (text) => text.replaceAll("\n---\n", "\n----\n"),
  "spaces after dashes": (text) => text.replaceAll("\n---\n", "\n---  \t\n"),
  "document end": (text) => `${text}...\n`,
  "empty document": (text) => `${text}---\n`,
  "empty documents": (text) => text.replace(/\n---\n/, "\n---\n---\n"),
  "null document": (text) => `${text}---\nnull\n`,
  "document of a comment": (text) => `# only\n---\n${text}`,
  "foreign document": (text) => `${text}---\napiVersion: apps/v1\nkind: Deployment\n`,
  "core document": (text) => `${text}---\napiVersion: v1\nkind: ConfigMap\n`,
  "list document": (text) => `${text}---\n- a\n`,
  "kind twice": (text) => `${text}---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n`,
  "unknown field": (text) => `${text}unknownField: 1\n`,
  "field of another case": (text) => `${text}ClusterName: a\n`,
  "duplicate key": (text) => `${text}kind: ClusterConfiguration\n`,
  "key of JavaScript": (text) => `${text}__proto__: {a: 1}\n`,
  "next line": (text) => `${text}# comment\u0085clusterName: hidden\n`,
  "line separator": (text) => `${text}# comment\u2028clusterName: hidden\n`,
  "tab at the end": (text) => text.replace("\n", "\t\n"),
  "tab as indentation": (text) => `${text}x:\n\ty: 1\n`,
  "null character": (text) => `${text}\0`,
  "YAML directive": (text) => `%YAML 1.1\n---\n${text}`,
  "v1beta3": (text) => text.replaceAll("kubeadm.k8s.io/v1beta4", "kubeadm.k8s.io/v1beta3"),
  "v1beta2": (text) => text.replaceAll("kubeadm.k8s.io/v1beta4", "kubeadm.k8s.io/v1beta2"),
  "v1": (text) => text.replaceAll("kubeadm.k8s.io/v1beta4", "kubeadm.k8s.io/v1"),
  "v2": (text) => text.replaceAll("kubeadm.k8s.io/v1beta4", "kubeadm.k8s.io/v2"),
  "no apiVersion": (text) => text.replace(/^apiVersion: .*\n/m, ""),
  "kind in lower case": (text) => text.replace("kind: C", "kind: c"),
  "anchors": (text) => `${text}apiServer: &x\n  extraArgs: []\nscheduler: *x\n`,
  "merge": (text) => `${text}apiServer: &x {certSANs: [a.example]}\nscheduler: {<<: {extraArgs: []}}\n`,
  "merge of no mapping": (text) => `${text}scheduler: {<<: 1}\n`,
  "null key": (text) => `${text}null: 1\n`,
  "explicit key": (text) => `${text}? clusterName\n: explicit\n`,
  "nesting": (text) => `${text}x: ${"[".repeat(90)}${"]".repeat(90)}\n`,
};

/** Edits for one configuration: mostly few. */
export function edits(random: Random, fixtures: readonly string[]): Edit[] {
  const count = 1 + random.below(random.chance(0.5) ? 3 : 7);
  const chosen: Edit[] = [];
  for (let i = 0; i < count; i++) {
    const [kind, path, values] = random.pick(FIELDS);
    const steps = path.split(".");
    const taken = chosen.some((edit) =>
      "path" in edit && edit.kind === kind &&
      (edit.path.join(".") === path || steps[0] === "etcd" && edit.path[0] === "etcd" && edit.path[1] !== steps[1])
    );
    if (!taken) chosen.push({ kind, path: steps, yaml: v.valueOf(random, values) });
  }
  if (random.chance(0.12)) chosen.push({ text: random.pick(Object.keys(TEXTS)) });
  if (fixtures.length > 0 && random.chance(0.1)) chosen.push({ before: random.pick(fixtures) });
  return chosen;
}

const API_VERSIONS: Readonly<Record<Kind, string>> = {
  InitConfiguration: "kubeadm.k8s.io/v1beta4",
  KubeletConfiguration: "kubelet.config.k8s.io/v1beta1",
  KubeProxyConfiguration: "kubeproxy.config.k8s.io/v1alpha1",
  ClusterConfiguration: "kubeadm.k8s.io/v1beta4",
};

/** What every configuration has, unless an edit says otherwise: no release is looked up, and keys are quick to make. */
const BASE: readonly Edit[] = [
  { kind: "ClusterConfiguration", path: ["kubernetesVersion"], yaml: "v1.37.2" },
  { kind: "ClusterConfiguration", path: ["encryptionAlgorithm"], yaml: "ECDSA-P256" },
  { kind: "InitConfiguration", path: ["bootstrapTokens"], yaml: "[{token: abcdef.0123456789abcdef}]" },
  {
    kind: "InitConfiguration",
    path: ["nodeRegistration", "criSocket"],
    yaml: "unix:///run/containerd/containerd.sock",
  },
];

type Tree = Map<string, Tree | string>;

function put(tree: Tree, [step, ...rest]: readonly string[], yaml: string): void {
  if (rest.length === 0) return void tree.set(step!, yaml);
  const inner = tree.get(step!);
  const below: Tree = typeof inner === "object" ? inner : new Map();
  tree.set(step!, below);
  put(below, rest, yaml);
}

function lines(tree: Tree, indent: string): string[] {
  return [...tree].flatMap(([key, value]) =>
    typeof value === "string" ? [`${indent}${key}: ${value}`] : [`${indent}${key}:`, ...lines(value, `${indent}  `)]
  );
}

/** The text of a configuration. ClusterConfiguration comes last, for edits of the text to add to. */
export function render(chosen: readonly Edit[]): string {
  const documents = new Map<Kind, Tree>();
  for (const edit of [...BASE, ...chosen]) {
    if (!("path" in edit)) continue;
    if (!documents.has(edit.kind)) documents.set(edit.kind, new Map());
    put(documents.get(edit.kind)!, edit.path, edit.yaml);
  }
  const order = Object.keys(API_VERSIONS).filter((kind) => documents.has(kind as Kind)) as Kind[];
  const text = order.map((kind) =>
    [`apiVersion: ${API_VERSIONS[kind]}`, `kind: ${kind}`, ...lines(documents.get(kind)!, ""), ""].join("\n")
  ).join("---\n");
  return chosen.reduce((text, edit) => "text" in edit ? TEXTS[edit.text]!(text) : text, text);
}

/** An edit as people read it. */
export function describeEdit(edit: Edit): string {
  if ("text" in edit) return `text: ${edit.text}`;
  if ("before" in edit) return `on the host: ${edit.before}`;
  return `${edit.kind}.${edit.path.join(".")}: ${edit.yaml.length > 120 ? `${edit.yaml.slice(0, 120)}…` : edit.yaml}`;
}
