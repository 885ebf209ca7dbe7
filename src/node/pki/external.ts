/**
 * External authorities: their certificates are on this host, their keys are not. Everything that they sign must then exist
 * already; missing files are one list for each authority, not one problem for each file.
 * @module
 */
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import type { Problem } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { certificateNamed, pkiPaths } from "../../cluster/pki/certificates.ts";
import { sharedFiles } from "../../cluster/objects/copy_certs.ts";
import { type Access, accessTo } from "./access.ts";
import { type InspectionResult, type OfCluster, unique } from "./pair.ts";

/** All problems of the findings, each once. */
export function problemsOf(node: OfCluster, findings: readonly InspectionResult[]): Problem[] {
  const missingExternal = findings.flatMap(({ missingExternal = [] }) => missingExternal);
  const authorities = [...new Set(missingExternal.map(({ authority }) => authority))];
  return unique([
    ...authorities.map((authority) => {
      const what = [...new Set(missingExternal.filter((one) => one.authority === authority).map(({ what }) => what))];
      return externalProblem(node, authority, what);
    }),
    ...findings.flatMap(({ problems }) => problems),
  ]);
}

function externalProblem(
  { cluster }: Pick<ControlPlaneNode, "cluster">,
  authority: { baseName: string },
  what: string[],
): Problem {
  const { certificate, key } = pkiPaths(cluster, authority);
  return {
    where: certificate,
    what: `exists without ${key}, so this host cannot create the certificates that it signs. Missing:${
      what.map((one) => `\n      ${one}`).join("")
    }`,
    hint:
      "Have them signed (kubewright certs generate-csr creates the keys and the requests), or copy the key to this host.",
  };
}

/**
 * Why the certificates of this host cannot be uploaded for other control plane nodes: the keys of the authorities are not
 * here (kubeadm's rule), or any user may write them.
 */
export async function inspectUpload(host: Pick<Host, "stat" | "uid">, { cluster }: OfCluster): Promise<Access> {
  const { problems, warnings } = await accessTo(
    host,
    Object.values(sharedFiles(cluster)).filter((path) => path !== "").map((path) => ({
      path,
      holds: path.endsWith(".crt") ? "certificate" : path.endsWith(".pub") ? "public key" : "private key",
    })),
  );
  const external: string[] = [];
  for (const name of ["ca", "front-proxy-ca"]) {
    const { certificate, key } = pkiPaths(cluster, certificateNamed(name));
    if (await host.stat(certificate) !== undefined && await host.stat(key) === undefined) external.push(key);
  }
  if (external.length === 0) return { problems, warnings };
  const what = `requires the keys of the authorities; missing: ${external.join(", ")}`;
  const hint = "Omit the flag: the holder of these keys must create the certificates of the other control plane nodes.";
  return { problems: [{ where: "--upload-certs", what, hint }, ...problems], warnings };
}
