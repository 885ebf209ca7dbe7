import assert from "node:assert/strict";
import { certificatePem } from "./certificate.ts";
import { issueAuthority } from "./issue.ts";
import { privateKeyPem, publicKeyPem } from "./key_pem.ts";
import { generateKeyPair, publicKeyDer } from "./keys.ts";
import { encodePem } from "./pem.ts";
import { parsePublicKeys } from "./public_keys.ts";

const PERIOD = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2036-01-01T00:00:00Z") };
const rsa = await generateKeyPair("RSA-2048");
const ec = await generateKeyPair("ECDSA-P256");
const [RSA_PUB, EC_PUB] = [await publicKeyPem(rsa.publicKey), await publicKeyPem(ec.publicKey)];
const [RSA_DER, EC_DER] = [await publicKeyDer(rsa.publicKey), await publicKeyDer(ec.publicKey)];
const pkcs8 = async (key: unknown) =>
  encodePem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", key as CryptoKey)));
const ED25519 = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n" +
  "-----END PUBLIC KEY-----\n";
const DAMAGED = encodePem("PUBLIC KEY", RSA_DER.slice(0, -9));

Deno.test("parsePublicKeys() finds keys as client-go does, whatever a block is called", async () => {
  const certificate = certificatePem(await issueAuthority("ca", PERIOD, ec));
  const texts: readonly (readonly [string, string, readonly Uint8Array[]])[] = [
    ["public keys", RSA_PUB + EC_PUB, [RSA_DER, EC_DER]],
    ["another label", RSA_PUB.replaceAll("PUBLIC KEY", "ANYTHING"), [RSA_DER]],
    ["a certificate", certificate, [EC_DER]],
    ["a certificate and a key", certificate + RSA_PUB, [EC_DER, RSA_DER]],
    ["private keys", await privateKeyPem(rsa) + await privateKeyPem(ec), [RSA_DER, EC_DER]],
    ["a private key of RSA in PKCS#8", await pkcs8(rsa.privateKey), [RSA_DER]],
    ["a private key of a curve in PKCS#8, which is skipped", RSA_PUB + await pkcs8(ec.privateKey), [RSA_DER]],
    ["Ed25519 beside it", ED25519 + RSA_PUB, [RSA_DER]],
    ["a damaged block beside it", DAMAGED + EC_PUB + DAMAGED, [EC_DER]],
    ["text around it", `hello\n${EC_PUB}bye\n`, [EC_DER]],
    ["a byte order mark before the first of two", `\ufeff${RSA_PUB}${EC_PUB}`, [EC_DER]],
  ];
  for (const [what, pem, expected] of texts) assert.deepEqual(await parsePublicKeys(pem), expected, what);
});

Deno.test("parsePublicKeys() refuses a text without a key that the API server verifies with", async () => {
  const texts: readonly (readonly [string, RegExp])[] = [
    ["", /no RSA or ECDSA key found \(no PEM block found\)$/],
    ["garbage", /no PEM block found/],
    [`\ufeff${RSA_PUB}`, /a byte order mark/],
    [ED25519, /no RSA or ECDSA key/],
    [DAMAGED, /no RSA or ECDSA key/],
    [encodePem("RSA PUBLIC KEY", RSA_DER.slice(24)), /no RSA or ECDSA key/], // PKCS#1
    [await pkcs8(ec.privateKey), /no RSA or ECDSA key/],
  ];
  for (const [pem, says] of texts) await assert.rejects(parsePublicKeys(pem), says);
});
