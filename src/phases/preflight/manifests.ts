/** What lies in the folder of static pods that this program did not put there. @module */
import { manifestPath, MANIFESTS_DIRECTORY } from "../../cluster/paths.ts";
import { isMapping, parseValues } from "../../config/yaml.ts";
import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { pathName } from "./names.ts";
import { type Findings, NOTHING } from "./run.ts";
import { moveAway } from "../../text/shell.ts";

/** The static pods of a control plane. */
export const COMPONENTS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"] as const;

/** Name of the check of the folder. */
export const FOLDER_CHECK = pathName("DirAvailable", MANIFESTS_DIRECTORY);

/** A file that the kubelet reads as a static pod. */
interface Found {
  path: string;
  /** The pod's name; undefined when it is not a pod. */
  pod?: string;
}

async function podIn(host: Host, path: string): Promise<string | undefined> {
  try {
    const [document] = parseValues(await host.readText(path) ?? "", path);
    if (!isMapping(document) || document["kind"] !== "Pod" || !isMapping(document["metadata"])) return undefined;
    const { name } = document["metadata"];
    return typeof name === "string" ? name : undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

/**
 * Files of others, whatever their names end with: the kubelet takes a backup copy for a second manifest of the pod. It
 * passes over hidden files and folders.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/config/file.go extractFromDir
 */
async function foreignManifests(host: Host, ownPaths: ReadonlySet<string>): Promise<Found[]> {
  const paths = (await host.list(MANIFESTS_DIRECTORY)).filter((name) => !name.startsWith("."))
    .map((name) => `${MANIFESTS_DIRECTORY}/${name}`)
    .filter((path) => !ownPaths.has(path));
  const found = await Promise.all(paths.map(async (path): Promise<Found | undefined> => {
    const stat = await host.stat(path);
    if (stat === undefined || stat.kind === "directory") return undefined;
    const pod = await podIn(host, path);
    return { path, ...(pod === undefined ? {} : { pod }) };
  }));
  return found.filter((file) => file !== undefined);
}

/** What the kubelet would make of a file that does not stand in the way. */
function told({ path, pod }: Found): string {
  return pod === undefined
    ? `${path} is not from kubewright and not a pod: the kubelet reports an error about it again and again`
    : `${path} is not from kubewright: the kubelet also runs its pod "${pod}"`;
}

/** On a first control plane node: copies of what is about to be written are errors, other static pods are warned of. */
export async function controlPlaneManifests(host: Host, ownPaths: ReadonlySet<string>): Promise<Findings> {
  const ours = COMPONENTS.map(manifestPath);
  const found = (await foreignManifests(host, ownPaths)).filter(({ path }) => !ours.includes(path));
  const copies = found.filter(({ pod }) => COMPONENTS.some((name) => name === pod));
  if (found.length === 0) return NOTHING;
  const errors = copies.map(({ path, pod }) =>
    `${path} is a second manifest of the static pod "${pod}": the kubelet would run one of the two`
  );
  return {
    warnings: found.filter((file) => !copies.includes(file)).map(told),
    ...(errors.length > 0 ? { errors, essential: true } : {}),
    ...(errors.length > 0 ? { hint: `Move them away: ${moveAway(copies.map(({ path }) => path))}` } : {}),
  };
}

/** On a worker to be: a control plane's static pods are errors, others are warned of. */
export async function workerManifests(
  host: Host,
  ownPaths: ReadonlySet<string>,
  hint: string,
): Promise<Findings> {
  const found = await foreignManifests(host, ownPaths);
  if (found.length === 0) return NOTHING;
  const isOfControlPlane = ({ path, pod }: Found) =>
    COMPONENTS.some((name) => name === pod || path === manifestPath(name));
  const errors = found.filter(isOfControlPlane).map(({ path }) =>
    `${path} is the manifest of a control plane: the kubelet would run it`
  );
  const warnings = found.filter((file) => !isOfControlPlane(file)).map(told);
  return { warnings, ...(errors.length > 0 ? { errors, hint } : {}) };
}
