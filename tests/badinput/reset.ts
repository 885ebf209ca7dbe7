/** `reset`: its configuration, its flags, and receipts that are damaged. @module */
import { KUBEADM_KINDS } from "../../src/config/kubeadm_kinds.ts";
import { EXIT } from "../../src/errors.ts";
import { API_VERSION, type BadInput, type Category, CONFIG, line } from "./case.ts";
import { wrongTypes } from "./fields.ts";

const RECEIPT = "/var/lib/kubewright/receipt.jsonl";
const HEADER = '{"kind":"receipt","version":1}\n';
const SECOND = '{"kind":"receipt","version":2}\n';
/** What `reset` finds of a node that kubewright did not write into its receipt. */
const NODE = { "/var/lib/kubelet/config.yaml": "kind: KubeletConfiguration\n", "/etc/kubernetes/kubelet.conf": "" };

/** `reset` with a ResetConfiguration. */
function reset(name: string, yaml: string, says: RegExp, more: Partial<BadInput> = {}): BadInput {
  const text = `${API_VERSION}\nkind: ResetConfiguration\n${yaml}\n`;
  return line(name, ["reset", "--config", CONFIG], says, { files: { ...NODE, [CONFIG]: text }, ...more });
}

/** `reset --force` with flags, on a host that has a node. */
function flags(name: string, args: readonly string[], says: RegExp, more: Partial<BadInput> = {}): BadInput {
  return line(name, ["reset", ...args], says, { files: NODE, ...more });
}

const VALUES: readonly BadInput[] = [
  reset("a field that ResetConfiguration does not have", "forced: true", /ResetConfiguration\.forced.*did you mean/),
  reset("a field of another kind", "nodeRegistration: {}", /ResetConfiguration\.nodeRegistration.*: /),
  reset("a field twice", "force: true\nforce: false", /cluster\.yaml:4:1.*duplicated key/),
  reset("certificates in a relative directory", "certificatesDir: pki", /ResetConfiguration\.certificatesDir.*: /),
  ...["/", "//", "/etc", "/etc/", "/var/lib", "/usr/./bin"].map((directory) =>
    reset(
      `certificates in ${directory}, which is not theirs alone`,
      `certificatesDir: ${directory}`,
      /ResetConfiguration\.certificatesDir.*: ".*" is a system directory; reset would delete its contents/,
    )
  ),
  reset(
    "certificates in the root by way of ..",
    "certificatesDir: /root/..",
    /ResetConfiguration\.certificatesDir.*: must not contain "\.\."; got "\/root\/\.\."/,
  ),
  reset("certificates in a directory above", "certificatesDir: /etc/../pki", /ResetConfiguration\.certificatesDir.*: /),
  reset("a socket over the network", 'criSocket: "tcp://192.0.2.1:1"', /ResetConfiguration\.criSocket.*: /),
  reset("a socket of Windows", "criSocket: npipe:////./pipe/x", /ResetConfiguration\.criSocket.*: /),
  reset("a socket with a relative path", 'criSocket: "unix://run/x.sock"', /ResetConfiguration\.criSocket.*: /),
  reset(
    "all checks and one",
    "ignorePreflightErrors: [all, Mem]",
    /ignorePreflightErrors.*: "all" and the names of checks are mutually exclusive/,
  ),
  reset("a phase that does not exist", "skipPhases: [certs]", /unknown phase "certs"/),
  reset("an empty phase", 'skipPhases: [""]', /skipPhases|unknown phase/),
  reset("a phase of a number", "skipPhases: [5]", /ResetConfiguration\.skipPhases\[0\].*: /),
  reset("a negative time limit", "timeouts: {etcdAPICall: -1s}", /ResetConfiguration\.timeouts\.etcdAPICall.*: /),
  reset("a time limit in days", "timeouts: {etcdAPICall: 1d}", /ResetConfiguration\.timeouts\.etcdAPICall.*: /),
  reset("a version of the API to come", "", /v1beta9/, {
    files: { ...NODE, [CONFIG]: "apiVersion: kubeadm.k8s.io/v1beta9\nkind: ResetConfiguration\n" },
  }),
  reset("a version of the API without this kind", "", /ResetConfiguration/, {
    files: { ...NODE, [CONFIG]: "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ResetConfiguration\n" },
  }),
  reset("two ResetConfigurations", `---\n${API_VERSION}\nkind: ResetConfiguration`, /ResetConfiguration/),
  reset("a misspelt kind", "", /Resetconfiguration/, {
    files: { ...NODE, [CONFIG]: `${API_VERSION}\nkind: Resetconfiguration\n` },
  }),
  reset("a list for a document", "", /cluster\.yaml/, { files: { ...NODE, [CONFIG]: "- force\n" } }),
  reset("a file that is not YAML", "", /cluster\.yaml/, { files: { ...NODE, [CONFIG]: "force: [\n" } }),
  reset("a file of zeros", "", /cluster\.yaml/, { files: { ...NODE, [CONFIG]: new Uint8Array(100) } }),
  reset("a file that is not there", "", /no such file/, { files: NODE }),
];

