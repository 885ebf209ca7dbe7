/** YAML and JSON as such: syntax, size, depth, documents and kinds. @module */
import { API_VERSION, type BadInput, type Category, cluster, CONFIG, init, initFile, join, TOKEN } from "./case.ts";

const HEAD = `${API_VERSION}\nkind: ClusterConfiguration\n`;
const NOT_YAML = /Cannot (read|use) "\/root\/cluster\.yaml".*not valid YAML/;
const SECRET = `bootstrapTokens: [{token: ${TOKEN}}]`;
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** Lists of lists by aliases: each is nine times the one before. */
const LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" +
  LETTERS.slice(1, 12).map((letter, i) => `${letter}: &${letter} [${Array(9).fill(`*${LETTERS[i]}`)}]`).join("\n");
const MERGES = "a: &a {x: 1}\n" +
  LETTERS.slice(1, 20).map((letter, i) => `${letter}: &${letter} {<<: [${Array(9).fill(`*${LETTERS[i]}`)}]}`).join(
    "\n",
  );

const SYNTAX: readonly (readonly [string, string])[] = [
  ["a bracket that does not close", "apiServer: {certSANs: [a, b"],
  ["a brace that does not close", "apiServer: {certSANs: [a, b]"],
  ["a bracket that does not open", "apiServer: ]"],
  ["a quote that does not close", 'clusterName: "a'],
  ["an apostrophe that does not close", "clusterName: 'a"],
  ["two colons", "clusterName: a: b"],
  ["a zero byte", "clusterName: a\0b"],
  ["a control character", "clusterName: a\x07b"],
  ["an escape that does not exist", 'clusterName: "\\q"'],
  ["an alias of nothing", "clusterName: *nothing"],
  ["an anchor without a name", "clusterName: & a"],
  ["a tag of bytes that are none", "clusterName: !!binary x"],
  ["a tag of a number at a text", "clusterName: !!int x"],
  ["a tag of a number at nothing", "clusterName: !!int"],
  ["a tag of a time at a day that is none", "clusterName: !!timestamp 2027-02-30"],
  ["a tag of a handle that is not declared", "clusterName: !e!x a"],
  ["a key twice", "clusterName: a\nclusterName: b"],
  ["a key twice inside", "networking: {podSubnet: 10.1.0.0/16, podSubnet: 10.2.0.0/16}"],
  ["a list at the level of fields", "- clusterName: a"],
  ["less indentation in the middle", "networking:\n    podSubnet: 10.1.0.0/16\n  dnsDomain: a.example"],
  ["a text at the level of fields", "clusterName"],
  ["an at sign in front", "clusterName: @a"],
  ["a percent sign in front", "clusterName: %a"],
  ["a backquote in front", "clusterName: `a`"],
  ["a comma in front", "clusterName: , a"],
  ["a block text with a false indicator", "clusterName: |x\n  a"],
  ["nothing but brackets, a million", "[".repeat(1_000_000)],
  ["nothing but braces, a hundred thousand", '{"a":'.repeat(100_000)],
  ["nothing but dashes, a million", "- ".repeat(1_000_000)],
  ["nothing but question marks, a hundred thousand", "? ".repeat(100_000)],
  ["the billion laughs", LAUGHS],
  ["merges of merges", MERGES],
  ["a list in itself", "clusterName: &a [*a]"],
  ["65 levels", `networking: ${"[".repeat(65)}${"]".repeat(65)}`],
];

const SYNTAX_CASES: readonly BadInput[] = SYNTAX.map(([what, yaml]) => initFile(what, HEAD + yaml, NOT_YAML));

/** A syntax error on or beside the line of a secret, which is not to be quoted. */
const BESIDE_SECRETS: readonly BadInput[] = [
  init("a mistake on the line of a token", `bootstrapTokens: [{token: ${TOKEN}: }]`, /not valid YAML[\s\S]*:3:/),
  init("a mistake below a token", `bootstrapTokens:\n- token: ${TOKEN}\n description: x`, /not valid YAML[\s\S]*:5:/),
  init("a quote that does not close around a token", `bootstrapTokens: [{token: "${TOKEN}}]`, /not valid YAML/),
  init("a tag at a token", `bootstrapTokens: [{token: !!int ${TOKEN}}]`, /not valid YAML/),
  join(
    "a mistake on the line of a join token",
    `discovery: {bootstrapToken: {token: ${TOKEN} x: y}}`,
    /not valid YAML/,
  ),
];

