/**
 * Files of the kubelet's --config-dir, which are merged over its configuration. Observes, never changes.
 * @see https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/#kubelet-conf-d
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubelet/app/server.go mergeKubeletConfigurations
 * @module
 */
import { isMapping, parseValues } from "../../config/yaml.ts";
import { InvalidInput } from "../../errors.ts";
import type { Host } from "../../system.ts";

/** A file, and the fields that it sets. */
export interface ConfigDropIn {
  path: string;
  fields: Readonly<Record<string, unknown>>;
}

/** Deepest nesting of directories that are read. */
const DEEPEST = 16;

/**
 * The files in the order in which the kubelet merges them: all that end with .conf, also in subdirectories.
 * @throws {InvalidInput} when the kubelet would exit at its start: the directory does not exist, or a file is invalid.
 */
export async function readConfigDropIns(host: Host, directory: string): Promise<ConfigDropIn[]> {
  const root = directory.startsWith("/") ? directory : `/${directory}`; // systemd starts it in /
  if (await host.stat(root) === undefined) throw new InvalidInput(`"${root}" does not exist`);
  return await walk(host, root.replace(/(?<=.)\/+$/, ""), DEEPEST);
}

async function walk(host: Host, path: string, depth: number): Promise<ConfigDropIn[]> {
  const there = await host.stat(path);
  if (there?.kind === "directory") {
    if (depth === 0) return [];
    const found: ConfigDropIn[] = [];
    for (const name of await host.list(path)) found.push(...await walk(host, `${path}/${name}`, depth - 1));
    return found;
  }
  return path.endsWith(".conf") ? [{ path, fields: await fieldsOf(host, path) }] : [];
}

async function fieldsOf(host: Host, path: string): Promise<Record<string, unknown>> {
  const [document, ...more] = parseValues(await host.readText(path) ?? "", path);
  if (isMapping(document) && more.length === 0 && document["kind"] === "KubeletConfiguration") return document;
  throw new InvalidInput(`"${path}" is not a KubeletConfiguration`);
}

/** The last file that sets a field, and the value; undefined when no file does. */
export function lastSetting(
  dropIns: readonly ConfigDropIn[],
  field: string,
): { path: string; value: unknown } | undefined {
  const setter = dropIns.findLast(({ fields }) => Object.hasOwn(fields, field));
  return setter && { path: setter.path, value: setter.fields[field] };
}
