/**
 * Golden clusters: for each `tests/golden/<case>/config.yaml`, everything but keys and certificates that `init` puts on a
 * host (`files/`) and into the API (`objects/`, one file a phase), as plain YAML that people and kubectl can read. It is
 * the program itself that runs, with its command line, on a host and with an API server in memory. The host is always the
 * same, so whatever differs is a difference in kubewright.
 *
 *     deno task golden --check    compares, writes nothing, shows each difference
 *     deno task golden            records; fails when that changed anything, so that it never passes for a check
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path/posix";
import { SUPPORTED } from "../../src/cluster/versions.ts";
import { stringify } from "../../src/config/yaml.ts";
import { type RecordedObjects, recordingApi } from "../../src/kube/recording.ts";
import { fake } from "../fakes/fake.ts";
import type { Download } from "../../src/system.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import { shortKeysForLong } from "../fakes/rsa_keys.ts";
import { FIT, noServer, run, RUNTIME, unfit } from "../program/program.ts";

const ROOT = fromFileUrl(new URL(".", import.meta.url)).replace(/\/$/, "");

/** Where the host has the configuration. */
const CONFIG = "/root/config.yaml";

/** Files of the host: two more folders of CA certificates, a second runtime, IPv6, and what an etcd elsewhere asks for. */
const FILES = {
  "/proc/net/route": FIT.files!["/proc/net/route"]!.toString().replaceAll("eth0", "host0"),
  "/proc/sys/net/ipv6/conf/all/forwarding": "1\n",
  "/proc/sys/net/ipv6/conf/default/forwarding": "1\n",
  "/usr/local/share/ca-certificates/own.crt": "",
  "/usr/share/ca-certificates/mozilla.crt": "",
  "/run/crio/crio.sock": "",
  "/etc/ext/ca.crt": "",
  "/etc/ext/client/client.crt": "",
  "/etc/ext/client/client.key": "",
};

/** Stands for the certificate of the cluster's CA, which is another one each time. */
const CA_PEM = "the certificate of the cluster's CA\n";

/** Files of phases that have none of their own name. */
const FILE_OF: Readonly<Record<string, string>> = {
  "addon/cni": "addon-flannel",
  "admin-access": "upload-config",
  "upload-config/kubeadm": "upload-config",
  "upload-config/kubelet": "upload-config",
};

/** The host of all cases. Only its kubelet differs: none may be newer than the API server. */
function hostOf(config: string): MemoryHostOptions {
  const version = /^ *kubernetesVersion: (v\S+)$/m.exec(config)?.[1] ?? SUPPORTED.newest;
  return unfit({
    hostname: "k1",
    addresses: [{ interface: "host0", address: "10.77.0.21", family: "IPv4" }],
    commands: {},
    programs: { "/usr/bin/kubelet": `Kubernetes ${version}\n` },
    units: { "systemd-resolved.service": { active: "active" } },
  }, { ...FILES, [CONFIG]: config });
}

/** Files by path below the case's folder. */
type Tree = Map<string, string>;

/** Everything that `init` makes of one configuration. */
async function render(text: string): Promise<Tree> {
  const objects: RecordedObjects = new Map();
  const fileOf = new Map<string, string>();
  const images: string[] = [];
  let phase = "";
  // flannel only where a case gives pods addresses: with it they would have some in every case.
  const network = /podSubnet:/.test(text) ? "flannel" : "none";
  const ran = await run(["init", "--config", CONFIG, "--cni", network, "--output", "json"], hostOf(text), "", {
    heard(line) {
      const event = JSON.parse(line);
      if (event.event === "phase" && event.state === "started") phase = event.phase;
    },
    connect: ({ server }) =>
      recordingApi(noServer(server), objects, () => {
        const file = FILE_OF[phase] ?? phase.replaceAll("/", "-");
        for (const key of objects.keys()) if (!fileOf.has(key)) fileOf.set(key, file);
      }),
    runtime: (socket) => ({
      ...RUNTIME,
      socket,
      hasImage: () => Promise.resolve(false),
      image: () => Promise.resolve(undefined),
      pullImage: (image) => Promise.resolve(void images.push(image)),
    }),
    download: fake<Download>("download", {
      get: () => Promise.resolve({ status: 200, body: JSON.stringify({ etcdserver: "3.6.5" }) }),
    }),
  });
  if (ran.code !== 0) throw new Error(`init ended with ${ran.code}:\n${ran.out}${ran.err}`);

  const tree: Tree = new Map();
  const written = ran.changes.filter((change) => change.kind === "write");
  for (const { path, secret } of written) {
    const content = await ran.readText(path) ?? "";
    if (!secret && !content.startsWith("-----BEGIN ")) tree.set(`files${path}`, content);
  }
  const ca = await ran.readText(written.find(({ path }) => path.endsWith("/pki/ca.crt"))!.path) ?? "";
  for (const [file, entries] of Map.groupBy(objects, ([key]) => fileOf.get(key))) {
    const documents = entries.map(([, object]) => stringify(object).replaceAll(btoa(ca), btoa(CA_PEM)));
    tree.set(`objects/${file}.yaml`, documents.join("---\n"));
  }
  tree.set("images.txt", [...images, ""].join("\n"));
  return tree;
}

/** What is recorded for a case. */
async function recorded(directory: string): Promise<Tree> {
  const tree: Tree = new Map();
  const walk = async (below: string): Promise<void> => {
    for await (const entry of Deno.readDir(join(directory, below))) {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (entry.isDirectory) await walk(path);
      else if (path !== "config.yaml") tree.set(path, await Deno.readTextFile(join(directory, path)));
    }
  };
  await walk("");
  return tree;
}

/** Paths that are not the same in both. */
function differences(a: Tree, b: Tree): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort();
}

/** The lines that differ: common ones at both ends left out, those between with `-` and `+`. */
function lineDiff(before: string | undefined, after: string | undefined): string[] {
  if (before === undefined) return ["is new"];
  if (after === undefined) return ["is no longer made"];
  const [a, b] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return [
    `line ${head + 1}:`,
    ...a.slice(head, a.length - tail).map((line) => `- ${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+ ${line}`),
  ];
}

async function record(directory: string, made: Tree, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const file = join(directory, path);
    const content = made.get(path);
    if (content === undefined) {
      await Deno.remove(file);
    } else {
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeTextFile(file, content);
    }
  }
}

async function main(args: readonly string[]): Promise<number> {
  const check = args.includes("--check");
  const unknown = args.filter((arg) => arg !== "--check");
  if (unknown.length > 0) {
    console.error(`golden: unknown argument ${unknown.join(" ")}; there is --check, and nothing else`);
    return 2;
  }
  const cases: string[] = [];
  for await (const entry of Deno.readDir(ROOT)) if (entry.isDirectory) cases.push(entry.name);
  if (cases.length === 0) {
    console.error("golden: there are no cases");
    return 1;
  }
  shortKeysForLong();
  let files = 0;
  let different = 0;
  for (const name of cases.sort()) {
    const directory = join(ROOT, name);
    const made = await render(await Deno.readTextFile(join(directory, "config.yaml")));
    const before = await recorded(directory);
    const paths = differences(before, made);
    for (const path of paths) {
      console.log([`${name}/${path}`, ...lineDiff(before.get(path), made.get(path))].join("\n    "));
    }
    if (!check) await record(directory, made, paths);
    files += made.size;
    different += paths.length;
  }
  const verdict = different === 0
    ? "all as recorded"
    : `${different} ${check ? "differ" : "recorded anew: look at them"}`;
  console.log(`golden: ${cases.length} clusters, ${files} files, ${verdict}`);
  return different === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
