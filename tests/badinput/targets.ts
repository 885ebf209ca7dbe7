/**
 * What is fuzzed: where an input comes from, and the door that it goes through. A target throws a `UserError` or nothing;
 * whatever else comes of it is a defect.
 *
 * @module
 */

import { fake } from "../fakes/fake.ts";
import { bootstrapTokens } from "../../src/cluster/objects/bootstrap_token.ts";
import { kubeconfigDocument, parseKubeconfig } from "../../src/cluster/pki/kubeconfigs.ts";
import { KUBEADM_KINDS } from "../../src/config/kubeadm_kinds.ts";
import { loadInit, loadJoin } from "../../src/config/load.ts";
import { loadReset } from "../../src/config/load_reset.ts";
import { loadUpgrade } from "../../src/config/load_upgrade.ts";
import type { Schema } from "../../src/config/schema.ts";
import { parseValues, stringify } from "../../src/config/yaml.ts";
import { decode, encode } from "../../src/cri/messages.ts";
import type { Message } from "../../src/grpc/codec.ts";
import { UserError } from "../../src/errors.ts";
import { errorOfAnswer } from "../../src/kube/errors.ts";
import { parseAnswer } from "../../src/kube/unverified.ts";
import { fresh } from "../samples/pki.ts";
import { daysLeft, parseCertificate, parseCertificates, validityAt } from "../../src/pki/certificate.ts";
import { chainsTo } from "../../src/pki/chain.ts";
import { signDetached, verifyDetached } from "../../src/pki/jws.ts";
import { parsePrivateKey } from "../../src/pki/key_pem.ts";
import { parsePublicKeys } from "../../src/pki/public_keys.ts";
import { parsePin } from "../../src/pki/pin.ts";
import { decodePem, encodePem } from "../../src/pki/pem.ts";
import { parseToken } from "../../src/pki/token.ts";
import type { KubeClient, KubeObject, System } from "../../src/system.ts";
import { FIT, QUICK, run, unfit, type World } from "../program/program.ts";
import { HASH, TOKEN } from "./case.ts";
import { mutateBytes, mutateText, mutateValue, mutateWords, type Source } from "./mutate.ts";

/** What a target is given. */
export type Input = string | Uint8Array | readonly string[];

/** One door. */
export interface Target {
  name: string;
  /** How many of a thousand mutations are for it. */
  share: number;
  make(source: Source): Input;
  run(input: Input): Promise<void> | void;
}

const FACTS = {
  hostname: "k1",
  addresses: [{ interface: "eth0", address: "10.77.0.21", family: "IPv4" as const }],
  defaultAddress: "10.77.0.21",
  criSockets: ["unix:///run/containerd/containerd.sock"],
  kubeletVersion: "v1.37.1",
};
const SUPPORTED = { newest: "v1.37.2", minors: [35, 36, 37] };
const HEAD = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ";

/** A value for each field of a schema. */
function exampleOf(schema: Schema): unknown {
  if (schema.type === "fields") {
    return Object.fromEntries(Object.entries(schema.fields).map(([name, field]) => [name, exampleOf(field)]));
  }
  if (schema.type === "list") return [exampleOf(schema.of)];
  if (schema.type === "map") return { a: exampleOf(schema.of) };
  if (schema.type === "text") return schema.values?.at(-1) ?? "a";
  return {
    duration: "1h",
    networks: "10.1.0.0/16",
    endpoint: "a",
    version: "v1.37.1",
    timestamp: "2027-01-31T12:00:00Z",
    boolean: true,
    integer: 1,
    number: 1,
    anything: "a",
  }[schema.type];
}

const EXAMPLES = Object.entries(KUBEADM_KINDS).map(([kind, schema]) => ({
  ...exampleOf(schema) as Record<string, unknown>,
  apiVersion: "kubeadm.k8s.io/v1beta4",
  kind,
}));

