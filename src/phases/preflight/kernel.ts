/**
 * Requirements of the kernel: version, options, cgroup controllers.
 * @see https://github.com/kubernetes/system-validators/blob/v1.12.1/validators/types_unix.go
 * @module
 */
import type { Host } from "../../system.ts";
import { CHECKS } from "../checks.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** Supported kernels: long-term releases of 5.x, and 6.0 and later. */
const SUPPORTED = /^(5\.(4|10|15)|([6-9]|[1-9]\d+)\.\d+\.\d+)/;

/** Options that must be built in or modules; names separated by `|` are one option in different kernels. */
const REQUIRED = [
  ...["NAMESPACES", "NET_NS", "PID_NS", "IPC_NS", "UTS_NS", "CPUSETS", "MEMCG", "INET", "EXT4_FS", "PROC_FS"],
  ...["NETFILTER_XT_TARGET_REDIRECT|IP_NF_TARGET_REDIRECT", "NETFILTER_XT_MATCH_COMMENT", "FAIR_GROUP_SCHED"],
  ...["CGROUPS", "CGROUP_PIDS", "CGROUP_SCHED"],
];
const REQUIRED_BY_VERSION = { v1: ["CGROUP_CPUACCT", "CGROUP_DEVICE", "CGROUP_FREEZER"], v2: ["CGROUP_BPF"] };

/** Controllers that the kubelet requires, and those it can work without. */
const CONTROLLERS = {
  v1: {
    required: ["cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids"],
    optional: ["hugetlb", "blkio"],
  },
  v2: { required: ["cpu", "cpuset", "memory", "pids"], optional: ["hugetlb", "io"] },
};

/** Where distributions keep the options; `@` stands for the release of the kernel. */
const OPTION_FILES = [
  ...["/proc/config.gz", "/boot/config-@", "/usr/src/linux-@/.config", "/usr/src/linux/.config"],
  ...["/usr/lib/modules/@/config", "/usr/lib/ostree-boot/config-@", "/usr/lib/kernel/config-@"],
  ...["/usr/src/linux-headers-@/.config", "/lib/modules/@/build/.config"],
];

/** The controllers of cgroup v2; undefined: this host uses cgroup v1. */
export async function unifiedControllers(host: Host): Promise<string[] | undefined> {
  return (await host.readText("/sys/fs/cgroup/cgroup.controllers"))?.trim().split(/\s+/);
}

/** The enabled controllers of cgroup v1; undefined when the kernel does not list them. */
async function separateControllers(host: Host): Promise<string[] | undefined> {
  const table = await host.readText("/proc/cgroups");
  return table?.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/\s+/)).filter(([, , , enabled]) => enabled !== "0").map(([name]) => name!);
}

/** The text of a file of options; undefined when it does not exist. */
async function optionText(host: Host, path: string): Promise<string | undefined> {
  if (!path.endsWith(".gz")) return await host.readText(path);
  const { code, stdout } = await host.query({ argv: ["gzip", "-dc", path] });
  return code === 0 ? stdout : undefined;
}

/** The enabled options of the kernel; undefined when this host has no list of them. */
async function kernelOptions(host: Host, release: string): Promise<Set<string> | undefined> {
  for (const path of OPTION_FILES.map((file) => file.replace("@", release))) {
    const text = await optionText(host, path);
    if (text !== undefined) return new Set([...text.matchAll(/^CONFIG_([A-Z0-9_]+)=[ym]/gm)].map(([, name]) => name!));
  }
  return undefined;
}

async function optionFindings(host: Host, release: string, version: "v1" | "v2"): Promise<Findings> {
  const options = await kernelOptions(host, release);
  if (!options) {
    return {
      warnings: [`cannot verify the options of kernel ${release}: neither /proc/config.gz nor /boot has them`],
      hint: "",
    };
  }
  const missing = [...REQUIRED, ...REQUIRED_BY_VERSION[version]]
    .filter((names) => !names.split("|").some((name) => options.has(name))).map((names) => names.split("|")[0]!);
  return missing.length === 0
    ? NOTHING
    : { errors: [`kernel ${release} is built without CONFIG_${missing.join(", CONFIG_")}, required by the kubelet`] };
}

async function controllerFindings(host: Host, version: "v1" | "v2"): Promise<Findings> {
  const present = await unifiedControllers(host) ?? await separateControllers(host);
  if (!present) return NOTHING;
  const { required, optional } = CONTROLLERS[version];
  const [missing, lacking] = [required, optional].map((wanted) => wanted.filter((name) => !present.includes(name)));
  return {
    essential: missing!.length > 0,
    ...(missing!.length > 0 ? { errors: [`required cgroup controllers are missing: ${missing!.join(", ")}`] } : {}),
    ...(lacking!.length > 0 ? { warnings: [`optional cgroup controllers are missing: ${lacking!.join(", ")}`] } : {}),
  };
}

async function kernelFindings(host: Host): Promise<Findings> {
  const [osRelease, unified] = await Promise.all([
    host.readText("/proc/sys/kernel/osrelease"),
    unifiedControllers(host),
  ]);
  if (osRelease === undefined) return NOTHING;
  const release = osRelease.trim();
  const version = unified ? "v2" : "v1";
  const all = await Promise.all([optionFindings(host, release, version), controllerFindings(host, version)]);
  const old = SUPPORTED.test(release)
    ? []
    : [`kernel ${release} is not supported, must be 5.4, 5.10, 5.15, or 6.0 or later`];
  return {
    errors: all.flatMap(({ errors = [] }) => errors),
    warnings: [...old, ...all.flatMap(({ warnings = [] }) => warnings)],
    essential: all.some(({ essential }) => essential === true),
    // What could not be verified needs no other kernel.
    ...(old.length === 0 && all.every(({ hint, errors, warnings }) => hint === "" || !errors && !warnings)
      ? { hint: "" }
      : {}),
  };
}

/** Whether the kernel meets the requirements of the kubelet. */
export const KERNEL_CHECK: Check<{ host: Host }> = {
  ...CHECKS.system,
  look: ({ host }) => kernelFindings(host),
};