const FLAGS: readonly BadInput[] = [
  flags("a configuration beside flags", ["--config", CONFIG, "--cert-dir", "/x"], /--config/, {
    files: { ...NODE, [CONFIG]: `${API_VERSION}\nkind: ResetConfiguration\n` },
  }),
  flags("--force with a word", ["--force", "yes"], /takes no arguments/),
  flags("--force=maybe", ["--force=maybe"], /--force: must be true or false/),
  flags("a flag of init", ["--force", "--apiserver-bind-port", "6443"], /unknown flag/),
  flags("certificates in a relative directory", ["--force", "--cert-dir", "pki"], /--cert-dir: /),
  flags("certificates in the root", ["--force", "--cert-dir", "/"], /--cert-dir: "\/" is a system directory/),
  ...["/etc/.", "//etc", "/etc//", "/./etc", "/etc/systemd/", "/home/me", "/sys/fs/cgroup"].map((directory) =>
    flags(`certificates in ${directory}`, ["--force", `--cert-dir=${directory}`], /--cert-dir: .*directory/)
  ),
  flags(
    "certificates behind a link to /etc",
    ["--force", "--cert-dir=/root/link"],
    /--cert-dir: .*resolves to "\/etc"/,
    {
      host: { links: { "/root/link": "/etc" } },
    },
  ),
  flags("certificates behind the usual link", ["--force"], /--cert-dir: .*resolves to "\/usr\/local"/, {
    host: { links: { "/etc/kubernetes/pki": "/usr/local" } },
  }),
  flags("a socket of http", ["--force", "--cri-socket", "http://x"], /--cri-socket: /),
  flags("a relative socket", ["--force", "--cri-socket", "run/x.sock"], /--cri-socket: /),
  flags("a phase to skip that does not exist", ["--force", "--skip-phases", "cleanup"], /unknown phase "cleanup"/),
  flags(
    "all checks and one",
    ["--force", "--ignore-preflight-errors=all,Mem"],
    /"all" and the names of checks are mutually exclusive/,
  ),
  flags("a phase that does not exist", ["phase", "certs"], /unknown phase "certs"/),
  flags("no phase", ["phase"], /unknown phase/),
  flags(
    "a phase below that does not exist",
    ["phase", "cleanup-node", "certs"],
    /unknown phase "cleanup-node\/certs"/,
  ),
  flags("a phase that is also skipped", ["phase", "preflight", "--skip-phases", "nothing"], /unknown phase/),
  flags("a node to reset by name", ["worker-1"], /reset takes no arguments/),
  flags("nobody to answer", [], /no answer/, { code: EXIT.failed }),
  flags("no for an answer", [], /the answer was no/, { code: EXIT.failed, stdin: "no\n" }),
  flags("an empty answer", [], /the answer was no|no answer/, { code: EXIT.failed, stdin: "\n" }),
  flags("an answer of something else", [], /the answer was no/, { code: EXIT.failed, stdin: "yesterday\n" }),
  flags("not root", ["--force"], /^ {2}IsPrivilegedUser: /m, { code: EXIT.preflight, host: { uid: 1000 } }),
  flags("not root, and one phase", ["phase", "cleanup-node", "files", "--force"], /root/, {
    code: EXIT.preflight,
    host: { uid: 1000 },
  }),
];

