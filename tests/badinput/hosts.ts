/** Hosts that are not fit, one thing each. @module */
import { fake } from "../fakes/fake.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import type { ContainerRuntime } from "../../src/system.ts";
import type { BadInput, Category } from "./case.ts";
import { FIT, QUICK } from "../program/program.ts";
import { API_VERSION, JOIN } from "./case.ts";
import { KubeError } from "../../src/system/kube_error.ts";

const KUBELET = "/usr/bin/kubelet --version";
const MANIFESTS = "/etc/kubernetes/manifests";

function init(name: string, check: string, more: Partial<BadInput>): BadInput {
  return {
    name,
    args: ["init", "--config", QUICK],
    says: new RegExp(`^ {2}${RegExp.escape(check)}: `, "m"),
    code: EXIT.preflight,
    ...more,
  };
}

function join(name: string, check: string, more: Partial<BadInput>): BadInput {
  return init(name, check, { args: JOIN, ...more });
}

/** Configurations with one thing set. */
const [V1_37, PORT] = ["/root/v1.37.yaml", "/root/port.yaml"];
const CONFIGURATIONS = {
  [V1_37]: `${FIT.files![QUICK]}kubernetesVersion: v1.37.2\n`,
  [PORT]: `${FIT.files![QUICK]}---\n${API_VERSION}\nkind: InitConfiguration\nlocalAPIEndpoint: {bindPort: 7443}\n`,
};

const host = (options: MemoryHostOptions, files: BadInput["files"] = {}): Partial<BadInput> => ({
  host: options,
  files,
});
const files = (changed: BadInput["files"]): Partial<BadInput> => ({ files: changed! });
const kubelet = (output: string | { code: number; stdout: string; stderr: string }) =>
  host({ commands: { [KUBELET]: output } });

/** A runtime that answers like this. */
function runtime(status: ContainerRuntime["status"]): Partial<BadInput> {
  const answers = fake<ContainerRuntime>("container runtime", {
    socket: "unix:///run/x.sock",
    status,
    cgroupDriver: () => Promise.resolve("systemd"),
    hasImage: () => Promise.resolve(true),
    version: () => Promise.resolve({ runtimeName: "x", runtimeVersion: "1", runtimeApiVersion: "v1" }),
  });
  return { world: { runtime: () => answers } };
}

/** Drop-ins with which the kubelet does not read what it is given, by what they do. */
const WRONG_DROP_INS = {
  "overrides ExecStart, as for etcd with high availability":
    "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --config=/etc/systemd/system/kubelet.service.d/kubelet.conf\n",
  "adds an ExecStart": "[Service]\nExecStart=/usr/bin/kubelet\n",
  "takes ExecStart away": "[Service]\nExecStart=\n",
  "leaves the flags out":
    "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS\n",
  "starts a kubelet that does not exist": "[Service]\nExecStart=\nExecStart=/opt/kubelet $KUBELET_KUBECONFIG_ARGS\n",
  "starts something else": "[Service]\nExecStart=\nExecStart=/bin/sh -c 'exec kubelet'\n",
  "sets another kubeconfig": '[Service]\nEnvironment="KUBELET_KUBECONFIG_ARGS=--kubeconfig=/root/k.conf"\n',
};

/** Copies that people make beside a manifest. */
const POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\n";
const COPIES = {
  "kube-apiserver.yaml.bak": POD,
  "kube-apiserver.yaml~": POD,
  "kube-apiserver.old": POD,
  "api.json": '{"kind":"Pod","metadata":{"name":"kube-apiserver"}}',
};

/** Flags of people's own, and what a kubelet says of one that it does not know. */
const FLAGS_FILES = {
  "/etc/default/kubelet": 'KUBELET_EXTRA_ARGS="--network-plugin=cni"\n',
  "/etc/sysconfig/kubelet": "# mine\nKUBELET_EXTRA_ARGS=--network-plugin=cni\n",
};
const UNKNOWN_FLAG = {
  code: 1,
  stdout: "",
  stderr: 'E1125 01:02:03.4 1 run.go:72] "command failed" ' +
    'err="failed to parse kubelet flag: unknown flag: --network-plugin"\n',
};

