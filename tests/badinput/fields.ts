/** A value of a wrong type at each field of each kind, and values of the right type that are wrong. @module */
import { KUBE_PROXY_CONFIGURATION, KUBELET_CONFIGURATION } from "../../src/config/component_kinds.ts";
import { KUBEADM_KINDS } from "../../src/config/kubeadm_kinds.ts";
import type { Schema } from "../../src/config/schema.ts";
import { API_VERSION, type BadInput, type Category, cluster, CONFIG, init, initFile, join } from "./case.ts";

/** A value that is not of the type, for each type. */
const WRONG_TYPE: Readonly<Record<Schema["type"], unknown>> = {
  text: { a: 1 },
  duration: 5,
  networks: { a: 1 },
  endpoint: { a: 1 },
  version: { a: 1 },
  timestamp: { a: 1 },
  boolean: "true",
  integer: "1",
  number: "1",
  anything: undefined,
  list: "a",
  map: ["a"],
  fields: "a",
};

/** Paths of all fields below a schema, with the schema there; an item of a list is `[0]`. */
function fieldsOf(
  schema: Schema,
  path: readonly (string | number)[] = [],
): { path: readonly (string | number)[]; schema: Schema }[] {
  const below = schema.type === "fields"
    ? Object.entries(schema.fields).filter(([name]) => path.length > 0 || !/^(apiVersion|kind)$/.test(name))
      .flatMap(([name, field]) => fieldsOf(field, [...path, name]))
    : schema.type === "list"
    ? fieldsOf(schema.of, [...path, 0])
    : [];
  return path.length === 0 ? below : [{ path, schema }, ...below];
}

