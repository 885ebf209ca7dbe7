/** Hosts, ports and addresses. @module */
import { type BadInput, type Category, cluster, HASH, init, join, line, TOKEN } from "./case.ts";

/** A text in double quotes; a delete character stands in YAML only as an escape. */
const quoted = (text: string) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

/** Texts that are no `host:port`. */
const WRONG_ENDPOINTS: readonly (readonly [string, string])[] = [
  ["port 0", "a.example:0"],
  ["port 65536", "a.example:65536"],
  ["a port of six digits", "a.example:100000"],
  ["a negative port", "a.example:-1"],
  ["a port with a sign", "a.example:+6443"],
  ["a port in hexadecimal", "a.example:0x192b"],
  ["a port by name", "a.example:https"],
  ["two ports", "a.example:6443:6443"],
  ["a port alone", ":6443"],
  ["a scheme", "https://a.example:6443"],
  ["a path", "a.example:6443/api"],
  ["a user", "root@a.example:6443"],
  ["a query", "a.example:6443?x=1"],
  ["a space", "a example:6443"],
  ["a line break", "a.example\n:6443"],
  ["a dot at the end of two", "a..example:6443"],
  ["a dash in front", "-a.example:6443"],
  ["a dash at the end", "a-.example:6443"],
  ["a letter that is not ASCII", "bücher.example:6443"],
  ["a wildcard", "*.example:6443"],
  ["a name of 254 characters", `${"a.".repeat(126)}aa:6443`],
  ["an octet of 256", "192.0.2.256:6443"],
  ["three octets", "192.0.2:6443"],
  ["five octets", "192.0.2.1.5:6443"],
  ["an octet in octal", "192.0.02.1:6443"],
  ["an address as a number", "3221225985:6443"],
  ["an address in hexadecimal", "0x7f.1:6443"],
  ["a name that ends in a number", "a.0x1.:6443"],
  ["a port of zeros", "a.example:000"],
  ["a port too large behind a zero", "a.example:065536"],
  ["brackets around a name without a port", "[a.example]"],
  ["brackets around IPv4 without a port", "[192.0.2.1]"],
  ["two dots at its end", "a.example..:6443"],
  ["a dot alone", ".:6443"],
  ["a label of 64 characters in upper case", `${"A".repeat(64)}.example:6443`],
  ["an IPv6 address without brackets and with a port", "fd00:1:2:3:4:5:6:7:6443"],
  ["a bracket that does not close", "[fd00::1:6443"],
  ["a bracket that does not open", "fd00::1]:6443"],
  ["brackets around nothing", "[]:6443"],
  ["two brackets", "[[fd00::1]]:6443"],
  ["something behind the bracket", "[fd00::1]x:6443"],
  ["a zone id", "[fe80::1%eth0]:6443"],
  ["a zone id without brackets", "fe80::1%eth0"],
  ["two double colons", "[fd00::1::2]:6443"],
  ["a group of five digits", "[fd00::12345]:6443"],
  ["a group with a g", "[fd00::g]:6443"],
  ["nine groups", "[1:2:3:4:5:6:7:8:9]:6443"],
  ["a prefix length", "192.0.2.1/24"],
  ["a hundred thousand characters", `${"a".repeat(100_000)}:6443`],
  ["a hundred thousand colons", ":".repeat(100_000)],
];

/** Names that a server can have, but that do not belong into certificates. */
const SERVER_NAMES: readonly (readonly [string, string])[] = [
  ["an underscore", "a_b.example:6443"],
  ["upper case", "API.example:6443"],
  ["a dot at its end", "a.example.:6443"],
];

/** Texts that are no address of a host. */
const WRONG_ADDRESSES: readonly (readonly [string, string])[] = [
  ["a name", "a.example"],
  ["a port", "192.0.2.1:6443"],
  ["a multicast address", "224.0.0.1"],
  ["an IPv6 multicast address", "ff02::1"],
  ["the broadcast address", "255.255.255.255"],
  ["a link-local address", "169.254.1.1"],
  ["an IPv6 link-local address", "fe80::1"],
  ["a zone id", "fe80::1%eth0"],
  ["a loopback address where lo has no other", "127.0.0.1"],
  ["a leading zero", "192.0.2.010"],
  ["three octets", "192.0.2"],
  ["an octet too large", "192.0.2.300"],
  ["brackets", "[2001:db8::1]"],
  ["a network", "192.0.2.0/24"],
  ["a space in front", " 192.0.2.10"],
  ["two addresses", "192.0.2.10,192.0.2.11"],
  ["an address of a Service", "10.96.0.1"],
  ["another family than the Services", "2001:db8::1"],
];

const WRONG_NAMES: readonly (readonly [string, string])[] = [
  ["a space", "a b"],
  ["an underscore", "a_b.example"],
  ["two wildcards", "*.*.example"],
  ["a wildcard in the middle", "a.*.example"],
  ["a scheme", "https://a.example"],
  ["a port", "a.example:6443"],
  ["an octet too large", "192.0.2.256"],
  ["a mail address", "a@example.org"],
  ["a network", "192.0.2.0/24"],
  ["an address in brackets", "[fd00::1]"],
  ["254 characters", `${"a.".repeat(126)}aa`],
];

