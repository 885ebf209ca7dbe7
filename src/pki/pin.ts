import { InvalidInput } from "../errors.ts";

/**
 * The pin of a public key, `sha256:<64 hex digits>`: the SHA-256 of the DER SubjectPublicKeyInfo, not of the certificate,
 * so a CA that is renewed with the same key keeps its pin (RFC 7469, 2.4).
 * @param spki DER of the SubjectPublicKeyInfo, such as `Certificate.publicKeyDer`.
 */
export async function publicKeyPin(spki: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", spki));
  return `sha256:${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * A pin as people type it, in the one form that {@linkcode publicKeyPin} makes: hex digits may be upper case.
 * @throws {InvalidInput} when the form is wrong.
 */
export function parsePin(text: string): string {
  const pin = text.trim().toLowerCase();
  if (/^sha256:[0-9a-f]{64}$/.test(pin)) return pin;
  const state = !pin.startsWith("sha256:")
    ? 'it does not begin with "sha256:"'
    : /^[0-9a-f]*$/.test(pin.slice(7))
    ? `it has ${pin.length - 7} hex digits instead of 64`
    : "it has characters other than hex digits";
  throw new InvalidInput(`Cannot read public key pin "${text}": ${state}`);
}
