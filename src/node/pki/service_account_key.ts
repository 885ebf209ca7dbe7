/** The key pair of service account tokens, as far as a host has it. Observes, never changes. @module */
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import type { KeyPair } from "../../pki/keys.ts";
import type { Host } from "../../system.ts";
import { pkiPaths, SERVICE_ACCOUNT_KEY } from "../../cluster/pki/certificates.ts";
import { accessTo } from "./access.ts";
import { type InspectionResult, problemAt, readPem } from "./pair.ts";
import { shellWord } from "../../text/shell.ts";

/** The service account key pair on the host: `keys` are absent when there is no `sa.key`. */
export async function inspectServiceAccountKey(
  host: Host,
  node: ControlPlaneNode,
): Promise<InspectionResult & { keys?: KeyPair; hasPublicKey: boolean }> {
  const paths = pkiPaths(node.cluster, SERVICE_ACCOUNT_KEY);
  const [privateText, publicText] = await Promise.all([readPem(host, paths.key), readPem(host, paths.publicKey)]);
  const hasPublicKey = publicText !== undefined;
  const access = await accessTo(host, [
    { path: paths.key, holds: "private key" },
    { path: paths.publicKey, holds: "public key" },
  ]);
  if (access.problems.length > 0) return { ...access, hasPublicKey };
  if (privateText === undefined) {
    const what = `is missing, but ${paths.publicKey} is there`;
    const hint = "Put the private key back, or remove the public one to have both made anew.";
    return { ...access, problems: hasPublicKey ? [{ where: paths.key, what, hint }] : [], hasPublicKey };
  }
  const { parsePrivateKey, parsePublicKeys } = await import("../../pki/key_pem.ts");
  const { samePublicKey } = await import("../../pki/keys.ts");
  let keys: KeyPair;
  try {
    keys = await parsePrivateKey(privateText);
  } catch (error) {
    return { problems: [problemAt(paths.key, error)], warnings: [], hasPublicKey };
  }
  const { namedCurve } = keys.privateKey.algorithm as EcKeyAlgorithm;
  if (namedCurve === "P-224") {
    const what = "has a key of the curve P-224, with which the API server cannot sign tokens";
    return { problems: [{ where: paths.key, what }], warnings: [], hasPublicKey, keys };
  }
  try {
    // Other forms of public keys (PKCS#1, certificates) are the API server's to judge, and a list may hold former keys.
    const listed = await parsePublicKeys(publicText ?? "");
    const same = await Promise.all(listed.map((key) => samePublicKey(key, keys.publicKey)));
    if (listed.length === 0 || same.includes(true)) return { ...access, hasPublicKey, keys };
  } catch (error) {
    return { problems: [problemAt(paths.publicKey, error)], warnings: [], hasPublicKey, keys };
  }
  const what = `does not hold the public key of ${paths.key}: the API server would refuse every token that it signs`;
  const hint = `Put the public key back that belongs to ${shellWord(paths.key)}, or remove ${
    shellWord(paths.publicKey)
  } to have it written.`;
  return { problems: [{ where: paths.publicKey, what, hint }], warnings: [], hasPublicKey, keys };
}
