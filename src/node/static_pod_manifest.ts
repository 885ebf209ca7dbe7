/**
 * A static pod's manifest on this host, written by this program, by kubeadm, or changed by hand: the one place that reads
 * the command lines in them. Observes, never changes.
 * @module
 */
import { joinHostPort } from "../config/addresses.ts";
import { isMapping, parseDocuments } from "../config/yaml.ts";
import { UserError } from "../errors.ts";
import type { Host } from "../system.ts";
import { manifestPath } from "../cluster/paths.ts";

/** The parts of a static pod's manifest that are used. */
export interface StaticPodManifest {
  name: string;
  path: string;
  /** Image of its container; empty when the manifest cannot be read. */
  image: string;
  /** Flags of its command line; the last value of a repeated flag. */
  flags: ReadonlyMap<string, string>;
  /** Its container's environment. */
  environment: ReadonlyMap<string, string>;
  /** The host's path for a path in the container, by the volumes; undefined when no volume has it. */
  onHost(path: string): string | undefined;
  /** Directories of the host by the names of their volumes. */
  volumes: ReadonlyMap<string, string>;
  /** URL of its readiness or liveness probe; absent without an HTTP probe. */
  probeUrl?: string;
  /** Why it cannot be read. */
  trouble?: string;
}

/** The fields of a manifest that cannot be read. */
export const NOTHING_SAID = {
  image: "",
  flags: new Map(),
  environment: new Map(),
  onHost: () => undefined,
  volumes: new Map(),
} as const;

/** Reads the manifest of a component; undefined when it does not exist. `trouble` has the reason when it is invalid. */
export async function readStaticPod(host: Host, name: string): Promise<StaticPodManifest | undefined> {
  const path = manifestPath(name);
  const text = await host.readText(path);
  return text === undefined ? undefined : parseStaticPod(name, path, text);
}

/** The manifest in a text. */
export function parseStaticPod(name: string, path: string, text: string): StaticPodManifest {
  try {
    const spec = parseDocuments(text, path)[0]?.body["spec"];
    const container = isMapping(spec) ? containerOf(name, mappings(spec["containers"])) : undefined;
    if (!isMapping(spec) || container === undefined) {
      return { name, path, ...NOTHING_SAID, trouble: `"${path}" is not a pod with a container` };
    }
    const probeUrl = probeUrlOf(container);
    const volumes = volumesOf(spec);
    return {
      name,
      path,
      image: String(container["image"] ?? ""),
      flags: flagsIn(wordsOf([container["command"] ?? [], container["args"] ?? []].flat().map(String))),
      environment: new Map(mappings(container["env"]).map(({ name, value }) => [String(name), String(value ?? "")])),
      onHost: hostPaths(volumes, container),
      volumes,
      ...(probeUrl === undefined ? {} : { probeUrl }),
    };
  } catch (error) {
    if (error instanceof UserError) return { name, path, ...NOTHING_SAID, trouble: error.message };
    throw error;
  }
}

function mappings(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}

/** The component's own container: patches may add others. */
function containerOf(name: string, containers: readonly Record<string, unknown>[]) {
  return containers.find((container) => container["name"] === name) ?? containers[0];
}

/** The words of a command line, including those of a shell script (`sh -c "exec etcd --name=a"`). */
function wordsOf(words: readonly string[]): string[] {
  const script = /(?:^|\/)(?:ba|da|a)?sh$/.test(words[0] ?? "") ? words.indexOf("-c") + 1 : 0;
  return script === 0 ? [...words] : words.toSpliced(script, 1, ...(words[script] ?? "").split(/[\s"']+/));
}

/**
 * Flags as Go's `flag` and pflag read them: `--name=value`, `--name value`, with one hyphen or two. A flag before another
 * flag or at the end is a switch: its value is empty.
 */
export function flagsIn(words: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const [, name, given] = /^--?([A-Za-z0-9][^=\s]*)(?:=(.*))?$/s.exec(words[at]!) ?? [];
    if (name === undefined) continue;
    const next = words[at + 1];
    const separate = given === undefined && next !== undefined && !next.startsWith("-");
    flags.set(name, given ?? (separate ? next : ""));
    if (separate) at++;
  }
  return flags;
}

function volumesOf(spec: Record<string, unknown>): Map<string, string> {
  return new Map(
    mappings(spec["volumes"]).flatMap(({ name, hostPath }) => {
      const path = isMapping(hostPath) ? hostPath["path"] : undefined;
      return typeof path === "string" ? [[String(name), path.replace(/(?<=.)\/+$/, "")] as const] : [];
    }),
  );
}

function hostPaths(
  volumes: ReadonlyMap<string, string>,
  container: Record<string, unknown>,
): (path: string) => string | undefined {
  const mounts = mappings(container["volumeMounts"]).flatMap(({ name, mountPath, subPath }) => {
    const source = volumes.get(String(name));
    if (source === undefined || typeof mountPath !== "string") return [];
    const below = typeof subPath === "string" && subPath !== "" ? `/${subPath}` : "";
    return [{ inside: mountPath.replace(/(?<=.)\/+$/, ""), outside: `${source}${below}` }];
  }).sort((a, b) => b.inside.length - a.inside.length);
  return (path) => {
    const mount = mounts.find(({ inside }) => path === inside || path.startsWith(`${inside}/`));
    return mount && `${mount.outside}${path.slice(mount.inside.length)}`;
  };
}

function probeUrlOf(container: Record<string, unknown>): string | undefined {
  const probe = container["readinessProbe"] ?? container["livenessProbe"];
  const get = isMapping(probe) ? probe["httpGet"] : undefined;
  if (!isMapping(get)) return undefined;
  const port = portOf(container, get["port"]);
  const scheme = String(get["scheme"] ?? "HTTP").toLowerCase();
  if (port === undefined) return undefined;
  return `${scheme}://${joinHostPort(String(get["host"] ?? "127.0.0.1"), port)}${get["path"] ?? "/"}`;
}

/** A port by its number or by its name. */
function portOf(container: Record<string, unknown>, port: unknown): number | undefined {
  if (typeof port === "number") return port;
  const number = mappings(container["ports"]).find(({ name }) => name === port)?.["containerPort"];
  return typeof number === "number" ? number : undefined;
}

/**
 * The URL on this host of a component that serves at `bind-address` and `secure-port`.
 * @param port the component's default.
 */
export function servingUrl({ flags }: Pick<StaticPodManifest, "flags">, port: number): string {
  const bound = flags.get("bind-address") || "127.0.0.1";
  const address = bound === "0.0.0.0" ? "127.0.0.1" : bound === "::" ? "::1" : bound;
  return `https://${joinHostPort(address, Number(flags.get("secure-port") || port))}`;
}

/** The URL of the API server of a manifest: its advertised address. */
export function apiServerUrl({ flags }: Pick<StaticPodManifest, "flags">): string {
  return `https://${
    joinHostPort(flags.get("advertise-address") || "127.0.0.1", Number(flags.get("secure-port") || 6443))
  }`;
}
