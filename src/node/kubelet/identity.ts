/**
 * Whether the identity that a kubelet has stored belongs to this cluster and this node. A kubelet prefers a stored
 * certificate to any other until it expires: one from an earlier cluster keeps it out of this one.
 * @see https://github.com/kubernetes/client-go/blob/v0.37.2/util/certificate/certificate_manager.go getCurrentCertificateOrBootstrap
 * @module
 */
import type { Arg } from "../../config/types.ts";
import { parseDocuments } from "../../config/yaml.ts";
import { type Problem, UserError } from "../../errors.ts";
import type { Certificate } from "../../pki/certificate.ts";
import type { Host } from "../../system.ts";
import { argument } from "../../cluster/arguments.ts";
import { rotatedCertificate } from "../../cluster/kubelet/configuration.ts";
import { parseKubeconfig } from "../../cluster/pki/kubeconfigs.ts";
import { KUBELET_FILES } from "../../cluster/paths.ts";
import { commandLine, shellWord } from "../../text/shell.ts";

/** The node that this host will be. */
export interface WantedIdentity {
  /** Name of the node, unless a flag of the kubelet overrides it. */
  name: string;
  kubeletExtraArgs: readonly Arg[];
  /** Authorities of the cluster as PEM; undefined when the cluster has none yet. */
  caPem: string | undefined;
}

/** Whether the kubelet renews its certificate: true unless a patch or a flag disabled it. */
export async function rotatesCertificate(host: Host, kubeletExtraArgs: readonly Arg[]): Promise<boolean> {
  const flag = argument(kubeletExtraArgs, "rotate-certificates");
  if (flag !== undefined) return flag !== "false";
  const text = await host.readText(KUBELET_FILES.configuration);
  const [document] = text === undefined ? [] : parseDocuments(text, KUBELET_FILES.configuration);
  return document?.body["rotateCertificates"] === true;
}

/** The stored certificate and its path: one file with the key, or two; undefined without one. */
async function storedIdentity(host: Host, args: readonly Arg[]): Promise<{ path: string; pem: string } | undefined> {
  const path = rotatedCertificate(args);
  const pem = await host.readText(path);
  if (pem !== undefined) return { path, pem };
  const base = path.replace(/-current\.pem$/, "");
  const pair = await Promise.all([host.readText(`${base}.crt`), host.stat(`${base}.key`)]);
  return pair[0] === undefined || pair[1] === undefined ? undefined : { path: `${base}.crt`, pem: pair[0] };
}

/** Whether kubelet.conf names the file, which makes it the kubelet's only identity. */
async function isNamed(host: Host, path: string): Promise<boolean> {
  const text = await host.readText(KUBELET_FILES.kubeconfig);
  if (text === undefined) return false;
  try {
    return parseKubeconfig(text, KUBELET_FILES.kubeconfig).clientCertFile === path;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return false; // reported where the kubeconfig itself is checked
  }
}

/** Whether one of the authorities signed it, by signature: the authorities of all clusters have the same name. */
async function isOf(
  caPem: string,
  [certificate, ...intermediates]: readonly Certificate[],
  now: Date,
): Promise<boolean> {
  const { parseCertificates } = await import("../../pki/certificate.ts");
  const { chainsTo } = await import("../../pki/chain.ts");
  // A clock that is behind must not make it a certificate of another cluster.
  const then = now < certificate!.notBefore ? certificate!.notBefore : now;
  for (const authority of parseCertificates(caPem)) {
    if (await chainsTo(certificate!, intermediates, authority, then)) return true;
  }
  return false;
}

const day = (date: Date) => date.toISOString().slice(0, 10);

/** Why the kubelet could not be this node with its stored identity; undefined: it could, or has none. */
export async function kubeletIdentityProblem(
  host: Host,
  { name, kubeletExtraArgs, caPem }: WantedIdentity,
): Promise<Problem | undefined> {
  const stored = await storedIdentity(host, kubeletExtraArgs);
  if (stored === undefined) return undefined;
  const { path, pem } = stored;
  const remove = `Remove it: rm ${shellWord(path)}`;
  const { parseCertificates, validityAt } = await import("../../pki/certificate.ts");
  let certificates: Certificate[];
  try {
    certificates = parseCertificates(pem);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      where: path,
      what: `cannot be read, and the kubelet cannot start with it: ${error.message}`,
      hint: remove,
    };
  }
  const [certificate] = certificates;
  const named = await isNamed(host, path);
  if (validityAt(certificate!, host.now()) === "expired") {
    // The kubelet ignores it, unless it has no other.
    return !named ? undefined : {
      where: path,
      what: `expired on ${day(certificate!.notAfter)}, and ${KUBELET_FILES.kubeconfig} names it: the kubelet cannot ` +
        "authenticate",
      hint: `Remove both files and rerun the command: rm ${shellWord(path)} ${KUBELET_FILES.kubeconfig}`,
    };
  }
  if (caPem === undefined || !await isOf(caPem, certificates, host.now())) {
    return {
      where: path,
      what:
        "is the identity of a kubelet in another cluster: the CA of this cluster did not sign it, and the API server " +
        "would reject the kubelet (Unauthorized)",
      hint: named ? `Remove it with its kubeconfig: rm ${shellWord(path)} ${KUBELET_FILES.kubeconfig}` : remove,
    };
  }
  const wanted = `system:node:${argument(kubeletExtraArgs, "hostname-override") ?? name}`;
  if (certificate!.commonName === wanted) return undefined;
  const other = certificate!.commonName.replace(/^system:node:/, "");
  return {
    where: path,
    what: `is the identity of node "${other}", expected node "${wanted.slice("system:node:".length)}"`,
    hint: `Keep the name (--node-name ${shellWord(other)}), or remove the identity: rm ${
      commandLine(named ? [path, KUBELET_FILES.kubeconfig] : [path])
    }`,
  };
}