/** What browsers read, and Go does not. */
const WRONG_URLS: readonly (readonly [string, string])[] = [
  ["a space in front", " https://10.0.0.7:2379"],
  ["a space behind", "https://10.0.0.7:2379 "],
  ["a space before the host", "https:// 10.0.0.7:2379"],
  ["a tab", "https://10.0.0.7\t:2379"],
  ["a line end", "https://10.0.0.7:2379\n"],
  ["one slash", "https:/10.0.0.7:2379"],
  ["no slash", "https:10.0.0.7:2379"],
  ["backslashes", "https:\\\\10.0.0.7:2379"],
  ["a backslash", "https://10.0.0.7\\:2379"],
  ["a port of letters", "https://10.0.0.7:https"],
  ["a port with a sign", "https://10.0.0.7:+2379"],
  ["two ports", "https://10.0.0.7:2379:2380"],
  ["port 0", "https://10.0.0.7:0"],
  ["a bracket that does not close", "https://[fd00::7:2379"],
  ["brackets around IPv4", "https://[10.0.0.7]:2379"],
  ["brackets around a name", "https://[etcd]:2379"],
  ["a zone id that is not encoded", "https://[fe80::7%eth0]:2379"],
  ["a letter that is percent-encoded", "https://%41.example:2379"],
  ["a percent sign", "https://10.0.0.7:2379/%"],
  ["two servers in one", "https://10.0.0.7,10.0.0.8:2379"],
  ["a port and no host", "https://:2379"],
  ["curly brackets", "https://{{etcd}}:2379"],
  ["a delete character", "https://10.0.0.7\u007f:2379"],
];

const ETCD: readonly (readonly [string, string])[] = [
  ["no scheme", "10.0.0.7:2379"],
  ["ftp", "ftp://10.0.0.7"],
  ["no host", "https://"],
  ["a port too large", "https://10.0.0.7:99999"],
  ["spaces", "https://10.0.0.7 :2379"],
  ["a user and password", "https://root:hunter22@10.0.0.7:2379"],
  ["an IPv6 address without brackets", "https://fd00::7:2379"],
  ...WRONG_URLS,
];

/** Those that are no URL of a file either. */
const NO_FILES = WRONG_URLS.filter(([what]) => !["port 0", "two servers in one"].includes(what));

function tables(): BadInput[] {
  const rest = ["--token", TOKEN, "--discovery-token-ca-cert-hash", HASH];
  return [
    ...WRONG_ENDPOINTS.map(([what, text]) =>
      line(`join a host with ${what}`, ["join", text, ...rest], /^ {2}HOST\[:PORT\]: |unknown flag/m)
    ),
    ...[...WRONG_ENDPOINTS, ...SERVER_NAMES].map(([what, text]) =>
      cluster(
        `controlPlaneEndpoint with ${what}`,
        `controlPlaneEndpoint: ${quoted(text)}`,
        /ClusterConfiguration\.controlPlaneEndpoint/,
      )
    ),
    ...WRONG_ADDRESSES.map(([what, text]) =>
      line(
        `advertise ${what}`,
        ["init", `--apiserver-advertise-address=${text}`],
        /^ {2}--apiserver-advertise-address: /m,
      )
    ),
    ...WRONG_NAMES.map(([what, text]) =>
      cluster(
        `a certificate's name with ${what}`,
        `apiServer: {certSANs: [good.example, ${quoted(text)}]}`,
        /apiServer\.certSANs\[1\].*must be an IP address or a DNS name/,
      )
    ),
    ...WRONG_NAMES.slice(0, 4).map(([what, text]) =>
      cluster(
        `a name of etcd with ${what}`,
        `etcd: {local: {serverCertSANs: [${quoted(text)}]}}`,
        /etcd\.local\.serverCertSANs\[0\]/,
      )
    ),
    ...NO_FILES.map(([what, text]) =>
      join(
        `a discovery file with ${what}`,
        `discovery: {file: {kubeConfigPath: ${quoted(text)}}}`,
        /kubeConfigPath.*must be a path or an https URL/,
      )
    ),
    join(
      "a discovery file with a password",
      "discovery: {file: {kubeConfigPath: 'https://root:hunter22@a.example/c'}}",
      /kubeConfigPath.*must not contain a user name or password/,
      { secrets: ["hunter22"] },
    ),
    ...WRONG_URLS.map(([what, text]) =>
      cluster(
        `an HTTP endpoint of etcd with ${what}`,
        `etcd: {external: {endpoints: [https://a.example], httpEndpoints: [https://a.example, ${quoted(text)}]}}`,
        /etcd\.external\.httpEndpoints\[1\]/,
      )
    ),
    ...ETCD.map(([what, text]) =>
      cluster(
        `an endpoint of etcd with ${what}`,
        `etcd: {external: {endpoints: [${quoted(text)}]}}`,
        /etcd\.external\.endpoints\[0\]/,
        { secrets: ["hunter22"] },
      )
    ),
  ];
}

