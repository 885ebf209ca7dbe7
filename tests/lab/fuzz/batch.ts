/**
 * Many configurations given to both programs on one host, in one shell: verdicts, converted documents, images, and files.
 * Each batch has folders of its own over those of the host (a mount namespace with tmpfs), so that batches run beside
 * one another and nothing waits for a disk.
 *
 * @module
 */
import { type Node, parseNode } from "../interop/tree.ts";

/** One configuration to try. */
export interface Try {
  name: string;
  text: string;
  /** Whether the files that both make of it are compared, too: that takes a second or two. */
  files: boolean;
  /** Shell script that prepares the folders for either program. */
  before?: string | undefined;
}

/** How a program ended. */
export interface Ending {
  code: number;
  stdout: string;
  stderr: string;
}

/** What one program made of one configuration: how each stage ended, and its files. */
export interface Made {
  stages: Map<string, Ending>;
  tree: Map<string, Node>;
  /** When it began with the files. */
  started: Date;
}

/** Runs a shell script with arguments on the host, with a text as standard input; gives its standard output. */
export type Execute = (script: string, args: readonly string[], stdin: string) => Promise<string>;

/** Where files are written, besides what a configuration names. */
const FOLDERS = ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd", "/etc/custom", "/opt", "/etc/pki"];

/** What kubewright keeps for itself: its receipt, and the lock by which one command at a time changes a host. */
const OWN = ["/var/lib/kubewright", "/run/kubewright"];

/** `kubeadm`'s phases that write files and need neither API server nor systemd. */
const PHASES = ["certs all", "kubeconfig all", "etcd local", "control-plane all"];

/** What is printed of the addons. */
const ADDONS = ["addon coredns", "addon kube-proxy"];

/** $1: kubeadm, $2: kubewright. Standard input: a line for each configuration, `name files base64 base64-of-before`. */
const SCRIPT = String.raw`kubeadm=$1 kubewright=$2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cat >"$work/list"
export work kubeadm kubewright
mkdir -p ${FOLDERS.join(" ")} ${OWN.join(" ")}
exec unshare -m sh -euc '
for folder in ${FOLDERS.join(" ")} ${OWN.join(" ")}; do
  mount -t tmpfs -o mode=755 tmpfs "$folder"
done
out=$work/out err=$work/err config=$work/config.yaml
stage() { # case program stage command…
  name=$1 program=$2 stage=$3; shift 3
  code=0; timeout -k 5 60 "$@" >"$out" 2>"$err" </dev/null || code=$?
  printf "end\t%s\t%s\t%s\t%s\t" "$name" "$program" "$stage" "$code"
  base64 -w0 "$out"; printf "\t"; base64 -w0 "$err"; echo
  return $code
}
clean() { for folder in ${FOLDERS.join(" ")} ${OWN.join(" ")}; do find "$folder" -mindepth 1 -delete; done; }
files() { # case program command
  clean
  [ -z "$before" ] || printf %s "$before" | base64 -d | sh -eu
  printf "start\t%s\t%s\t%s\n" "$1" "$2" "$(date +%s)"
  ok=yes
${
  PHASES.map((phase) =>
    `  [ $ok = no ] || stage "$1" "$2" "${phase}" $3 init phase ${phase} --config "$config" $4 || ok=no`
  ).join("\n")
}
${
  ADDONS.map((phase) =>
    `  stage "$1" "$2" "${phase}" $3 init phase ${phase} --print-manifest --config "$config" $4 || :`
  ).join("\n")
}
  find ${FOLDERS.join(" ")} -mindepth 1 -printf "%y\t%m\t%U:%G\t%p\t%l\n" |
  while IFS="$(printf "\t")" read -r type mode owner path target; do
    printf "node\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t" "$1" "$2" "$type" "$mode" "$owner" "$path" "$target"
    [ "$type" != f ] || base64 -w0 "$path"
    echo
  done
}
while read -r name files text before; do
  [ "$before" != - ] || before=
  printf %s "$text" | base64 -d >"$config"
  good=yes
  stage "$name" kubeadm validate $kubeadm config validate --config "$config" || good=no
  stage "$name" kubewright validate $kubewright config validate --config "$config" --output json || good=no
  [ $good = yes ] || continue
  stage "$name" kubeadm migrate $kubeadm config migrate --old-config "$config" || :
  stage "$name" kubewright migrate $kubewright config migrate --old-config "$config" || :
  stage "$name" kubeadm images $kubeadm config images list --config "$config" || :
  stage "$name" kubewright images $kubewright config images list --config "$config" || :
  [ $files = yes ] || continue
  files "$name" kubeadm $kubeadm ""
  files "$name" kubewright $kubewright "--cni none"
done <"$work/list"
'`;

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64() || "-";
}

function decode(text: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(text));
}

/** Gives a batch to both programs; what either made, by the configuration's name. */
export async function runBatch(
  execute: Execute,
  programs: readonly [string, string],
  tries: readonly Try[],
): Promise<Map<string, Record<"kubeadm" | "kubewright", Made>>> {
  const list = tries.map(({ name, text, files, before }) =>
    `${name} ${files ? "yes" : "no"} ${base64(text)} ${base64(before ?? "")}\n`
  ).join("");
  const output = await execute(SCRIPT, programs, list);
  const empty = () => ({
    stages: new Map<string, Ending>(),
    tree: new Map<string, Node>(),
    started: new Date(0),
  });
  const made = new Map(tries.map(({ name }) => [name, { kubeadm: empty(), kubewright: empty() }]));
  for (const line of output.split("\n").filter(Boolean)) {
    const [what, name, program, ...rest] = line.split("\t") as [string, string, "kubeadm" | "kubewright", ...string[]];
    const one = made.get(name)![program];
    if (what === "start") one.started = new Date(Number(rest[0]) * 1000);
    else if (what === "node") one.tree.set(...parseNode(rest.join("\t")));
    else {
      const [stage, code, stdout, stderr] = rest as [string, string, string, string];
      one.stages.set(stage, { code: Number(code), stdout: decode(stdout), stderr: decode(stderr) });
    }
  }
  return made;
}
