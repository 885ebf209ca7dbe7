/**
 * External authorities: their certificates are on this host, their keys are not. Then everything that they sign has to
 * be there already; what is not is one list for each of them, not one problem for each file.
 * @module
 */
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import type { Problem } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { certificateNamed, pkiPaths } from "../../cluster/pki/certificates.ts";
import { sharedFiles } from "../../cluster/objects/copy_certs.ts";
import { type Access, accessTo } from "./access.ts";
import { type InspectionResult, type OfCluster, unique } from "./pair.ts";

/** All problems of what was found, each once. */
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
    what: `is there without ${key}, so what it has to sign cannot be made here, and this is missing:${
      what.map((one) => `\n      ${one}`).join("")
    }`,
    hint:
      "Have it signed (kubewright certs generate-csr makes the keys and what is to be signed), or put the key there.",
  };
}

/**
 * Why the certificates of this host cannot be uploaded for others: keys that they would have to sign with are elsewhere
 * (kubeadm's rule), or anybody may write them.
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
  const what = `cannot be done without the keys of the authorities, but there is no ${external.join(" and no ")}`;
  const hint = "Leave it out: who has those keys has to make what the others need.";
  return { problems: [{ where: "--upload-certs", what, hint }, ...problems], warnings };
}
