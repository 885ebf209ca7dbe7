/**
 * Values as people write them: right, almost right, and odd. Texts are YAML.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** What a field may be given: mostly the first list, now and then the second, or something put together of the parts. */
export interface Values {
  usual: readonly string[];
  odd?: readonly string[];
  parts?: readonly string[];
}

/** A text as YAML that is nothing else than this text. */
export const quoted = (text: string): string => JSON.stringify(text);

const quote = (...texts: readonly string[]): string[] => texts.map(quoted);
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** A value of these, as YAML. */
export function valueOf(random: Random, { usual, odd = [], parts }: Values): string {
  if (odd.length > 0 && random.chance(0.22)) return random.pick(odd);
  if (parts !== undefined && random.chance(0.05)) return quoted(random.mix(parts, 6));
  return random.pick(usual);
}

export const NAMES: Values = {
  usual: [
    "node-1",
    "k1.example.test",
    "a",
    quoted("n".repeat(52)),
    quoted("n".repeat(53)),
    quoted("n".repeat(63)),
    "'007'",
  ],
  odd: [
    ...quote(
      "Node-1",
      " node-2",
      "node_3",
      "-a",
      "a-",
      "a..b",
      "a.",
      "*",
      "n".repeat(64),
      "n".repeat(253),
      "n".repeat(254),
    ),
    ...["7", "1.5", "yes", "null", "0x1f", "[a]", "ü", "''"],
    quoted(`${"n".repeat(31)}.${"m".repeat(31)}`),
  ],
  parts: ["a", "B", ".", "-", "_", "1", " "],
};

export const DOMAINS: Values = {
  usual: ["cluster.local", "corp.example.test", "a", quoted(`${"d".repeat(63)}.test`)],
  odd: quote("Cluster.Local", "cluster.local.", "_x", "a b", "*.a", "", "d".repeat(254), "1.2.3.4"),
  parts: ["a", "A", ".", "-", "_", "1"],
};

export const IMAGE_REPOSITORIES: Values = {
  usual: [
    ...[
      "registry.k8s.io",
      "registry.example.test/k8s",
      "localhost",
      "a_b/c",
      "a__b",
      "10.0.0.1/k8s",
      "REGISTRY.example/k8s",
    ],
    ...quote("registry.example.test:5000/k8s", "localhost:5000", "[fd00::1]:5000/k8s", "[fd00::1]/k8s", "r/a--b/c.d_e"),
  ],
  odd: quote(
    ...[
      "https://registry.example.test",
      "registry.example.test/",
      "/k8s",
      "r//k",
      "Registry/K8s",
      "r:5000",
      "r/k:v1",
      "r:x/k",
    ],
    ...[
      "a..b/c",
      "-a/b",
      "a_.b",
      "a___b",
      "fd00::1/k",
      "[fd00::1/k",
      "r/ü",
      " r/k",
      "r/k ",
      "r k",
      `r@${DIGEST}`,
      "r:99999/k",
    ],
  ),
  parts: ["a", "B", ".", "_", "-", "/", ":", "5000", "[::1]", "registry.k8s.io", "localhost"],
};

export const IMAGE_TAGS: Values = {
  usual: [
    ...quote("v1.14.6", "3.6.9-0", "latest", "v1.2.3_x.y", "1".repeat(128), `v1.14.6@${DIGEST}`, "V1", "_1"),
    quoted(`3.5.24-0@${DIGEST}`),
  ],
  odd: quote(
    "v1+x",
    "-1",
    ".1",
    "1".repeat(129),
    "v1@sha256:abc",
    `@${DIGEST}`,
    "v1 ",
    "",
    `v1@md5:${"0".repeat(32)}`,
    "a/b",
  ),
};

export const HOST_PORTS: Values = {
  usual: [
    ...quote("api.example.test", "api.example.test:8443", "192.0.2.10", "192.0.2.10:6443", "[2001:db8::10]:6443"),
    ...quote("2001:db8::10", "a", "api.example.test:1", "api.example.test:65535"),
  ],
  odd: quote(
    ...[
      "api.example.test:",
      "api.example.test:0",
      "api.example.test:65536",
      "api.example.test:06443",
      "api:https",
      ":6443",
    ],
    ...[
      "[2001:db8::10]",
      "2001:db8::10:6443",
      "[api]:6443",
      "[192.0.2.10]:6443",
      "API.example.test",
      "https://api.example.test",
    ],
    ...[
      "192.0.2.256",
      "192.0.02.10:6443",
      "1",
      "api.example.test/",
      "a b",
      " api",
      "*.example.test",
      "::ffff:192.0.2.10",
    ],
    ...["fe80::1%eth0", "api_x", "a.", "api:+1"],
  ),
  parts: ["a", ".", ":", "1", "6443", "[", "]", "::1", "-"],
};

