/** Files in the directory of static pods that kubewright did not create. @module */
import { manifestPath, MANIFESTS_DIRECTORY } from "../../cluster/paths.ts";
import { isMapping, parseValues } from "../../config/yaml.ts";
import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { type Findings, NOTHING } from "./run.ts";
import { moveAway } from "../../text/shell.ts";

/** The static pods of a control plane. */
export const COMPONENTS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"] as const;

/** A file that the kubelet reads as a static pod. */
interface Found {
  path: string;
  /** The name of the pod; undefined when the file is not a pod. */
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
 * Files that kubewright did not create, with any name suffix: the kubelet reads a backup copy as a second manifest of the
 * pod. It ignores hidden files and directories.
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

/** The warning for a file that does not conflict with the control plane. */
function warningFor({ path, pod }: Found): string {
  return pod === undefined
    ? `${path} was not created by kubewright and is not a pod: the kubelet reports an error about it again and again`
    : `${path} was not created by kubewright: the kubelet also runs its pod "${pod}"`;
}

/** On a first control plane node: other manifests of the control plane are errors, other static pods are warnings. */
export async function controlPlaneManifests(host: Host, ownPaths: ReadonlySet<string>): Promise<Findings> {
  const ours = COMPONENTS.map(manifestPath);
  const found = (await foreignManifests(host, ownPaths)).filter(({ path }) => !ours.includes(path));
  const copies = found.filter(({ pod }) => COMPONENTS.some((name) => name === pod));
  if (found.length === 0) return NOTHING;
  const errors = copies.map(({ path, pod }) =>
    `${path} is a second manifest of the static pod "${pod}": the kubelet runs only one of the two`
  );
  return {
    warnings: found.filter((file) => !copies.includes(file)).map(warningFor),
    ...(errors.length > 0
      ? { errors, essential: true, hint: `Move the files away: ${moveAway(copies.map(({ path }) => path))}` }
      : { hint: "" }),
  };
}

/** On a new worker: static pods of a control plane are errors, other static pods are warnings. */
export async function workerManifests(host: Host, ownPaths: ReadonlySet<string>): Promise<Findings> {
  const found = await foreignManifests(host, ownPaths);
  if (found.length === 0) return NOTHING;
  const isOfControlPlane = ({ path, pod }: Found) =>
    COMPONENTS.some((name) => name === pod || path === manifestPath(name));
  const errors = found.filter(isOfControlPlane).map(({ path }) =>
    `${path} is a manifest of a control plane, and the kubelet would run it`
  );
  const warnings = found.filter((file) => !isOfControlPlane(file)).map(warningFor);
  return { warnings, ...(errors.length > 0 ? { errors } : { hint: "" }) };
}