const DOCUMENTS: readonly string[] = [
  `${HEAD}ClusterConfiguration\nkubernetesVersion: v1.37.2\ncontrolPlaneEndpoint: "a.example:6443"\nnetworking:\n  podSubnet: 10.244.0.0/16,fd00:10::/56\n  serviceSubnet: 10.96.0.0/16,fd00:96::/112\n  dnsDomain: cluster.local\napiServer:\n  certSANs: [a.example, 10.0.0.1]\n  extraArgs:\n  - name: v\n    value: "4"\netcd:\n  local:\n    dataDir: /var/lib/etcd\n`,
  `${HEAD}InitConfiguration\nbootstrapTokens:\n- token: ${TOKEN}\n  ttl: 24h\n  usages: [signing, authentication]\nlocalAPIEndpoint:\n  advertiseAddress: 10.77.0.21\n  bindPort: 6443\nnodeRegistration:\n  name: k1\n  taints:\n  - key: a/b\n    effect: NoSchedule\n  kubeletExtraArgs: []\ntimeouts: {discovery: 5m}\n---\n${HEAD}ClusterConfiguration\nfeatureGates: {RootlessControlPlane: false}\n`,
  `${HEAD}JoinConfiguration\ndiscovery:\n  bootstrapToken:\n    token: ${TOKEN}\n    apiServerEndpoint: 10.77.0.21:6443\n    caCertHashes:\n    - ${HASH}\n  tlsBootstrapToken: ${TOKEN}\nnodeRegistration: &n\n  name: k2\ncaCertPath: /etc/kubernetes/pki/ca.crt\n`,
  "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs: {v: '4'}\nnetworking: {podSubnet: 10.244.0.0/16}\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\nsyncFrequency: 60s\nevictionHard: {memory.available: 100Mi}\n",
  `${HEAD}ResetConfiguration\nforce: true\nunmountFlags: [MNT_DETACH]\n---\n${HEAD}UpgradeConfiguration\napply: {kubernetesVersion: v1.37.2}\n`,
];

/** All loaders read the same text; a refusal by one does not keep it from the next. */
function loadAll(input: Input): void {
  const text = input as string;
  const warn = () => {};
  let refusal: UserError | undefined;
  for (
    const load of [
      () => loadInit(text, {}, FACTS, SUPPORTED, "f", { warn }),
      () => loadJoin(text, {}, FACTS, "f", { warn }),
      () => loadReset(text, {}, FACTS, "f", { warn }),
      () => loadUpgrade(text, "f", { warn }),
    ]
  ) {
    try {
      load();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusal = error;
    }
  }
  if (refusal) throw refusal;
}

const text = (path: string) => fresh.get(path)!.text;
const PKI = "/etc/kubernetes/pki";
const PEMS = ["ca.crt", "ca.key", "apiserver.crt", "apiserver.key", "sa.pub", "sa.key"].map((name) =>
  text(`${PKI}/${name}`)
);
const ADMIN = text("/etc/kubernetes/admin.conf");
const CLUSTER_INFO = stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{
    name: "",
    cluster: { "certificate-authority-data": btoa(text(`${PKI}/ca.crt`)), server: "https://10.77.0.21:6443" },
  }],
});
const JWS = await signDetached(CLUSTER_INFO, parseToken(TOKEN));

/** All that is asked of certificates once they are read. */
async function useCertificates(certificates: readonly ReturnType<typeof parseCertificate>[]): Promise<void> {
  const now = new Date();
  const [first] = certificates;
  for (const certificate of certificates.slice(0, 3)) {
    validityAt(certificate, now);
    if (!Number.isFinite(daysLeft(certificate, now))) throw new TypeError("it has no number of days left");
    certificate.notBefore.toISOString();
    certificate.notAfter.toISOString();
    JSON.stringify([...certificate.dnsNames, certificate.commonName, certificate.serialNumber.toString(16)]);
    await chainsTo(certificate, certificates.slice(0, 3), first!, now);
  }
}

/** The program itself: ends with a code of its own, says nothing of a defect, and changes nothing in a dry run. */
async function program(args: readonly string[], host = FIT, world: World = {}, mayChange = false): Promise<void> {
  const ran = await run(args, host, TOKEN, world);
  const said = ran.err + ran.out;
  if (/defect of kubewright/.test(said) || ran.code === 1 && /"kind": ?"(Type|Range|Syntax)?Error"/.test(said)) {
    throw new TypeError(said.slice(0, 1500));
  }
  if (ran.changes.length > 0 && !mayChange) throw new TypeError(`changed the host: ${ran.changes[0]!.kind}`);
}

/** A client of the API that answers with these objects. */
function answering(objects: readonly unknown[]): World {
  const find = (name: string) =>
    objects.find((object) => (object as KubeObject | null)?.metadata?.name === name) as KubeObject;
  const client = fake<KubeClient>("API client", {
    server: "https://10.77.0.21:6443",
    probe: () => Promise.resolve({ status: 200, body: "ok" }),
    get: ({ name }: { name: string }) => Promise.resolve(find(name)),
    list: () => Promise.resolve(objects as KubeObject[]),
    apply: () => Promise.resolve(),
    patch: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  });
  return { connect: () => client };
}

