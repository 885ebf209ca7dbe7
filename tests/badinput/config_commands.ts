/** `config …`, `status` and `completion`: flags and files. @module */
import { fake } from "../fakes/fake.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import type { ContainerRuntime } from "../../src/system.ts";
import { API_VERSION, type BadInput, type Category, CONFIG, line } from "./case.ts";

const MIGRATE = ["config", "migrate", "--old-config", CONFIG];
const VALIDATE = ["config", "validate", "--config", CONFIG];
const LIST = ["config", "images", "list"];
const PULL = ["config", "images", "pull"];
const CLUSTER = `${API_VERSION}\nkind: ClusterConfiguration\n`;

type Row = readonly [string, readonly string[], RegExp];

const PRINT: readonly Row[] = [
  ["print nothing", ["config", "print"], /requires a subcommand: /],
  ["print something else", ["config", "print", "cluster-defaults"], /unknown command "config print cluster-defaults"/],
  ["print a file", ["config", "print", "init-defaults", CONFIG], /takes no arguments/],
  [
    "print an unknown component",
    ["config", "print", "init-defaults", "--component-configs", "Etcd"],
    /--component-configs: must be one of .*; got "Etcd"/,
  ],
  [
    "print a misspelt component",
    ["config", "print", "init-defaults", "--component-configs", "KubeletConfigurations"],
    /did you mean/,
  ],
  [
    "print a component of JavaScript",
    ["config", "print", "init-defaults", "--component-configs", "constructor"],
    /must be one of .*; got "constructor"/,
  ],
  [
    "print another of JavaScript",
    ["config", "print", "init-defaults", "--component-configs", "__proto__"],
    /must be one of .*; got "__proto__"/,
  ],
  [
    "print one known, one not",
    ["config", "print", "init-defaults", "--component-configs", "KubeletConfiguration,X"],
    /must be one of .*; got "X"/,
  ],
  [
    "print components for join",
    ["config", "print", "join-defaults", "--component-configs", "KubeletConfiguration"],
    /unknown flag/,
  ],
  ["print in another format", ["config", "print", "init-defaults", "-o", "xml"], /--output: /],
];

const FLAGS: readonly Row[] = [
  ["validate nothing", ["config", "validate"], /"config validate" requires --config/],
  ["validate a file that is not there", VALIDATE, /"\/root\/cluster\.yaml": no such file/],
  ["validate an argument", ["config", "validate", "x.yaml"], /takes no arguments/],
  ["validate nothing of standard input", ["config", "validate", "--config", "-"], /standard input/],
  ["migrate nothing", ["config", "migrate"], /"config migrate" requires --old-config/],
  ["migrate a file that is not there", MIGRATE, /"\/root\/cluster\.yaml": no such file/],
  ["migrate by --config", ["config", "migrate", "--config", CONFIG], /--config: unknown flag/],
  ["migrate without a new name", [...MIGRATE, "--new-config"], /--new-config: requires a value/],
  ["images", ["config", "images"], /requires a subcommand: /],
  ["images to push", ["config", "images", "push"], /unknown command "config images push"/],
  ["list by an argument", [...LIST, "v1.37.2"], /takes no arguments/],
  ["list for a version of words", [...LIST, "--kubernetes-version", "the newest"], /--kubernetes-version: /],
  ["list for a version too old", [...LIST, "--kubernetes-version", "v1.20.0"], /--kubernetes-version: /],
  ["list for a version to come", [...LIST, "--kubernetes-version", "v1.99.0"], /--kubernetes-version: /],
  ["list from a URL", [...LIST, "--image-repository", "https://registry.example"], /--image-repository: /],
  ["list from a name with a space", [...LIST, "--image-repository", "a b"], /--image-repository: /],
  ["list from a name in upper case", [...LIST, "--image-repository", "registry.example/K8s"], /--image-repository: /],
  ["list with a gate that there is not", [...LIST, "--feature-gates", "Magic=true"], /--feature-gates: /],
  ["list with a gate of maybe", [...LIST, "--feature-gates", "RootlessControlPlane=maybe"], /--feature-gates: /],
  ["list in another format", [...LIST, "-o", "wide"], /--output: /],
  ["list with a file that is not there", [...LIST, "--config", "/none"], /"\/none": no such file/],
  ["pull for a version of words", [...PULL, "--kubernetes-version", "x"], /--kubernetes-version: /],
  ["pull from a socket of http", [...PULL, "--cri-socket", "http://a.example"], /--cri-socket: /],
  ["pull from a relative socket", [...PULL, "--cri-socket", "x.sock"], /--cri-socket: /],
  ["pull an image", [...PULL, "registry.k8s.io/pause:3.10"], /takes no arguments/],
  ["pull with a file that is not there", [...PULL, "--config", "/none"], /"\/none": no such file/],
  ["status of a node", ["status", "worker-1"], /status takes no arguments/],
  ["status with a kubeconfig", ["status", "--kubeconfig", "/x"], /--kubeconfig: unknown flag/],
  ["status for ever", ["status", "--watch"], /--watch: unknown flag/],
  ["status in another format", ["status", "-o", "wide"], /--output: /],
  ["status in yaml of a word", ["status", "--output"], /--output: requires a value/],
  ["completion for no shell", ["completion"], /SHELL: is required: bash, zsh or fish/],
  [
    "completion for PowerShell",
    ["completion", "powershell"],
    /SHELL: must be one of bash, zsh, fish; got "powershell"/,
  ],
  ["completion in upper case", ["completion", "BASH"], /SHELL: must be one of bash, zsh, fish/],
  ["completion for an empty word", ["completion", ""], /SHELL: must be one of bash, zsh, fish/],
  ["completion for a path", ["completion", "/bin/bash"], /SHELL: must be one of bash, zsh, fish/],
  ["completion for JavaScript", ["completion", "__proto__"], /SHELL: must be one of bash, zsh, fish/],
  ["completion for two", ["completion", "bash", "zsh"], /completion takes at most 1 argument/],
  ["completion with a flag", ["completion", "bash", "--no-descriptions"], /unknown flag/],
];

