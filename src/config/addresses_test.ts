import assert from "node:assert/strict";
import * as a from "./addresses.ts";

const ADDRESSES: readonly (readonly [string, string | undefined])[] = [
  ["10.0.0.1", "10.0.0.1"],
  ["255.255.255.255", "255.255.255.255"],
  ["256.0.0.1", undefined],
  ["010.0.0.1", undefined],
  ["1.2.3", undefined],
  ["1.2.3.4.5", undefined],
  [" 1.2.3.4", undefined],
  ["", undefined],
  ["::", "::"],
  ["::1", "::1"],
  ["FD00:0:0::21", "fd00::21"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
  ["1::", "1::"],
  ["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
  ["::ffff:10.0.0.1", "10.0.0.1"],
  ["1::2::3", undefined],
  ["1:2:3:4:5:6:7:8:9", undefined],
  ["1:2:3:4:5:6:7::8", undefined],
  ["12345::", undefined],
  [":1", undefined],
  ["fe80::1%eth0", undefined],
  ["[::1]", undefined],
  ["::1.2.3", undefined],
];
for (const [text, canonical] of ADDRESSES) {
  Deno.test(`address "${text}" is ${canonical ?? "refused"}`, () => {
    const address = a.parseAddress(text);
    assert.equal(address && a.formatAddress(address), canonical);
  });
}

const CIDRS: readonly (readonly [string, string | undefined])[] = [
  ["10.244.0.0/16", "10.244.0.0/16"],
  ["10.244.7.9/16", "10.244.0.0/16"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["fd00:10:244::1/56", "fd00:10:244::/56"],
  ["::/128", "::/128"],
  ["10.0.0.0/33", undefined],
  ["10.0.0.0/08", undefined],
  ["10.0.0.0", undefined],
  ["10.0.0.0/", undefined],
  ["10.0.0.0/16/16", undefined],
  ["::ffff:10.0.0.0/104", undefined],
  ["fd00::/129", undefined],
];
for (const [text, canonical] of CIDRS) {
  Deno.test(`network "${text}" is ${canonical ?? "refused"}`, () => {
    const cidr = a.parseCidr(text);
    assert.equal(cidr && a.formatCidr(cidr), canonical);
  });
}

const NTH: readonly (readonly [string, number, string])[] = [
  ["10.96.0.0/12", 1, "10.96.0.1"],
  ["10.96.0.0/12", 10, "10.96.0.10"],
  ["172.20.255.250/16", 300, "172.20.1.44"],
  ["fd00:10:96::/112", 10, "fd00:10:96::a"],
];
for (const [cidr, n, address] of NTH) {
  Deno.test(`address ${n} of ${cidr} is ${address}`, () => {
    assert.equal(a.formatAddress(a.nthAddress(a.parseCidr(cidr)!, n)), address);
  });
}

Deno.test("an address beyond a network's end is an error", () => {
  assert.throws(() => a.nthAddress(a.parseCidr("10.0.0.0/30")!, 4), /10\.0\.0\.0\/30 has no address number 4/);
});

const OVERLAPS: readonly (readonly [string, string, boolean])[] = [
  ["10.0.0.0/8", "10.96.0.0/12", true],
  ["10.96.0.0/12", "10.0.0.0/8", true],
  ["10.96.0.0/12", "10.112.0.0/12", false],
  ["::/0", "10.0.0.0/8", false],
  ["fd00::/64", "fd00::/48", true],
];
for (const [one, other, expected] of OVERLAPS) {
  Deno.test(`${one} ${expected ? "overlaps" : "does not overlap"} ${other}`, () => {
    assert.equal(a.overlaps(a.parseCidr(one)!, a.parseCidr(other)!), expected);
  });
}

const CLASSES: readonly (readonly [string, a.AddressClass])[] = [
  ["0.0.0.0", "unspecified"],
  ["::", "unspecified"],
  ["127.9.9.9", "loopback"],
  ["::1", "loopback"],
  ["224.0.0.1", "multicast"],
  ["ff02::1", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["169.254.1.1", "link-local"],
  ["fe80::1", "link-local"],
  ["192.168.1.1", "global"],
  ["fd00::1", "global"],
];
for (const [text, expected] of CLASSES) {
  Deno.test(`${text} is ${expected}`, () => assert.equal(a.classify(a.parseAddress(text)!), expected));
}

const HOST_PORTS: readonly (readonly [string, a.HostPort | undefined])[] = [
  ["api.example", { host: "api.example" }],
  ["api.example:8443", { host: "api.example", port: 8443 }],
  ["10.0.0.1:6443", { host: "10.0.0.1", port: 6443 }],
  ["fd00::1", { host: "fd00::1" }],
  ["[fd00::1]", { host: "fd00::1" }],
  ["[fd00::1]:6443", { host: "fd00::1", port: 6443 }],
  ["api:0", undefined],
  ["api:65536", undefined],
  ["api:", { host: "api" }],
  [":6443", undefined],
  ["api:006443", { host: "api", port: 6443, text: "api:006443" }],
  ["api:000", undefined],
  ["api:065536", undefined],
  ["[api]:6443", { host: "api", port: 6443, text: "[api]:6443" }],
  ["[10.0.0.1]:6443", { host: "10.0.0.1", port: 6443, text: "[10.0.0.1]:6443" }],
  ["[api]", undefined],
  ["[fd00::1", undefined],
  ["fd00::1:6443:x", undefined],
  ["a:1:2", undefined],
  ["", undefined],
];
for (const [text, expected] of HOST_PORTS) {
  Deno.test(`"${text}" is ${expected ? `host ${expected.host}, port ${expected.port ?? "none"}` : "no endpoint"}`, () => {
    assert.deepEqual(a.splitHostPort(text), expected);
  });
}

Deno.test("an IPv6 host gets brackets before its port", () => {
  assert.deepEqual([a.joinHostPort("fd00::1", 6443), a.joinHostPort("h", 1)], ["[fd00::1]:6443", "h:1"]);
  for (const text of ["fd00::1", "[fd00::1]:6443", "h", "h:1"]) {
    assert.equal(a.formatHostPort(a.splitHostPort(text)!), text);
  }
});

Deno.test("a list of networks with a wrong one names it", () => {
  assert.throws(() => a.networks("10.0.0.0/8,x"), {
    name: "RangeError",
    message: '"x" is not a CIDR',
  });
});
