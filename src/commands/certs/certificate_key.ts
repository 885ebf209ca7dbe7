import { generateCertificateKey } from "../../pki/certificate_key.ts";
import type { Outcome } from "../command_context.ts";

/** `certs certificate-key`: a key that encrypts uploaded certificates for additional control plane nodes. */
export function certificateKey(): Outcome {
  const key = generateCertificateKey();
  return { text: key, result: { certificateKey: key } };
}
