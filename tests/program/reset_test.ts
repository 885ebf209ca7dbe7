import assert from "node:assert/strict";
import { fake } from "../fakes/fake.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import { UserError } from "../../src/errors.ts";
import type {
  Change,
  ContainerRuntime,
  EtcdMember,
  FileStat,
  KubeClient,
  KubeObject,
  ObjectReference,
  RuntimeSandbox,
} from "../../src/system.ts";
import { clusterAuthority, kubeconfigOf, MACHINE, nodeObject } from "./node_samples.ts";
import { FIT, run, unfit, type World } from "./program.ts";

const UNIT = "/etc/systemd/system/kubelet.service";
const RECEIPT = "/var/lib/kubewright/receipt.jsonl";

/** A receipt as `join` keeps it, with more lines. */
function receipt(...more: string[]): string {
  const lines = [
    `{"kind":"receipt","version":1}`,
    ...["/etc/kubernetes", "/etc/kubernetes/pki", "/var/lib/kubelet"].map((path) =>
      `{"kind":"directory","path":"${path}"}`
    ),
    ...[UNIT, "/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/bootstrap-kubelet.conf", "/var/lib/kubelet/config.yaml"]
      .map((path) => `{"kind":"file","path":"${path}"}`),
    ...more,
  ];
  return `${lines.join("\n")}\n{"kind":"fi`; // the last one cut off
}

/** What is asked of every host on which kubewright made a node: there is nothing. */
const GROUPS = "find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name 'kubepods*'";
const LOOKED_AT = {
  [GROUPS]: "",
  "ip -o link show": "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n2: eth0@if5: <BROADCAST> mtu 1500\n",
  "nft list tables": "",
  ...Object.fromEntries(["iptables", "ip6tables"].flatMap((name) => [
    [`${name} --version`, `${name} v1.8.9 (nf_tables)\n`],
    [`${name}-save`, ""],
  ])),
};

const COMMANDS = {
  ...FIT.commands,
  ...LOOKED_AT,
};

const { caPem, kubeletPem } = await clusterAuthority();
const IDENTITY = "/var/lib/kubelet/pki/kubelet-client-current.pem";

/** A worker that kubewright joined. */
const OURS = {
  ...MACHINE,
  [IDENTITY]: await kubeletPem("system:node:node-1"),
  [RECEIPT]: receipt(),
  [UNIT]: "",
  "/etc/kubernetes/pki/ca.crt": "CA",
  "/etc/kubernetes/kubelet.conf": "",
  "/var/lib/kubelet/config.yaml": "",
  "/var/lib/kubelet/pki/kubelet.crt": "",
  "/var/log/pods/kube-system_kube-proxy-x_7e75585e-435a-4c69-92bd-0681f3b1fe4c/kube-proxy/0.log": "",
};

/** A node that kubeadm made. */
const KUBEADMS = {
  "/etc/kubernetes/kubelet.conf": "",
  "/etc/kubernetes/admin.conf": "",
  "/etc/kubernetes/pki/ca.crt": "CA",
  "/etc/kubernetes/tmp/x": "",
  "/etc/kubernetes/mine": "",
  "/var/lib/kubelet/config.yaml": "",
  "/var/lib/kubelet/mine": "",
  "/etc/cni/net.d/10-flannel.conflist": `{"plugins":[{"type":"flannel"}]}`,
};

function host(
  files: Record<string, string | undefined>,
  commands: MemoryHostOptions["commands"] = {},
  more: MemoryHostOptions = {},
) {
  const units = { "kubelet.service": { active: "active", enabled: "enabled" } };
  return unfit({ units, commands: { ...COMMANDS, ...commands }, ...more }, files);
}

function sandbox(id: string, ofKubelet: boolean): RuntimeSandbox {
  return { id, podName: id, podNamespace: "n", podUid: id, ready: true, createdAt: new Date(0), ofKubelet };
}

/** A runtime with two sandboxes; what is asked of it is kept. */
function runtimeWith(asked: string[]) {
  return {
    runtime: (_socket: string) => (fake<ContainerRuntime>("container runtime", {
      socket: "unix:///x.sock",
      sandboxes: () => Promise.resolve([sandbox("pod", true), sandbox("foreign", false)]),
      stopSandbox: ({ id }: RuntimeSandbox) => Promise.resolve(void asked.push(`stop ${id}`)),
      removeSandbox: ({ id }: RuntimeSandbox) => Promise.resolve(void asked.push(`remove ${id}`)),
    })),
  };
}

const removed = (changes: readonly Change[]) => changes.flatMap((c) => c.kind === "remove" ? [c.path] : []);
const ran = (changes: readonly Change[]) => changes.flatMap((c) => c.kind === "run" ? [c.command.argv.join(" ")] : []);
const leftOf = (result: Record<string, unknown>) =>
  (result["left"] as { what: string; why: string }[]).map(({ what }) => what);

