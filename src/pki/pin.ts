import { InvalidInput } from "../errors.ts";

/**
 * The hash of a public key, `sha256:<64 hex digits>`: the SHA-256 of the DER SubjectPublicKeyInfo, not of the certificate, so
 * that a CA renewed with the same key keeps its hash (RFC 7469, 2.4).
 * @param spki DER of the SubjectPublicKeyInfo, such as `Certificate.publicKeyDer`.
 */
export async function publicKeyPin(spki: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", spki));
  return `sha256:${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Reads a hash in the form of {@linkcode publicKeyPin}; hex digits may be upper case.
 * @throws {InvalidInput} for another form.
 */
export function parsePin(text: string): string {
  const pin = text.trim().toLowerCase();
  if (/^sha256:[0-9a-f]{64}$/.test(pin)) return pin;
  const state = !pin.startsWith("sha256:")
    ? 'must start with "sha256:"'
    : /^[0-9a-f]*$/.test(pin.slice(7))
    ? `must have 64 hexadecimal digits; got ${pin.length - 7}`
    : "must contain only hexadecimal digits";
  throw new InvalidInput(`Cannot read CA public key hash "${text}": ${state}`);
}