const OTHERS: readonly BadInput[] = [
  line(
    "a port that is no number",
    ["init", "--apiserver-bind-port=https"],
    /--apiserver-bind-port: must be a whole number; got "https"/,
  ),
  line("a port of a fraction", ["init", "--apiserver-bind-port=64.43"], /--apiserver-bind-port: /),
  line(
    "a port too large",
    ["init", "--apiserver-bind-port=65536"],
    /--apiserver-bind-port: must be between 1 and 65535; got 65536/,
  ),
  line("a port beyond all numbers", ["init", `--apiserver-bind-port=${"9".repeat(400)}`], /--apiserver-bind-port: /),
  line("a negative port", ["init", "--apiserver-bind-port=-1"], /--apiserver-bind-port: /),
  init(
    "a port as a text",
    'localAPIEndpoint: {bindPort: "6443"}',
    /localAPIEndpoint\.bindPort.*must be an integer/,
  ),
  init("a port that is infinite", "localAPIEndpoint: {bindPort: .inf}", /localAPIEndpoint\.bindPort/),
  init("a port that is not a number", "localAPIEndpoint: {bindPort: .nan}", /localAPIEndpoint\.bindPort/, { code: 3 }),
  cluster("a DNS domain in upper case", "networking: {dnsDomain: Cluster.Local}", /networking\.dnsDomain/),
  cluster("a DNS domain with a dot at its end", "networking: {dnsDomain: cluster.local.}", /networking\.dnsDomain/),
  cluster("a DNS domain of 254 characters", `networking: {dnsDomain: ${"a.".repeat(126)}aa}`, /networking\.dnsDomain/),
  init("a node's name with an underscore", "nodeRegistration: {name: node_1}", /nodeRegistration\.name/),
  init("a node's name of 254 characters", `nodeRegistration: {name: ${"a".repeat(254)}}`, /nodeRegistration\.name/),
  init("a node's name with a slash", "nodeRegistration: {name: ../../etc}", /nodeRegistration\.name/),
  line(
    "--node-name of 254 characters",
    ["init", "--node-name", "n".repeat(254)],
    /nodeRegistration\.name|--node-name/,
  ),
  line("a host without a name", ["init"], /--node-name: is required/, { host: { hostname: "" } }),
  line("a host with a name that is none", ["init"], /--node-name: must be a DNS name.*; got "localhost_1"/, {
    host: { hostname: "localhost_1" },
  }),
  line("a host without a default route", ["init"], /--apiserver-advertise-address: is required/, {
    files: { "/proc/net/route": "Iface\n" },
  }),
  line("a host whose routes are garbage", ["init"], /--apiserver-advertise-address: is required/, {
    files: { "/proc/net/route": "\0\x01\x02".repeat(999) },
  }),
  line("a host with two runtimes", ["init"], /--cri-socket: is required because several container runtimes answer/, {
    files: { "/var/run/crio/crio.sock": "" },
  }),
  line("a socket over TCP", ["init", "--cri-socket", "tcp://127.0.0.1:1234"], /--cri-socket: /),
  line("a socket by http", ["init", "--cri-socket", "http:///run/x.sock"], /--cri-socket: /),
  line("a socket without a path", ["init", "--cri-socket", "unix://"], /--cri-socket: /),
  line("a relative socket", ["init", "--cri-socket", "run/containerd.sock"], /--cri-socket: /),
  line("a pipe of Windows", ["init", "--cri-socket", "npipe:////./pipe/containerd"], /--cri-socket: /),
  join(
    "an endpoint that is a number",
    `discovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: 6443, caCertHashes: ["${HASH}"]}}`,
    /apiServerEndpoint.*must be a string/,
  ),
  join(
    "an endpoint that is a list",
    `discovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: [a], caCertHashes: ["${HASH}"]}}`,
    /apiServerEndpoint.*must be a string/,
  ),
  join(
    "a file over http",
    "discovery: {file: {kubeConfigPath: http://a.example/c}}",
    /kubeConfigPath.*must be a path or an https URL/,
  ),
  join("a file over ftp", "discovery: {file: {kubeConfigPath: ftp://a.example/c}}", /kubeConfigPath/),
  join(
    "both ways to the cluster",
    `discovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: a, caCertHashes: ["${HASH}"]}, file: {kubeConfigPath: /c}}`,
    /JoinConfiguration\.discovery/,
  ),
  join("no way to the cluster", "discovery: {}", /JoinConfiguration\.discovery.*is required/),
];

/** Hosts, ports and addresses. */
export const ENDPOINT_CASES: Category = { name: "hosts, ports and addresses", cases: () => [...tables(), ...OTHERS] };