Deno.test("reset: removes what the receipt and the kubelet made, ends pods, and the receipt goes last", async () => {
  const asked: string[] = [];
  const { code, changes, events } = await run(["reset", "--force", "-o", "json"], host(OURS), "", runtimeWith(asked));
  assert.equal(code, 0);
  assert.deepEqual(asked, ["stop pod", "remove pod"]);
  assert.deepEqual(ran(changes), [
    "systemctl stop kubelet.service",
    "systemctl disable kubelet.service",
    "systemctl daemon-reload",
  ]);
  assert.deepEqual(removed(changes), [
    "/var/log/pods/kube-system_kube-proxy-x_7e75585e-435a-4c69-92bd-0681f3b1fe4c",
    "/var/log/pods",
    UNIT,
    "/etc/kubernetes/pki/ca.crt",
    "/var/lib/kubelet/config.yaml",
    "/etc/kubernetes/kubelet.conf",
    "/var/lib/kubelet/pki",
    "/etc/kubernetes/pki",
    "/var/lib/kubelet",
    "/etc/kubernetes",
    RECEIPT,
    "/var/lib/kubewright",
  ]);
  const result = events.at(-1)!;
  assert.equal(result["maker"], "kubewright");
  assert.ok(!leftOf(result).some((what) => what.startsWith("/etc/kubernetes")), JSON.stringify(result));
});

Deno.test("reset: files that kubewright did not create stay and are reported, and so do those that it overwrote", async () => {
  const files = {
    ...OURS,
    [RECEIPT]: receipt(`{"kind":"overwrote","path":"/etc/kubernetes/pki/sa.key"}`),
    "/etc/kubernetes/pki/sa.key": "KEY",
    "/etc/kubernetes/pki/mine.crt": "MINE",
    "/var/lib/kubelet/config.json": "{}",
    "/var/lib/kubelet/seccomp/mine.json": "{}",
    "/etc/cni/net.d/99-mine.conf": "{}",
    "/var/log/pods/notes.txt": "",
  };
  const { code, out, changes } = await run(["reset", "-f"], host(files), "", runtimeWith([]));
  assert.equal(code, 0);
  for (const path of Object.keys(files).filter((path) => /mine|sa.key|config.json|notes/.test(path))) {
    assert.ok(!removed(changes).some((gone) => path === gone || path.startsWith(`${gone}/`)), path);
  }
  assert.match(
    out,
    /^ {2}\/etc\/kubernetes\/pki\/sa.key: existed before kubewright changed it, and no copy of it exists$/m,
  );
  assert.match(out, /^ {2}\/etc\/kubernetes\/pki\/mine.crt: not created by kubewright$/m);
  assert.match(out, /^ {2}\/var\/lib\/kubelet\/config.json: not created by kubewright$/m);
  assert.match(out, /^ {2}\/etc\/cni\/net.d\/99-mine.conf: not created by kubewright$/m);
  assert.match(out, /^ {2}\/var\/log\/pods: contains files that are not pod logs$/m);
  assert.match(out, /^Reset finished in \d+\.\d s\.\n\nNext steps:\n\n {2}1\. /m);
});

const COPY = "0123456789abcdef".repeat(4);
const LOST = "f".repeat(64);
/** The receipt of version 1 that went on in version 2. */
const SECOND = receipt(
  `{"kind":"overwrote","path":"/etc/kubernetes/pki/sa.key"}`,
  `{"kind":"receipt","version":2}`,
  ...[
    { kind: "file", path: "/etc/second.conf" },
    { kind: "file", path: "/etc/crictl.yaml", replaced: { copy: COPY } },
    { kind: "file", path: "/etc/lost.conf", replaced: { copy: LOST } },
    { kind: "unit", name: "backup.timer" },
    { kind: "sysctl", name: "net.ipv4.ip_forward", before: "0" },
    { kind: "sysctl", name: "vm.max_map_count", before: "65530" },
    { kind: "kernel-module", name: "br_netfilter" },
    { kind: "image", name: "registry.k8s.io/pause:3.10" },
  ].map((one) => JSON.stringify({ ...one, at: "2026-01-01T00:00:00Z" })),
);
const REPLACED = "/var/lib/kubewright/replaced";
const SECOND_UNITS = { "kubelet.service": { active: "inactive" }, "backup.timer": { enabled: "enabled" } };
const SECOND_FILES = {
  ...OURS,
  [RECEIPT]: SECOND,
  [`${REPLACED}/${COPY}`]: "theirs",
  "/etc/second.conf": "ours",
  "/etc/crictl.yaml": "ours",
  "/etc/lost.conf": "ours",
  "/etc/kubernetes/pki/sa.key": "KEY",
};
const SECOND_COMMANDS = {
  "sysctl -n net.ipv4.ip_forward": "1\n",
  "sysctl -w net.ipv4.ip_forward=0": "",
  "sysctl -n vm.max_map_count": "65530\n",
};

