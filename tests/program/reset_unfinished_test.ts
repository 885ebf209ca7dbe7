import assert from "node:assert/strict";
import { fake } from "../fakes/fake.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import type { Change, ContainerRuntime, KubeClient, RuntimeSandbox } from "../../src/system.ts";
import { clusterAuthority, kubeconfigOf, MACHINE, nodeObject } from "./node_samples.ts";
import { FIT, run, unfit, type World } from "./program.ts";

/** Milliseconds between two attempts to reach a runtime: here they are over at once, and counted. */
const PAUSE_MS = 500;
let pauses = 0;
const later = globalThis.setTimeout;
globalThis.setTimeout = ((work: () => void, ms?: number) => {
  if (ms === PAUSE_MS) pauses++;
  return later(work, ms === PAUSE_MS ? 0 : ms);
}) as typeof globalThis.setTimeout;

const RECEIPT = "/var/lib/kubewright/receipt.jsonl";
const GROUPS = "find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name 'kubepods*'";
const gone = (program: string) => ({
  code: 127,
  failure: "not found" as const,
  stdout: "",
  stderr: `${program}: command not found`,
});

const COMMANDS: MemoryHostOptions["commands"] = {
  ...FIT.commands,
  [GROUPS]: "",
  "ip -o link show": "1: lo: <LOOPBACK>\n",
  "iptables --version": "iptables v1.8.9 (nf_tables)\n",
  "iptables-save": "",
  "ip6tables --version": "ip6tables v1.8.9 (nf_tables)\n",
  "ip6tables-save": "",
};

const lines = (...paths: string[]) => paths.map((path) => `{"kind":"file","path":"${path}"}\n`).join("");
const WORKER = {
  [RECEIPT]: `{"kind":"receipt","version":1}\n${lines("/var/lib/kubelet/config.yaml", "/etc/kubernetes/pki/ca.crt")}`,
  "/var/lib/kubelet/config.yaml": "containerRuntimeEndpoint: unix:///run/crio/crio.sock\n",
  "/etc/kubernetes/pki/ca.crt": "CA",
};
const MANIFEST =
  "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: etcd, command: [etcd, --data-dir=/var/lib/etcd]}]}\n";
const ETCD = "/etc/kubernetes/manifests/etcd.yaml";
const CONTROL_PLANE = {
  ...WORKER,
  [RECEIPT]: `${WORKER[RECEIPT]}${lines(ETCD)}{"kind":"directory","path":"/var/lib/etcd"}\n`,
  [ETCD]: MANIFEST,
  "/var/lib/etcd/member/wal/0.wal": "",
};

/** A host of today has IPv6. */
const IPV6 = { "/proc/net/if_inet6": "" };

function host(
  files: Record<string, string | undefined>,
  commands: MemoryHostOptions["commands"] = {},
  more: MemoryHostOptions = {},
) {
  return unfit({ commands: { ...COMMANDS, ...commands }, ...more }, { ...IPV6, ...files });
}

const pod = (id: string): RuntimeSandbox => ({
  id,
  podName: id,
  podNamespace: "kube-system",
  podUid: id,
  ready: true,
  createdAt: new Date(0),
  ofKubelet: true,
});

/** A runtime with some pods, at whatever socket. */
function runtime(parts: Partial<ContainerRuntime>): World {
  return {
    runtime: (socket) => (fake<ContainerRuntime>("container runtime", {
      socket,
      sandboxes: () => Promise.resolve([]),
      stopSandbox: () => Promise.resolve(),
      removeSandbox: () => Promise.resolve(),
      ...parts,
    })),
  };
}
const removed = (changes: readonly Change[]) => changes.flatMap((c) => c.kind === "remove" ? [c.path] : []);
const down = (why: string) => ({ sandboxes: () => Promise.reject(new UserError(why)) });

