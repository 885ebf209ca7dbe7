/**
 * Whether a Node of a cluster is this host. A name does not prove it: hosts are renamed, images are cloned with their
 * certificates and machine IDs, and another host may have registered a Node of the same name since.
 * @module
 */
import { UserError } from "../errors.ts";
import type { Host, KubeObject } from "../system.ts";
import { readKubeletSettings } from "./kubelet/settings.ts";
import type { NodeIdentity } from "./identity.ts";

/** Files in the order in which the kubelet reads them; the first readable one counts. @see https://github.com/google/cadvisor */
const MACHINE_ID = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const SYSTEM_UUID = [
  "/sys/class/dmi/id/product_uuid",
  "/proc/device-tree/system-id",
  "/proc/device-tree/vm,uuid",
  "/etc/machine-id",
];
const BOOT_ID = ["/proc/sys/kernel/random/boot_id"];

/** The parts of a Node that identify its machine, and its conditions. */
interface NodeParts {
  spec?: { providerID?: string };
  status?: {
    nodeInfo?: { machineID?: string; systemUUID?: string; bootID?: string };
    conditions?: { type?: string; status?: string }[];
    addresses?: { type?: string; address?: string }[];
  };
}

/** The content of the first readable file; undefined when no file is readable, or when it is empty. */
async function firstOf(host: Host, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      const text = await host.readText(path);
      if (text !== undefined) return text.replaceAll("\0", "").trim().toLowerCase() || undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error; // try the next file, as the kubelet does
    }
  }
  return undefined;
}

/** A unique property of a machine: its value in the Node and on this host. */
interface Mark {
  what: string;
  node: string | undefined;
  host: string | undefined;
}

async function marksOf(host: Host, { spec, status }: NodeParts): Promise<Mark[]> {
  const { machineID, systemUUID } = status?.nodeInfo ?? {};
  const { providerId } = await readKubeletSettings(host).catch((error): { providerId?: string } => {
    if (error instanceof UserError) return {};
    throw error;
  });
  return [
    { what: "machine ID", node: machineID?.toLowerCase(), host: await firstOf(host, MACHINE_ID) },
    { what: "system UUID", node: systemUUID?.toLowerCase(), host: await firstOf(host, SYSTEM_UUID) },
    { what: "provider ID", node: spec?.providerID, host: providerId },
  ].map((mark) => ({ ...mark, node: mark.node || undefined }));
}

/**
 * Why it is not proven that the Node is this host; undefined when it is proven.
 *
 * The name in the kubelet's certificate must be the Node's, an address of the Node must be this host's, and no unique
 * property may differ. A Node that reported the current boot ID is then this host (containers share a boot, not an
 * address); a Node that is Ready with another boot ID is not. For a Node that is not Ready, the certificate must belong to
 * the cluster that was asked, and a unique property must agree.
 * @param caPem the authorities that verified the API server which returned the Node.
 */
export async function doubtAbout(
  host: Host,
  identity: NodeIdentity,
  node: KubeObject,
  caPem: string,
): Promise<string | undefined> {
  if (!identity.known) return identity.why;
  if (identity.name !== node.metadata.name) return `this host is node "${identity.name}" (${identity.source})`;
  const { status } = node as NodeParts;
  const marks = await marksOf(host, node as NodeParts);
  const other = marks.find((mark) => mark.node && mark.host && mark.node !== mark.host);
  if (other !== undefined) return `its ${other.what} is "${other.node}"; this host has "${other.host}"`;
  const bootId = status?.nodeInfo?.bootID?.toLowerCase();
  const addresses = (status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address);
  const own = host.addresses().map(({ address }) => address);
  const elsewhere = addresses.length > 0 &&
    !addresses.some((address) => address !== undefined && own.includes(address));
  if (!elsewhere && bootId && bootId === await firstOf(host, BOOT_ID)) return undefined;
  if (status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) {
    return "it is Ready, but its kubelet reports from another boot or another host";
  }
  if (!await isOfCluster(identity.certificatesPem, caPem)) {
    return `the certificate in "${identity.source}" belongs to another cluster`;
  }
  if (elsewhere) return `its address is ${addresses.join(", ")}, which is not an address of this host`;
  return marks.some((mark) => mark.node && mark.node === mark.host)
    ? undefined
    : "its machine ID, system UUID and provider ID cannot be compared with those of this host";
}

/** Whether one of the authorities signed the certificate, over its intermediates where there are some. */
async function isOfCluster(certificatesPem: string, caPem: string): Promise<boolean> {
  const [{ chainsTo }, { parseCertificates }] = await Promise.all([
    import("../pki/chain.ts"),
    import("../pki/certificate.ts"),
  ]);
  try {
    const [certificate, ...intermediates] = parseCertificates(certificatesPem);
    for (const authority of parseCertificates(caPem)) {
      // At the time of issue: an expired certificate still belongs to its cluster.
      if (await chainsTo(certificate!, intermediates, authority, certificate!.notBefore)) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
