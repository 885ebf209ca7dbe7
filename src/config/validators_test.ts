import assert from "node:assert/strict";
import * as f from "./validators.ts";

const HASH = "0123456789abcdef".repeat(4);

/** A check, texts that it takes, and texts that it refuses. */
const CHECKS: readonly (readonly [keyof typeof f & string, readonly string[], readonly string[]])[] = [
  ["dnsName", ["a", "k1.example", "a-b.c0", "a".repeat(253)], [
    "",
    "A",
    "-a",
    "a-",
    "a..b",
    "a_b",
    "a.",
    "a".repeat(254),
  ]],
  ["dnsLabel", ["a", "audit-log", "a".repeat(63)], ["", "a.b", "A", "a".repeat(64)]],
  ["certificateName", ["api.example", "*.example", "192.0.2.1", "2001:db8::7"], [
    "*",
    "*.*.a",
    "a.*",
    "Api",
    "1.2.3.4/8",
    "",
  ]],
  ["reachableAddress", ["10.0.0.1", "fd00::1"], [
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "169.254.0.1",
    "fe80::1",
    "10.0.0",
    "host",
    "255.255.255.255",
  ]],
  ["serverHost", ["a", "A.b", "a_b", "a.b.", "_a", "10.0.0.1", "::1"], [
    "",
    ".",
    "a..b",
    "-a",
    "a-",
    "a b",
    "0x7f.1",
    "a.5.",
    "10.0.0",
    "a".repeat(64),
    `${"a.".repeat(127)}a`,
  ]],
  ["endpointHost", ["a", "a.example", "10.0.0.1", "::1"], [
    "",
    "A",
    "a_b",
    "a.",
    "0x7f.1",
    "10.0.0",
    "10.0.0.256",
    "https://a",
    "a b",
  ]],
  ["bootstrapToken", ["abcdef.0123456789abcdef"], [
    "",
    "abcdef",
    "ABCDEF.0123456789abcdef",
    "abcdef.0123456789abcde",
    "abcdef.0123456789abcdef\n",
  ]],
  ["bootstrapGroup", ["system:bootstrappers:a", "system:bootstrappers:kubeadm:default-node-token"], [
    "system:bootstrappers:",
    "system:masters",
    "system:bootstrappers:a:",
  ]],
  ["caHash", [`sha256:${HASH}`, `SHA256:${HASH.toUpperCase()}`], [
    HASH,
    `sha1:${HASH}`,
    `sha256:${HASH}0`,
    "sha256:",
    `sha256:${HASH.replace("0", "g")}`,
  ]],
  ["certificateKey", [HASH], ["", HASH.slice(1), `${HASH}00`, HASH.replace("0", "x")]],
  ["absolutePath", ["/", "/etc/kubernetes"], ["", "etc", "./etc", "~/x"]],
  ["certificatePath", ["/etc/ca.crt"], ["ca.crt", "/etc/ca.pem", "/etc/ca.crt.old"]],
  ["criSocket", ["unix:///run/containerd/containerd.sock"], [
    "/run/x.sock",
    "tcp://127.0.0.1:1",
    "unix://run/x.sock",
    "unix://",
    "npipe:////./pipe/x",
    "",
  ]],
  ["argumentName", ["v", "audit-log-path", "feature_gates"], ["", "--v", "-v", "a=b", "a b"]],
  ["environmentName", ["HTTPS_PROXY", "a.b"], ["", "A=B", "A\n"]],
  ["imageRepository", ["registry.k8s.io", "localhost:5000", "Registry.example/k8s", "r/a/b__c", "[fd00::1]:5000/a"], [
    "",
    "https://r",
    "r/",
    "r/K8s",
    "r:tag/x",
    "r//a",
    "r a",
  ]],
  ["imageTag", ["v1.14.9", "3.6.9-1", "a".repeat(128), `v1.14.6@sha256:${HASH}`], [
    "",
    ".a",
    "-a",
    "a:b",
    "a".repeat(129),
  ]],
  ["qualifiedName", ["a", "node-role.kubernetes.io/control-plane", "A_b.c"], [
    "",
    "/a",
    "a/",
    "a/b/c",
    "Ex.com/a",
    "-a",
    "a".repeat(64),
  ]],
  ["labelValue", ["", "a", "A_b-c.d"], ["-a", "a-", "a b", "a".repeat(64)]],
  ["timestamp", ["2027-01-31T12:00:00Z", "2027-01-31T2:00:00,5+24:00"], [
    "2027-01-31T24:00:00Z",
    "2027-01-31",
    "2027-13-31T12:00:00Z",
    "tomorrow",
    "",
  ]],
  ["durationText", ["24h", "0"], ["24", "1d", ""]],
];
for (const [name, taken, refused] of CHECKS) {
  const check = f[name] as f.Check;
  for (const text of taken) {
    Deno.test(`${name} takes ${JSON.stringify(text).slice(0, 60)}`, () => assert.equal(check(text), undefined));
  }
  for (const text of refused) {
    Deno.test(`${name} refuses ${JSON.stringify(text).slice(0, 60)}`, () =>
      assert.match(check(text) ?? "taken", /^(an? |the |"sha256)/));
  }
}
