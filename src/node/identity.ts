/**
 * Which node of a cluster this host is: the name in the client certificate of the kubelet. The host's own name may have
 * changed since it joined (cloned images, DHCP). Observes, never changes.
 * @module
 */
import { UserError } from "../errors.ts";
import type { Host } from "../system.ts";
import { rotatedCertificate } from "../cluster/kubelet/configuration.ts";
import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { readKubeletFlags } from "./kubelet/settings.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";

/** The node that this host is, proven by the kubelet's certificate; or why that is unknown. */
export type NodeIdentity =
  /** `certificatesPem`: the kubelet's certificate, its intermediates after it. `source`: the file that holds it. */
  | { known: true; name: string; source: string; certificatesPem: string }
  /** `name`: the one that the kubelet would register now (`--hostname-override`, or the host's name). Never act on it. */
  | { known: false; name: string; why: string };

/** User names of nodes. @see https://kubernetes.io/docs/reference/access-authn-authz/node/ */
const USER = /^system:node:(.+)$/;

/**
 * Reads the name from the certificate that the kubelet renews, and from the one in kubelet.conf. Both must agree.
 * Damaged or missing files are not errors: they are the reason why the identity is unknown.
 */
export async function readNodeIdentity(host: Host): Promise<NodeIdentity> {
  const flags = await readKubeletFlags(host).catch(passed(() => []));
  const override = flags.findLast(({ name }) => name === "hostname-override")?.value;
  const name = (override || host.hostname()).trim().toLowerCase();
  const found: { name: string; source: string; certificatesPem: string }[] = [];
  const reasons: string[] = [];
  for (const read of [() => renewed(host, rotatedCertificate(flags)), () => embedded(host)]) {
    try {
      const one = await read();
      if (one !== undefined) found.push({ ...one, name: await nodeIn(one.certificatesPem, one.source) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      reasons.push(error.message);
    }
  }
  const [first, other] = found;
  if (first === undefined) {
    return { known: false, name, why: reasons[0] ?? `"${KUBELET_FILES.kubeconfig}" not found` };
  }
  if (other !== undefined && other.name !== first.name) {
    const why = `"${first.source}" belongs to node "${first.name}", "${other.source}" to node "${other.name}"`;
    return { known: false, name, why };
  }
  return { known: true, ...first };
}

/** Returns `instead` for a {@linkcode UserError}. */
function passed<T>(instead: () => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof UserError) return instead();
    throw error;
  };
}

async function renewed(host: Host, source: string) {
  const certificatesPem = await host.readText(source);
  return certificatesPem === undefined ? undefined : { source, certificatesPem };
}

async function embedded(host: Host) {
  const source = KUBELET_FILES.kubeconfig;
  const text = await host.readText(source);
  if (text === undefined) return undefined;
  const { clientCertPem, clientCertFile } = parseKubeconfig(text, source);
  if (clientCertPem !== undefined) return { source, certificatesPem: clientCertPem };
  if (clientCertFile === undefined) throw new UserError(`"${source}" has no client certificate`);
  const certificatesPem = await host.readText(clientCertFile);
  if (certificatesPem !== undefined) return { source: clientCertFile, certificatesPem };
  throw new UserError(`"${source}" names "${clientCertFile}": no such file`);
}

/** The node that a certificate belongs to. @throws {UserError} when it is not a node's. */
async function nodeIn(pem: string, source: string): Promise<string> {
  const { parseCertificates } = await import("../pki/certificate.ts"); // 80 ms, so only where there is one
  const { commonName } = parseCertificates(pem)[0]!;
  const name = USER.exec(commonName)?.[1];
  if (name !== undefined) return name;
  throw new UserError(`the certificate in "${source}" belongs to "${commonName}", which is not a node`);
}