const SECRETS = ["abcdef", "ghijkl"].map((id) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
  type: "bootstrap.kubernetes.io/token",
  data: {
    "token-id": btoa(id),
    "token-secret": btoa("0123456789abcdef"),
    expiration: btoa("2030-01-01T00:00:00Z"),
    "usage-bootstrap-signing": btoa("true"),
    "auth-extra-groups": btoa("system:bootstrappers:a"),
    description: btoa("hello"),
  },
}));

const OF_CLUSTER = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kubeadm-config" },
    data: { ClusterConfiguration: `${HEAD}ClusterConfiguration\nkubernetesVersion: v1.37.2\n` },
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kubelet-config" },
    data: { kubelet: "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\n" },
  },
  {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "node-1" },
    status: { conditions: [{ type: "Ready", status: "False", message: "no" }] },
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cluster-info" }, data: { kubeconfig: CLUSTER_INFO } },
];

const MESSAGES: readonly (readonly [string, Message])[] = [
  ["VersionResponse", { runtimeName: "containerd", runtimeVersion: "2.3.7", runtimeApiVersion: "v1" }],
  ["StatusResponse", { status: { conditions: [{ type: "RuntimeReady", status: true, reason: "", message: "m" }] } }],
  ["RuntimeConfigResponse", { linux: { cgroupDriver: 1 } }],
  ["ImageStatusResponse", { image: { id: "sha256:1" } }],
  ["ListContainersResponse", {
    containers: [{
      id: "c1",
      metadata: { name: "etcd", attempt: 3 },
      image: { image: "i" },
      state: 2,
      createdAt: 1e18,
      labels: { a: "b" },
    }],
  }],
  ["ContainerStatusResponse", {
    status: { state: 2, startedAt: 1e18, finishedAt: 1e18, exitCode: 1, reason: "r", message: "m", logPath: "/l" },
  }],
];

const LINES: readonly (readonly string[])[] = [
  ["init", "--dry-run", "--config", QUICK],
  ["init", "phase", "certs", "ca", "--dry-run", "--config", QUICK],
  [
    "join",
    "10.77.0.21:6443",
    "--token",
    TOKEN,
    "--discovery-token-ca-cert-hash",
    HASH,
    "--dry-run",
    "--skip-phases",
    "discovery",
  ],
  ["token", "create", TOKEN, "--ttl", "2h", "--dry-run"],
  ["token", "list", "--output", "json"],
  ["token", "delete", "abcdef", "--dry-run"],
  ["certs", "check-expiration"],
  ["config", "print", "init-defaults"],
  ["config", "validate", "--config", QUICK],
  ["config", "images", "list"],
  ["reset", "--dry-run", "--force"],
  ["version", "-o", "yaml"],
  ["help", "init"],
];
const MORE_WORDS = [
  ...new Set(LINES.flat()),
  "--help",
  "-h",
  "-o",
  "--output=yaml",
  "--node-name",
  "--verbose",
  "--cni",
  "none",
  "--token-file",
  "-",
  "--cert-dir",
  "/x",
  "all",
];

const RECEIPT = "/var/lib/kubewright/receipt.jsonl";
const RECEIPT_TEXT = [
  '{"kind":"receipt","version":1}',
  ...["/etc/kubernetes", "/etc/kubernetes/pki", "/var/lib/kubelet"].map((path) =>
    JSON.stringify({ kind: "directory", path, at: "2026-01-01T00:00:00Z" })
  ),
  '{"kind":"receipt","version":2}',
  '{"kind":"file","path":"/etc/kubernetes/pki/ca.crt","at":"2026-01-01T00:00:00Z"}',
  `{"kind":"file","path":"/etc/crictl.yaml","replaced":{"copy":"${"0".repeat(64)}"},"at":"2026-01-01T00:00:00Z"}`,
  '{"kind":"sysctl","name":"net.ipv4.ip_forward","before":"0","at":"2026-01-01T00:00:00Z"}',
  "",
].join("\n");

const PATCHED = "/root/patched.yaml";
const PATCH =
  '- {op: add, path: /spec/priority, value: 5}\n- {op: remove, path: "/metadata/labels"}\n- {op: test, path: /kind, value: Pod}\n';
const STRATEGIC =
  "spec:\n  containers:\n  - name: etcd\n    env: [{name: A, value: b}]\n    volumeMounts:\n    - $patch: replace\n  $setElementOrder/containers: [{name: etcd}]\nmetadata: {labels: null}\n";