export const URLS: Values = {
  usual: quote(
    "https://10.0.0.7:2379",
    "https://etcd.example.test",
    "https://[fd00::7]:2379",
    "HTTPS://10.0.0.7:2379",
    "https://10.0.0.7/",
  ),
  odd: quote(
    ...[
      " https://10.0.0.7:2379",
      "https://10.0.0.7:2379 ",
      "https:// 10.0.0.7",
      "https://10.0.0.7\t",
      "https:/10.0.0.7",
    ],
    ...[
      "https:10.0.0.7",
      "https:\\\\10.0.0.7",
      "https://",
      "https://:2379",
      "https://10.0.0.7:x",
      "https://10.0.0.7:",
      "10.0.0.7:2379",
    ],
    ...[
      "etcd:2379",
      "//10.0.0.7",
      "https://fd00::7",
      "https://[fd00::7",
      "https://[10.0.0.7]",
      "https://a:1:2",
      "https://%41",
      "https://a%zz",
    ],
    ...[
      "https://u@10.0.0.7",
      "https://a,https://b",
      "https://a,b",
      "ftp://a",
      "http://10.0.0.7:2379",
      "https://10.0.0.7:99999",
      "",
    ],
    ...[
      "https://[fe80::1%25eth0]:2379",
      "https://[fe80::1%eth0]",
      "https://a_b",
      "https://a?b",
      "https://a#b",
      "unix:///a",
    ],
  ),
  parts: ["https", "://", "10.0.0.7", ":", "2379", "/", "[::1]", " ", "%", "a", "?", "#", "@"],
};

export const ADDRESSES: Values = {
  usual: quote("10.1.2.3", "192.0.2.10", "172.16.255.254"),
  odd: quote(
    ...[
      "010.1.2.3",
      "10.1.2.03",
      "10.1.2",
      "10.1.2.256",
      "::ffff:10.1.2.3",
      "fd00::1",
      "FD00::1",
      "[fd00::1]",
      "fe80::1%eth0",
    ],
    ...[
      "0.0.0.0",
      "::",
      "224.0.0.1",
      "255.255.255.255",
      "169.254.1.1",
      "a.example",
      "",
      " 10.1.2.3",
      "0x0a.1.2.3",
      "240.0.0.1",
    ],
  ),
  parts: ["1", "10", "255", ".", ":", "::", "fd00"],
};

const SUBNETS: Values = {
  usual: [],
  odd: quote(
    ...[
      "10.0.0.0",
      "10.0.0.0/",
      "/16",
      "10.0.0.0/33",
      "10.0.0.0/08",
      "010.0.0.0/8",
      "10.0.0.0/-1",
      "10.0.0.0/+8",
      "fd00::/129",
    ],
    ...[
      "::ffff:10.0.0.0/104",
      "10.0.0.0/16,10.1.0.0/16",
      "10.0.0.0/16,",
      ",10.0.0.0/16",
      "10.0.0.0/16, fd00::/64",
      "a/8",
    ],
    ...[
      "10.0.0.0/16,fd00:1::/64,fd00:2::/64",
      "10.0.0.0/255.0.0.0",
      "fd00::/64,fd01::/64",
      " 10.0.0.0/16",
      "fec0::/64",
    ],
  ),
  parts: ["10.0.0.0", "/", "16", ",", "fd00::", "8"],
};

export const SERVICE_SUBNETS: Values = {
  ...SUBNETS,
  usual: quote(
    "10.96.0.0/12",
    "10.96.5.7/16",
    "172.20.0.0/28",
    "10.96.0.0/16,fd00:10:96::/112",
    "10.96.0.0/16,fd00:10:96::/108",
  ),
  odd: [
    ...SUBNETS.odd!,
    ...quote(
      "10.0.0.0/8",
      "10.96.0.0/11",
      "10.96.0.0/29",
      "fd00:96::/112",
      "10.96.0.0/16,fd00::/107",
      "fd00:10:96::/112,10.96.0.0/16",
    ),
  ],
};

export const POD_SUBNETS: Values = {
  ...SUBNETS,
  usual: quote(
    "10.244.0.0/16",
    "10.244.1.2/17",
    "192.168.0.0/24",
    "10.244.0.0/16,fd00:10:244::/56",
    "fd00:10:244::/48",
    "10.244.0.0/8",
  ),
  odd: [
    ...SUBNETS.odd!,
    ...quote("10.244.0.0/25", "10.244.0.0/7", "fd00::/47", "fd00::/65", "10.96.0.0/12", "10.96.0.0/24", "0.0.0.0/0"),
  ],
};