/** Files, for all that read one. */
const FILES: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ["nothing in it", "", /no documents found|is empty/],
  ["only comments in it", "# nothing\n---\n# here\n", /no documents found|is empty/],
  ["a document of null", "null\n", /cluster\.yaml/],
  ["a Deployment", "apiVersion: apps/v1\nkind: Deployment\n", /apps\/v1|Deployment/],
  ["no kind", `${API_VERSION}\n`, /kind/],
  ["no apiVersion", "kind: ClusterConfiguration\n", /apiVersion/],
  ["v1beta2", "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n", /v1beta2/],
  ["v1alpha1", "apiVersion: kubeadm.k8s.io/v1alpha1\nkind: MasterConfiguration\n", /v1alpha1|MasterConfiguration/],
  ["a template", `${CLUSTER}clusterName: {{ .Name }}\n`, /cluster\.yaml/],
  ["a wrong field", `${CLUSTER}clusterNam: a\n`, /ClusterConfiguration\.clusterNam.*did you mean/],
  [
    "a wrong network",
    `${CLUSTER}networking: {serviceSubnet: 10.0.0.0/99}\n`,
    /ClusterConfiguration\.networking\.serviceSubnet.*: /,
  ],
  ["the same kind twice", `${CLUSTER}---\n${CLUSTER}`, /ClusterConfiguration/],
  ["a kubeconfig", "apiVersion: v1\nkind: Config\nclusters: []\n", /Config/],
  ["a tarball", new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), /cluster\.yaml/],
];

function rows(): BadInput[] {
  const alike: readonly (readonly [string, readonly string[]])[] = [["validate", VALIDATE], ["migrate", MIGRATE]];
  return alike.flatMap(([name, args]) =>
    FILES.map(([what, text, says]) => line(`${name} a file with ${what}`, args, says, { files: { [CONFIG]: text } }))
  );
}

const V1BETA3 = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ";
const TOKEN_FILE = `${API_VERSION}\nkind: InitConfiguration\nbootstrapTokens: [{token: abcdef.0123456789ABCDEF}]\n`;

const nobody = () => Promise.reject(new UserError('Cannot connect to the container runtime "unix:///x": not there'));
const NO_RUNTIME: BadInput["world"] & object = {
  runtime: (socket) =>
    fake<ContainerRuntime>("container runtime", {
      socket,
      version: nobody,
      status: nobody,
      containers: nobody,
      sandboxes: nobody,
      images: nobody,
    }),
};

const OTHERS: readonly BadInput[] = [
  line("migrate v1beta3 with a field of v1beta4", MIGRATE, /encryptionAlgorithm/, {
    files: { [CONFIG]: `${V1BETA3}ClusterConfiguration\nencryptionAlgorithm: RSA-2048\n` },
  }),
  line("migrate v1beta3 with arguments as a list", MIGRATE, /ClusterConfiguration\.apiServer\.extraArgs.*: /, {
    files: { [CONFIG]: `${V1BETA3}ClusterConfiguration\napiServer: {extraArgs: [{name: v, value: "4"}]}\n` },
  }),
  line("migrate v1beta4 with arguments as a mapping", MIGRATE, /ClusterConfiguration\.apiServer\.extraArgs.*: /, {
    files: { [CONFIG]: `${CLUSTER}apiServer: {extraArgs: {v: "4"}}\n` },
  }),
  line("migrate a token that is none", MIGRATE, /InitConfiguration\.bootstrapTokens\[0\]\.token.*: /, {
    files: { [CONFIG]: TOKEN_FILE },
    secrets: ["0123456789ABCDEF"],
  }),
  line(
    "list images of a file that is wrong",
    [...LIST, "--config", CONFIG],
    /ClusterConfiguration\.imageRepository.*: /,
    {
      files: { [CONFIG]: `${CLUSTER}imageRepository: "a b"\n` },
    },
  ),
  line(
    "list images of a file beside a flag",
    [...LIST, "--config", CONFIG, "--image-repository", "a.example"],
    /--config/,
    {
      files: { [CONFIG]: CLUSTER },
    },
  ),
  line("list images of a file for join", [...LIST, "--config", CONFIG], /JoinConfiguration|ClusterConfiguration/, {
    files: { [CONFIG]: `${API_VERSION}\nkind: JoinConfiguration\n` },
  }),
  line("status of no node", ["status"], /not a node|no node|kubelet/, { code: EXIT.unhealthy, world: NO_RUNTIME }),
  line("status of a node with rubbish for its files", ["status"], /kubelet/, {
    code: EXIT.unhealthy,
    world: NO_RUNTIME,
    files: {
      "/etc/kubernetes/kubelet.conf": "\0\0",
      "/etc/kubernetes/admin.conf": "clusters: 5\n",
      "/etc/kubernetes/pki/apiserver.crt": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "/etc/kubernetes/manifests/etcd.yaml": "- [",
      "/var/lib/kubelet/config.yaml": "5",
    },
  }),
];

/** What the commands that only tell do not take. */
export const CONFIG_COMMAND_CASES: Category = {
  name: "config, status and completion",
  cases: () => [...[...PRINT, ...FLAGS].map(([name, args, says]) => line(name, args, says)), ...rows(), ...OTHERS],
};
