/** Command lines: commands, flags and arguments. @module */
import { API_VERSION, type BadInput, type Category, CONFIG, JOIN, line, TOKEN } from "./case.ts";

const INIT_FILE = `${API_VERSION}\nkind: InitConfiguration\n`;

/** Command lines that nobody can mean, and what is said. */
const LINES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["nothing", [], /kubewright/],
  ["an empty word", [""], /unknown command ""/],
  ["a command that does not exist", ["start"], /unknown command "start"/],
  ["a misspelt command", ["joni"], /did you mean/],
  ["a command in upper case", ["INIT"], /unknown command "INIT"/],
  ["a group without its command", ["token"], /"token" requires a subcommand: /],
  ["a group with a command that does not exist", ["token", "make"], /unknown command "token make"/],
  ["a group of certificates without its command", ["certs"], /requires a subcommand: /],
  ["help for what does not exist", ["help", "start"], /unknown command "start"/],
  ["a flag that does not exist", ["init", "--pod-cidr", "10.0.0.0/8"], /--pod-cidr: unknown flag/],
  [
    "a flag of another command",
    ["join", "--pod-network-cidr", "10.0.0.0/8"],
    /--pod-network-cidr: unknown flag/,
  ],
  ["a flag of token create for token list", ["token", "list", "--ttl", "1h"], /--ttl: unknown flag/],
  ["a short flag that does not exist", ["init", "-z"], /-z: unknown flag/],
  ["several short flags in one", ["init", "-abc"], /unknown flag/],
  ["one dash for a long flag", ["init", "-config", "x"], /unknown flag/],
  ["three dashes", ["init", "---config", "x"], /unknown flag|Cannot run/],
  ["a flag with an underscore", ["init", "--dry_run"], /--dry_run: unknown flag.*did you mean --dry-run/],
  ["a flag in upper case", ["init", "--DRY-RUN"], /unknown flag/],
  ["a flag with no in front", ["init", "--no-dry-run"], /--no-dry-run: unknown flag/],
  ["a flag with a dot", ["init", "--config.x=1"], /unknown flag/],
  ["a flag from JavaScript", ["init", "--__proto__=1"], /unknown flag/],
  ["another flag from JavaScript", ["init", "--constructor", "1"], /unknown flag/],
  ["a flag without its value at the end", ["init", "--config"], /--config: requires a value/],
  ["a flag without its value before another", ["init", "--config", "--dry-run"], /--config: requires a value/],
  ["an empty value", ["init", "--config="], /--config: requires a value/],
  ["an empty duration", ["init", "--token-ttl="], /--token-ttl: requires a value/],
  ["an empty number", ["init", "--apiserver-bind-port="], /--apiserver-bind-port: requires a value/],
  ["an empty token for a user", ["kubeconfig", "user", "--client-name=a", "--token="], /--token: requires a value/],
  [
    "a quote that does not end",
    ["init", "--apiserver-cert-extra-sans", '"a,b'],
    /--apiserver-cert-extra-sans: must be a list/,
  ],
  ["a quote within an item", ["kubeconfig", "user", "--client-name=a", '--org=a"b"'], /--org: must be a list/],
  ["text behind a quote", ["init", '--skip-phases="addon"s'], /--skip-phases: must be a list/],
  ["a line end for a list", ["init", "--skip-phases=\n"], /--skip-phases: must be a list/],
  [
    "a space before a name in a list",
    ["init", "--apiserver-cert-extra-sans=a, b"],
    /--apiserver-cert-extra-sans: must be an IP address or a DNS name.*; got " b"/,
  ],
  ["a value for a switch", ["init", "--dry-run=maybe"], /--dry-run: must be true or false; got "maybe"/],
  ["a number for a switch", ["init", "--dry-run=2"], /--dry-run: must be true or false/],
  ["an empty switch", ["init", "--dry-run="], /--dry-run: must be true or false/],
  ["yes for a switch", ["init", "--dry-run=yes"], /--dry-run: must be true or false/],
  ["false behind a switch", ["init", "--dry-run", "false"], /init takes no arguments/],
  ["a word for a number", ["init", "--apiserver-bind-port", "many"], /--apiserver-bind-port: must be a whole number/],
  [
    "a number in half of hexadecimal",
    ["init", "--apiserver-bind-port", "0x"],
    /--apiserver-bind-port: must be a whole number/,
  ],
  [
    "a number that is no octal one",
    ["init", "--apiserver-bind-port", "08"],
    /--apiserver-bind-port: must be a whole number/,
  ],
  [
    "a number of 33 bits",
    ["init", "--apiserver-bind-port", "2147483648"],
    /--apiserver-bind-port: must be a whole number/,
  ],
  [
    "a negative port",
    ["init", "--apiserver-bind-port", "-1"],
    /--apiserver-bind-port: must be between 1 and 65535; got -1/,
  ],
  ["a level in hexadecimal", ["version", "-v", "0x1"], /--v: must be a whole number/],
  ["an argument for init", ["init", "192.0.2.1"], /init takes no arguments/],
  ["an argument for token list", ["token", "list", "abcdef"], /token list takes no arguments/],
  ["an argument behind a double dash", ["init", "--", "x"], /init takes no arguments/],
  ["two hosts", [...JOIN, "192.0.2.2"], /join takes at most 1 argument/],
  ["two tokens to create", ["token", "create", TOKEN, TOKEN], /token create takes at most 1 argument/],
  ["a report of no kind", ["init", "--output", "xml"], /--output: /],
  ["a report of yaml for everybody", ["token", "list", "-o", "wide"], /--output: /],
  ["a phase that does not exist", ["init", "phase", "certificates"], /unknown phase "certificates"/],
  [
    "a phase below that does not exist",
    ["init", "phase", "certs", "apisrver"],
    /unknown phase "certs\/apisrver".*did you mean/,
  ],
  ["no phase", ["init", "phase"], /unknown phase/],
  ["a phase of init for join", ["join", "phase", "certs", ...JOIN.slice(1)], /unknown phase "certs"/],
  ["a phase to skip that does not exist", ["init", "--skip-phases", "addons"], /unknown phase "addons"/],
  ["a phase with slashes for words", ["init", "phase", "certs/ca/x"], /unknown phase/],
  ["a feature gate without a value", ["init", "--feature-gates", "RootlessControlPlane"], /--feature-gates: /],
  ["a feature gate of yes", ["init", "--feature-gates", "RootlessControlPlane=yes"], /--feature-gates: /],
  [
    "a feature gate that does not exist",
    ["init", "--feature-gates", "Magic=true"],
    /--feature-gates: unknown feature gate "Magic"/,
  ],
  [
    "a pod network from a file that is not there",
    ["init", "--cni", "/none.yaml"],
    /--cni: .*file "\/none\.yaml" not found/,
  ],
  ["a pod network by a name that nobody knows", ["init", "--cni", "calico"], /--cni: .*calico/],
  ["a version of words", ["init", "--kubernetes-version", "the newest"], /--kubernetes-version: /],
  [
    "a relative folder of certificates",
    ["init", "--cert-dir", "pki"],
    /--cert-dir: must be an absolute path; got "pki"/,
  ],
  ["a feature gate without a name", ["init", "--feature-gates", "=true"], /--feature-gates: /],
  ["a lifetime in days", ["token", "create", "--ttl", "1d"], /--ttl: must be a duration .*; got "1d"/],
  ["a negative lifetime", ["token", "create", "--ttl=-1h"], /--ttl: /],
  ["a flag of a megabyte", ["init", `--${"x".repeat(1 << 20)}`], /unknown flag/],
  ["a command of a megabyte", ["x".repeat(1 << 20)], /unknown command/],
  [
    "ten thousand flags",
    ["init", ...Array.from({ length: 10_000 }, (_, i) => `--flag${i}`)],
    /more than 1000 words/,
  ],
  [
    "ten thousand arguments",
    ["token", "create", ...Array.from({ length: 10_000 }, (_, i) => `x${i}`)],
    /more than 1000 words/,
  ],
  ["certificates to renew that do not exist", ["certs", "renew", "apisrver"], /apisrver/],
  ["no certificate to renew", ["certs", "renew"], /NAME|name|all/],
  ["an argument for certificate-key", ["certs", "certificate-key", "x"], /takes no arguments/],
  ["a kubeconfig for nobody", ["kubeconfig", "user"], /--client-name/],
];

