import assert from "node:assert/strict";
import { fake } from "../../../tests/fakes/fake.ts";
import { UserError } from "../../errors.ts";
import { memoryHost, type MemoryHostOptions } from "../../../tests/fakes/memory_host.ts";
import type { ContainerRuntime, InterfaceAddress } from "../../system.ts";
import { defaultAddressFacts } from "../../node/facts/address.ts";
import { gatherFacts } from "../../node/facts.ts";
import { criSockets } from "../../node/facts/sockets.ts";

const HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
const route = (name: string, destination = "00000000", mask = "00000000") =>
  `${name}\t${destination}\tFE01A8C0\t0003\t0\t0\t0\t${mask}\t0\t0\t0\n`;
const ZERO = "0".repeat(32);
const route6 = (name: string, gateway = `fe80${"0".repeat(27)}1`, destination = ZERO) =>
  `${destination} 00 ${ZERO} 00 ${gateway} 00000400 00000001 00000000 00000003 ${name.padStart(8)}\n`;

const address = (name: string, text: string): InterfaceAddress => ({
  interface: name,
  address: text,
  family: text.includes(":") ? "IPv6" : "IPv4",
});
const LO = [address("lo", "127.0.0.1"), address("lo", "::1")];

/** Name, IPv4 routes, IPv6 routes, addresses, what kubeadm's ChooseHostInterface chooses (recorded by reading its source). */
const HOSTS: readonly [string, string | undefined, string, InterfaceAddress[], string | undefined][] = [
  ["one interface", route("eth0"), "", [...LO, address("eth0", "192.0.2.10")], "192.0.2.10"],
  ["no route", "", "", [...LO, address("eth0", "192.0.2.10")], undefined],
  ["a route to a network only", route("eth0", "0002000A", "00FFFFFF"), "", [address("eth0", "10.0.2.1")], undefined],
  ["the route of a lesser metric comes first", route("wan") + route("lan"), "", [
    address("lan", "10.0.0.1"),
    address("wan", "198.51.100.1"),
  ], "198.51.100.1"],
  ["the first interface has no global address", route("wan") + route("lan"), "", [
    address("wan", "169.254.1.1"),
    address("lan", "10.0.0.1"),
  ], "10.0.0.1"],
  ["RFC 5549: the address is on lo", route("eth0"), "", [
    ...LO,
    address("eth0", "169.254.0.1"),
    address("lo", "203.0.113.7"),
  ], "203.0.113.7"],
  ["RFC 5549 over IPv6", route("eth0"), route6("eth0"), [
    ...LO,
    address("eth0", "fe80::1"),
    address("lo", "2001:db8::7"),
  ], "2001:db8::7"],
  ["the address on lo wins over the second route's", route("a") + route("b"), "", [
    address("lo", "203.0.113.7"),
    address("b", "10.0.0.1"),
  ], "203.0.113.7"],
  ["IPv6 only", "", route6("eth0"), [...LO, address("eth0", "fe80::1"), address("eth0", "2001:db8::1")], "2001:db8::1"],
  ["IPv6 only, unreachable on lo", "", route6("lo", ZERO), [...LO, address("eth0", "2001:db8::1")], undefined],
  ["both families", route("eth0"), route6("eth0"), [
    address("eth0", "2001:db8::1"),
    address("eth0", "192.0.2.10"),
  ], "192.0.2.10"],
  ["a label", route("eth0"), "", [address("eth0:1", "192.0.2.11")], "192.0.2.11"],
  ["half of the Internet through a tunnel", route("tun0", "00000000", "00000080") + route("eth0"), "", [
    address("eth0", "192.0.2.10"),
    address("tun0", "10.8.0.2"),
  ], "10.8.0.2"],
  [
    "a kernel without IPv4 routes",
    undefined,
    "",
    [...LO, address("eth0", "fe80::1"), address("eth0", "2001:db8::1")],
    "2001:db8::1",
  ],
  ["a rejecting route", route("*"), "", [...LO, address("lo", "203.0.113.7")], undefined],
  ["unique local addresses are global", "", route6("eth0"), [address("eth0", "fd00::5")], "fd00::5"],
];

for (const [name, v4, v6, addresses, chosen] of HOSTS) {
  Deno.test(`default address: ${name}`, async () => {
    const files = { ...(v4 === undefined ? {} : { "/proc/net/route": HEAD + v4 }), "/proc/net/ipv6_route": v6 };
    const facts = await defaultAddressFacts(memoryHost({ files }, () => {}), addresses);
    assert.equal(facts.defaultAddress, chosen);
    assert.equal(facts.noDefaultAddress === undefined, chosen !== undefined);
  });
}

