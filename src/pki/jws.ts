/**
 * The signature of cluster-info: a JWS (RFC 7515) in compact form with detached payload (appendix F), HMAC SHA-256 with the
 * secret of a bootstrap token. The bootstrapsigner of the control plane creates it; `join` verifies it.
 * @module
 */
import { Untrusted } from "../errors.ts";
import { base64, fromBase64 } from "./pem.ts";
import type { BootstrapTokenParts } from "./token.ts";

const UTF8 = new TextEncoder();

/** The only valid header, byte for byte, which excludes other algorithms (`none`) and other tokens. */
function headerOf(id: string): string {
  return base64url(UTF8.encode(`{"alg":"HS256","kid":"${id}"}`));
}

function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function hmacKey(secret: string, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", UTF8.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [use]);
}

/** The signed bytes: header and payload, as in the full compact form. */
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
 * Verifies a detached signature; signatures are compared in constant time.
 * @throws {Untrusted} when it differs from {@linkcode signDetached} of this text and this token.
 */
export async function verifyDetached(jws: string, payload: string, token: BootstrapTokenParts): Promise<void> {
  const refuse = (state: string, hint?: string) =>
    new Untrusted(`Cannot trust the signature of cluster-info for token "${token.id}": ${state}`, hint ? { hint } : {});
  const [header, detached, signature, ...rest] = jws.split(".");
  if (signature === undefined || rest.length > 0 || detached !== "") {
    throw refuse("not a detached JWS (header, two dots, signature)");
  }
  if (header !== headerOf(token.id)) {
    throw refuse(`the header must be exactly {"alg":"HS256","kid":"${token.id}"}`);
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(signature)) throw refuse("the signature must be 32 bytes in base64url");
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
      "the signature was not created with the secret of this token, or cluster-info was modified",
      "Check the token. If it is correct, another machine may be impersonating the control plane.",
    );
  }
}
