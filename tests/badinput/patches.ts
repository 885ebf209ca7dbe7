/** Directories of patches. @module */
import { QUICK } from "../program/program.ts";
import { type BadInput, type Category, line } from "./case.ts";

const DIRECTORY = "/root/patches";
/** All of it but what waits for the cluster; nothing may have happened before a patch is refused. */
const INIT = ["init", "--config", QUICK];

/** `init` with one file of patches. */
function patch(name: string, file: string, content: string | Uint8Array, says: RegExp): BadInput {
  return line(`a patch: ${name}`, INIT, says, { files: { [`${DIRECTORY}/${file}`]: content } });
}

const json = (name: string, operations: unknown, says: RegExp) =>
  patch(`${name}, as json`, "etcd+json.json", JSON.stringify(operations), says);
const strategic = (name: string, yaml: string, says: RegExp) =>
  patch(`${name}, as strategic`, "kube-apiserver.yaml", yaml, says);
const merge = (name: string, yaml: string, says: RegExp) =>
  patch(`${name}, as merge`, "kube-scheduler+merge.yaml", yaml, says);

const NO_TYPE = /patches\/etcd[^:]*: the type after "\+" in the file name must be one of json, merge, strategic; got "/;
const UNREADABLE = /^ {2}\/root\/patches\/etcd\.yaml/m;
const add = { op: "add", path: "/metadata/labels/a", value: "b" };

const CASES: readonly BadInput[] = [
  ...["etcd+.yaml", "etcd+jsn.yaml", "etcd+JSON.yaml", "etcd+ json.yaml", "etcd0+patch.json", "etcd++json.yaml"].map((
    file,
  ) => patch(`a type that there is not, ${file}`, file, "metadata: {}\n", NO_TYPE)),
  patch("a file that is not YAML", "etcd.yaml", "metadata: [\n", UNREADABLE),
  patch("tabs", "etcd.yaml", "metadata:\n\tlabels: {}\n", UNREADABLE),
  patch("a key twice", "etcd.yaml", "metadata: {}\nmetadata: {}\n", UNREADABLE),
  patch("an anchor that there is not", "etcd.yaml", "metadata: *a\n", UNREADABLE),
  patch("JSON cut off", "etcd.yaml", '{"metadata": {"labels"', UNREADABLE),
  patch("zeros", "etcd.yaml", new Uint8Array(64), UNREADABLE),
  patch("bytes that are not text", "etcd.yaml", new Uint8Array([0xff, 0xfe, 0x00, 0x61]), UNREADABLE),
  patch("a key of JavaScript", "etcd.yaml", "__proto__: {a: 1}\n", UNREADABLE),
  patch("a tag of a number at a text", "etcd.yaml", 'a: !!int "x"\n', UNREADABLE),
  patch("brackets without end", "etcd.yaml", "[".repeat(100_000), UNREADABLE),
  patch(
    "aliases that grow",
    "etcd.yaml",
    `a: &a [${"x,".repeat(9)}x]\n${
      Array.from({ length: 9 }, (_, i) => `b${i}: &${"bcdefghijk"[i]} [${`*${"abcdefghij"[i]},`.repeat(9)}x]\n`).join(
        "",
      )
    }`,
    UNREADABLE,
  ),
  patch("a file too big", "etcd.yaml", `a: ${"x".repeat(5 << 20)}\n`, UNREADABLE),
  strategic("another kind", "kind: Deployment\n", /kube-apiserver\.yaml: .*must not change/),
  strategic("another apiVersion", "apiVersion: v2\n", /kube-apiserver\.yaml: .*must not change/),
  strategic("another name", "metadata: {name: other}\n", /kube-apiserver\.yaml: .*must not change/),
  strategic("another namespace", "metadata: {namespace: default}\n", /kube-apiserver\.yaml: .*must not change/),
  strategic("text", "just words\n", /kube-apiserver\.yaml: strategic patch of kube-apiserver: must be a mapping/),
  strategic("a list", "- metadata\n", /kube-apiserver\.yaml: strategic patch of kube-apiserver: must be a mapping/),
  strategic("a number", "5\n", /kube-apiserver\.yaml: strategic patch of kube-apiserver: must be a mapping/),
  strategic("a container without its name", "spec: {containers: [{image: x}]}\n", /kube-apiserver\.yaml: .*name/),
  strategic(
    "a mount without its path",
    "spec: {containers: [{name: kube-apiserver, volumeMounts: [{name: a}]}]}\n",
    /kube-apiserver\.yaml: .*mountPath/,
  ),
  strategic("a volume without its name", "spec: {volumes: [{hostPath: {path: /x}}]}\n", /kube-apiserver\.yaml: .*name/),
  strategic("containers that are text", "spec: {containers: kube-apiserver}\n", /kube-apiserver\.yaml: /),
  strategic("a container that is text", "spec: {containers: [kube-apiserver]}\n", /kube-apiserver\.yaml: /),
  strategic("a directive that there is not", "spec: {$patch: destroy}\n", /kube-apiserver\.yaml: .*destroy/),
  strategic("labels of numbers", "metadata: {labels: {a: 5}}\n", /kube-apiserver\.yaml: .*labels/),
  strategic("a spec that is a list", "spec: []\n", /kube-apiserver\.yaml: /),
  strategic("hostNetwork of text", 'spec: {hostNetwork: "yes"}\n', /kube-apiserver\.yaml: .*hostNetwork/),
  strategic("priority with a fraction", "spec: {priority: 1.5}\n", /kube-apiserver\.yaml: .*priority/),
  strategic(
    "the second of three documents",
    "metadata: {labels: {a: b}}\n---\nkind: Job\n---\nmetadata: {labels: {c: d}}\n",
    /must not change/,
  ),
  merge("no kind", "kind: null\n", /kube-scheduler\+merge\.yaml: .*must not change/),
  merge("a list", "[]\n", /kube-scheduler\+merge\.yaml: .*must be a mapping/),
  merge("text", "a\n", /kube-scheduler\+merge\.yaml: .*must be a mapping/),
  merge("no metadata", "metadata: null\n", /kube-scheduler\+merge\.yaml: .*must not change/),
  merge("containers that are a mapping", "spec: {containers: {a: b}}\n", /kube-scheduler\+merge\.yaml: .*containers/),
  json("a mapping", { metadata: {} }, /etcd\+json\.json: json patch of etcd: /),
  json("text", "add", /etcd\+json\.json: json patch of etcd: /),
  json("a list of text", ["add"], /etcd\+json\.json: json patch of etcd: /),
  json("no op", [{ path: "/metadata/labels/a", value: "b" }], /etcd\+json\.json: .*op/),
  json("an op that there is not", [{ ...add, op: "append" }], /etcd\+json\.json: .*append/),
  json("an op in upper case", [{ ...add, op: "ADD" }], /etcd\+json\.json: .*ADD/),
  json("an op of JavaScript", [{ ...add, op: "constructor" }], /etcd\+json\.json: .*constructor/),
  json("no path", [{ op: "add", value: 1 }], /etcd\+json\.json: .*path/),
  json("a path of a number", [{ ...add, path: 5 }], /etcd\+json\.json: .*path/),
  json(
    "a path with dots",
    [{ ...add, path: "metadata.labels.a" }],
    /etcd\+json\.json: .*must be a path that starts with "\/"/,
  ),
  json("a path to nothing", [{ ...add, path: "/nothing/here" }], /etcd\+json\.json: .*not found/),
  json("a path through text", [{ ...add, path: "/kind/a" }], /etcd\+json\.json: .*not found/),
  json(
    "a position behind the end",
    [{ ...add, path: "/spec/containers/7", value: {} }],
    /etcd\+json\.json: .*invalid index/,
  ),
  json("a position of words", [{ ...add, path: "/spec/containers/first/image" }], /etcd\+json\.json: .*invalid index/),
  json("the removal of nothing", [{ op: "remove", path: "/metadata/none" }], /etcd\+json\.json: .*not found/),
  json("the removal of it all", [{ op: "remove", path: "" }], /etcd\+json\.json: .*must not remove the whole object/),
  json(
    "the replacement of nothing",
    [{ op: "replace", path: "/none/here", value: 1 }],
    /etcd\+json\.json: .*not found/,
  ),
  json("the replacement of it all", [{ op: "replace", path: "", value: [] }], /etcd\+json\.json: /),
  json("a move from nothing", [{ op: "move", from: "/none", path: "/spec/a" }], /etcd\+json\.json: .*not found/),
  json("a copy from nowhere", [{ op: "copy", path: "/metadata/labels/a" }], /etcd\+json\.json: .*from/),
  json("a test that fails", [{ op: "test", path: "/kind", value: "Job" }], /etcd\+json\.json: .*\/kind/),
  json("a test for a prototype", [{ op: "add", path: "/__proto__/a", value: 1 }], /etcd\+json\.json: .*not found/),
  patch(
    "a field of the kubelet with a wrong type",
    "kubeletconfiguration.yaml",
    "maxPods: many\n",
    /kubeletconfiguration\.yaml: .*maxPods/,
  ),
  patch(
    "another kind for the kubelet",
    "kubeletconfiguration+merge.yaml",
    "kind: Pod\n",
    /kubeletconfiguration\+merge\.yaml: .*must not change/,
  ),
  patch(
    "replicas of text for CoreDNS",
    "corednsdeployment+merge.yaml",
    'spec: {replicas: "two"}\n',
    /corednsdeployment\+merge\.yaml: .*replicas/,
  ),
  patch("a Pod for CoreDNS", "corednsdeployment.yaml", "kind: Pod\n", /corednsdeployment\.yaml: .*must not change/),
];