/** Flags that may not stand beside `--config`. */
const MIXED = [
  "--pod-network-cidr=10.0.0.0/8",
  "--token=abcdef.0123456789abcdef",
  "--kubernetes-version=v1.37.2",
  "--apiserver-bind-port=1",
  "--cri-socket=/x",
  "--image-repository=x",
  "--feature-gates=A=true",
  "--cert-dir=/x",
];

const OTHERS: readonly BadInput[] = [
  ...MIXED.map((flag) =>
    line(
      `${flag.split("=")[0]} beside --config`,
      ["init", "--config", CONFIG, flag],
      new RegExp(`${flag.split("=")[0]}: cannot be combined with --config`),
      { files: { [CONFIG]: INIT_FILE } },
    )
  ),
  line("a manifest that holds no objects", ["init", "--cni", "/m.yaml"], /--cni: "\/m\.yaml" contains no objects/, {
    files: { "/m.yaml": "# nothing\n" },
  }),
  line("a manifest of objects without names", ["init", "--cni", "/m.yaml"], /--cni: .*without metadata\.name/, {
    files: { "/m.yaml": "apiVersion: v1\nkind: Pod\n" },
  }),
  line("a manifest whose metadata is a text", ["init", "--cni", "/m.yaml"], /--cni: .*without metadata\.name/, {
    files: { "/m.yaml": "apiVersion: v1\nkind: Pod\nmetadata: x\n" },
  }),
  line("a manifest whose name is a list", ["init", "--cni", "/m.yaml"], /--cni: .*without metadata\.name/, {
    files: { "/m.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: [a]}\n" },
  }),
  line("a manifest whose name is a number", ["init", "--cni", "/m.yaml"], /--cni: .*without metadata\.name/, {
    files: { "/m.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n" },
  }),
  line("a manifest that is not YAML", ["init", "--cni", "/m.yaml"], /"\/m\.yaml": not valid YAML/, {
    files: { "/m.yaml": "a: [" },
  }),
  line("a manifest that is not of Kubernetes", ["init", "--cni", "/m.yaml"], /"\/m\.yaml": every document requires/, {
    files: { "/m.yaml": "a: b\n" },
  }),
  line("a wrong flag, told as JSON", ["init", "--bad", "--output", "json"], /"event":"error".*"exitCode":3.*--bad/),
  line(
    "a wrong file, told as JSON",
    ["init", "--config", CONFIG, "--output=json"],
    /"event":"error".*InitConfiguration\.a/,
    { files: { [CONFIG]: `${INIT_FILE}a: 1\n` } },
  ),
  line("a wrong file with a token, told as JSON", ["init", "--config", CONFIG, "--output=json"], /"event":"error"/, {
    files: { [CONFIG]: `${INIT_FILE}bootstrapTokens: [${TOKEN}, {token: ${TOKEN}}, {token: ${TOKEN}}]\n` },
  }),
  line("a wrong file, told as YAML", ["init", "--config", CONFIG, "--output=yaml"], /event: error/, {
    files: { [CONFIG]: `${INIT_FILE}a: 1\n` },
  }),
];

/** Command lines. */
export const LINE_CASES: Category = {
  name: "command lines",
  cases: () => [...LINES.map(([name, args, says]) => line(name, args, says)), ...OTHERS],
};
