import assert from "node:assert/strict";
import type { InvalidInput } from "../errors.ts";
import { loadJoin } from "./load.ts";
import type { Facts, JoinConfiguration } from "./types.ts";
import { type FlagValues, settingsFor } from "../../tests/samples/settings.ts";

const FACTS: Facts = { hostname: "W1", addresses: [], defaultAddress: "10.77.0.22", criSockets: [] };
const TOKEN = "abcdef.0123456789abcdef";
const OTHER = "zyxwvu.0123456789abcdef";
const HASH = `sha256:${"ab".repeat(32)}`;
const HEAD = "apiVersion: kubeadm.k8s.io/v1beta4\nkind:";
const BY_TOKEN = { "HOST[:PORT]": "10.77.0.21", "--token": TOKEN, "--discovery-token-ca-cert-hash": [HASH] };

function join(yaml: string): string {
  return `${HEAD} JoinConfiguration\n${yaml}\n`;
}

function load(text: string | undefined, overrides: FlagValues = {}): JoinConfiguration {
  return loadJoin(text, settingsFor("join", overrides), FACTS, "test.yaml");
}

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

const DISCOVERY = `discovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: "a:1", caCertHashes: ["${HASH}"]}}`;

Deno.test("a worker needs an endpoint, a token and a pin, and has no taints", () => {
  const { nodeRegistration, caCertPath, discovery, controlPlane } = load(undefined, BY_TOKEN);
  assert.deepEqual([nodeRegistration.name, nodeRegistration.taints, caCertPath, controlPlane], [
    "w1",
    [],
    "/etc/kubernetes/pki/ca.crt",
    undefined,
  ]);
  assert.deepEqual(discovery, {
    bootstrapToken: {
      token: TOKEN,
      apiServerEndpoint: { host: "10.77.0.21", port: 6443 },
      caCertHashes: [HASH],
      unsafeSkipCAVerification: false,
    },
    tlsBootstrapToken: TOKEN,
  });
});

const VALUES: readonly (readonly [string, () => JoinConfiguration, (c: JoinConfiguration) => unknown, unknown])[] = [
  [
    "an IPv6 endpoint gets a port",
    () => load(undefined, { ...BY_TOKEN, "HOST[:PORT]": "fd00::1" }),
    (c) => c.discovery.bootstrapToken?.apiServerEndpoint,
    { host: "fd00::1", port: 6443 },
  ],
  [
    "a port stays",
    () => load(undefined, { ...BY_TOKEN, "HOST[:PORT]": "a.example:8443" }),
    (c) => c.discovery.bootstrapToken?.apiServerEndpoint,
    { host: "a.example", port: 8443 },
  ],
  [
    "pins are in lower case",
    () => load(undefined, { ...BY_TOKEN, "--discovery-token-ca-cert-hash": [HASH.toUpperCase()] }),
    (c) => c.discovery.bootstrapToken?.caCertHashes,
    [HASH],
  ],
  [
    "special tokens win over the common one",
    () => load(undefined, { ...BY_TOKEN, "--discovery-token": OTHER }),
    (c) => [c.discovery.bootstrapToken?.token, c.discovery.tlsBootstrapToken],
    [OTHER, TOKEN],
  ],
  [
    "the bootstrap token may differ",
    () => load(undefined, { ...BY_TOKEN, "--tls-bootstrap-token": OTHER }),
    (c) => [c.discovery.bootstrapToken?.token, c.discovery.tlsBootstrapToken],
    [TOKEN, OTHER],
  ],
  [
    "no pin is allowed when said so",
    () =>
      load(undefined, { "HOST[:PORT]": "a", "--token": TOKEN, "--discovery-token-unsafe-skip-ca-verification": true }),
    (c) => c.discovery.bootstrapToken?.caCertHashes,
    [],
  ],
  [
    "a file leads there, the token is for the kubelet",
    () => load(undefined, { "--discovery-file": "/a.conf", "--token": TOKEN }),
    (c) => c.discovery,
    { file: { kubeConfigPath: "/a.conf" }, tlsBootstrapToken: TOKEN },
  ],
  [
    "a file URL is its path",
    () => load(undefined, { "--discovery-file": "file:///a.conf" }),
    (c) => c.discovery.file?.kubeConfigPath,
    "/a.conf",
  ],
  [
    "an https URL stays",
    () => load(undefined, { "--discovery-file": "https://a/b" }),
    (c) => c.discovery.file?.kubeConfigPath,
    "https://a/b",
  ],
  [
    "a control plane host has the taint and an endpoint",
    () => load(undefined, { ...BY_TOKEN, "--control-plane": true }),
    (c) => [c.nodeRegistration.taints.length, c.controlPlane?.localAPIEndpoint],
    [1, { advertiseAddress: "10.77.0.22", bindPort: 6443 }],
  ],
  [
    "a control plane host by the file",
    () => load(join(`${DISCOVERY}\ncontrolPlane: {localAPIEndpoint: {bindPort: 7443}}`)),
    (c) => c.controlPlane?.localAPIEndpoint.bindPort,
    7443,
  ],
  [
    "documents for other commands are passed over",
    () => load(`${join(DISCOVERY)}---\n${HEAD} InitConfiguration\n---\n${HEAD} ClusterConfiguration\n`),
    (c) => c.dryRun,
    false,
  ],
  [
    "flags that may stand beside the file count",
    () => load(join(DISCOVERY), { "--node-name": "X", "--dry-run": true }),
    (c) => [c.nodeRegistration.name, c.dryRun],
    ["x", true],
  ],
];
for (const [name, work, pick, expected] of VALUES) Deno.test(name, () => assert.deepEqual(pick(work()), expected));