const AWAY = [
  "--pod-manifest-path=/srv/pods",
  "--hostname-override=other",
  "--register-node=false",
  "--cert-dir=/srv/pki",
  "--container-runtime-endpoint=unix:///run/crio/crio.sock",
];

const CASES: readonly BadInput[] = [
  init("not root", "IsPrivilegedUser", host({ uid: 1000 })),
  join("not root, to join", "IsPrivilegedUser", host({ uid: 65534 })),
  init("one CPU", "NumCPU", host({ cpus: 1 })),
  init("too little memory", "Mem", files({ "/proc/meminfo": "MemTotal:         1000000 kB\n" })),
  init("no memory", "Mem", files({ "/proc/meminfo": "MemTotal: 0 kB\n" })),
  init("swap", "Swap", files({ "/proc/swaps": "Filename\tType\n/dev/sda2\tpartition\t1\t0\t-2\n" })),
  init("swap in a file with spaces", "Swap", files({ "/proc/swaps": "Filename\tType\n/my\\040swap file\t1\t0\t-2\n" })),
  init("no forwarding", "FileContent--proc-sys-net-ipv4-ip_forward", files({ "/proc/sys/net/ipv4/ip_forward": "0\n" })),
  init(
    "no answer about forwarding",
    "FileContent--proc-sys-net-ipv4-ip_forward",
    files({ "/proc/sys/net/ipv4/ip_forward": undefined }),
  ),
  init(
    "an empty answer about forwarding",
    "FileContent--proc-sys-net-ipv4-ip_forward",
    files({ "/proc/sys/net/ipv4/ip_forward": "" }),
  ),
  init(
    "forwarding of 2",
    "FileContent--proc-sys-net-ipv4-ip_forward",
    files({ "/proc/sys/net/ipv4/ip_forward": "2\n" }),
  ),
  join(
    "no forwarding, to join",
    "FileContent--proc-sys-net-ipv4-ip_forward",
    files({ "/proc/sys/net/ipv4/ip_forward": "0\n" }),
  ),
  ...[6443, 10259, 10257, 2379, 2380, 10250].map((port) =>
    init(`port ${port} is taken`, `Port-${port}`, host({ takenPorts: [port] }))
  ),
  join("port 10250 is taken, to join", "Port-10250", host({ takenPorts: [10250] })),
  init("a port of one's own is taken", "Port-7443", {
    ...host({ takenPorts: [7443] }),
    args: ["init", "--config", PORT],
  }),
  init("no kubelet", "FileExisting-kubelet", files({ "/usr/bin/kubelet": undefined })),
  join("no kubelet, to join", "FileExisting-kubelet", files({ "/usr/bin/kubelet": undefined })),
  init(
    "a kubelet that does not start",
    "FileExisting-kubelet",
    kubelet({ code: 126, stdout: "", stderr: "Exec format error" }),
  ),
  init("a kubelet that is killed", "FileExisting-kubelet", kubelet({ code: 137, stdout: "", stderr: "" })),
  init("a kubelet that says nothing", "FileExisting-kubelet", kubelet("")),
  init("a kubelet that says a megabyte", "FileExisting-kubelet", kubelet("x".repeat(1 << 20))),
  init("a kubelet that is something else", "FileExisting-kubelet", kubelet("BusyBox v1.36\n")),
  init("a kubelet too old", "KubeletVersion", {
    ...kubelet("Kubernetes v1.30.0\n"),
    args: ["init", "--config", V1_37],
  }),
  init("a kubelet too new", "KubeletVersion", {
    ...kubelet("Kubernetes v1.38.0\n"),
    args: ["init", "--config", V1_37],
  }),
  init("a kubelet of another age", "KubeletVersion", {
    ...kubelet("Kubernetes v2.0.0\n"),
    args: ["init", "--config", V1_37],
  }),
  init("a kubelet of a version with a leading zero", "FileExisting-kubelet", {
    ...kubelet("Kubernetes v01.037.02\n"),
    says: /^ {2}(FileExisting-kubelet|KubeletVersion): /m,
  }),
  init("a kubelet of an endless version", "FileExisting-kubelet", {
    ...kubelet(`Kubernetes v1.${"9".repeat(400)}.0\n`),
    args: ["init", "--config", V1_37],
  }),
  init("no mount", "FileExisting-mount", files({ "/usr/bin/mount": undefined })),
  init("a mount only in the caller's PATH", "FileExisting-mount", {
    ...host({ environment: { PATH: "/home/me/bin" } }),
    ...files({ "/usr/bin/mount": undefined, "/home/me/bin/mount": "" }),
  }),
  init("no systemctl", "Service-kubelet", host({ systemd: false })),
  init(
    "a systemctl that is killed",
    "Service-kubelet",
    host({
      units: { "kubelet.service": new UserError('Cannot ask systemd about "kubelet.service": it was killed') },
    }),
  ),
  join("no systemctl, to join", "Service-kubelet", host({ systemd: false })),
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].map((component) =>
    init(
      `a manifest of ${component}`,
      `FileAvailable--etc-kubernetes-manifests-${component}.yaml`,
      files({ [`${MANIFESTS}/${component}.yaml`]: "kind: Pod\n" }),
    )
  ),
  init("data of etcd", "DirAvailable--var-lib-etcd", files({ "/var/lib/etcd/member/snap/db": "x" })),
  init(
    "a kubelet's configuration of somebody else",
    "FileAvailable--var-lib-kubelet-config.yaml",
    files({ "/var/lib/kubelet/config.yaml": "kind: KubeletConfiguration\n" }),
  ),
  init(
    "a receipt that says nothing about it",
    "DirAvailable--var-lib-etcd",
    files({ "/var/lib/etcd/x": "x", "/var/lib/kubewright/receipt.jsonl": '{"kind":"receipt","version":1}\n' }),
  ),
  ...[
    "",
    "null\n",
    "5\n",
    '"a"\n',
    "[]\n",
    "{}\n",
    '{"kind":5,"path":5}\n',
    '{"kind":"file"}\n',
    '{"kind":"file","path":null,"at":""}\n',
    "{".repeat(100_000),
    "\0\x01\x02",
    '{"__proto__":{"path":"/etc"}}\n',
  ].map((receipt, i) =>
    init(
      `a receipt that is damaged, ${i + 1}`,
      "DirAvailable--var-lib-etcd",
      files({ "/var/lib/etcd/x": "x", "/var/lib/kubewright/receipt.jsonl": receipt }),
    )
  ),
  join(
    "static pods of somebody else",
    "DirAvailable--etc-kubernetes-manifests",
    files({ [`${MANIFESTS}/etcd.yaml`]: "kind: Pod\n" }),
  ),
  ...Object.entries(COPIES).map(([name, content]) =>
    init(`a copy of a manifest as ${name}`, "DirAvailable--etc-kubernetes-manifests", {
      files: { [`${MANIFESTS}/${name}`]: content },
      says: /second manifest of the static pod "kube-apiserver"[\s\S]*mv -i '?\/etc\/kubernetes\/manifests\//,
    })
  ),
  join("a kubelet's configuration of somebody else, to join", "FileAvailable--var-lib-kubelet-config.yaml", {
    files: { "/var/lib/kubelet/config.yaml": "kind: KubeletConfiguration\n" },
  }),
  ...["init", "join"].map((command) => {
    const name = "n".repeat(64);
    const args = command === "init" ? ["init", "--config", QUICK] : JOIN;
    return init(`a node name of 64 characters, ${command}`, "Hostname", {
      args: [...args, "--node-name", name],
      says: /has 64 characters, at most 63/,
    });
  }),
  init("a host name of 64 characters", "Hostname", host({ hostname: "n".repeat(64) })),
  ...Object.entries(FLAGS_FILES).map(([path, text]) =>
    init(`a flag in ${path} that the kubelet does not know`, "KubeletFlags", {
      ...host({
        commands: {
          [KUBELET]: "Kubernetes v1.37.2\n",
          "/usr/bin/kubelet --network-plugin=cni --version": UNKNOWN_FLAG,
        },
      }),
      files: { [path]: text },
      says: /KubeletFlags: .*KUBELET_EXTRA_ARGS.*unknown flag: --network-plugin/,
    })
  ),
  ...AWAY.map((flag) =>
    init(`a flag of one's own that leads the kubelet away, ${flag}`, "KubeletFlags", {
      ...host({
        commands: { [KUBELET]: "Kubernetes v1.37.2\n", [`/usr/bin/kubelet ${flag} --version`]: "Kubernetes v1.37.2\n" },
      }),
      files: { "/etc/default/kubelet": `KUBELET_EXTRA_ARGS=${flag}\n` },
      says: new RegExp(`KubeletFlags: ${RegExp.escape(flag)} in KUBELET_EXTRA_ARGS in /etc/default/kubelet must be `),
    })
  ),
  init("static pods in another folder", "KubeletFlags", {
    files: {
      "/root/c.yaml":
        `${FIT.files![QUICK]}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n` +
        "staticPodPath: /srv/pods\n",
    },
    args: ["init", "--config", "/root/c.yaml"],
  }),
  init("state of a kubelet with another policy", "KubeletState", {
    files: { "/var/lib/kubelet/cpu_manager_state": '{"policyName":"static","defaultCpuSet":"0-1","checksum":1}' },
    says: /cpuManagerPolicy "static"[\s\S]*rm \/var\/lib\/kubelet\/cpu_manager_state/,
  }),
  init("state of a kubelet that is damaged", "KubeletState", {
    files: { "/var/lib/kubelet/memory_manager_state": "{" },
  }),
  join("a name that does not resolve", "DiscoveryEndpoint", { args: ["join", "nowhere.invalid", ...JOIN.slice(2)] }),
  init(
    "a runtime that is not ready",
    "CRI",
    runtime(() => Promise.resolve([{ type: "RuntimeReady", status: false, reason: "Broken", message: "it is" }])),
  ),
  init("a runtime without a state", "CRI", runtime(() => Promise.resolve([]))),
  init(
    "a runtime that does not answer",
    "CRI",
    runtime(() => Promise.reject(new KubeError("Cannot connect to it", { status: 0, reason: "" }))),
  ),
  join(
    "a runtime that is not ready, to join",
    "CRI",
    runtime(() => Promise.resolve([{ type: "RuntimeReady", status: false, reason: "", message: "" }])),
  ),
  init("control groups of version 1", "SystemVerification", files({ "/sys/fs/cgroup/cgroup.controllers": undefined })),
  init("no systemd", "Service-kubelet", files({ "/run/systemd/system/x": undefined })),
  init("a clock of 1970", "Clock", host({ now: new Date(0) })),
  init("a unit of somebody else", "KubeletUnit", {
    files: { "/etc/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --other\n" },
  }),
  ...Object.entries(WRONG_DROP_INS).map(([name, content]) =>
    init(`a drop-in that ${name}`, "KubeletUnit", {
      files: { "/etc/systemd/system/kubelet.service.d/20-mine.conf": content },
      says: /KubeletUnit: \/etc\/systemd\/system\/kubelet\.service\.d\/20-mine\.conf /,
    })
  ),
  init("a 10-kubeadm.conf of somebody else without a unit", "KubeletUnit", {
    files: { "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf": "[Service]\nEnvironment=X=1\n" },
  }),
  init("flags of one's own that lead the kubelet elsewhere", "KubeletUnit", {
    files: { "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--config=/etc/kubelet.yaml\n" },
    says: /KubeletUnit: \/etc\/default\/kubelet starts the kubelet with --config=\/etc\/kubelet\.yaml/,
  }),
  init("everything at once", "NumCPU", {
    ...host({ cpus: 1, takenPorts: [6443, 2379] }),
    files: { "/proc/swaps": "F\n/dev/x p\n", "/proc/meminfo": "MemTotal: 5 kB\n" },
    says: /NumCPU[\s\S]*Mem[\s\S]*Port-6443/,
  }),
  init("checks to ignore by a name that is not all", "NumCPU", {
    ...host({ cpus: 1 }),
    args: ["init", "--config", QUICK, "--ignore-preflight-errors", "Mem,Swap,AllOfThem"],
  }),
];

/** Hosts that are not fit. */
export const HOST_CASES: Category = {
  name: "hosts that are not fit",
  cases: () => CASES.map((bad) => ({ ...bad, files: { ...CONFIGURATIONS, ...bad.files } })),
};
