import assert from "node:assert/strict";
import { Untrusted } from "../errors.ts";
import { signDetached, verifyDetached } from "./jws.ts";
import { base64 } from "./pem.ts";

const TOKEN = { id: "abcdef", secret: "0123456789abcdef" };
const CLUSTER_INFO = "apiVersion: v1\nclusters: []\nkind: Config # ü\n";

const base64url = (text: string) =>
  base64(new TextEncoder().encode(text)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

Deno.test("the signature is the one that HMAC SHA-256 of node:crypto gives over header and payload", async () => {
  const { createHmac } = await import("node:crypto");
  const header = base64url('{"alg":"HS256","kid":"abcdef"}');
  const expected = createHmac("sha256", TOKEN.secret).update(`${header}.${base64url(CLUSTER_INFO)}`).digest(
    "base64url",
  );
  const jws = await signDetached(CLUSTER_INFO, TOKEN);
  assert.equal(jws, `${header}..${expected}`);
  await verifyDetached(jws, CLUSTER_INFO, TOKEN);
});

Deno.test("anything but the exact signature is refused", async () => {
  const good = await signDetached(CLUSTER_INFO, TOKEN);
  const [header, , signature] = good.split(".") as [string, string, string];
  const last = signature.at(-1)!;
  const sibling = String.fromCharCode(last.charCodeAt(0) + 1); // same 256 bits, other padding bits
  const forged: Record<string, string> = {
    "alg none": `${base64url('{"alg":"none","kid":"abcdef"}')}..`,
    "alg none with the signature": `${base64url('{"alg":"none","kid":"abcdef"}')}..${signature}`,
    "another algorithm": `${base64url('{"alg":"HS384","kid":"abcdef"}')}..${signature}`,
    "another key id": `${base64url('{"alg":"HS256","kid":"ghijkl"}')}..${signature}`,
    "no key id": `${base64url('{"alg":"HS256"}')}..${signature}`,
    "a header with spaces": `${base64url('{"alg": "HS256", "kid": "abcdef"}')}..${signature}`,
    "a header with more": `${base64url('{"alg":"HS256","kid":"abcdef","crit":["b64"]}')}..${signature}`,
    "a payload inside": `${header}.${base64url(CLUSTER_INFO)}.${signature}`,
    "four parts": `${good}.`,
    "no signature": `${header}..`,
    "a short signature": `${header}..${signature.slice(0, 20)}`,
    "a padded signature": `${good}=`,
    "the same bits spelled differently": `${header}..${signature.slice(0, -1)}${sibling}`,
    "the empty string": "",
    "a signature by another secret": await signDetached(CLUSTER_INFO, { ...TOKEN, secret: "fedcba9876543210" }),
    "a signature for another token": await signDetached(CLUSTER_INFO, { ...TOKEN, id: "ghijkl" }),
    "a signature of another text": await signDetached(CLUSTER_INFO + "\n", TOKEN),
  };
  for (const [what, jws] of Object.entries(forged)) {
    await assert.rejects(verifyDetached(jws, CLUSTER_INFO, TOKEN), (error: Error) => {
      assert.ok(error instanceof Untrusted, what);
      assert.doesNotMatch(error.message, /0123456789abcdef/);
      return true;
    }, what);
  }
});