const D = "JoinConfiguration.discovery";
const NO_PIN = "is required because without it anyone who has the token can impersonate the cluster";
const NO_TOKEN = 'must be a bootstrap token of the form "[a-z0-9]{6}.[a-z0-9]{16}"';
const REFUSED: readonly (readonly [string, () => unknown, readonly string[]])[] = [
  ["nothing", () => load(undefined), [
    `${D}: is required because join needs a bootstrap token or a file to find the cluster`,
  ]],
  ["an endpoint alone", () => load(undefined, { "HOST[:PORT]": "a" }), [
    "--token: is required",
    `--discovery-token-ca-cert-hash: ${NO_PIN}`,
  ]],
  ["a token alone", () => load(undefined, { "--token": TOKEN }), [
    "HOST[:PORT]: is required",
    `--discovery-token-ca-cert-hash: ${NO_PIN}`,
  ]],
  ["a wrong token", () => load(undefined, { ...BY_TOKEN, "--token": "secret" }), [`--token: ${NO_TOKEN}`]],
  ["a wrong token for the kubelet", () => load(undefined, { ...BY_TOKEN, "--tls-bootstrap-token": "secret" }), [
    `--tls-bootstrap-token: ${NO_TOKEN}`,
  ]],
  ["a wrong pin", () => load(undefined, { ...BY_TOKEN, "--discovery-token-ca-cert-hash": ["sha256:12"] }), [
    '--discovery-token-ca-cert-hash: must be "sha256:" followed by 64 hexadecimal digits; got "sha256:12"',
  ]],
  ["a wrong port", () => load(undefined, { ...BY_TOKEN, "HOST[:PORT]": "a:99999" }), [
    'HOST[:PORT]: must be a host or HOST:PORT (port 1 to 65535, IPv6 addresses in brackets); got "a:99999"',
  ]],
  ["a URL as endpoint", () => load(undefined, { ...BY_TOKEN, "HOST[:PORT]": "https://a:6443" }), [
    'HOST[:PORT]: must be a host or HOST:PORT (port 1 to 65535, IPv6 addresses in brackets); got "https://a:6443"',
  ]],
  ["a wrong host", () => load(undefined, { ...BY_TOKEN, "HOST[:PORT]": "10.77.0.256" }), [
    'HOST[:PORT]: must be an IP address or a DNS name, optionally with a port; got "10.77.0.256:6443"',
  ]],
  ["a file in the clear", () => load(undefined, { "--discovery-file": "http://a/b" }), [
    '--discovery-file: must be a path or an https URL; got "http://a/b"',
  ]],
  ["both ways", () => load(undefined, { ...BY_TOKEN, "--discovery-file": "/a", "--discovery-token": TOKEN }), [
    `${D}: bootstrapToken and file are mutually exclusive`,
  ]],
  [
    "flags of a control plane host for a worker",
    () => load(undefined, { ...BY_TOKEN, "--apiserver-advertise-address": "10.0.0.1", "--certificate-key": "00" }),
    [
      "--apiserver-advertise-address: requires --control-plane",
      "--certificate-key: requires --control-plane",
    ],
  ],
  ["a CA path of another kind", () => load(join(`${DISCOVERY}\ncaCertPath: /etc/ca.pem`)), [
    'JoinConfiguration.caCertPath: must be an absolute path that ends in ".crt"; got "/etc/ca.pem"',
  ]],
  ["no pin in the file", () => load(join(`discovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: a}}`)), [
    `${D}.bootstrapToken.caCertHashes: ${NO_PIN}`,
  ]],
  [
    "a token that is a number",
    () => load(join(`discovery: {bootstrapToken: {token: 5, apiServerEndpoint: a, caCertHashes: ["${HASH}"]}}`)),
    [`${D}.bootstrapToken.token: must be a string in quotes`],
  ],
  ["an unknown field", () => load(join(`${DISCOVERY}\nnodeRegistration: {criSockets: a}`)), [
    'JoinConfiguration.nodeRegistration.criSockets: unknown field "criSockets"; did you mean "criSocket"?',
  ]],
];
for (const [name, work, expected] of REFUSED) {
  Deno.test(`join refuses ${name}`, () => assert.deepEqual(problemsOf(work), expected));
}

Deno.test("a file without JoinConfiguration is refused", () => {
  assert.throws(() => load(`${HEAD} InitConfiguration\n`), {
    message: 'Cannot use "test.yaml": no JoinConfiguration found',
  });
});

Deno.test("a hint names what sets a field: the flag where the command has one, else the field", () => {
  const hintsOf = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return (error as InvalidInput).problems.map(({ hint }) => hint);
    }
  };
  assert.deepEqual(hintsOf(() => load(undefined)), ["Set HOST[:PORT] and --token, or --discovery-file."]);
  const unpinned = { "HOST[:PORT]": "10.77.0.21", "--token": TOKEN };
  assert.deepEqual(hintsOf(() => load(undefined, unpinned)), [
    "`kubewright init` prints it. To skip this verification (unsafe): --discovery-token-unsafe-skip-ca-verification",
  ]);
  const several = { ...FACTS, criSockets: ["unix:///a.sock", "unix:///b.sock"] };
  assert.deepEqual(hintsOf(() => loadJoin(undefined, settingsFor("join", BY_TOKEN), several)), [
    "Choose one: --cri-socket=unix:///a.sock",
  ]);
  assert.deepEqual(hintsOf(() => loadJoin(join(DISCOVERY), {}, several)), [
    "Choose one: JoinConfiguration.nodeRegistration.criSocket=unix:///a.sock",
  ]);
});