const HOST_FILES = [
  "/proc/net/route",
  "/proc/swaps",
  "/proc/meminfo",
  "/proc/sys/net/ipv4/ip_forward",
  "/sys/fs/cgroup/cgroup.controllers",
];

const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: application/json\r\n\r\n{"data":{}}\n',
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
  "HTTP/1.0 404 Not Found\r\n\r\nnothing",
  "HTTP/1.1 302 Found\r\nLocation: https://a\r\n\r\n",
];

const STATUS = {
  kind: "Status",
  apiVersion: "v1",
  reason: "Invalid",
  message: "x is invalid",
  details: { causes: [{ field: "a", reason: "b" }] },
  code: 422,
};

const asJson = (value: unknown) => JSON.stringify(value) ?? "null";

/** Every door that input comes through. */
export const TARGETS: readonly Target[] = [
  {
    name: "configuration as text",
    share: 240,
    make: (source) => mutateText(source, source.one(DOCUMENTS)),
    run: loadAll,
  },
  {
    name: "configuration as values",
    share: 160,
    make: (source) => asJson(mutateValue(source, source.one(EXAMPLES))),
    run: loadAll,
  },
  {
    name: "YAML",
    share: 40,
    make: (source) => mutateText(source, source.one([...DOCUMENTS, ADMIN])),
    run: (input) => void parseValues(input as string, "f"),
  },
  {
    name: "kubeconfig",
    share: 50,
    make: (source) => mutateText(source, source.one([ADMIN, CLUSTER_INFO])),
    run: (input) => void parseKubeconfig(input as string, "f"),
  },
  {
    name: "kubeconfig as values",
    share: 30,
    make: (source) =>
      asJson(
        mutateValue(
          source,
          kubeconfigDocument({
            clusterName: "c",
            server: "https://a",
            caPem: "x",
            user: "u",
            credentials: { token: "t" },
          }),
        ),
      ),
    run: (input) => void parseKubeconfig(input as string, "f"),
  },
  {
    name: "PEM",
    share: 60,
    make: (source) => mutateText(source, source.one(PEMS)),
    async run(input) {
      const pem = input as string;
      const read = [
        async () => await useCertificates(parseCertificates(pem)),
        () => parsePrivateKey(pem),
        () => parsePublicKeys(pem),
      ];
      for (const attempt of read) {
        await attempt().catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
        });
      }
    },
  },
  {
    name: "certificates in DER",
    share: 60,
    make: (source) =>
      mutateBytes(source, decodePem(source.one(PEMS.filter((pem) => pem.includes("CERTIFICATE"))))[0]!.der),
    run: async (input) => await useCertificates([parseCertificate(input as Uint8Array<ArrayBuffer>)]),
  },
  {
    name: "keys in DER",
    share: 60,
    make: (source) => mutateBytes(source, decodePem(source.one(PEMS.filter((pem) => pem.includes("KEY"))))[0]!.der),
    async run(input) {
      for (const label of ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "PUBLIC KEY"]) {
        const pem = encodePem(label, input as Uint8Array);
        const read: () => Promise<unknown> = label === "PUBLIC KEY"
          ? () => parsePublicKeys(pem)
          : () => parsePrivateKey(pem);
        await read().catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
        });
      }
    },
  },
  {
    name: "signatures, tokens and pins",
    share: 30,
    make: (source) => mutateText(source, source.one([JWS, TOKEN, HASH])),
    async run(input) {
      await verifyDetached(input as string, CLUSTER_INFO, parseToken(TOKEN)).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
      });
      for (const parse of [parseToken, parsePin]) {
        try {
          parse(input as string);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }
    },
  },
  {
    name: "cluster-info",
    share: 30,
    make: (source) =>
      asJson(
        mutateValue(source, { kind: "ConfigMap", data: { kubeconfig: CLUSTER_INFO, "jws-kubeconfig-abcdef": JWS } }),
      ),
    async run(input) {
      const configuration =
        `${HEAD}JoinConfiguration\ntimeouts: {discovery: 1ms}\ndiscovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: a, caCertHashes: ["${HASH}"]}}\n`;
      const unverified: System["unverified"] = { get: () => Promise.resolve({ status: 200, body: input as string }) };
      const host = unfit({ names: ["a"] }, { "/root/join.yaml": configuration });
      await program(["join", "phase", "discovery", "--dry-run", "--config", "/root/join.yaml"], host, { unverified });
    },
  },
  {
    name: "HTTP answers",
    share: 40,
    make: (source) => mutateBytes(source, new TextEncoder().encode(source.one(ANSWERS))),
    run: (input) => void parseAnswer(input as Uint8Array, true),
  },
  {
    name: "errors of the API server",
    share: 30,
    make: (source) => source.below(2) === 0 ? asJson(mutateValue(source, STATUS)) : mutateText(source, asJson(STATUS)),
    run: (input) => void errorOfAnswer("get", "x", { status: 422, body: input as string }, false),
  },
  {
    name: "tokens of the cluster",
    share: 30,
    make: (source) => asJson(mutateValue(source, SECRETS)),
    async run(input) {
      const objects = JSON.parse(input as string);
      if (!Array.isArray(objects)) return;
      const whole = objects.filter((object) => typeof object?.metadata?.name === "string"); // the client sees to that
      bootstrapTokens(whole, new Date(0));
      await program(["token", "list"], unfit({}, { "/etc/kubernetes/admin.conf": ADMIN }), answering(whole));
    },
  },
  {
    name: "configuration in the cluster",
    share: 20,
    make: (source) => asJson(mutateValue(source, OF_CLUSTER)),
    async run(input) {
      const objects = JSON.parse(input as string);
      if (!Array.isArray(objects)) return;
      const join =
        `${HEAD}JoinConfiguration\ndiscovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: "10.77.0.21", unsafeSkipCAVerification: true}}\n`;
      const host = unfit({}, {
        "/root/join.yaml": join,
        "/etc/kubernetes/kubelet.conf": ADMIN,
        "/etc/kubernetes/admin.conf": ADMIN,
      });
      await program(
        ["join", "--dry-run", "--config", "/root/join.yaml", "--ignore-preflight-errors=all"],
        host,
        answering(objects),
      );
      await program(["token", "create", "--print-join-command", "--dry-run"], host, answering(objects));
    },
  },
  {
    name: "answers of the container runtime",
    share: 60,
    make: (source) => {
      const [type, message] = source.one(MESSAGES);
      return mutateBytes(source, encode(type, message));
    },
    run(input) {
      // A damaged message is an error that the client turns into one for people, with the socket's name.
      for (const [type] of MESSAGES) {
        try {
          decode(type, input as Uint8Array);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
        }
      }
    },
  },
  {
    name: "command lines",
    share: 30,
    make: (source) => mutateWords(source, source.one(LINES), MORE_WORDS),
    async run(input) {
      const words = input as readonly string[];
      // What would really be done is another test's; waiting for a network that is not there is nobody's.
      const changes = words.some((word) => /^(init|reset|create|delete|renew|generate-csr|pull)$/.test(word)) &&
        !words.includes("--dry-run");
      if (changes || words.some((word) => /^join$/.test(word)) && !words.includes("discovery")) return;
      await program(words, unfit({}, { "/etc/kubernetes/admin.conf": ADMIN }), answering(SECRETS));
    },
  },
  {
    name: "the receipt",
    share: 10,
    make: (source) => mutateText(source, RECEIPT_TEXT),
    run: async (input) =>
      await program(
        ["reset", "--dry-run", "--force"],
        unfit({}, { [RECEIPT]: input as string, "/etc/kubernetes/pki/ca.crt": "x" }),
      ),
  },
  {
    name: "patches",
    share: 10,
    make: (source) => mutateText(source, source.one([PATCH, STRATEGIC])),
    async run(input) {
      const files = {
        [PATCHED]: `${FIT.files![QUICK]}---\n${HEAD}InitConfiguration\npatches: {directory: /root/patches}\n`,
        "/root/patches/etcd+json.yaml": "",
        "/root/patches/etcd.yaml": "",
      };
      for (const name of ["etcd+json.yaml", "etcd.yaml"]) {
        await program(
          ["init", "phase", "etcd", "--dry-run", "--config", PATCHED],
          unfit({}, { ...files, [`/root/patches/${name}`]: input as string }),
        );
      }
    },
  },
  {
    name: "what the host says",
    share: 10,
    make: (source) => {
      const path = source.one(HOST_FILES);
      return [path, mutateText(source, String(FIT.files![path]))];
    },
    async run(input) {
      const [path = "", content = ""] = input as readonly string[];
      await program(
        ["init", "phase", "preflight", "--dry-run", "--config", QUICK],
        unfit({ commands: { "/usr/bin/kubelet --version": content } }, { [path]: content }),
      );
    },
  },
];
