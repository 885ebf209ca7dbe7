/**
 * How the kubelet of this host was set up: its flags and the few fields of its configuration that are asked about. The one
 * place that knows where these are, and which wins. Observes, never changes.
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

/** What the kubelet is told about itself; fields are absent where its files do not say. */
export interface KubeletSettings {
  /** Socket of its container runtime, `unix:///run/containerd/containerd.sock`. */
  runtimeEndpoint?: string;
  /** `<provider>://<id>` of its machine. */
  providerId?: string;
  port: number;
}

/** All flags of the environment files in the order of the command line: of several, the last counts. */
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
 * Reads the kubelet's files. Flags win over them, those of --config-dir over the others, and the file of this very host
 * over the one for all.
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

/** The value of a flag that the environment files give, or else the unit's own command line; undefined without one. */
async function effectiveFlag(host: Host, flags: readonly Arg[], flag: string): Promise<string | undefined> {
  return flags.findLast(({ name }) => name === flag)?.value || await kubeletUnitFlag(host, flag);
}

/** Files of --config-dir; none where they cannot be read, as then the kubelet does not run by them either. */
async function configDropIns(host: Host, flags: readonly Arg[]): Promise<ConfigDropIn[]> {
  const directory = await effectiveFlag(host, flags, "config-dir");
  if (!directory) return [];
  return await readConfigDropIns(host, directory).catch((error) => {
    if (error instanceof InvalidInput) return [];
    throw error;
  });
}

/** Where the kubelet keeps volumes and its state instead of /var/lib/kubelet (`--root-dir`); undefined when not elsewhere. */
export async function foreignRootDirectory(host: Host): Promise<string | undefined> {
  const value = await effectiveFlag(host, await readKubeletFlags(host), "root-dir");
  if (!value?.startsWith("/")) return undefined;
  const directory = cleanPath(value);
  return directory === KUBELET_DIRECTORY ? undefined : directory;
}

/** The kubelet takes a path for a socket, too. */
function socketUrl(endpoint: string): string {
  return endpoint.startsWith("/") ? `unix://${endpoint}` : endpoint;
}
