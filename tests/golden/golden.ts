/**
 * Golden clusters: for each `tests/golden/<case>/config.yaml`, everything but keys and certificates that `init` puts on a
 * host (`files/`) and into the API (`objects/`, one file a phase), as plain YAML that people and kubectl can read. The
 * host is always the same, so whatever differs is a difference in kubewright.
 *
 *     deno task golden --check    compares, writes nothing, shows each difference
 *     deno task golden            records; fails when that changed anything, so that it never passes for a check
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path/posix";
import { coreDnsConfigMap, coreDnsObjects } from "../../src/cluster/addons/coredns.ts";
import { flannelImages, flannelObjects } from "../../src/cluster/addons/flannel.ts";
import { kubeProxyObjects } from "../../src/cluster/addons/kube_proxy.ts";
import { bootstrapTokenSecret } from "../../src/cluster/objects/bootstrap_token.ts";
import { clusterInfoObjects } from "../../src/cluster/objects/cluster_info.ts";
import { controlPlaneUrl } from "../../src/cluster/endpoints.ts";
import { controlPlaneImages } from "../../src/cluster/control_plane/images.ts";
import { kubeadmConfigObjects, kubeletConfigObjects } from "../../src/cluster/objects/kubeadm_config.ts";
import {
  kubeletConfiguration,
  kubeletFlagsFile,
  kubeletInstanceConfiguration,
  nodeKubeletConfiguration,
} from "../../src/cluster/kubelet/configuration.ts";
import { kubeletUnitFiles } from "../../src/cluster/kubelet/unit.ts";
import { controlPlaneMarks } from "../../src/cluster/objects/node_marks.ts";
import { KUBELET_FILES, manifestPath } from "../../src/cluster/paths.ts";
import { bootstrapAccess, clusterAdmins } from "../../src/cluster/objects/rbac.ts";
import { controlPlaneNode } from "../../src/cluster/control_plane/node.ts";
import { staticPods } from "../../src/cluster/control_plane/static_pods.ts";
import { SUPPORTED } from "../../src/cluster/versions.ts";
import { loadInit } from "../../src/config/load.ts";
import type { Facts, InitConfiguration } from "../../src/config/types.ts";
import { stringify } from "../../src/config/yaml.ts";
import type { KubeObject } from "../../src/system.ts";

const ROOT = fromFileUrl(new URL(".", import.meta.url)).replace(/\/$/, "");

/** The one host of all cases. */
const HOST = {
  facts: {
    hostname: "k1",
    addresses: [{ interface: "host0", address: "10.77.0.21", family: "IPv4" }],
    defaultAddress: "10.77.0.21",
    criSockets: ["unix:///run/containerd/containerd.sock"],
    kubeletVersion: SUPPORTED.newest,
  } satisfies Facts,
  caDirectories: ["/usr/local/share/ca-certificates", "/usr/share/ca-certificates"],
  proxyEnvironment: [],
  systemdResolved: true,
  kubelet: "/usr/bin/kubelet",
  now: new Date("2026-01-01T00:00:00Z"),
  /** Stands for a CA certificate. */
  caPem: "the certificate of the cluster's CA\n",
};

/** Files by path below the case's folder. */
type Tree = Map<string, string>;

/** Everything made for one configuration. */
async function render(text: string): Promise<Tree> {
  const config = await loadInit(text, {}, HOST.facts, SUPPORTED);
  const tree: Tree = new Map();
  for (const [path, content] of hostFiles(config)) tree.set(`files${path}`, content);
  for (const [phase, objects] of Object.entries(await apiObjects(config))) {
    if (objects.length > 0) tree.set(`objects/${phase}.yaml`, objects.map((o) => stringify(o)).join("---\n"));
  }
  const flannel = config.cluster.networking.podSubnet ? flannelImages(config.cluster) : [];
  tree.set("images.txt", [...controlPlaneImages(config.cluster), ...flannel, ""].join("\n"));
  return tree;
}

function hostFiles(config: InitConfiguration): [path: string, content: string][] {
  const { cluster, nodeRegistration } = config;
  const { criSocket } = nodeRegistration;
  const kubelet = nodeKubeletConfiguration(kubeletConfiguration(cluster, config.kubelet), { ...HOST, criSocket });
  return [
    ...staticPods(controlPlaneNode(config), HOST).map((pod): [string, string] => [manifestPath(pod.metadata.name), stringify(pod)]),
    [KUBELET_FILES.configuration, stringify(kubelet)],
    [KUBELET_FILES.instanceConfiguration, stringify(kubeletInstanceConfiguration(criSocket))],
    [
      KUBELET_FILES.flags,
      kubeletFlagsFile(nodeRegistration, { hostname: HOST.facts.hostname, registerTaints: false }),
    ],
    ...kubeletUnitFiles(HOST.kubelet).map(({ path, content }): [string, string] => [path, content]),
  ];
}

/** By phase, in the order of work. */
async function apiObjects(config: InitConfiguration): Promise<Record<string, KubeObject[]>> {
  const { cluster, localAPIEndpoint, nodeRegistration } = config;
  const server = controlPlaneUrl(cluster, localAPIEndpoint);
  const node: KubeObject = { apiVersion: "v1", kind: "Node", metadata: { name: nodeRegistration.name } };
  const marks = controlPlaneMarks(node, nodeRegistration.taints);
  return {
    "upload-config": [
      clusterAdmins(),
      ...kubeadmConfigObjects(cluster),
      ...await kubeletConfigObjects(cluster, config.kubelet),
    ],
    "mark-control-plane": [merge(node, marks ?? {})],
    "bootstrap-token": [
      ...config.bootstrapTokens.map((token) => bootstrapTokenSecret(token, HOST.now)),
      ...bootstrapAccess(),
      ...clusterInfoObjects({ server, caPem: HOST.caPem }),
    ],
    "addon-coredns": cluster.dns.disabled ? [] : [coreDnsConfigMap(cluster), ...coreDnsObjects(cluster)],
    "addon-kube-proxy": cluster.proxy.disabled ? [] : await kubeProxyObjects({ ...controlPlaneNode(config), kubeProxy: config.kubeProxy }, HOST.proxyEnvironment),
    "addon-flannel": cluster.networking.podSubnet ? flannelObjects(cluster) : [],
  };
}

/** What a JSON merge patch makes of an object, as far as patches here go. */
function merge(node: KubeObject, patch: Record<string, unknown>): KubeObject {
  const { resourceVersion: _, ...metadata } = (patch.metadata ?? {}) as Record<string, unknown>;
  return { ...node, ...patch, metadata: { ...node.metadata, ...metadata } };
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
