import assert from "node:assert/strict";
import { clusterAuthority, kubeconfigOf, MACHINE, nodeObject } from "../../tests/program/node_samples.ts";
import { memoryHost, type MemoryHostOptions } from "../../tests/fakes/memory_host.ts";
import { readNodeIdentity } from "./identity.ts";
import { doubtAbout } from "./proof.ts";

const CURRENT = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const CONF = "/etc/kubernetes/kubelet.conf";
const FLAGS = "/var/lib/kubelet/kubeadm-flags.env";
const { caPem, kubeletPem } = await clusterAuthority();
const [k2, k3, admin] = await Promise.all(["system:node:k2", "system:node:k3", "kubernetes-admin"].map(kubeletPem));
const embedded = (pem: string) =>
  kubeconfigOf(caPem, { "client-certificate-data": btoa(pem), "client-key-data": "S0VZ" });
const inFile = (path: string) => kubeconfigOf(caPem, { "client-certificate": path, "client-key": path });

/** Files of the kubelet, the node that the host called k3 is, or why it is not known. */
const IDENTITIES: readonly [string, Record<string, string>, string | RegExp][] = [
  ["the renewed certificate, on a host that was renamed", { [CURRENT]: k2!, [CONF]: inFile(CURRENT) }, "k2"],
  ["the certificate in kubelet.conf", { [CONF]: embedded(k2!) }, "k2"],
  ["a key before the certificate", {
    [CURRENT]: `-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n${k2}`,
  }, "k2"],
  ["a certificate in a directory of one's own", {
    [FLAGS]: 'KUBELET_KUBEADM_ARGS="--cert-dir=/srv/kubelet"\n',
    "/srv/kubelet/kubelet-client-current.pem": k2!,
    [CURRENT]: k3!,
  }, "k2"],
  ["only kubelet.conf is left", { [CONF]: inFile(CURRENT) }, /names ".*current.pem": no such file/],
  ["two that differ", { [CURRENT]: k3!, [CONF]: embedded(k2!) }, /belongs to node "k3", ".*kubelet.conf" to node "k2"/],
  ["another user's", { [CONF]: embedded(admin!) }, /belongs to "kubernetes-admin", which is not a node/],
  ["no certificate", { [CURRENT]: "nothing" }, /no PEM block|Cannot read/],
  ["a token", { [CONF]: kubeconfigOf(caPem, { token: "t" }) }, /has no client certificate/],
  ["no file", {}, /kubelet.conf" not found/],
];

for (const [name, files, expected] of IDENTITIES) {
  Deno.test(`node identity: ${name}`, async () => {
    const identity = await readNodeIdentity(memoryHost({ files, hostname: "k3" }, () => {}));
    if (typeof expected === "string") {
      assert.equal(identity.known && identity.name, expected);
    } else {
      assert.equal(identity.known, false);
      assert.equal(identity.name, "k3");
      assert.match((identity as { why: string }).why, expected);
    }
  });
}

Deno.test("node identity: what is not known has the name that the kubelet would register", async () => {
  for (
    const [path, text, name] of [
      [FLAGS, 'KUBELET_KUBEADM_ARGS="--hostname-override=a --x=y"\n', "a"],
      ["/etc/default/kubelet", "# mine\nKUBELET_EXTRA_ARGS='--hostname-override=B'\n", "b"],
      ["/etc/sysconfig/kubelet", "KUBELET_EXTRA_ARGS=--hostname-override=c\n", "c"],
    ]
  ) {
    assert.equal((await readNodeIdentity(memoryHost({ files: { [path!]: text! } }, () => {}))).name, name);
  }
});

const other = { bootID: "00000000-0000-4000-8000-000000000000" };
const CONFIGURATION = "/var/lib/kubelet/config.yaml";

/** The Node k2 as the cluster has it, what of the host is otherwise, and why it is not proven to be this host. */
const PROOFS: readonly [string, ReturnType<typeof nodeObject>, MemoryHostOptions["files"], RegExp | undefined][] = [
  ["reported in this boot", nodeObject("k2"), {}, undefined],
  [
    "a container beside this one, of the same boot",
    nodeObject("k2", { address: "192.0.2.77" }),
    {},
    /Ready, but its kubelet reports from another boot or another host/,
  ],
  [
    "the same, whose kubelet stands still",
    nodeObject("k2", { ready: false, address: "192.0.2.77" }),
    {},
    /address is 192.0.2.77, which is not an address of this host/,
  ],
  [
    "reported in this boot, in upper case",
    nodeObject("k2", { info: { systemUUID: "4c4c4544-0042-3510-8051-b4c04f4e4d31" } }),
    {},
    undefined,
  ],
  ["of the name that the host has now", nodeObject("k3"), {}, /this host is node "k2"/],
  [
    "reported by a clone with the same machine ID",
    nodeObject("k2", { info: other }),
    {},
    /Ready, but its kubelet reports from another boot/,
  ],
  [
    "of another machine",
    nodeObject("k2", { info: { machineID: "f".repeat(32) } }),
    {},
    /machine ID is "f+"; this host has "0123/,
  ],
  ["of another virtual machine", nodeObject("k2", { info: { systemUUID: "1-2" } }), {}, /system UUID is "1-2"/],
  ["not reported since this host was rebooted", nodeObject("k2", { info: other, ready: false }), {}, undefined],
  [
    "the same, at another address",
    nodeObject("k2", { info: other, ready: false, address: "192.0.2.77" }),
    {},
    /address is 192.0.2.77, which is not an address of this host/,
  ],
  [
    "nothing to compare",
    nodeObject("k2", { info: { ...other, machineID: "", systemUUID: "" }, ready: false }),
    {},
    /its machine ID, system UUID and provider ID cannot be compared/,
  ],
  ["the machine ID of D-Bus", nodeObject("k2", { info: { ...other, systemUUID: "" }, ready: false }), {
    "/etc/machine-id": undefined as unknown as string,
    "/var/lib/dbus/machine-id": MACHINE["/etc/machine-id"],
  }, undefined],
  ["another machine of the provider", nodeObject("k2", { providerID: "aws:///b/i-2" }), {
    [CONFIGURATION]: "kind: KubeletConfiguration\nproviderID: aws:///b/i-1\n",
  }, /provider ID is "aws:\/\/\/b\/i-2"; this host has "aws:\/\/\/b\/i-1"/],
  [
    "the same machine of the provider",
    nodeObject("k2", { info: { ...other, machineID: "", systemUUID: "" }, ready: false, providerID: "aws:///b/i-1" }),
    {
      [CONFIGURATION]: "kind: KubeletConfiguration\nproviderID: aws:///b/i-1\n",
    },
    undefined,
  ],
];

for (const [name, node, changes, expected] of PROOFS) {
  Deno.test(`node proof: a Node ${name}`, async () => {
    const all = Object.entries({ ...MACHINE, [CURRENT]: k2!, ...changes }).filter(([, text]) => text !== undefined);
    const files = Object.fromEntries(all) as Record<string, string>;
    const host = memoryHost({ files, hostname: "k3" }, () => {});
    const doubt = await doubtAbout(host, await readNodeIdentity(host), node, caPem);
    if (expected === undefined) assert.equal(doubt, undefined);
    else assert.match(doubt ?? "", expected);
  });
}

Deno.test("node proof: a certificate of another cluster proves nothing; nor does none", async () => {
  const host = memoryHost({ files: { ...MACHINE, [CURRENT]: k2! } }, () => {});
  const elsewhere = (await clusterAuthority()).caPem;
  const node = nodeObject("k2", { info: other, ready: false });
  assert.match((await doubtAbout(host, await readNodeIdentity(host), node, elsewhere))!, /belongs to another cluster/);
  assert.match((await doubtAbout(host, await readNodeIdentity(host), node, ""))!, /belongs to another cluster/);
  const none = memoryHost({ files: MACHINE, hostname: "k2" }, () => {});
  assert.match((await doubtAbout(none, await readNodeIdentity(none), nodeObject("k2"), caPem))!, /not found/);
});