Deno.test("reset: takes back what a receipt of version 2 names, and puts back what was replaced", async () => {
  const { code, out, err, changes } = await run(
    ["reset", "-f"],
    { ...host(SECOND_FILES, SECOND_COMMANDS), units: SECOND_UNITS, modes: { [`${REPLACED}/${COPY}`]: 0o640 } },
    "",
    runtimeWith([]),
  );
  assert.equal(code, 0, err);
  assert.ok(!err.includes("damaged"), err);
  const written = changes.flatMap((one) => one.kind === "write" ? [[one.path, one.mode, one.size, one.secret]] : []);
  assert.deepEqual(written, [["/etc/crictl.yaml", 0o640, "theirs".length, true]]);
  assert.deepEqual(ran(changes).filter((line) => !line.includes("kubelet")), [
    "sysctl -w net.ipv4.ip_forward=0",
    "systemctl disable backup.timer",
    "systemctl daemon-reload",
  ]);
  assert.ok(removed(changes).includes("/etc/second.conf"));
  assert.ok(!removed(changes).some((path) => /crictl|lost|sa\.key/.test(path)));
  assert.deepEqual(removed(changes).slice(-3), [REPLACED, RECEIPT, "/var/lib/kubewright"]);
  assert.match(out, /^ {2}kernel module br_netfilter: another program may use it; a restart of the host unloads it$/m);
  for (const path of ["/etc/lost.conf", "/etc/kubernetes/pki/sa.key"]) {
    assert.ok(out.includes(`  ${path}: existed before kubewright changed it, and no copy of it exists\n`), out);
  }
});

Deno.test("reset: a copy that others could have made is not put back, and stops no other", async () => {
  const evil = `${REPLACED}/${COPY}`;
  const other = `${REPLACED}/${"a".repeat(64)}`;
  const line = {
    kind: "file",
    path: "/etc/other.conf",
    replaced: { copy: "a".repeat(64), mode: "0640", uid: 5, gid: 6 },
  };
  const files = {
    ...SECOND_FILES,
    [RECEIPT]: `${SECOND}\n${JSON.stringify(line)}\n`,
    [other]: "other",
    "/etc/other.conf": "ours",
  };
  const given = host(files, SECOND_COMMANDS, { units: SECOND_UNITS });
  /** The host where something about the copy is otherwise. */
  const cases: [string, Partial<FileStat>, RegExp][] = [
    ["a link", { kind: "symlink", target: "/etc/shadow" }, /it is a symlink, expected a file/],
    ["of another user", { uid: 1000 }, /its owner is user 1000, expected user 0/],
    ["anybody may write it", { mode: 0o666 }, /its mode is 0666/],
  ];
  for (const [name, change, why] of cases) {
    const { code, out, changes } = await run(
      ["reset", "-f"],
      { ...given, stats: { [evil]: change } },
      "",
      runtimeWith([]),
    );
    assert.equal(code, 1, name);
    assert.match(
      out,
      new RegExp(`Not finished:[\\s\\S]*/etc/crictl\\.yaml: Cannot restore the copy "${evil}": ${why.source}`),
    );
    assert.ok(out.includes(`${evil}`), "the path that one has to look at");
    const written = changes.flatMap((one) => one.kind === "write" ? [[one.path, one.mode, one.owner]] : []);
    assert.deepEqual(written, [["/etc/other.conf", 0o640, { uid: 5, gid: 6 }]], name);
    assert.ok(!removed(changes).some((path) => path.startsWith("/var/lib/kubewright")), name);
    assert.ok(removed(changes).includes("/etc/second.conf"), name);
  }
  const folder = { [REPLACED]: { mode: 0o777 } };
  const loose = await run(["reset", "-f"], { ...given, stats: folder }, "", runtimeWith([]));
  assert.match(loose.out, /the mode of "\S+replaced" is 0777.*chmod go-w \/var\/lib\/kubewright\/replaced/);
  assert.deepEqual(loose.changes.filter(({ kind }) => kind === "write"), []);
  const state = { "/var/lib/kubewright": { mode: 0o777 } };
  const receipt = await run(["reset", "-f"], { ...given, stats: state }, "", runtimeWith([]));
  assert.match(receipt.err, /Cannot use the receipt ".*": the mode of "\/var\/lib\/kubewright" is 0777/);
  assert.deepEqual(receipt.changes, []);
});

Deno.test("reset: a copy that cannot be read stops no other step", async () => {
  const unreadable = `${REPLACED}/${COPY}`;
  const given = host(SECOND_FILES, SECOND_COMMANDS, { units: SECOND_UNITS, unreadable: [unreadable] });
  const { code, out, changes } = await run(["reset", "-f"], given, "", runtimeWith([]));
  assert.equal(code, 1);
  assert.match(out, new RegExp(`Not finished:[\\s\\S]*/etc/crictl\\.yaml: Cannot read "${unreadable}"`));
  assert.ok(removed(changes).includes("/etc/second.conf"));
  assert.ok(!removed(changes).some((path) => path.startsWith("/var/lib/kubewright")));
});

