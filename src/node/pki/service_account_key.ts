/** The key pair of service account tokens on a host. Observes, never changes. @module */
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
    const what = `is missing, but ${paths.publicKey} exists`;
    const hint = "Restore the private key, or remove the public key to create both again.";
    return { ...access, problems: hasPublicKey ? [{ where: paths.key, what, hint }] : [], hasPublicKey };
  }
  const { parsePrivateKey } = await import("../../pki/key_pem.ts");
  let keys: KeyPair;
  try {
    keys = await parsePrivateKey(privateText);
  } catch (error) {
    return { problems: [problemAt(paths.key, error)], warnings: [], hasPublicKey };
  }
  const { namedCurve } = keys.privateKey.algorithm as EcKeyAlgorithm;
  if (namedCurve === "P-224") {
    const what = "has a key with curve P-224, which the API server does not support for signing tokens";
    return { problems: [{ where: paths.key, what }], warnings: [], hasPublicKey, keys };
  }
  if (publicText === undefined) return { ...access, hasPublicKey, keys };
  const hint = `Restore the public key of ${shellWord(paths.key)}, or remove ${
    shellWord(paths.publicKey)
  } to write it again.`;
  const { parsePublicKeys } = await import("../../pki/public_keys.ts");
  const { publicKeyDer, sameBytes } = await import("../../pki/keys.ts");
  try {
    const own = await publicKeyDer(keys.publicKey);
    // The file may also list former keys.
    if ((await parsePublicKeys(publicText)).some((key) => sameBytes(key, own))) {
      return { ...access, hasPublicKey, keys };
    }
  } catch (error) {
    return { problems: [{ ...problemAt(paths.publicKey, error), hint }], warnings: [], hasPublicKey, keys };
  }
  const what = `does not contain the public key of ${paths.key}: the API server would reject every token it signs`;
  return { problems: [{ where: paths.publicKey, what, hint }], warnings: [], hasPublicKey, keys };
}