/** Directories that are none. */
const DIRECTORIES: readonly BadInput[] = [
  line("a directory of patches that is not there", INIT, /patches\.directory \(--patches\): directory .* not found/),
  line("a directory of patches that is a file", INIT, /patches\.directory \(--patches\): .*is not a directory/, {
    files: { [DIRECTORY]: "kind: Pod\n" },
  }),
  line("several patches that cannot be read", INIT, /kube-scheduler\.yaml: [^]*etcd\+x\.yaml: /, {
    files: { [`${DIRECTORY}/etcd+x.yaml`]: "a: b\n", [`${DIRECTORY}/a/kube-scheduler.yaml`]: "{" },
  }),
];

/** `--patches` beside --config is refused, so the configuration names the directory. */
const files = (more: BadInput["files"]): BadInput["files"] => ({
  [QUICK]: "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nencryptionAlgorithm: ECDSA-P256\n" +
    `---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\npatches: {directory: ${DIRECTORY}}\n`,
  ...more,
});

/** Flags, without a configuration file. */
const FLAGS: readonly BadInput[] = [
  line(
    "--patches with a directory that is not there",
    ["init", "--patches", "/none"],
    /--patches.*directory "\/none" not found/,
  ),
  line("--patches with a relative directory", ["init", "--patches", "patches"], /--patches/),
  line("--patches with a URL", ["init", "--patches", "https://a.example/patches"], /--patches/),
  line("--patches without a value", ["init", "--patches"], /--patches: requires a value/),
];

/** Patches that cannot be applied. */
export const PATCH_CASES: Category = {
  name: "patches",
  cases: () => [...[...CASES, ...DIRECTORIES].map((bad) => ({ ...bad, files: files(bad.files)! })), ...FLAGS],
};
