import type { Outcome } from "../desk.ts";

/** Bytes of an AES-256 key. */
const KEY_BYTES = 32;

/** `certs certificate-key`: a key with which certificates can be uploaded for other control plane nodes. */
export function certificateKey(): Outcome {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { text: key, result: { certificateKey: key } };
}
