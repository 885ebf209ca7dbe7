/**
 * A host's files as an outcome: every file and folder with mode and owner, and what is in it by its kind.
 *
 * @module
 */

import type { Host } from "../host.ts";
import { flatten, type Outcome } from "./compare.ts";
import { kubeconfigFields } from "./kubeconfig.ts";
import {
  type Certificate,
  certificateBlocks,
  certificateFields,
  type CertificateSetting,
  keyFields,
  readCertificates,
  subjectKeyIdentifier,
} from "./x509.ts";
import { parseYaml } from "./yaml.ts";

/** One path of a host. */
export interface Node {
  /** `file`, `folder`, `link` or another letter of find's. */
  type: string;
  /** Octal, `600`. */
  mode: string;
  /** Numeric, `0:0`. */
  owner: string;
  /** Where a link leads. */
  target: string;
  /** Of a file. */
  text?: string;
}

/** Files by path. */
export type Tree = ReadonlyMap<string, Node>;

const TYPES: Readonly<Record<string, string>> = { f: "file", d: "folder", l: "link" };

/** Everything at and below `paths` on a host; file contents come base64 over standard output and stay in memory. */
export async function readTree(host: Host, paths: readonly string[], leaveOut = "^$"): Promise<Tree> {
  const script = String.raw`out=$1; shift; for path in "$@"; do
  [ -e "$path" ] || continue
  find "$path" -xdev -printf '%y\t%m\t%U:%G\t%p\t%l\n'
done | OUT=$out awk -F '\t' '$4 !~ ENVIRON["OUT"]' | while IFS="$(printf '\t')" read -r type mode owner path target; do
  printf '%s\t%s\t%s\t%s\t%s\t' "$type" "$mode" "$owner" "$path" "$target"
  [ "$type" != f ] || base64 -w0 "$path"
  echo
done`;
  const { stdout } = await host.exec(["sh", "-euc", script, "tree", leaveOut, ...paths]);
  return new Map(stdout.split("\n").filter(Boolean).map(parseNode));
}

/** A line of the listing: type, mode, owner, path, target, content. */
export function parseNode(line: string): [string, Node] {
  // A link's target may be empty, and read takes tabs together: the last two fields are told apart by the type.
  const [type = "", mode = "", owner = "", path = "", ...rest] = line.split("\t");
  const node = { type: TYPES[type] ?? type, mode, owner, target: type === "l" ? rest[0] ?? "" : "" };
  return [path, type === "f" ? { ...node, text: decode(rest.at(-1) ?? "") } : node];
}

function decode(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

/** A tree as an outcome. `started`: when the program that made it was started. */
export async function treeOutcome(tree: Tree, started: Date): Promise<Outcome> {
  const certificates = await certificatesOf([...tree.values()].map(({ text }) => text ?? ""));
  const setting: CertificateSetting = { started, authorities: authoritiesOf(tree, certificates) };
  const outcome = new Map<string, Map<string, string>>();
  for (const [path, node] of tree) {
    const fields = flatten({ type: node.type, mode: node.mode, owner: node.owner, target: node.target });
    const content = node.text === undefined ? undefined : contentOf(path, node.text, tree, certificates, setting);
    for (const [field, value] of content === undefined ? [] : flatten(content, "content")) fields.set(field, value);
    outcome.set(path, fields);
  }
  return outcome;
}

/** All certificates in these texts, also those within kubeconfigs, by their PEM text. */
async function certificatesOf(texts: readonly string[]): Promise<Map<string, Certificate>> {
  const embedded = texts.flatMap((text) =>
    [...text.matchAll(/(?:certificate-authority-data|client-certificate-data): ?(\S+)/g)].map((found) =>
      decode(found[1]!)
    )
  );
  const blocks = [...new Set([...texts, ...embedded].flatMap(certificateBlocks))];
  const read = await readCertificates(blocks);
  return new Map(blocks.map((block, index) => [block, read[index]!]));
}

/** CAs by the name of the file that they are in, e.g. `pki/etcd/ca.crt`. */
function authoritiesOf(tree: Tree, certificates: ReadonlyMap<string, Certificate>): Map<string, string> {
  const authorities = new Map<string, string>();
  for (const [path, { text }] of tree) {
    if (!/ca\.crt$/.test(path) || text === undefined) continue;
    for (const [index, block] of certificateBlocks(text).entries()) {
      const identifier = subjectKeyIdentifier(certificates.get(block)!);
      if (identifier) authorities.set(identifier, index === 0 ? path : `${path} ${index}`);
    }
  }
  return authorities;
}

function contentOf(
  path: string,
  text: string,
  tree: Tree,
  certificates: ReadonlyMap<string, Certificate>,
  setting: CertificateSetting,
): unknown {
  const read = (pem: string) =>
    certificateBlocks(pem).map((block) => certificateFields(certificates.get(block)!, setting));
  if (path.endsWith(".crt")) return read(text);
  if (path.endsWith(".key")) {
    return keyFields(text, tree.get(path.replace(/key$/, "crt"))?.text ?? tree.get(path.replace(/key$/, "pub"))?.text);
  }
  if (path.endsWith(".pub")) return keyFields(text);
  if (path.endsWith(".pem")) {
    return { certificates: read(text), key: keyFields(text.replace(/^[^]*?(?=-----BEGIN [A-Z ]*PRIVATE)/, "")) };
  }
  if (path.endsWith(".conf")) return kubeconfigFields(text, tree, read);
  if (path.endsWith(".yaml")) return { finalLineEnd: text.endsWith("\n"), yaml: parseYaml(text) };
  if (path.endsWith(".env")) return flagsOf(text);
  return text;
}

/** `kubeadm-flags.env`: the variable, how it is quoted, and each flag. */
function flagsOf(text: string): unknown {
  const found = /^(\w+)="(.*)"\n$/.exec(text);
  if (!found) return text;
  return { variable: found[1], flags: found[2]!.split(" ").filter(Boolean) };
}
