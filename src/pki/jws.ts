/**
 * The signature of cluster-info: a JWS (RFC 7515) in compact form with its payload left out (appendix F), HMAC SHA-256
 * under the secret half of a bootstrap token. The control plane's bootstrapsigner makes it; who joins checks it.
 * @module
 */
import { Untrusted } from "../errors.ts";
import { base64, fromBase64 } from "./pem.ts";
import type { BootstrapTokenParts } from "./token.ts";

const UTF8 = new TextEncoder();

/** The one header that counts, byte for byte: so no other algorithm (`none`) and no other token can be meant. */
function headerOf(id: string): string {
  return base64url(UTF8.encode(`{"alg":"HS256","kid":"${id}"}`));
}

function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function hmacKey(secret: string, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", UTF8.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [use]);
}

/** What is signed: header and payload, as the full compact form has them. */
function signingInput(header: string, payload: string): Uint8Array<ArrayBuffer> {
  return UTF8.encode(`${header}.${base64url(UTF8.encode(payload))}`);
}

/** The detached signature `<header>..<signature>` of a text under a token. */
export async function signDetached(payload: string, token: BootstrapTokenParts): Promise<string> {
  const header = headerOf(token.id);
  const signature = await crypto.subtle.sign(
    "HMAC",
    await hmacKey(token.secret, "sign"),
    signingInput(header, payload),
  );
  return `${header}..${base64url(new Uint8Array(signature))}`;
}

/**
 * Checks a detached signature; signatures are compared in constant time.
 * @throws {Untrusted} when it is not exactly what {@linkcode signDetached} makes of this text and this token.
 */
export async function verifyDetached(jws: string, payload: string, token: BootstrapTokenParts): Promise<void> {
  const refuse = (state: string, hint?: string) =>
    new Untrusted(`Cannot trust the signature of cluster-info for token "${token.id}": ${state}`, hint ? { hint } : {});
  const [header, detached, signature, ...rest] = jws.split(".");
  if (signature === undefined || rest.length > 0 || detached !== "") {
    throw refuse("it is not a detached JWS (header, two dots, signature)");
  }
  if (header !== headerOf(token.id)) {
    throw refuse(`its header is not exactly {"alg":"HS256","kid":"${token.id}"}`);
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(signature)) throw refuse("its signature is not 32 bytes in base64url");
  const bytes = fromBase64(`${signature.replaceAll("-", "+").replaceAll("_", "/")}=`, "signature of cluster-info");
  // The last character carries 4 bits of the signature and 2 that must be zero: one signature has one spelling.
  const genuine = base64url(bytes) === signature && await crypto.subtle.verify(
    "HMAC",
    await hmacKey(token.secret, "verify"),
    bytes,
    signingInput(header, payload),
  );
  if (!genuine) {
    throw refuse(
      "it was not made with this token's secret, or cluster-info was changed",
      "Check the token; where it is right, someone between this host and the control plane may be impersonating it.",
    );
  }
}