Deno.test("default address: why there is none, and the one by preference of IPv6", async () => {
  const look = (v4: string, v6: string, addresses: InterfaceAddress[]) =>
    defaultAddressFacts(
      memoryHost({ files: { "/proc/net/route": HEAD + v4, "/proc/net/ipv6_route": v6 } }, () => {}),
      addresses,
    );
  assert.match((await look("", "", LO)).noDefaultAddress!, /no default route/);
  assert.match(
    (await look(route("eth0"), "", LO)).noDefaultAddress!,
    /neither the interface of the default route \(eth0\) nor lo has a global address/,
  );
  const both = await look(route("eth0"), route6("eth0"), [
    address("eth0", "192.0.2.1"),
    address("eth0", "2001:db8::1"),
  ]);
  assert.deepEqual(both, { defaultAddress: "192.0.2.1", defaultAddressV6: "2001:db8::1" });
});

const SOCKETS = ["/var/run/containerd/containerd.sock", "/var/run/crio/crio.sock", "/var/run/cri-dockerd.sock"];

/** Files that are there, those at which a runtime answers, what is to choose from. */
const RUNTIMES: readonly [string, number[], number[], number[]][] = [
  ["none", [], [], []],
  ["one that is stale is named by the check of the runtime", [1], [], [1]],
  ["a stale one beside a live one", [0, 1], [1], [1]],
  ["a stale one behind a live one", [0, 2], [0], [0]],
  ["two live ones", [0, 1, 2], [0, 2], [0, 2]],
  ["all are stale", [1, 2], [], [1]],
];

/** What a runtime that listens says of itself. */
const VERSION = { runtimeName: "x", runtimeVersion: "1", runtimeApiVersion: "v1" };

for (const [name, there, live, expected] of RUNTIMES) {
  Deno.test(`CRI sockets: ${name}`, async () => {
    const files = Object.fromEntries(there.map((i) => [SOCKETS[i]!, ""]));
    const urls = SOCKETS.map((path) => `unix://${path}`);
    const runtime = (socket: string) =>
      fake<ContainerRuntime>("container runtime", {
        version: () =>
          live.includes(urls.indexOf(socket))
            ? Promise.resolve(VERSION)
            : Promise.reject(new UserError("nobody listens")),
      });
    assert.deepEqual(await criSockets(memoryHost({ files }, () => {}), runtime), expected.map((i) => urls[i]));
  });
}

Deno.test("CRI sockets: one that is deaf does not count", async () => {
  const files = { [SOCKETS[0]!]: "", [SOCKETS[1]!]: "" };
  const runtime = (socket: string) =>
    fake<ContainerRuntime>("container runtime", {
      version: () => socket.includes("crio") ? Promise.resolve(VERSION) : new Promise(() => {}),
    });
  assert.deepEqual(await criSockets(memoryHost({ files }, () => {}), runtime), [`unix://${SOCKETS[1]}`]);
});

Deno.test("the kubelet is looked for in the caller's PATH last, and only where nobody else could have put it", async () => {
  const kubeletIn = async (
    directories: string[],
    stats: MemoryHostOptions["stats"] = {},
    PATH = "bin:/srv/k:/home/a/bin",
  ) => {
    const files = Object.fromEntries(directories.map((directory) => [`${directory}/kubelet`, "ELF"]));
    return (await gatherFacts(memoryHost({ files, stats, environment: { PATH } }, () => {}))).kubeletPath;
  };
  assert.equal(await kubeletIn(["/srv/k", "/usr/bin"]), "/usr/bin/kubelet");
  assert.equal(await kubeletIn(["/srv/k", "/opt/kubernetes/bin"]), "/opt/kubernetes/bin/kubelet");
  assert.equal(await kubeletIn(["/srv/k"]), "/srv/k/kubelet");
  assert.equal(await kubeletIn(["/tmp/x"]), undefined);
  for (const path of ["/srv", "/srv/k", "/srv/k/kubelet"]) {
    for (const other of [{ mode: 0o777 }, { uid: 1000 }, { mode: 0o775, gid: 5 }]) {
      assert.equal(await kubeletIn(["/srv/k"], { [path]: other }), undefined, `${path} ${JSON.stringify(other)}`);
      assert.equal(await kubeletIn(["/srv/k", "/home/a/bin"], { [path]: other }), "/home/a/bin/kubelet");
    }
  }
});