/** Receipts in which nothing can be read; nothing may be removed on their word. */
const RECEIPTS: readonly (readonly [string, string | Uint8Array])[] = [
  ["zeros", new Uint8Array(4096)],
  ["bytes that are not text", new Uint8Array([0xff, 0xfe, 0x80, 10, 0xc0])],
  ["null", `${HEADER}null\n`],
  ["numbers", `${HEADER}5\n6\n`],
  ["a list", `${HEADER}["file","/root/mine"]\n`],
  ["a kind to come", `${HEADER}{"kind":"tree","path":"/root/mine"}\n`],
  ["no path", `${HEADER}{"kind":"file"}\n`],
  ["a path of a number", `${HEADER}{"kind":"file","path":5}\n`],
  ["an empty path", `${HEADER}{"kind":"file","path":""}\n`],
  ["a relative path", `${HEADER}{"kind":"file","path":"etc/mine"}\n`],
  ["a path that goes up", `${HEADER}{"kind":"file","path":"/etc/kubernetes/../mine"}\n`],
  ["a path with a zero", `${HEADER}{"kind":"file","path":"/etc/mine\\u0000"}\n`],
  ["all directories", `${HEADER}{"kind":"directory","path":"/"}\n`],
  ["a kind of the first version in the second", `${SECOND}{"kind":"overwrote","path":"/etc/mine"}\n`],
  ["a kind of the second version in the first", `${HEADER}{"kind":"unit","name":"mine.service"}\n`],
  ["a version to come", `{"kind":"receipt","version":3}\n{"kind":"file","path":"/etc/mine"}\n`],
  ["a flag for a unit", `${SECOND}{"kind":"unit","name":"--root=/"}\n`],
  ["a copy that is elsewhere", `${SECOND}{"kind":"file","path":"/etc/mine","replaced":{"copy":"../../../etc/x"}}\n`],
  ["lines broken in the middle", `${HEADER}{"kind":"file",\n"path":"/etc/mine"}\n`],
  ["two lines in one", `${HEADER}{"kind":"file","path":"/etc/mine"}{"kind":"file","path":"/etc/mine"}\n`],
  ["a hundred thousand brackets", `${"[".repeat(100_000)}\n`],
  ["a hundred thousand lines", `${HEADER}${"{}\n".repeat(100_000)}`],
];

/** What is not of any cluster; and the same by names that a receipt might have for it. */
const MINE = { "/etc/mine": "mine", "etc/mine": "mine", "/etc/mine\0": "m" };

function damaged(name: string, receipt: string | Uint8Array): BadInput {
  const files = { ...MINE, "/etc/kubernetes/../mine": "mine", [RECEIPT]: receipt };
  return line(`reset with a receipt: ${name}`, ["reset", "--force"], /^warning: .*receipt\.jsonl/m, { files, code: 0 });
}

/** What `reset` does not take. */
export const RESET_CASES: Category = {
  name: "reset",
  cases: () => [
    ...wrongTypes("ResetConfiguration", KUBEADM_KINDS.ResetConfiguration, "kubeadm.k8s.io/v1beta4", {
      args: ["reset"],
    }),
    ...VALUES.map((bad) => ({ ...bad, name: `ResetConfiguration: ${bad.name}` })),
    ...FLAGS.map((bad) => ({ ...bad, name: `reset: ${bad.name}` })),
    ...RECEIPTS.map(([name, receipt]) => damaged(name, receipt)),
  ],
};