for (const [role, files] of Object.entries({ worker: WORKER, "control plane": CONTROL_PLANE })) {
  for (const why of ["the socket does not exist", "no runtime listens on it", "no answer within 2 s"]) {
    Deno.test(`reset of a ${role} whose runtime does not answer (${why}) keeps everything, and is short`, async () => {
      const before = pauses;
      const { code, err, changes } = await run(["reset", "-f"], host(files), "", runtime(down(why)));
      assert.equal(code, EXIT.failed);
      assert.equal(pauses - before, 4, "it is asked five times, with pauses");
      assert.deepEqual(removed(changes), []);
      assert.match(err, new RegExp(`Cannot remove the pods of this node: ${why}`));
      assert.match(err, /systemctl restart crio$/m);
      assert.ok(err.split("\n").filter((line) => /next:|systemctl|--cri-socket|--skip/.test(line)).length <= 6, err);
      const again = await run(["reset", "-f"], host(files), "", runtime({}));
      assert.equal(again.code, EXIT.ok, again.err);
      assert.ok(removed(again.changes).includes(RECEIPT));
    });
  }
}

Deno.test("reset: a pod that cannot be ended keeps all that it uses; the others are ended", async () => {
  const asked: string[] = [];
  const world = runtime({
    sandboxes: () => Promise.resolve(["a", "b", "c"].map(pod)),
    stopSandbox: ({ id }) =>
      id === "b" ? Promise.reject(new UserError("no plugin")) : Promise.resolve(void asked.push(id)),
  });
  const { code, err, changes } = await run(["reset", "-f"], host(WORKER), "", world);
  assert.equal(code, EXIT.failed);
  assert.deepEqual(asked, ["a", "c"]);
  assert.deepEqual(removed(changes), []);
  assert.match(err, /Cannot remove 1 of 3 pods of this node:\n {2}kube-system\/b \(b\): no plugin/);
});