Deno.test("reset: what cannot be taken back keeps the receipt and what was set aside", async () => {
  const files = { ...SECOND_FILES, "/etc/crictl.yaml": undefined, "/etc/crictl.yaml/x": "a directory by now" };
  const commands = { ...SECOND_COMMANDS, "sysctl -n net.ipv4.ip_forward": { code: 1, stdout: "", stderr: "no" } };
  const { code, out, changes } = await run(
    ["reset", "-f"],
    host(files, commands, { units: SECOND_UNITS }),
    "",
    runtimeWith([]),
  );
  assert.equal(code, 1);
  assert.match(out, /Not finished:[\s\S]*\/etc\/crictl\.yaml: .*it is a directory, expected a file/);
  assert.match(out, /Not finished:[\s\S]*kernel setting net\.ipv4\.ip_forward: /);
  assert.ok(!removed(changes).some((path) => path.startsWith("/var/lib/kubewright")));
  assert.ok(ran(changes).includes("systemctl disable backup.timer"));
});

Deno.test("reset: a package's unit of the kubelet is disabled again where kubewright enabled it, once", async () => {
  for (const enabledByUs of [true, false]) {
    const lines = receipt().split("\n").filter((line) => !line.includes(UNIT)).slice(0, -1);
    const unit = ['{"kind":"receipt","version":2}', '{"kind":"unit","name":"kubelet.service"}'];
    const files = { ...OURS, [UNIT]: undefined, [RECEIPT]: `${[...lines, ...(enabledByUs ? unit : [])].join("\n")}\n` };
    const { code, out, changes } = await run(["reset", "-f"], host(files), "", runtimeWith([]));
    assert.equal(code, 0);
    const disabled = ran(changes).filter((line) => line === "systemctl disable kubelet.service");
    assert.equal(disabled.length, enabledByUs ? 1 : 0);
    assert.equal(
      out.includes("unit kubelet.service: not created or enabled by kubewright; it stays enabled"),
      !enabledByUs,
    );
  }
});

Deno.test("reset: asks first; without a yes nothing is changed; a dry run does not ask and changes nothing", async () => {
  for (const answer of ["", "n\n", "no\n"]) {
    const { code, err, changes } = await run(["reset"], host(OURS), answer, runtimeWith([]));
    assert.equal(code, 1);
    assert.match(
      err,
      /Continue\? \[y\/N\][\s\S]*Cannot reset this host: (no answer|the answer was no)[\s\S]*--force/,
    );
    assert.deepEqual(changes, []);
  }
  assert.equal((await run(["reset"], host(OURS), "y\n", runtimeWith([]))).code, 0);
  const { code, out, changes } = await run(["reset", "--dry-run"], host(OURS), "", runtimeWith([]));
  assert.equal(code, 0);
  assert.deepEqual(changes, []);
  assert.match(out, /^stop {7}sandbox n\/pod pod\n[\s\S]*^remove {5}\/var\/lib\/kubewright\/receipt.jsonl$/m);
});

Deno.test("reset: a host that kubeadm made is reset as kubeadm would", async () => {
  const asked: string[] = [];
  const args = ["reset", "--force", "--cleanup-tmp-dir", "--output", "json"];
  const { code, changes, events } = await run(args, host(KUBEADMS), "", runtimeWith(asked));
  assert.equal(code, 0);
  assert.deepEqual(asked, ["stop pod", "remove pod", "stop foreign", "remove foreign"]);
  assert.deepEqual(ran(changes), ["systemctl stop kubelet.service"]);
  assert.deepEqual(removed(changes), [
    "/etc/kubernetes/pki/ca.crt",
    "/etc/kubernetes/tmp/x",
    "/etc/kubernetes/admin.conf",
    "/etc/kubernetes/kubelet.conf",
    "/var/lib/kubelet/mine",
    "/var/lib/kubelet/config.yaml",
  ]);
  assert.ok(leftOf(events.at(-1)!).some((what) => what.startsWith("/etc/cni/net.d")));
  const external = { ...KUBEADMS, "/etc/kubernetes/manifests/kube-apiserver.yaml": "" };
  const { out } = await run(["reset", "--force"], host(external), "", runtimeWith([]));
  assert.match(out, /^ {2}data in the external etcd: not stored on this host/m);
});

Deno.test("reset: no node, nothing to do, no question; keys that people put there stay", async () => {
  const asked: string[] = [];
  const files = { "/etc/kubernetes/pki/ca.crt": "CA" };
  const { code, out, changes } = await run(["reset"], host(files, {}, { units: {} }), "", runtimeWith(asked));
  assert.equal(code, 0);
  assert.deepEqual([changes, asked], [[], []]);
  assert.match(out, /^This host is not a cluster node/m);
});

