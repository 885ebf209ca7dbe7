import assert from "node:assert/strict";
import { formatCidr, networks } from "../../config/addresses.ts";
import type { Arg } from "../../config/types.ts";
import { memoryHost } from "../../../tests/fakes/memory_host.ts";
import type { InterfaceAddress, KubeObject } from "../../system.ts";
import {
  bridgeInTheWay,
  firstNodeNetworks,
  leftConfigurations,
  preferredConfigurations,
  tunnelsInTheWay,
} from "../../node/pod_network.ts";
import { concerns, hasNetwork, podTrouble } from "../../node/system_pods.ts";

const address = (name: string, text: string): InterfaceAddress => ({
  interface: name,
  address: text,
  family: text.includes(":") ? "IPv6" : "IPv4",
});

/** Names in /etc/cni/net.d, those that the runtime prefers to flannel's, those that are not flannel's. */
const CONFIGURATIONS: readonly [string[], string[], string[]][] = [
  [[], [], []],
  [["10-flannel.conflist"], [], []],
  [["10-calico.conflist", "calico-kubeconfig"], ["10-calico.conflist"], ["10-calico.conflist"]],
  [["10-containerd-net.conflist", "10-flannel.conflist"], ["10-containerd-net.conflist"], [
    "10-containerd-net.conflist",
  ]],
  [["05-cilium.conflist", "10-bridge.conf"], ["05-cilium.conflist", "10-bridge.conf"], [
    "05-cilium.conflist",
    "10-bridge.conf",
  ]],
  [["100-crio-bridge.conflist"], [], ["100-crio-bridge.conflist"]],
  [["87-podman-bridge.conflist", "99-loopback.conf"], [], ["87-podman-bridge.conflist", "99-loopback.conf"]],
  [["00-multus.conf.bak", ".kubernetes-cni-keep", "05-x.conflist~"], [], []],
  [["00-multus.json"], ["00-multus.json"], ["00-multus.json"]],
];

for (const [names, preferred, left] of CONFIGURATIONS) {
  Deno.test(`CNI configurations: ${names.join(", ") || "none"}`, async () => {
    const files = Object.fromEntries(names.map((name) => [`/etc/cni/net.d/${name}`, "{}"]));
    const host = memoryHost({ files }, () => {});
    const paths = (found: string[]) => found.map((name) => `/etc/cni/net.d/${name}`);
    const hint = (found: string[]) =>
      found.length === 0
        ? undefined
        : `If it is left from another pod network, move it away: mv -i ${paths(found).join(" ")} /root/`;
    assert.equal((await preferredConfigurations(host))?.hint, hint(preferred));
    assert.equal((await leftConfigurations(host))?.hint, hint(left));
  });
}

Deno.test("the network of the first node is the first of the pods' network", () => {
  const first = (pods: string, args: Arg[]) => firstNodeNetworks(networks(pods), args).map(formatCidr);
  assert.deepEqual(first("10.244.0.0/16,fd00:10::/56", []), ["10.244.0.0/24", "fd00:10::/64"]);
  assert.deepEqual(first("10.244.0.0/16", [{ name: "node-cidr-mask-size", value: "26" }]), ["10.244.0.0/26"]);
  assert.deepEqual(first("10.244.0.0/16", [{ name: "node-cidr-mask-size", value: "many" }]), []);
  assert.deepEqual(firstNodeNetworks([], []), []);
});

/** Addresses, networks of the node, whether the bridge is in the way. */
const BRIDGES: readonly [InterfaceAddress[], string[] | undefined, boolean][] = [
  [[address("eth0", "10.99.0.1")], ["10.244.0.0/24"], false],
  [[address("cni0", "10.244.0.1")], ["10.244.0.0/24"], false],
  [[address("cni0", "10.244.1.1")], ["10.244.0.0/24"], true],
  [[address("cni0", "10.22.0.1")], ["10.244.0.0/24"], true],
  [[address("cni0", "fe80::1"), address("cni0", "10.244.0.1")], ["10.244.0.0/24"], false],
  [[address("cni0", "fd00::1")], ["10.244.0.0/24"], false],
  [[address("cni0", "fd00::1")], ["10.244.0.0/24", "fd01::/64"], true],
  [[address("cni0", "10.244.0.1")], undefined, true],
  [[address("cni0", "fe80::1")], undefined, false],
];

for (const [addresses, own, expected] of BRIDGES) {
  Deno.test(`cni0 with ${addresses.map((a) => a.address)} where the node has ${own}`, () => {
    assert.equal(
      bridgeInTheWay(memoryHost({ addresses }, () => {}), own && networks(own.join())) !== undefined,
      expected,
    );
  });
}

Deno.test("flannel.1 of another network", () => {
  const look = (text: string) =>
    tunnelsInTheWay(memoryHost({ addresses: [address("flannel.1", text)] }, () => {}), networks("10.244.0.0/16"));
  assert.equal(look("10.244.3.0"), undefined);
  assert.match(look("10.42.0.0")!.hint, /ip link delete flannel\.1/);
});

const pod = (status: Record<string, unknown>, spec: Record<string, unknown> = { nodeName: "a" }): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "coredns-1", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec,
  status,
});
const waiting = (reason: string, message?: string) =>
  pod({ phase: "Pending", containerStatuses: [{ state: { waiting: { reason, message } } }] });

Deno.test("pods: which are in trouble, and whether it passes by itself", () => {
  const told = (one: KubeObject) => {
    const found = podTrouble(one);
    return found && [found.state, found.stuck];
  };
  assert.equal(told(pod({ phase: "Running", conditions: [{ type: "Ready", status: "True" }] })), undefined);
  assert.equal(told(pod({ phase: "Succeeded" })), undefined);
  assert.deepEqual(told(waiting("ContainerCreating")), ["ContainerCreating", false]);
  assert.deepEqual(told(waiting("ImagePullBackOff", "no such host")), ["ImagePullBackOff: no such host", true]);
  assert.deepEqual(
    told(pod({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes" }] }, {})),
    ["Pending: 0/1 nodes", false],
  );
  assert.deepEqual(told(pod({ phase: "Running" })), ["running, but not ready", false]);
  assert.deepEqual(
    told(pod({ phase: "Running", containerStatuses: [{ state: { terminated: { exitCode: 2, reason: "Error" } } }] })),
    ["container exited, exit code 2 (Error)", true],
  );
});

Deno.test("pods: their network, and which concern a node", () => {
  assert.equal(hasNetwork(waiting("ContainerCreating")), false);
  assert.equal(hasNetwork(pod({ podIP: "10.244.0.2" })), true);
  assert.equal(hasNetwork(pod({}, { hostNetwork: true })), true);
  assert.deepEqual([concerns(pod({}), "a"), concerns(pod({}), "b"), concerns(pod({}, {}), "b")], [true, false, true]);
});