Deno.test("reset: processes of pods that the runtime does not know are another runtime's", async () => {
  const commands = {
    [GROUPS]: "/sys/fs/cgroup/kubepods\n",
    "find /sys/fs/cgroup/kubepods -name cgroup.procs -exec cat '{}' +": "41\n42\n",
  };
  const { code, err, changes } = await run(["reset", "-f"], host(WORKER, commands), "", runtime({}));
  assert.equal(code, EXIT.failed);
  assert.deepEqual(removed(changes), []);
  assert.match(err, /2 processes run in the cgroups of pods \(kubepods; 41, 42\).*crio.sock" has no pods/);
  assert.match(err, /--cri-socket=/);
});

Deno.test("reset: pods that the person leaves out leave the receipt for later, and the rest is removed", async () => {
  const args = ["reset", "-f", "--skip-phases=cleanup-node/containers"];
  const { code, out, changes } = await run(args, host(WORKER), "", runtime(down("gone for good")));
  assert.equal(code, EXIT.ok);
  assert.ok(removed(changes).includes("/etc/kubernetes/pki/ca.crt"));
  assert.ok(!removed(changes).includes(RECEIPT));
  assert.match(out, /receipt.jsonl: "cleanup-node\/containers" was skipped/);
});

/** Commands that are otherwise, what is not finished, and whether the run goes on. */
const BLIND: readonly [string, MemoryHostOptions["commands"], Record<string, string>, RegExp][] = [
  [
    "neither iptables nor nft",
    { "iptables --version": gone("iptables") },
    {},
    /firewall: Cannot list the firewall rules of IPv4: neither "iptables" nor "nft" found/,
  ],
  [
    "no ip6tables, and chains in nft",
    {
      "ip6tables --version": gone("ip6tables"),
      "nft list tables": "table ip6 nat\n",
      "nft list chains ip6": "table ip6 nat {\n\tchain KUBE-SERVICES {\n\t}\n}\n",
    },
    {},
    /firewall: Cannot remove 1 firewall chains of IPv6 \(KUBE-SERVICES\)/,
  ],
  [
    "legacy tables that nobody can list",
    {},
    { "/proc/net/ip_tables_names": "nat\n" },
    /firewall: .*"iptables-legacy" not found/,
  ],
  [
    "an iptables that may not run",
    { "iptables-save": { code: 4, stdout: "", stderr: "Permission denied" } },
    {},
    /firewall: Cannot run "iptables-save"/,
  ],
  [
    "an iptables that is killed",
    { "iptables-save": { code: 137, failure: "killed", signal: "SIGKILL", stdout: "", stderr: "" } },
    {},
    /firewall: .*ended by signal SIGKILL/,
  ],
  ["no ip", { "ip -o link show": gone("ip") }, {}, /network: .*program "ip" not found/],
  [
    "no ipset, and ipvs",
    { "ip -o link show": "9: kube-ipvs0: <BROADCAST>\n" },
    {},
    /firewall: .*program "ipset" not found/,
  ],
];

for (const [name, commands, files, says] of BLIND) {
  Deno.test(`reset: what cannot be looked at is not taken for nothing: ${name}`, async () => {
    const { code, out, err, changes } = await run(
      ["reset", "-f"],
      host({ ...WORKER, ...files }, commands),
      "",
      runtime({}),
    );
    assert.equal(code, EXIT.failed);
    assert.match(out, says);
    assert.match(err, /^warning: not finished: /m);
    assert.match(out, /^The reset is not finished/m);
    assert.ok(removed(changes).includes("/etc/kubernetes/pki/ca.crt"), "the rest goes on");
    assert.ok(!removed(changes).includes(RECEIPT));
    const json = await run(["reset", "-f", "-o", "json"], host({ ...WORKER, ...files }, commands), "", runtime({}));
    assert.ok((json.events.at(-1)!["unfinished"] as unknown[]).length > 0);
  });
}

Deno.test("reset: a host that has only nft is looked at with it", async () => {
  const commands = {
    "iptables --version": gone("iptables"),
    "ip6tables --version": gone("ip6tables"),
    "nft list tables": "table ip kube-proxy\ntable inet filter\n",
    "nft delete table ip kube-proxy": "",
    "nft list chains ip": "table ip nat {\n\tchain DOCKER {\n\t}\n}\n",
    "nft list chains ip6": "",
  };
  const { code, out, changes } = await run(["reset", "-f"], host(WORKER, commands), "", runtime({}));
  assert.equal(code, EXIT.ok, out);
  assert.ok(changes.some((c) => c.kind === "run" && c.command.argv.join(" ") === "nft delete table ip kube-proxy"));
  assert.ok(removed(changes).includes(RECEIPT));
});

Deno.test("reset: a kernel without IPv6 has no rules for it", async () => {
  const commands = { "ip6tables --version": gone("ip6tables") };
  const without = host({ ...WORKER, "/proc/net/if_inet6": undefined }, commands);
  const { code, out } = await run(["reset", "-f"], without, "", runtime({}));
  assert.equal(code, EXIT.ok, out);
});

Deno.test("reset: systemd that cannot be asked ends it before anything is removed", async () => {
  const { code, err, changes } = await run(
    ["reset", "-f"],
    host(WORKER, {}, { systemd: false }),
    "",
    runtime({}),
  );
  assert.equal(code, EXIT.failed);
  assert.deepEqual(removed(changes), []);
  assert.match(err, /program "systemctl" not found/);
});

const LINKS = "1: lo: <LOOPBACK>\n7: flannel.1: <UP>\n8: cni0: <UP>\n9: veth1@if2: <UP>\n";
const FLANNEL = {
  "/etc/cni/net.d/10-flannel.conflist": `{"plugins":[{"type":"flannel"}]}`,
  "/run/flannel/subnet.env": "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.3.1/24\n",
};
const addresses = (cni0: string, tunnel: string) => ({
  "ip -o link show": LINKS,
  "ip -o link show master cni0": "",
  "ip -o address show dev cni0": `8: cni0    inet ${cni0} brd 10.244.3.255 scope global cni0\n`,
  "ip -o address show dev flannel.1": `7: flannel.1    inet ${tunnel} scope global flannel.1\n`,
  "ip link delete dev cni0": "",
  "ip link delete dev flannel.1": "",
});

/** Files, addresses of the links, and which of the links are deleted. */
const NETWORKS: readonly [string, Record<string, string>, MemoryHostOptions["commands"], string[]][] = [
  ["this node's", FLANNEL, addresses("10.244.3.1/24", "10.244.3.0/32"), ["cni0", "flannel.1"]],
  ["another program's bridge", FLANNEL, addresses("10.88.0.1/16", "10.244.3.0/32"), ["flannel.1"]],
  ["another flannel's tunnel", FLANNEL, addresses("10.244.3.1/24", "10.5.3.0/32"), ["cni0"]],
  ["no flannel of this cluster", {}, addresses("10.244.3.1/24", "10.244.3.0/32"), []],
  [
    "a tunnel of before, and no word of it",
    { ...FLANNEL, "/run/flannel/subnet.env": "" },
    addresses("10.244.3.1/24", "10.244.3.0/32"),
    [],
  ],
];

for (const [name, files, commands, expected] of NETWORKS) {
  Deno.test(`reset: links by the names of a pod network: ${name}`, async () => {
    const { code, out, changes } = await run(["reset", "-f"], host({ ...WORKER, ...files }, commands), "", runtime({}));
    assert.equal(code, EXIT.ok, out);
    const deleted = changes.flatMap((c) =>
      c.kind === "run" && c.command.argv.slice(0, 3).join(" ") === "ip link delete" ? [c.command.argv.at(-1)] : []
    );
    assert.deepEqual(deleted, expected);
    for (const link of ["cni0", "flannel.1"].filter((link) => !expected.includes(link))) {
      assert.match(out, new RegExp(`^ {2}network interface ${link}: `, "m"));
    }
  });
}

const KUBEADMS = {
  "/etc/kubernetes/kubelet.conf": "",
  "/var/lib/kubelet/config.yaml": "",
  "/srv/pki/ca.crt": "CA",
  "/srv/pki/etcd/ca.crt": "CA",
  "/srv/pki/apiserver.key": "K",
  "/srv/pki/payroll.db": "MINE",
  "/etc/passwd": "root",
  "/etc/ca.crt": "MINE",
};
const mount = (path: string) => ({
  "/proc/self/mountinfo": `20 1 0:1 / / rw - ext4 x rw\n21 20 0:1 /etc ${path} rw - ext4 x rw\n`,
});

/** Arguments, what of the host is otherwise, the code, and what is removed below the directory. */
const PLACES: readonly [string, string, Record<string, string>, MemoryHostOptions, number, string[]][] = [
  ["one's own", "/srv/pki", {}, {}, EXIT.ok, [
    "/srv/pki/ca.crt",
    "/srv/pki/apiserver.key",
    "/srv/pki/etcd",
    "/srv/pki/etcd/ca.crt",
  ]],
  ["a slash at the end", "/srv/pki/", {}, {}, EXIT.ok, [
    "/srv/pki/ca.crt",
    "/srv/pki/apiserver.key",
    "/srv/pki/etcd",
    "/srv/pki/etcd/ca.crt",
  ]],
  ["slashes and dots within", "//srv/.//pki", {}, {}, EXIT.ok, [
    "/srv/pki/ca.crt",
    "/srv/pki/apiserver.key",
    "/srv/pki/etcd",
    "/srv/pki/etcd/ca.crt",
  ]],
  ["a link to a directory", "/root/link", {}, { links: { "/root/link": "/srv/pki" } }, EXIT.ok, [
    "/srv/pki/ca.crt",
    "/srv/pki/apiserver.key",
    "/srv/pki/etcd",
    "/srv/pki/etcd/ca.crt",
  ]],
  ["a link to /etc", "/root/link", {}, { links: { "/root/link": "/etc" } }, EXIT.invalid, []],
  ["a link to the root", "/root/link", {}, { links: { "/root/link": "/" } }, EXIT.invalid, []],
  ["a link to a home", "/srv/link", {}, { links: { "/srv/link": "/home/me" } }, EXIT.invalid, []],
  [
    "the usual one, a link to /etc",
    "/etc/kubernetes/pki",
    {},
    { links: { "/etc/kubernetes/pki": "/etc" } },
    EXIT.invalid,
    [],
  ],
  [
    "the usual one, mounted from elsewhere",
    "/etc/kubernetes/pki",
    {
      ...mount("/etc/kubernetes/pki"),
      "/etc/kubernetes/pki/passwd": "root",
      "/etc/kubernetes/pki/ca.crt": "CA",
    },
    {},
    EXIT.ok,
    ["/etc/kubernetes/pki/ca.crt"],
  ],
  [
    "the usual one",
    "/etc/kubernetes/pki",
    { "/etc/kubernetes/pki/ca.crt": "CA", "/etc/kubernetes/pki/other": "" },
    {},
    EXIT.ok,
    [
      "/etc/kubernetes/pki/ca.crt",
      "/etc/kubernetes/pki/other",
    ],
  ],
  ["nothing there", "/srv/nowhere", {}, {}, EXIT.ok, []],
  ...[
    "/etc",
    "//etc",
    "/etc/.",
    "/etc/",
    "/./etc/./",
    "/etc/../etc",
    "/usr//local/",
    "/var/lib/",
    "/home/me",
    "/proc/1",
    "/",
  ].map((
    directory,
  ): [string, string, Record<string, string>, MemoryHostOptions, number, string[]] => [
    directory,
    directory,
    {},
    {},
    EXIT.invalid,
    [],
  ]),
];

for (const [name, directory, files, more, expected, gone] of PLACES) {
  Deno.test(`reset --cert-dir: ${name}`, async () => {
    const ran = await run(
      ["reset", "-f", `--cert-dir=${directory}`],
      host({ ...KUBEADMS, ...files }, {}, more),
      "",
      runtime({}),
    );
    assert.equal(ran.code, expected, ran.err);
    const others = ["/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/config.yaml"];
    assert.deepEqual(removed(ran.changes).filter((path) => !others.includes(path)).sort(), [...gone].sort());
    if (expected === EXIT.invalid) assert.match(ran.err, /--cert-dir: /);
  });
}

Deno.test("reset: other directories of kubeadm's that lead elsewhere lose only a cluster's names", async () => {
  const links = {
    "/etc/kubernetes/manifests": "/srv/manifests",
    "/etc/kubernetes/tmp": "/tmp",
    "/var/lib/kubelet": "/srv/kubelet",
  };
  const files = {
    ...KUBEADMS,
    "/srv/manifests/etcd.yaml": "",
    "/srv/manifests/mine.yaml": "",
    "/tmp/mine": "",
    "/srv/kubelet/config.yaml": "",
    "/srv/kubelet/pki/x": "",
    "/srv/kubelet/mine": "",
  };
  const { code, out, changes } = await run(
    ["reset", "-f", "--cleanup-tmp-dir"],
    host(files, {}, { links }),
    "",
    runtime({}),
  );
  assert.equal(code, EXIT.ok, out);
  assert.deepEqual(removed(changes), [
    "/srv/manifests/etcd.yaml",
    "/etc/kubernetes/kubelet.conf",
    "/srv/kubelet/pki",
    "/srv/kubelet/config.yaml",
  ]);
  assert.match(out, /^ {2}\/etc\/kubernetes\/manifests: also contains other files: mine.yaml$/m);
  assert.match(out, /^ {2}\/etc\/kubernetes\/tmp: resolves to "\/tmp", a system directory$/m);
});

Deno.test("reset: an etcd that is no cluster's is no trace of a node, and keeps its data", async () => {
  const alone = { "/var/lib/etcd/member/wal/0.wal": "", "/var/lib/etcd/member/snap/db": "" };
  const none = await run(["reset", "-f"], host(alone), "", runtime({}));
  assert.deepEqual([none.code, removed(none.changes)], [EXIT.ok, []]);
  const worker = await run(["reset", "-f"], host({ ...KUBEADMS, ...alone }), "", runtime({}));
  assert.ok(!removed(worker.changes).some((path) => path.startsWith("/var/lib/etcd")));
});

const { caPem } = await clusterAuthority();
const LAST = {
  ...CONTROL_PLANE,
  ...MACHINE,
  ...Object.fromEntries(["ca.crt", "healthcheck-client.crt", "healthcheck-client.key"].map((name) => [
    `/etc/kubernetes/pki/etcd/${name}`,
    "PEM",
  ])),
  "/etc/kubernetes/admin.conf": kubeconfigOf(caPem, { token: "t" }).replaceAll('"kubernetes"', '"prod"'),
};

/** A cluster with Nodes of these names, whose only etcd member is this host's. */
function lastMember(locked: string[], ...names: string[]): World {
  return {
    ...runtime({
      sandboxes: () => Promise.resolve([pod("etcd")]),
      stopSandbox: () => Promise.resolve(void locked.splice(0)),
    }),
    connect: ({ server }) => (fake<KubeClient>("API client", {
      server,
      probe: () => Promise.resolve({ status: names.length > 0 ? 200 : 500, body: "" }),
      list: () => Promise.resolve(names.map((name) => nodeObject(name))),
      get: () => Promise.resolve(undefined),
    })),
    etcd: (endpoint) => ({
      endpoint,
      members: () => Promise.resolve([{ id: "1", name: "node-1", peerURLs: [], clientURLs: [], isLearner: false }]),
      removeMember: () => Promise.reject(new Error("never")),
    }),
  };
}
const DATABASE = "/var/lib/etcd/member/snap/db";

/** Names of the cluster's Nodes, what else is there, and what is said before anybody is asked. */
const LOSSES: readonly [string, string[], Record<string, string>, RegExp][] = [
  [
    "alone",
    ["node-1"],
    {},
    /deletes all data of cluster "prod" \(1 node, newest backup: none\), because etcd has no other member$/m,
  ],
  [
    "others are joined",
    ["node-1", "b", "c"],
    {},
    /\(3 nodes, newest backup: none\).*; other nodes still joined: b, c$/m,
  ],
  ["the API server is not ready", [], {}, /\(number of nodes unknown, newest backup: none\)/],
  ["kubeadm left copies", ["node-1"], {
    "/etc/kubernetes/tmp/kubeadm-backup-etcd-2026-01-02-03-04-05/etcd/member/x": "",
    "/etc/kubernetes/tmp/kubeadm-backup-etcd-2026-11-02-03-04-05/etcd/member/x": "",
  }, /newest backup: \/etc\/kubernetes\/tmp\/kubeadm-backup-etcd-2026-11-02/],
];

for (const [name, nodes, files, says] of LOSSES) {
  Deno.test(`reset of the last etcd member says what is lost before it asks: ${name}`, async () => {
    const world = () => {
      const locked = [DATABASE];
      return [host({ ...LAST, [DATABASE]: "", ...files }, {}, { locked }), lastMember(locked, ...nodes)] as const;
    };
    const [asking, answers] = world();
    const { code, err, changes } = await run(["reset"], asking, "n\n", answers);
    assert.equal(code, EXIT.failed);
    assert.deepEqual(changes, []);
    assert.match(err, says);
    assert.ok(err.search(says) < err.search(/Continue\?/), err);
    const [forced, there] = world();
    assert.match((await run(["reset", "--force"], forced, "", there)).err, says);
    const [told, cluster] = world();
    const { events } = await run(["reset", "--force", "-o", "json"], told, "", cluster);
    assert.ok(events.some(({ event, message }) => event === "warning" && says.test(String(message))));
    assert.equal((events.at(-1)!["lostCluster"] as { cluster: string }).cluster, "prod");
    assert.equal((events.at(-1)!["lostCluster"] as { certain: boolean }).certain, true);
  });
}

Deno.test("reset: etcd that was stopped is not asked; it may have been the last", async () => {
  const world = { ...lastMember([], "node-1"), etcd: () => assert.fail("it is stopped") };
  const { code, err, out } = await run(["reset", "-f"], host({ ...LAST, [DATABASE]: "" }), "", world);
  assert.equal(code, EXIT.ok, out);
  assert.match(
    err,
    /^warning: etcd does not answer. If this host has its last member, this deletes all data/m,
  );
});

Deno.test("reset: the time that a person takes to answer is no phase's", async () => {
  const world: World = {
    ...runtime({}),
    readLine: () => new Promise((resolve) => setTimeout(() => resolve("y"), 300)),
  };
  const { code, events } = await run(["reset", "-o", "json"], host(WORKER), "", world);
  assert.equal(code, EXIT.ok);
  assert.ok((events.at(-1)!["seconds"] as number) < 0.25, JSON.stringify(events.at(-1)));
  const spent = events.filter(({ event, state }) => event === "phase" && state === "finished").map(({ ms }) =>
    Number(ms)
  );
  assert.ok(Math.max(...spent) < 250, JSON.stringify(spent));
});

const SOCKETS = ["/var/run/containerd/containerd.sock", "/var/run/crio/crio.sock"] as const;

/** A host that is half reset: the receipt is there, the kubelet's configuration, and with it the socket, is gone. */
const HALF_RESET = {
  ...Object.fromEntries(SOCKETS.map((path) => [path, ""])),
  [RECEIPT]: `{"kind":"receipt","version":1}\n${lines("/etc/kubernetes/pki/ca.crt")}`,
  "/etc/kubernetes/pki/ca.crt": "CA",
};

/** Runtimes at both sockets, of which only those at `live` answer. */
function runtimes(live: readonly string[], asked: string[] = []): World {
  const { runtime: answering } = runtime({});
  const version = () => Promise.resolve({ runtimeName: "x", runtimeVersion: "1", runtimeApiVersion: "v1" });
  return {
    runtime(socket) {
      const there = live.some((path) => socket.endsWith(path));
      const silent = { version: () => Promise.reject(new UserError("nobody listens")), ...down("nobody listens") };
      return Object.assign(answering!(socket), { version }, there ? {} : silent, {
        ...(there ? { sandboxes: () => Promise.resolve((asked.push(socket), [])) } : {}),
      });
    },
  };
}

Deno.test("reset of a half-reset node: of several sockets only those count at which a runtime answers", async () => {
  const stale = await run(["reset", "-f"], host(HALF_RESET), "", runtimes([]));
  assert.equal(stale.code, EXIT.failed, "as with a runtime that is down");
  assert.match(stale.err, /Cannot remove the pods of this node: nobody listens/);
  assert.ok(!removed(stale.changes).includes(RECEIPT), "nobody looked for pods");
  for (const socket of SOCKETS) {
    const asked: string[] = [];
    const one = await run(["reset", "-f"], host(HALF_RESET), "", runtimes([socket], asked));
    assert.equal(one.code, EXIT.ok, one.err);
    assert.deepEqual(asked, [`unix://${socket}`]);
    assert.ok(removed(one.changes).includes(RECEIPT));
  }
  const both = await run(["reset", "-f"], host(HALF_RESET), "", runtimes(SOCKETS));
  assert.equal(both.code, EXIT.invalid);
  assert.match(both.err, /several container runtimes answer on this host/);
});

Deno.test("reset of a host without a node finds nothing to do, with stale sockets, too", async () => {
  const files = { [SOCKETS[0]]: "", [SOCKETS[1]]: "" };
  const { code, err, out, changes } = await run(["reset", "-f"], host(files), "", runtimes([]));
  assert.equal(code, EXIT.ok, err);
  assert.match(out, /This host is not a cluster node/);
  assert.deepEqual(changes, []);
});