/** The document with the value at the path and nothing else. */
function documentWith(path: readonly (string | number)[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const inner = documentWith(rest, value);
  return typeof first === "number" ? [inner] : { [first]: inner };
}

function pathText(kind: string, path: readonly (string | number)[]): string {
  return kind + path.map((step) => typeof step === "number" ? `[${step}]` : `.${step}`).join("");
}

/** A wrong type at every field of a kind, for the command that reads it. */
export function wrongTypes(
  kind: string,
  schema: Schema,
  apiVersion: string,
  { beside = "", args = kind === "JoinConfiguration" ? ["join"] : ["init"] }: {
    beside?: string;
    args?: readonly string[];
  } = {},
): BadInput[] {
  return fieldsOf(schema).filter(({ schema }) => schema.type !== "anything").map(({ path, schema }) => {
    const where = pathText(kind, path);
    const body = documentWith(path, WRONG_TYPE[schema.type]) as Record<string, unknown>;
    const text = `${beside}${JSON.stringify({ apiVersion, kind, ...body })}\n`;
    return {
      name: `a wrong type at ${where}`,
      args: [...args, "--config", CONFIG],
      files: { [CONFIG]: text },
      says: new RegExp(`^ {2}${RegExp.escape(where)}(?![\\w[.]).*: must be `, "m"),
      code: 3,
    };
  });
}

const BESIDE = `${API_VERSION}\nkind: ClusterConfiguration\n---\n`;
const V1BETA4 = "kubeadm.k8s.io/v1beta4";

/** A value of a wrong type at every field that `init` and `join` read. */
export const TYPE_CASES: Category = {
  name: "wrong types at every field",
  cases: () => [
    ...wrongTypes("ClusterConfiguration", KUBEADM_KINDS.ClusterConfiguration, V1BETA4),
    ...wrongTypes("InitConfiguration", KUBEADM_KINDS.InitConfiguration, V1BETA4),
    ...wrongTypes("JoinConfiguration", KUBEADM_KINDS.JoinConfiguration, V1BETA4),
    ...wrongTypes("KubeletConfiguration", KUBELET_CONFIGURATION, "kubelet.config.k8s.io/v1beta1", { beside: BESIDE }),
    ...wrongTypes("KubeProxyConfiguration", KUBE_PROXY_CONFIGURATION, "kubeproxy.config.k8s.io/v1alpha1", {
      beside: BESIDE,
    }),
  ],
};

const DURATIONS = [
  "1d",
  "5 minutes",
  "1h 30m",
  "90",
  "1.5.5s",
  "-",
  "h",
  "1H",
  "-5m",
  "0s",
  "99999999h",
  "∞",
  "1e3s",
  "s1",
  "9".repeat(300_000),
  `${"1h".repeat(300_000)}`,
];

const VERSIONS: readonly (readonly [string, string])[] = [
  ["no patch release", "v1.37"],
  ["only a major release", "v1"],
  ["four parts", "v1.37.2.1"],
  ["two letters in front", "vv1.37.2"],
  ["an upper case letter in front", "V1.37.2"],
  ["a leading zero", "v1.037.2"],
  ["a leading zero of the patch release", "v1.37.02"],
  ["a minor release too old", "v1.34.9"],
  ["a minor release to come", "v1.99.0"],
  ["another major release", "v2.37.2"],
  ["a wildcard", "v1.37.x"],
  ["an operator", ">=1.37.2"],
  ["a space", "v1.37.2 "],
  ["a slash", "v1.37.2/../../x"],
  ["a tag behind", "v1.37.2:latest"],
  ["an empty pre-release", "v1.37.2-"],
  ["a negative number", "v1.-37.2"],
  ["a number that no computer holds", `v1.37.${"9".repeat(400)}`],
  ["a label that does not exist", "newest"],
  ["a label of another major release", "stable-2"],
  ["a label of an old minor release", "stable-1.20"],
  ["a label of a minor release that this host's kubelet is not of", "stable-1.36"],
  ["a URL", "https://dl.k8s.io/release/stable.txt"],
  ["a CI label", "ci/latest"],
];

const QUALIFIED: readonly string[] = [
  "a b",
  "a/b/c",
  "/a",
  "a/",
  "-a",
  "a-",
  `${"a".repeat(64)}`,
  "A_b!/c",
  "ex ample/c",
  "a=b",
  "ä",
  `${"a.".repeat(127)}x/c`,
];
const VALUES: readonly string[] = ["a b", "-a", "a-", "a/b", `${"a".repeat(64)}`, "ä", "a=b", "a,b"];

function at(kind: "cluster" | "init" | "join", name: string, yaml: string, where: string): BadInput {
  return { cluster, init, join }[kind](name, yaml, new RegExp(`^ {2}${RegExp.escape(where)}\\b`, "m"));
}

const text = (value: string) => JSON.stringify(value);

function tables(): BadInput[] {
  return [
    ...DURATIONS.map((value) =>
      at(
        "init",
        `a timeout of ${value.slice(0, 20)}`,
        `timeouts: {discovery: ${text(value)}}`,
        "InitConfiguration.timeouts.discovery",
      )
    ),
    ...DURATIONS.filter((value) => value !== "0s").map((value) =>
      at(
        "init",
        `a token for ${value.slice(0, 20)}`,
        `bootstrapTokens: [{token: abcdef.0123456789abcdef, ttl: ${text(value)}}]`,
        "InitConfiguration.bootstrapTokens[0].ttl",
      )
    ),
    ...["1d", "0s", "-1h", "x"].map((value) =>
      at(
        "cluster",
        `certificates for ${value}`,
        `certificateValidityPeriod: ${text(value)}`,
        "ClusterConfiguration.certificateValidityPeriod",
      )
    ),
    ...["1d", "0h", "-1h", "x"].map((value) =>
      at(
        "cluster",
        `authorities for ${value}`,
        `caCertificateValidityPeriod: ${text(value)}`,
        "ClusterConfiguration.caCertificateValidityPeriod",
      )
    ),
    ...VERSIONS.map(([what, value]) =>
      at(
        "cluster",
        `a version with ${what}`,
        `kubernetesVersion: ${text(value)}`,
        "ClusterConfiguration.kubernetesVersion",
      )
    ),
    ...QUALIFIED.map((key) =>
      at(
        "init",
        `a taint with the key ${key.slice(0, 20)}`,
        `nodeRegistration: {taints: [{key: ${text(key)}, effect: NoSchedule}]}`,
        "InitConfiguration.nodeRegistration.taints[0].key",
      )
    ),
    ...VALUES.map((value) =>
      at(
        "join",
        `a taint with the value ${value.slice(0, 20)}`,
        `nodeRegistration: {taints: [{key: a, value: ${text(value)}, effect: NoSchedule}]}`,
        "JoinConfiguration.nodeRegistration.taints[0].value",
      )
    ),
    ...["", "noschedule", "NoSchedul", "Evict"].map((effect) =>
      at(
        "init",
        `a taint with the effect ${text(effect)}`,
        `nodeRegistration: {taints: [{key: a, effect: ${text(effect)}}]}`,
        "InitConfiguration.nodeRegistration.taints[0].effect",
      )
    ),
    ...["--v", "a b", "a=b", "", "-v", "ä", "a\nb", "$(reboot)"].map((name) =>
      at(
        "cluster",
        `an argument named ${JSON.stringify(name)}`,
        `apiServer: {extraArgs: [{name: ${text(name)}, value: x}]}`,
        "ClusterConfiguration.apiServer.extraArgs[0].name",
      )
    ),
    ...["A=B", "", "A\nB", "ä"].map((name) =>
      at(
        "cluster",
        `a variable named ${JSON.stringify(name)}`,
        `etcd: {local: {extraEnvs: [{name: ${text(name)}, value: x}]}}`,
        "ClusterConfiguration.etcd.local.extraEnvs[0].name",
      )
    ),
    ...["etc", "./etc", "~/etc", "", "C:\\x", "a\0b"].map((path) =>
      at(
        "cluster",
        `a volume from ${JSON.stringify(path)}`,
        `scheduler: {extraVolumes: [{name: a, hostPath: ${text(path)}, mountPath: /a}]}`,
        "ClusterConfiguration.scheduler.extraVolumes[0].hostPath",
      )
    ),
    ...["A", "a_b", "a.b", "", "-a", "a".repeat(64)].map((name) =>
      at(
        "cluster",
        `a volume named ${JSON.stringify(name.slice(0, 20))}`,
        `scheduler: {extraVolumes: [{name: ${text(name)}, hostPath: /a, mountPath: /a}]}`,
        "ClusterConfiguration.scheduler.extraVolumes[0].name",
      )
    ),
    ...["Folder", "directory"].map((type) =>
      at(
        "cluster",
        `a volume of type ${type}`,
        `scheduler: {extraVolumes: [{name: a, hostPath: /a, mountPath: /a, pathType: ${type}}]}`,
        "ClusterConfiguration.scheduler.extraVolumes[0].pathType",
      )
    ),
    ...[
      "https://registry.example",
      "Registry.example/K8s",
      "registry.example/",
      "registry.example:x",
      "a b",
      "registry.example/a:1",
      "/a",
      "registry..example/a",
      "-registry.example/a",
      "registry.example/a___b",
      "registry.example/a@sha256",
      "fd00::1/a",
      "[fd00::1/a",
      "registry.example//a",
      "a".repeat(100_000) + "!",
    ].map((repository) =>
      at(
        "cluster",
        `images from ${repository.slice(0, 30)}`,
        `imageRepository: ${text(repository)}`,
        "ClusterConfiguration.imageRepository",
      )
    ),
    ...[
      ...["a b", "-1", "a/b", "a:b", "x".repeat(129), "ä", "v1@sha256", `v1@sha256:${"a".repeat(63)}`],
      ...[`v1@md5:${"a".repeat(32)}`, `v1@sha256:${"A".repeat(64)}`, `@sha256:${"a".repeat(64)}`, "v1+x"],
    ].map((tag) =>
      at(
        "cluster",
        `an image with the tag ${tag.slice(0, 20)}`,
        `dns: {imageTag: ${text(tag)}}`,
        "ClusterConfiguration.dns.imageTag",
      )
    ),
    ...["pki", "./pki", "../pki", "~/pki", "file:///pki", "a\0"].map((path) =>
      at(
        "cluster",
        `certificates in ${JSON.stringify(path)}`,
        `certificatesDir: ${text(path)}`,
        "ClusterConfiguration.certificatesDir",
      )
    ),
    ...["RSA", "RSA-1024", "rsa-2048", "Ed25519", "ECDSA-P521", "DSA", "2048"].map((algorithm) =>
      at(
        "cluster",
        `keys of ${algorithm}`,
        `encryptionAlgorithm: ${text(algorithm)}`,
        "ClusterConfiguration.encryptionAlgorithm",
      )
    ),
    ...["RootlessControlPlane: true", "ControlPlaneKubeletLocalMode: true", "Nothing: true", "__proto__: true"].map((
      gate,
    ) =>
      at(
        "cluster",
        `the feature gate ${gate}`,
        `featureGates: {${gate}}`,
        `ClusterConfiguration.featureGates.${gate.split(":")[0]}`,
      )
    ),
    at(
      "cluster",
      "a feature gate that is a text",
      'featureGates: {RootlessControlPlane: "true"}',
      "ClusterConfiguration.featureGates.RootlessControlPlane",
    ),
    ...["always", "Sometimes"].map((policy) =>
      at(
        "init",
        `images pulled ${policy}`,
        `nodeRegistration: {imagePullPolicy: ${policy}}`,
        "InitConfiguration.nodeRegistration.imagePullPolicy",
      )
    ),
    ...["00", "x".repeat(64), "0".repeat(63), "0".repeat(65)].map((key) =>
      at(
        "init",
        `a certificate key of ${key.length} characters`,
        `certificateKey: ${text(key)}`,
        "InitConfiguration.certificateKey",
      )
    ),
    ...["ca.pem", "/etc/ca.pem", "/etc/ca"].map((path) =>
      at("join", `the authority at ${path}`, `caCertPath: ${path}`, "JoinConfiguration.caCertPath")
    ),
  ];
}

const NETWORKS: readonly (readonly [string, string])[] = [
  ["no mask", "10.244.0.0"],
  ["a mask too long", "10.244.0.0/33"],
  ["an IPv6 mask too long", "fd00::/129"],
  ["a negative mask", "10.244.0.0/-1"],
  ["a mask in dots", "10.244.0.0/255.255.0.0"],
  ["a mask with a leading zero", "10.244.0.0/016"],
  ["an empty mask", "10.244.0.0/"],
  ["two masks", "10.244.0.0/16/16"],
  ["an octet too large", "10.256.0.0/16"],
  ["a leading zero", "10.044.0.0/16"],
  ["three octets", "10.244.0/16"],
  ["a name", "pods/16"],
  ["a space", "10.244.0.0 /16"],
  ["a space after the comma", "10.244.0.0/16, fd00:10::/56"],
  ["an empty second", "10.244.0.0/16,"],
  ["a semicolon", "10.244.0.0/16;fd00:10::/56"],
  ["two of IPv4", "10.244.0.0/16,10.245.0.0/16"],
  ["two of IPv6", "fd00:10::/56,fd00:11::/56"],
  ["three", "10.244.0.0/16,fd00:10::/56,10.245.0.0/16"],
  ["a zone id", "fe80::%eth0/64"],
  ["brackets", "[fd00::]/56"],
  ["IPv4 in IPv6", "::ffff:10.244.0.0/112"],
  ["a hundred thousand commas", ",".repeat(100_000)],
];

function networks(): BadInput[] {
  return [
    ...NETWORKS.map(([what, network]) =>
      at(
        "cluster",
        `pods in a network with ${what}`,
        `networking: {podSubnet: ${text(network)}}`,
        "ClusterConfiguration.networking.podSubnet",
      )
    ),
    ...NETWORKS.map(([what, network]) =>
      at(
        "cluster",
        `Services in a network with ${what}`,
        `networking: {serviceSubnet: ${text(network)}}`,
        "ClusterConfiguration.networking.serviceSubnet",
      )
    ),
    ...[
      "10.244.0.0/32",
      "10.244.0.0/29",
      "10.244.0.0/25",
      "10.0.0.0/7",
      "0.0.0.0/0",
      "10.96.0.0/16",
      "10.100.0.0/24",
      "fd00::/128",
      "fd00::/65",
      "fd00::/40",
    ].map((network) =>
      at(
        "cluster",
        `pods in ${network}`,
        `networking: {podSubnet: ${text(network)}}`,
        "ClusterConfiguration.networking.podSubnet",
      )
    ),
    ...["10.96.0.0/32", "10.96.0.0/29", "10.0.0.0/8", "0.0.0.0/0", "10.96.0.0/12,fd00::/64"].map((network) =>
      at(
        "cluster",
        `Services in ${network}`,
        `networking: {serviceSubnet: ${text(network)}}`,
        "ClusterConfiguration.networking.serviceSubnet",
      )
    ),
    cluster(
      "Services of IPv6 first on a host of IPv4",
      'networking: {serviceSubnet: "fd00:96::/112,10.96.0.0/12"}',
      /advertiseAddress.*address like the first network of serviceSubnet/,
    ),
    cluster(
      "Services of IPv6 on a host of IPv4",
      'networking: {serviceSubnet: "fd00:96::/112"}',
      /advertiseAddress.*address like the first network of serviceSubnet/,
    ),
    cluster(
      "Services around this host",
      'networking: {serviceSubnet: "192.0.0.0/20"}',
      /advertiseAddress.*must not be in serviceSubnet/,
    ),
    cluster(
      "pods in the Services' second network",
      'networking: {serviceSubnet: "10.96.0.0/12,fd00:96::/112", podSubnet: "10.244.0.0/16,fd00:96::/64"}',
      /podSubnet.*must not overlap/,
    ),
    cluster(
      "a mask for nodes larger than the network",
      'networking: {podSubnet: 10.244.0.0/16}\ncontrollerManager: {extraArgs: [{name: node-cidr-mask-size, value: "15"}]}',
      /podSubnet.*must be at least as large as the \/15/,
    ),
    cluster(
      "a mask for nodes that is none",
      'networking: {podSubnet: 10.244.0.0/16}\ncontrollerManager: {extraArgs: [{name: node-cidr-mask-size, value: "33"}]}',
      /must be an IPv4 prefix length/,
    ),
    cluster(
      "two stores",
      "etcd: {local: {}, external: {endpoints: [https://a.example]}}",
      /ClusterConfiguration\.etcd\b.*: local and external are mutually exclusive/,
    ),
    cluster(
      "half a pair for etcd",
      "etcd: {external: {endpoints: [https://a.example], caFile: /a, keyFile: /k}}",
      /etcd\.external\.certFile/,
    ),
    cluster(
      "etcd in the clear beside a CA",
      "etcd: {external: {endpoints: [http://a.example], caFile: /a}}",
      /etcd\.external\.endpoints\[0\]/,
    ),
    cluster("no endpoint of etcd", "etcd: {external: {endpoints: []}}", /etcd\.external\.endpoints/),
    init(
      "a check that all are, and one more",
      "nodeRegistration: {ignorePreflightErrors: [all, Swap]}",
      /ignorePreflightErrors/,
    ),
    init(
      "a phase to skip that does not exist",
      "skipPhases: [certs/apisrver]",
      /skipPhases: unknown phase "certs\/apisrver".*did you mean/,
    ),
    init("a phase to skip of another command", "skipPhases: [kubelet-wait-bootstrap]", /skipPhases: unknown phase/),
    initFile(
      "a number for a quantity of the kubelet",
      `${BESIDE}apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nevictionHard: {memory.available: 100}\n`,
      /evictionHard\.memory\.available.*must be a string/,
    ),
    initFile(
      "a duration of the kubelet in days",
      `${BESIDE}apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nsyncFrequency: 1d\n`,
      /syncFrequency.*must be a duration/,
    ),
    initFile(
      "a fraction of pods",
      `${BESIDE}apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 1.5\n`,
      /maxPods.*must be an integer/,
    ),
  ];
}

/** Values of the right type that are wrong. */
export const VALUE_CASES: Category = { name: "values of fields", cases: () => [...tables(), ...networks()] };
