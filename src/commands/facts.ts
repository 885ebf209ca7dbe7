import { readReceiptEntries } from "../cluster/receipt_entries.ts";
import type { Facts } from "../config/types.ts";
import { PROGRAM_DIRECTORIES } from "../programs.ts";
import type { Host, InterfaceAddress } from "../system.ts";

/**
 * CRI sockets in kubeadm's order of preference.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/constants/constants_unix.go
 */
const CRI_SOCKETS = [
  "/var/run/containerd/containerd.sock",
  "/var/run/crio/crio.sock",
  "/var/run/cri-dockerd.sock",
];

/** Interface of the IPv4 default route with the least metric, from /proc/net/route. */
function defaultInterfaceV4(routes: string): string | undefined {
  return routes.split("\n").slice(1).map((line) => line.split(/\s+/))
    .filter(([, destination, , flags, , , , mask]) =>
      destination === "00000000" && mask === "00000000" && (parseInt(flags ?? "0", 16) & 1) === 1
    )
    .sort((a, b) => Number(a[6]) - Number(b[6]))[0]?.[0];
}

/** Interface of the IPv6 default route with the least metric, from /proc/net/ipv6_route. */
function defaultInterfaceV6(routes: string): string | undefined {
  return routes.split("\n").map((line) => line.trim().split(/\s+/))
    .filter((field) => /^0{32}$/.test(field[0] ?? "") && field[1] === "00" && field[9] !== "lo")
    .sort((a, b) => parseInt(a[5] ?? "0", 16) - parseInt(b[5] ?? "0", 16))[0]?.[9];
}

/** The first address of an interface that others can reach. */
function reachable(addresses: readonly InterfaceAddress[], name: string | undefined, family: "IPv4" | "IPv6") {
  return addresses.find((a) =>
    a.interface === name && a.family === family && !/^(127\.|169\.254\.|::1|fe80:)/.test(a.address)
  )
    ?.address;
}

async function defaultAddress(host: Host, addresses: readonly InterfaceAddress[]): Promise<string | undefined> {
  const v4 = defaultInterfaceV4(await host.readText("/proc/net/route") ?? "");
  const v6 = defaultInterfaceV6(await host.readText("/proc/net/ipv6_route") ?? "");
  return reachable(addresses, v4, "IPv4") ?? reachable(addresses, v6, "IPv6");
}

/** Where every program is looked for; only then where kubeadm looks, in the caller's PATH, for one in a place of its own. */
async function findKubelet(host: Host): Promise<string | undefined> {
  const callers = (host.environment()["PATH"] ?? "").split(":").filter((directory) => directory.startsWith("/"));
  for (const directory of [...PROGRAM_DIRECTORIES, "/opt/kubernetes/bin", ...callers]) {
    const path = `${directory}/kubelet`;
    const there = await host.stat(path);
    if (there?.kind === "file" || there?.kind === "symlink") return path;
  }
  return undefined;
}

/** `Kubernetes v1.37.2` -> `v1.37.2`; undefined when the program does not run. */
async function kubeletVersion(host: Host, path: string): Promise<string | undefined> {
  const { code, stdout } = await host.query({ argv: [path, "--version"] });
  return code === 0 ? /\bv(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}(?![\d.])\S{0,100}/.exec(stdout)?.[0] : undefined;
}

/** Looks at the machine once, before the configuration is completed. Changes nothing. */
export async function gatherFacts(host: Host): Promise<Facts> {
  const addresses = host.addresses();
  const kubeletPath = await findKubelet(host);
  const [address, version, sockets] = await Promise.all([
    defaultAddress(host, addresses),
    kubeletPath === undefined ? undefined : kubeletVersion(host, kubeletPath),
    Promise.all(CRI_SOCKETS.map(async (path) => await host.stat(path) ? [`unix://${path}`] : [])),
  ]);
  return {
    hostname: host.hostname(),
    addresses,
    criSockets: sockets.flat(),
    ...(address === undefined ? {} : { defaultAddress: address }),
    ...(version === undefined ? {} : { kubeletVersion: version }),
    ...(kubeletPath === undefined ? {} : { kubeletPath }),
  };
}

/** Paths that earlier runs of this program made on this host. */
export async function readOwnPaths(host: Host): Promise<ReadonlySet<string>> {
  const entries = await readReceiptEntries(host);
  return new Set(entries.filter(({ kind }) => kind !== "overwrote").map(({ path }) => path));
}