export const DURATIONS: Values = {
  usual: ["24h", "1h30m", "90s", "1.5h", "100ms", "8760h0m0s", "2540400h", "2m0.5s", "1us", "1µs"],
  odd: [
    ...[
      "1d",
      "24",
      "24 h",
      "-1h",
      "1H",
      "h",
      "1h 30m",
      "''",
      "5m0",
      "1e3s",
      ".5s",
      "1.s",
      "+1h",
      "1ns",
      "0s",
      "'0'",
      "0",
    ],
    ...[
      "2562047h47m16.854775807s",
      "2562047h47m16.854775808s",
      "9223372036854775807ns",
      "9223372036854775808ns",
      "null",
    ],
  ],
  parts: ["1", "0", ".", "h", "m", "s", "ms", "-"],
};

export const PORTS: Values = {
  usual: ["6443", "443", "65535", "8443", "0"],
  odd: [
    ...[
      "65536",
      "-1",
      "2147483647",
      "2147483648",
      "6443.0",
      "6443.5",
      "6.443e3",
      "0x192B",
      "010",
      "0o10",
      "0b11",
      "6_443",
      "+6443",
    ],
    ...["'6443'", "~", "true", ".inf", ".nan", "1e400", "9223372036854775808", "[6443]"],
  ],
};

export const BOOLEANS: Values = {
  usual: ["true", "false", "yes", "no", "on", "off", "True", "FALSE", "y", "n"],
  odd: ["'true'", "1", "0", "~", "tRUE", "t", "[true]", "ja"],
};

export const PATHS: Values = {
  usual: ["/etc/custom/pki", "/etc/kubernetes/pki", "'/etc/my pki'", "/opt/k8s"],
  odd: [
    "/etc/custom/pki/",
    "/etc//custom/./pki",
    "/etc/custom/../pki",
    "pki",
    "./pki",
    "''",
    "~/pki",
    "/etc/custom/ü",
    "'/a:b,c'",
  ],
};

export const SOCKETS: Values = {
  usual: [
    "unix:///run/containerd/containerd.sock",
    "/run/containerd/containerd.sock",
    "unix:///var/run/crio/crio.sock",
  ],
  odd: quote(
    "unix:/run/a.sock",
    "unix://run/a.sock",
    "tcp://127.0.0.1:1",
    "npipe:////./pipe/x",
    "run/a.sock",
    "UNIX:///run/a.sock",
    "unix:///run/a b.sock",
    "unix:///a%zz",
    "unix:///a?b",
    " unix:///a",
  ),
};

export const VERSIONS: Values = {
  usual: ["v1.37.2", "1.37.2", "v1.36.3", "v1.37.0", "v1.37.99"],
  odd: [
    "v1.37",
    "1.37",
    "v1.38.0",
    "v1.35.0",
    "v1.34.0",
    "v1.37.2-rc.1",
    "'v1.37.2+build.5'",
    "v01.37.2",
    "v1.37.2.1",
    "'1.37.2 '",
    "x",
    "v1.37.02",
  ],
};

export const TOKENS: Values = {
  usual: ["abcdef.0123456789abcdef", "'000000.0000000000000000'", "bbbbbb.aaaaaaaaaaaaaaaa"],
  odd: [
    "ABCDEF.0123456789abcdef",
    "abcdef",
    "abcdef.0123456789abcde",
    "'abcdef.0123456789abcdef '",
    "abcdef-0123456789abcdef",
    "''",
    "1.5",
  ],
};

export const LABEL_KEYS: Values = {
  usual: ["dedicated", "example.test/slow", "node-role.kubernetes.io/control-plane", "a_b.c", quoted("k".repeat(63))],
  odd: quote("a/b/c", "Example.test/x", "-a", "a b", "", "/a", "a/", "k".repeat(64), "ü"),
};

export const LABEL_VALUES: Values = {
  usual: ["infra", "''", "'1'", "a_b.c", quoted("v".repeat(63))],
  odd: [...quote("a b", "-a", "v".repeat(64), "a/b", "ü"), "1", "true"],
};

export const ARGUMENT_NAMES: Values = {
  usual: ["v", "bind-address", "profiling", "audit-log-path", "feature-gates", "service-account-issuer"],
  odd: quote("--v", "v=4", "", "a b", "ü", "V_x"),
};

export const ARGUMENT_VALUES: Values = {
  usual: ["'4'", "''", "0.0.0.0", "'::'", "a=b,c=d", "'a b'", '"it\'s"', "'\"q\"'", "'$(X)'", "/etc/x"],
  odd: ["4", "true", "~", "'a\n\n  b'", '"tab\\there"', "'#x'", "!!str 4"],
};

export const SANS: Values = {
  usual: [
    "api.example.test",
    "'*.wild.example.test'",
    "192.0.2.7",
    "'2001:db8::7'",
    "API.Example.test",
    "'::ffff:192.0.2.7'",
  ],
  odd: quote(
    "a b",
    "*",
    "*.*.a",
    "a.*",
    "192.0.2.256",
    "192.0.02.7",
    "[2001:db8::7]",
    "https://a",
    "a:6443",
    "",
    "a_b",
    "a.",
    "1.2.3",
    "fe80::1%eth0",
    "192.0.2.0/24",
  ),
};
