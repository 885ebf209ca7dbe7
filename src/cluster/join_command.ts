import { publicKeyPin } from "../pki/pin.ts";

/** A command that joins a host, and the hash of the CA's public key in it. */
export interface JoinCommand {
  argv: string[];
  hash: string;
}

/**
 * The command line that joins a host to a cluster.
 * @param server URL of the control plane.
 * @param caPem the cluster's CA; the first certificate of a bundle, which signs.
 * @returns the words, and the hash of the CA's public key.
 */
export async function joinCommand(
  server: string,
  caPem: string,
  token: string,
): Promise<JoinCommand> {
  const { parseCertificates } = await import("../pki/certificate.ts");
  const [authority] = parseCertificates(caPem);
  const hash = await publicKeyPin(authority!.publicKeyDer);
  const endpoint = server.replace("https://", "");
  return { argv: ["kubewright", "join", endpoint, "--token", token, "--discovery-token-ca-cert-hash", hash], hash };
}

/**
 * The command that joins a control plane node, from the one that joins a worker. It calls kubeadm: kubewright does not
 * support joining control plane nodes yet.
 */
export function controlPlaneJoinCommand(worker: readonly string[], certificateKey: string): string[] {
  return ["kubeadm", ...worker.slice(1), "--control-plane", "--certificate-key", certificateKey];
}