Deno.test("reset: a receipt that says nothing yet, which a killed init leaves, goes; one that cannot be read stays", async () => {
  const reset = async (text: string) =>
    await run(["reset"], host({ [RECEIPT]: text }, {}, { units: {} }), "", runtimeWith([]));
  for (const text of ["", '{"kind":"receipt","version":2}\n', '{"kind":"receipt","version":2}\n{"kind":"fi']) {
    const { code, changes } = await reset(text);
    assert.deepEqual([code, removed(changes)], [0, [RECEIPT, "/var/lib/kubewright"]], text);
  }
  const later = await reset('{"kind":"receipt","version":3}\n{"kind":"file","path":"/etc/x"}\n');
  assert.deepEqual([later.code, later.changes], [0, []]);
  assert.match(later.err, /receipt\.jsonl" is damaged: \d+ lines? (is|are) unreadable/);
});

Deno.test("reset: only root; phases by name; settings in a file, not beside it", async () => {
  const user = await run(["reset", "-f"], host(KUBEADMS, {}, { uid: 1000 }), "", runtimeWith([]));
  assert.equal(user.code, 2);
  assert.match(user.err, /IsPrivilegedUser: the user id is 1000/);
  const ignored = ["reset", "-f", "--ignore-preflight-errors=IsPrivilegedUser"];
  assert.equal((await run(ignored, host(KUBEADMS, {}, { uid: 1000 }), "", runtimeWith([]))).code, 0);
  const only = await run(["reset", "phase", "cleanup-node", "logs"], host(OURS), "", runtimeWith([]));
  assert.equal(removed(only.changes).length, 2);
  const skipped = await run(["reset", "-f", "--skip-phases=cleanup-node"], host(OURS), "", runtimeWith([]));
  assert.deepEqual(skipped.changes, []);
  assert.match((await run(["reset", "--skip-phases=cleanup"], host(OURS))).err, /unknown phase "cleanup"/);
  const config = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ResetConfiguration\nforce: true\n";
  const filed = await run(["reset", "--config=/r.yaml"], host({ ...OURS, "/r.yaml": config }), "", runtimeWith([]));
  assert.equal(filed.code, 0);
  const mixed = ["reset", "--config=/r.yaml", "--force", "--cert-dir=/x", "--cri-socket=unix:///y.sock"];
  const both = await run(mixed, host({ ...OURS, "/r.yaml": config }));
  assert.equal(both.code, 3);
  assert.match(both.err, /--force: cannot be combined with --config/);
});

Deno.test("reset: a volume that is busy ends it before anything below is removed; the next run goes on", async () => {
  const point = "/var/lib/kubelet/pods/7e75585e-435a/volumes/data";
  const files = {
    ...OURS,
    "/proc/self/mountinfo":
      `20 1 0:1 / / rw - ext4 x rw\n21 20 0:2 / ${point} rw - nfs y rw\n22 20 0:3 / /srv/mine rw - ext4 z rw\n`,
  };
  const busy = { [`umount -- ${point}`]: { code: 32, stdout: "", stderr: "umount: target is busy." } };
  const { code, err, changes } = await run(["reset", "-f"], host(files, busy), "", runtimeWith([]));
  assert.equal(code, 1);
  assert.match(err, /Cannot unmount ".*data"[\s\S]*target is busy[\s\S]*fuser -vm[\s\S]*MNT_DETACH/);
  assert.deepEqual(removed(changes), []);
  const config =
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ResetConfiguration\nforce: true\nunmountFlags: [MNT_DETACH]\n";
  const detached = await run(
    ["reset", "--config=/r.yaml"],
    host({ ...files, "/r.yaml": config }, { [`umount -l -- ${point}`]: "" }),
    "",
    runtimeWith([]),
  );
  assert.equal(detached.code, 0);
  assert.ok(ran(detached.changes).includes(`umount -l -- ${point}`));
});

const ROOT_DIR: MemoryHostOptions["files"] = {
  "/var/lib/kubelet/kubeadm-flags.env": 'KUBELET_KUBEADM_ARGS="--root-dir=/data/kubelet/"\n',
  "/etc/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --root-dir=/data/kubelet\n",
};
for (const [path, text] of Object.entries(ROOT_DIR!)) {
  Deno.test(`reset: volumes below a --root-dir of ${path} are unmounted, what the kubelet kept there is told, not removed`, async () => {
    const volume = "/data/kubelet/pods/7e75585e-435a/volumes/secret";
    const files = {
      ...OURS,
      [path]: text,
      "/proc/self/mountinfo": `20 1 0:1 / / rw - ext4 x rw\n21 20 0:2 / ${volume} rw - tmpfs y rw\n` +
        "22 20 0:3 / /data/kubelet/mine rw - ext4 z rw\n",
      "/data/kubelet/pods/x": "",
      "/data/kubelet/mine/x": "",
    };
    const { code, out, err, changes } = await run(
      ["reset", "-f"],
      host(files, { [`umount -- ${volume}`]: "" }),
      "",
      runtimeWith([]),
    );
    assert.equal(code, 0, err);
    assert.deepEqual(ran(changes).filter((line) => line.startsWith("umount")), [`umount -- ${volume}`]);
    assert.deepEqual(removed(changes).filter((path) => path.startsWith("/data")), []);
    assert.match(`${out}${err}`, /\/data\/kubelet\/pods.*--root-dir/);
    assert.doesNotMatch(`${out}${err}`, /\/data\/kubelet\/mine/);
  });
}

const ETCD = "/etc/kubernetes/manifests/etcd.yaml";
const MANIFEST = `apiVersion: v1
kind: Pod
metadata: {name: etcd}
spec:
  containers:
  - name: etcd
    command: [etcd, --initial-advertise-peer-urls=https://192.0.2.10:2380, --listen-client-urls=https://127.0.0.1:2379]
  volumes:
  - {name: etcd-data, hostPath: {path: /srv/etcd}}
`;

/** A control plane node that kubewright made, with a kubeconfig. */
const CONTROL_PLANE = {
  ...OURS,
  [RECEIPT]: receipt(`{"kind":"directory","path":"/srv/etcd"}`, `{"kind":"file","path":"${ETCD}"}`),
  [ETCD]: MANIFEST,
  "/srv/etcd/member/wal/0.wal": "",
  "/srv/etcd/mine": "",
  ...Object.fromEntries(["ca.crt", "healthcheck-client.crt", "healthcheck-client.key"].map((name) => [
    `/etc/kubernetes/pki/etcd/${name}`,
    "PEM",
  ])),
  "/etc/kubernetes/admin.conf": kubeconfigOf(caPem, { token: "t" }),
};

const DATABASE = "/srv/etcd/member/snap/db";

/** A control plane node whose etcd runs until its pods are ended, and the runtime that ends them. */
function withEtcd(world: World, files: Record<string, string | undefined> = {}, more: MemoryHostOptions = {}) {
  const locked = [DATABASE];
  const { runtime } = runtimeWith([]);
  const ending = (socket: string): ContainerRuntime => ({
    ...runtime(socket),
    stopSandbox: () => Promise.resolve(void locked.splice(0)),
  });
  return [host({ ...CONTROL_PLANE, [DATABASE]: "", ...files }, {}, { locked, ...more }), "", {
    ...world,
    runtime: ending,
  }] as const;
}

/** Members by name; what is asked of them is kept. */
function membersWith(asked: string[], ...names: string[]): World {
  return clusterWith(asked, names, [nodeObject("node-1")]);
}

/** A cluster with these members of etcd and these Nodes. */
function clusterWith(asked: string[], names: readonly string[], nodes: readonly KubeObject[]): World {
  const members = names.map((name, i): EtcdMember => ({
    id: String(i + 1),
    name,
    peerURLs: [`https://192.0.2.1${i}:2380`],
    clientURLs: [`https://192.0.2.1${i}:2379`],
    isLearner: false,
  }));
  const connect = ({ server }: { server: string }) => (fake<KubeClient>("API client", {
    server,
    probe: () => Promise.resolve({ status: 200, body: "" }),
    list: () => Promise.resolve([]),
    get: ({ name }: ObjectReference) => Promise.resolve(nodes.find(({ metadata }) => metadata.name === name)),
    delete: ({ kind, name }: ObjectReference) => Promise.resolve(void asked.push(`delete ${kind} ${name}`)),
  }));
  return {
    ...runtimeWith([]),
    connect,
    etcd: (endpoint) => ({
      endpoint,
      members: () => names.length > 0 ? Promise.resolve(members) : Promise.reject(new UserError("etcd is down")),
      removeMember: ({ name }) =>
        endpoint.includes("192.0.2.11")
          ? Promise.reject(new UserError("unhealthy cluster"))
          : Promise.resolve(void asked.push(`remove ${name} at ${endpoint}`)),
    }),
  };
}

Deno.test("reset: one etcd member of several leaves by another one, after the Node; then its data goes, and only that", async () => {
  const asked: string[] = [];
  const { code, out, changes } = await run(["reset", "-f"], ...withEtcd(membersWith(asked, "a", "b", "c")));
  assert.equal(code, 0, out);
  assert.deepEqual(asked, ["delete Node node-1", "remove a at https://192.0.2.12:2379"]);
  assert.ok(removed(changes).includes("/srv/etcd/member"));
  assert.ok(!removed(changes).includes("/srv/etcd"));
  assert.match(out, /\/srv\/etcd: contains files that etcd did not create: mine$/m);
});

Deno.test("reset: the last etcd member, and one that does not answer, are not removed from anything", async () => {
  const asked: string[] = [];
  const last = await run(["reset", "-f"], ...withEtcd(membersWith(asked, "a")));
  assert.equal(last.code, 0);
  assert.deepEqual(asked, []);
  assert.match(last.err, /this host has the only etcd member: the cluster is deleted with it/);
  const silent = await run(["reset", "-f"], ...withEtcd(membersWith(asked)));
  assert.equal(silent.code, 0);
  assert.match(silent.err, /warning: cannot list the etcd members: etcd is down/);
  assert.match(
    silent.out,
    /etcd member of this host https:\/\/192.0.2.10:2380: if etcd has other members, remove it on one of them/,
  );
  assert.ok(removed(silent.changes).includes("/srv/etcd/member"));
});

Deno.test("reset: a member that the others do not let go ends it before anything is changed here; skipped, its data stays", async () => {
  const asked: string[] = [];
  const refusing = { ...membersWith(asked, "a", "b"), ...runtimeWith([]) };
  refusing.etcd = (endpoint) => ({
    ...membersWith(asked, "a", "b").etcd!(endpoint, { caPem: "", certificatePem: "", keyPem: "" }),
    removeMember: () => Promise.reject(new UserError("unhealthy cluster")),
  });
  const args = ["reset", "-f", "--skip-phases=delete-node"];
  const { code, err, changes } = await run(args, ...withEtcd(refusing));
  assert.equal(code, 1);
  assert.match(err, /Cannot remove the etcd member "a": unhealthy cluster; unhealthy cluster[\s\S]*member remove 1/);
  assert.deepEqual(changes, []);
  const skipped = await run([...args, "--skip-phases=remove-etcd-member"], ...withEtcd(refusing));
  assert.equal(skipped.code, 0);
  assert.ok(!removed(skipped.changes).some((path) => path.startsWith("/srv/etcd")));
  assert.match(skipped.out, /\/srv\/etcd: phase remove-etcd-member was skipped/);
});

Deno.test("reset: --kubeconfig names another identity, --cert-dir other certificates of kubeadm's", async () => {
  const asked: string[] = [];
  const { "/etc/kubernetes/admin.conf": admin, ...others } = CONTROL_PLANE;
  const files = { ...others, [ETCD]: undefined, "/root/admin": admin };
  await run(["reset", "-f", "--kubeconfig=/root/admin"], host(files), "", membersWith(asked, "a"));
  assert.deepEqual(asked, ["delete Node node-1"]);
  const elsewhere = { ...KUBEADMS, "/srv/pki/ca.crt": "CA" };
  const { changes } = await run(["reset", "-f", "--cert-dir=/srv/pki"], host(elsewhere), "", runtimeWith([]));
  assert.ok(removed(changes).includes("/srv/pki/ca.crt"));
  assert.ok(!removed(changes).includes("/etc/kubernetes/pki/ca.crt"));
});

Deno.test("reset: files that were asked for among people's own stay", async () => {
  const files = {
    ...OURS,
    [RECEIPT]: receipt(`{"kind":"file","path":"/root/requests/apiserver.key"}`),
    "/root/requests/apiserver.key": "K",
  };
  const { out, changes } = await run(["reset", "-f"], host(files), "", runtimeWith([]));
  assert.ok(!removed(changes).includes("/root/requests/apiserver.key"));
  assert.match(out, /\/root\/requests\/apiserver.key: created at your request/);
});

Deno.test("reset: mounts that cannot be listed, or a lock that etcd holds, keep what could be lost", async () => {
  for (const mountinfo of ["", "garbage\n"]) {
    const blind = host({ ...CONTROL_PLANE, "/proc/self/mountinfo": mountinfo });
    const { code, err, changes } = await run(["reset", "-f"], blind, "", runtimeWith([]));
    assert.deepEqual([code, removed(changes)], [1, []]);
    assert.match(err, /Cannot list the mounts of this host/);
  }
  const locked = host(CONTROL_PLANE, {}, { locked: ["/srv/etcd/member/snap/db"] });
  const { out, err, changes } = await run(["reset", "-f"], locked, "", runtimeWith([]));
  assert.match(out + err, /etcd is still running/);
  assert.deepEqual(removed(changes).filter((path) => path.startsWith("/srv/etcd")), []);
});

/** Nodes of a cluster, which of them is deleted by a host that joined as k2 and is called k3 now, and what is said. */
const RENAMED: readonly [string, KubeObject[], Record<string, string | undefined>, string[], RegExp][] = [
  ["beside the host that has its name", [nodeObject("k2"), nodeObject("k3", { info: { bootID: "1" } })], {}, [
    "delete Node k2",
  ], /this host has the host name "k3" and is node "k2" according to /],
  [
    "another host has joined as k2",
    [nodeObject("k2", { info: { bootID: "1" } }), nodeObject("k3")],
    {},
    [],
    /Node k2: cannot verify that it is this host: .*Ready/,
  ],
  [
    "a machine with another ID has joined as k2",
    [nodeObject("k2", { info: { machineID: "f" } })],
    {},
    [],
    /Node k2: cannot verify.*machine ID is "f"/,
  ],
  ["its own Node is gone already", [nodeObject("k3")], {}, [], /^Not removed:(?![\s\S]*Node k)/m],
  [
    "its certificate is gone",
    [nodeObject("k2"), nodeObject("k3")],
    { [IDENTITY]: undefined },
    [],
    /Node k3: cannot verify that it is this host: .*kubelet.conf/,
  ],
];

for (const [name, nodes, files, expected, says] of RENAMED) {
  Deno.test(`reset of a host that was renamed: ${name}`, async () => {
    const asked: string[] = [];
    const all = { ...CONTROL_PLANE, [ETCD]: undefined, [IDENTITY]: await kubeletPem("system:node:k2"), ...files };
    const renamed = host(all, {}, { hostname: "k3" });
    const { code, out, err } = await run(["reset", "-f"], renamed, "", clusterWith(asked, [], nodes));
    assert.equal(code, 0, err);
    assert.deepEqual(asked, expected);
    assert.match(`${err}${out}`, says);
  });
}

/** etcd's members as one of them has them, what of the host is otherwise, what is removed, and what is said. */
const MEMBERS: readonly [string, EtcdMember[], string[], MemoryHostOptions, string[], RegExp][] = [
  [
    "it is no longer a member",
    [{ name: "b", peer: "11" }, { name: "c", peer: "12" }],
    [],
    {},
    ["delete Node node-1"],
    /./,
  ],
  [
    "a member of its name at another URL",
    [{ name: "a", peer: "77" }, { name: "b", peer: "11" }],
    [],
    {},
    [
      "delete Node node-1",
    ],
    /etcd member a: cannot verify that it belongs to this host: the member "a" has the peer URL https:\/\/192.0.2.77:2380/,
  ],
  ["a member of another name at its URL", [{ name: "z", peer: "10" }, { name: "b", peer: "11" }], [], {}, [
    "delete Node node-1",
  ], /etcd member z: cannot verify.*is named "z", but this host's manifest has "a"/],
  [
    "a clone of its image, at another address",
    [{ name: "a", peer: "10" }, { name: "b", peer: "12" }],
    ["192.0.2.12"],
    {
      addresses: [{ interface: "eth0", address: "192.0.2.99", family: "IPv4" }],
    },
    [],
    /etcd member a: cannot verify.*192.0.2.10:2380 is not an address of this host/,
  ],
  [
    "another member is asked, and this host has its address",
    [{ name: "a", peer: "10" }, { name: "b", peer: "12" }],
    ["192.0.2.12"],
    {},
    [
      "delete Node node-1",
      "remove a at https://192.0.2.12:2379",
    ],
    /./,
  ],
].map(([name, members, ...rest]) => [
  name,
  (members as { name: string; peer: string }[]).map(({ name, peer }, i) => ({
    id: String(i + 1),
    name,
    peerURLs: [`https://192.0.2.${peer}:2380`],
    clientURLs: [`https://192.0.2.${peer}:2379`],
    isLearner: false,
  })),
  ...rest,
]) as unknown as typeof MEMBERS;

for (const [name, members, elsewhere, more, expected, says] of MEMBERS) {
  Deno.test(`reset: an etcd member is removed only when it is this host's: ${name}`, async () => {
    const asked: string[] = [];
    const world = membersWith(asked, "a", "b", "c");
    const named = MANIFEST.replace("[etcd,", "[etcd, --name=a,");
    world.etcd = (endpoint) => ({
      endpoint,
      members: () =>
        elsewhere.length === 0 || elsewhere.some((address) => endpoint.includes(address))
          ? Promise.resolve(members)
          : Promise.reject(new UserError("etcd is down")),
      removeMember: ({ name }) => Promise.resolve(void asked.push(`remove ${name} at ${endpoint}`)),
    });
    const connect = world.connect!;
    world.connect = (credentials) => ({
      ...connect(credentials),
      list: () =>
        Promise.resolve(elsewhere.map((address): KubeObject => ({
          apiVersion: "v1",
          kind: "Pod",
          metadata: {
            name: "etcd",
            annotations: { "kubeadm.kubernetes.io/etcd.advertise-client-urls": `https://${address}:2379` },
          },
        }))),
    });
    const ran = await run(["reset", "-f"], ...withEtcd(world, { [ETCD]: named }, more));
    assert.equal(ran.code, 0, ran.err);
    assert.deepEqual(asked, expected);
    assert.match(`${ran.err}${ran.out}`, says);
  });
}