const DOCUMENTS: readonly BadInput[] = [
  initFile("nothing", "", /no InitConfiguration or ClusterConfiguration found/),
  initFile("only comments", "# nothing\n---\n# here\n", /no InitConfiguration or ClusterConfiguration found/),
  initFile("only a document mark", "---\n", /no InitConfiguration or ClusterConfiguration found/),
  initFile("null", "null\n", /no InitConfiguration or ClusterConfiguration found/),
  initFile("a number", "5\n", /document 1\b.*: must be a mapping with apiVersion and kind; got the number 5/),
  initFile("a text", "hello\n", /document 1\b.*: must be a mapping/),
  initFile("a list", "- a\n- b\n", /document 1\b.*: must be a mapping.*a list/),
  initFile("a mapping without kind and version", "a: b\n", /document 1\b.*: missing apiVersion and kind/),
  initFile("no kind", `${API_VERSION}\n`, /document 1\b.*: missing kind/),
  initFile("no apiVersion", "kind: InitConfiguration\n", /document 1\b.*: missing apiVersion/),
  initFile("an empty kind", `${API_VERSION}\nkind: ""\n`, /document 1\b.*: missing kind/),
  initFile("a kind that is a number", `${API_VERSION}\nkind: 5\n`, /document 1\b.*: missing kind/),
  initFile(
    "an apiVersion that is a number",
    "apiVersion: 1\nkind: InitConfiguration\n",
    /document 1\b.*: missing apiVersion/,
  ),
  initFile("an apiVersion that is a list", "apiVersion: [a]\nkind: InitConfiguration\n", /missing apiVersion/),
  initFile("the second document wrong", `${HEAD}---\n- a\n`, /document 2\b.*: must be a mapping/),
  initFile(
    "the kind of join",
    `${API_VERSION}\nkind: JoinConfiguration\n`,
    /no InitConfiguration or ClusterConfiguration found/,
  ),
  initFile(
    "a Pod",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    /no InitConfiguration or ClusterConfiguration found/,
  ),
  initFile(
    "a kind in lower case",
    `${API_VERSION}\nkind: clusterconfiguration\n`,
    /did you mean "ClusterConfiguration"|no InitConfiguration or/,
  ),
  initFile(
    "a misspelt kind",
    `${HEAD}---\n${API_VERSION}\nkind: InitConfigration\n`,
    /did you mean "InitConfiguration"/,
  ),
  initFile(
    "a misspelt group",
    `${HEAD}---\napiVersion: kubeadm.k8s.i/v1beta4\nkind: InitConfiguration\n`,
    /unknown apiVersion "kubeadm\.k8s\.i\/v1beta4"; did you mean/,
  ),
  initFile(
    "a version to come",
    `${HEAD}---\napiVersion: kubeadm.k8s.io/v9\nkind: InitConfiguration\n`,
    /unknown apiVersion "kubeadm\.k8s\.io\/v9"; use "kubeadm\.k8s\.io\/v1beta4"/,
  ),
  initFile("an old version", `${HEAD}---\napiVersion: kubeadm.k8s.io/v1alpha3\nkind: InitConfiguration\n`, /v1alpha3/),
  initFile("v1beta1", `${HEAD}---\napiVersion: kubeadm.k8s.io/v1beta1\nkind: InitConfiguration\n`, /v1beta1/),
  initFile("v1beta2", `${HEAD}---\napiVersion: kubeadm.k8s.io/v1beta2\nkind: InitConfiguration\n`, /v1beta2/),
  initFile(
    "one kind twice",
    `${HEAD}---\n${HEAD}`,
    /ClusterConfiguration\b.*: duplicate document "ClusterConfiguration"/,
  ),
  initFile(
    "a kind of the kubelet's group",
    `${HEAD}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfig\n`,
    /KubeletConfig\b.*: unknown kubelet\.config\.k8s\.io\/v1beta1 kind "KubeletConfig"/,
  ),
  initFile(
    "kubelet configuration of another version",
    `${HEAD}---\napiVersion: kubelet.config.k8s.io/v1\nkind: KubeletConfiguration\n`,
    /kubelet\.config\.k8s\.io\/v1\b/,
  ),
  initFile(
    "names from JavaScript",
    `${API_VERSION}\nkind: constructor\n---\napiVersion: __proto__\nkind: toString\n`,
    /no InitConfiguration or ClusterConfiguration found/,
  ),
  initFile(
    "fields from JavaScript",
    `${HEAD}__proto__: {a: 1}\nconstructor: 1\ntoString: 2\nhasOwnProperty: 3\n`,
    /ClusterConfiguration\.__proto__.*[\s\S]*\.constructor.*[\s\S]*\.toString/,
  ),
  initFile("JSON cut off", '{"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConf', /not valid YAML/),
  initFile(
    "JSON with a field unknown",
    '{"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration", "a": 1}',
    /ClusterConfiguration\.a\b.*: unknown field/,
  ),
  initFile(
    "JSON lines",
    '{"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration"}\n{"kind": "x"}',
    /not valid YAML/,
  ),
  initFile("XML", "<?xml version='1.0'?><a/>", /not valid YAML|must be a mapping/),
  initFile("a shell script", "#!/bin/sh\necho hello; exit 1\n", /must be a mapping|not valid YAML/),
  initFile("a program", `\x7fELF\x02\x01\x01\0${"\0".repeat(999)}`, /not valid YAML|must be a mapping/),
  initFile(
    "a private key",
    `-----BEGIN PRIVATE KEY-----\n${"QUJD".repeat(16)}\n-----END PRIVATE KEY-----\n`,
    /not valid YAML|must be a mapping/,
  ),
  initFile("five million characters", `${HEAD}clusterName: ${"a".repeat(5_000_000)}`, /more than \d+ characters/),
  initFile(
    "line ends of Windows and a field unknown",
    `${HEAD.replaceAll("\n", "\r\n")}a: 1\r\n`,
    /ClusterConfiguration\.a\b.*: unknown field/,
  ),
  initFile(
    "a byte order mark and a field unknown",
    `\ufeff${HEAD}a: 1\n`,
    /ClusterConfiguration\.a\b.*: unknown field/,
  ),
  initFile(
    "a field of a hundred thousand characters",
    `${HEAD}${"a".repeat(100_000)}: 1\n`,
    /unknown field|not valid YAML/,
  ),
  initFile(
    "ten thousand unknown fields",
    HEAD + Array.from({ length: 10_000 }, (_, i) => `field${i}: 1`).join("\n"),
    /unknown field/,
  ),
  initFile(
    "ten thousand items of a wrong type",
    `${HEAD}apiServer:\n  certSANs:\n${"  - 5\n".repeat(10_000)}`,
    /certSANs\[0\].*must be a string/,
  ),
  initFile(
    "ten thousand wrong names",
    `${HEAD}apiServer:\n  certSANs:\n${"  - a b\n".repeat(10_000)}`,
    /certSANs\[0\]/,
  ),
  initFile(
    "ten thousand arguments without name",
    `${HEAD}scheduler:\n  extraArgs:\n${'  - {value: "1"}\n'.repeat(10_000)}`,
    /extraArgs\[0\]\.name\b.*: is required/,
  ),
  initFile(
    "ten thousand taints of one kind",
    `${API_VERSION}\nkind: InitConfiguration\nnodeRegistration:\n  taints:\n${
      "  - {key: a b, effect: NoSchedule}\n".repeat(10_000)
    }`,
    /taints\[0\]\.key/,
  ),
  initFile(
    "ten thousand tokens that are the same",
    `${API_VERSION}\nkind: InitConfiguration\nbootstrapTokens:\n${`- {token: ${TOKEN}}\n`.repeat(10_000)}`,
    /bootstrapTokens\[1\]\.token.*duplicate value/,
  ),
  initFile("half a million documents", HEAD + "\n---".repeat(500_000), /more than 1000 documents/),
  initFile("a thousand documents", `${HEAD}---\n`.repeat(1_000), /duplicate document/),
  initFile("nine hundred documents without a kind", "---\na: 1\n".repeat(900), /document 1\b.*: missing apiVersion/),
  cluster("numbers in octal for a mask", "networking: {podSubnet: 0o10}", /networking\.podSubnet/),
  cluster(
    "a boolean in German",
    "dns: {disabled: ja}",
    /dns\.disabled\b.*: must be true or false; got the string "ja"/,
  ),
  cluster("a boolean as a number", "dns: {disabled: 1}", /dns\.disabled\b.*: must be true or false/),
  cluster("a date for a name", "clusterName: [2001-01-01]", /clusterName\b.*: must be a string/),
  cluster(
    "a version that is a number",
    "kubernetesVersion: 1.37",
    /kubernetesVersion\b.*: must be a string in quotes; got the number 1\.37/,
  ),
  cluster(
    "a text of several lines for a name",
    "networking: {dnsDomain: |\n  a\n  b\n}",
    /not valid YAML|networking\.dnsDomain/,
  ),
  {
    ...initFile("a file that is not there", "", /Cannot read --config "\/root\/cluster\.yaml": no such file/),
    files: { [CONFIG]: undefined },
  },
  {
    ...initFile(
      "nothing on standard input",
      "",
      /"standard input".*no InitConfiguration or ClusterConfiguration found/,
    ),
    args: ["init", "--config", "-"],
  },
  {
    ...initFile("an error on standard input", "", /"standard input".*not valid YAML/),
    args: ["init", "--config", "-"],
    stdin: `${SECRET}: [`,
  },
];

/** YAML, JSON and documents. */
export const YAML_CASES: Category = {
  name: "YAML and documents",
  cases: () => [...SYNTAX_CASES, ...BESIDE_SECRETS, ...DOCUMENTS],
};
