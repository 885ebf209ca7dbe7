/**
 * The settings of this host's kubelet: its flags and the few fields of its configuration that are used. The one place that
 * defines where these are and which one wins. Observes, never changes.
 * @module
 */
import type { Arg } from "../../config/types.ts";
import { isMapping, parseValues } from "../../config/yaml.ts";
import type { Host } from "../../system.ts";
import { parseKubeletFlagsFile } from "../../cluster/kubelet/configuration.ts";
import { EXTRA_ARGS_FILES } from "../../cluster/kubelet/unit.ts";
import { KUBELET_DIRECTORY, KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { cleanPath } from "../../config/paths.ts";
import { InvalidInput } from "../../errors.ts";
import { type ConfigDropIn, lastSetting, readConfigDropIns } from "./config_drop_ins.ts";
import { kubeletUnitFlag } from "./unit.ts";

/** Settings of the kubelet; fields are absent when its files do not set them. */
export interface KubeletSettings {
  /** Socket of its container runtime, `unix:///run/containerd/containerd.sock`. */
  runtimeEndpoint?: string;
  /** `<provider>://<id>` of its machine. */
  providerId?: string;
  port: number;
}

/** All flags of the environment files in the order of the command line: the last of several counts. */
export async function readKubeletFlags(host: Host): Promise<Arg[]> {
  const flags = parseKubeletFlagsFile(await host.readText(KUBELET_FILES.flags) ?? "");
  for (const path of EXTRA_ARGS_FILES) {
    for (const line of (await host.readText(path) ?? "").split("\n")) {
      const [, value] = /^\s*KUBELET_EXTRA_ARGS=(.*)$/.exec(line) ?? [];
      if (value !== undefined) flags.push(...parseKubeletFlagsFile(value.trim().replace(/^'(.*)'$/, "$1")));
    }
  }
  return flags;
}

/**
 * Reads the kubelet's files. Flags win over them, those of --config-dir over the others, and the instance file over the
 * common one.
 * @throws {UserError} when a file cannot be read.
 */
export async function readKubeletSettings(host: Host): Promise<KubeletSettings> {
  const fields = async (path: string): Promise<Record<string, unknown>> => {
    const text = await host.readText(path);
    const [document] = text === undefined ? [] : parseValues(text, path);
    return isMapping(document) ? document : {};
  };
  const flags = await readKubeletFlags(host);
  const [common, own] = [await fields(KUBELET_FILES.configuration), await fields(KUBELET_FILES.instanceConfiguration)];
  const dropIns = await configDropIns(host, flags);
  const setting = (flag: string, field: string): unknown =>
    flags.findLast(({ name }) => name === flag)?.value || lastSetting(dropIns, field)?.value || own[field] ||
    common[field] || undefined;
  const endpoint = setting("container-runtime-endpoint", "containerRuntimeEndpoint");
  const providerId = setting("provider-id", "providerID");
  return {
    ...(typeof endpoint === "string" ? { runtimeEndpoint: socketUrl(endpoint) } : {}),
    ...(typeof providerId === "string" ? { providerId } : {}),
    port: Number(setting("port", "port") ?? PORTS.kubelet),
  };
}

/** The value of a flag in the environment files, or else on the unit's own command line; undefined without one. */
async function effectiveFlag(host: Host, flags: readonly Arg[], flag: string): Promise<string | undefined> {
  return flags.findLast(({ name }) => name === flag)?.value || await kubeletUnitFlag(host, flag);
}

/** Files of --config-dir; none when they cannot be read: the kubelet does not start with them either. */
async function configDropIns(host: Host, flags: readonly Arg[]): Promise<ConfigDropIn[]> {
  const directory = await effectiveFlag(host, flags, "config-dir");
  if (!directory) return [];
  return await readConfigDropIns(host, directory).catch((error) => {
    if (error instanceof InvalidInput) return [];
    throw error;
  });
}

/** The directory of volumes and state when it is not /var/lib/kubelet (`--root-dir`); undefined otherwise. */
export async function foreignRootDirectory(host: Host): Promise<string | undefined> {
  const value = await effectiveFlag(host, await readKubeletFlags(host), "root-dir");
  if (!value?.startsWith("/")) return undefined;
  const directory = cleanPath(value);
  return directory === KUBELET_DIRECTORY ? undefined : directory;
}

/** The kubelet also accepts a path as a socket. */
function socketUrl(endpoint: string): string {
  return endpoint.startsWith("/") ? `unix://${endpoint}` : endpoint;
}
