/**
 * Whether a Node of a cluster is this very host. A name does not prove it: hosts are renamed, images are cloned with their
 * certificates and machine IDs, and a Node of the same name may have been registered by another host since.
 * @module
 */
import { UserError } from "../errors.ts";
import type { Host, KubeObject } from "../system.ts";
import { readKubeletSettings } from "./kubelet/settings.ts";
import type { NodeIdentity } from "./identity.ts";

/** Files in the kubelet's reading order; the first that can be read counts. @see https://github.com/google/cadvisor */
const MACHINE_ID = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const SYSTEM_UUID = [
  "/sys/class/dmi/id/product_uuid",
  "/proc/device-tree/system-id",
  "/proc/device-tree/vm,uuid",
  "/etc/machine-id",
];
const BOOT_ID = ["/proc/sys/kernel/random/boot_id"];

/** What a Node says of its machine, and whether its kubelet reports. */
interface NodeParts {
  spec?: { providerID?: string };
  status?: {
    nodeInfo?: { machineID?: string; systemUUID?: string; bootID?: string };
    conditions?: { type?: string; status?: string }[];
    addresses?: { type?: string; address?: string }[];
  };
}

/** The first of the files that can be read; undefined when none can, or it is empty. */
async function firstOf(host: Host, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      const text = await host.readText(path);
      if (text !== undefined) return text.replaceAll("\0", "").trim().toLowerCase() || undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error; // the next one, as the kubelet does
    }
  }
  return undefined;
}

/** Something that a machine has once: what the Node and this host say. */
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
 * Why it is not proven that the Node is this host; undefined when it is.
 *
 * The name in the kubelet's certificate has to be the Node's, an address of the Node has to be this host's, and nothing
 * that a machine has once may differ. A Node that was reported in this very boot is then this host (containers share a
 * boot, not an address); one that a kubelet reports from elsewhere is not. For one that nobody reports now, the
 * certificate has to be of the cluster that was asked, and a mark has to agree.
 * @param caPem the authorities that the API server which gave the Node was verified with.
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
  if (other !== undefined) return `its ${other.what} is "${other.node}", that of this host is "${other.host}"`;
  const bootId = status?.nodeInfo?.bootID?.toLowerCase();
  const addresses = (status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address);
  const own = host.addresses().map(({ address }) => address);
  const elsewhere = addresses.length > 0 &&
    !addresses.some((address) => address !== undefined && own.includes(address));
  if (!elsewhere && bootId && bootId === await firstOf(host, BOOT_ID)) return undefined;
  if (status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) {
    return "it is Ready, and its kubelet reports from another boot or another host";
  }
  if (!await isOfCluster(identity.certificatesPem, caPem)) {
    return `the certificate in "${identity.source}" is of another cluster`;
  }
  if (elsewhere) return `its address is ${addresses.join(", ")}, which is none of this host's`;
  return marks.some((mark) => mark.node && mark.node === mark.host)
    ? undefined
    : "neither its machine ID nor its system UUID nor its provider ID can be compared with this host's";
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
      // When it was issued: one that has expired since is of its cluster still.
      if (await chainsTo(certificate!, intermediates, authority, certificate!.notBefore)) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
