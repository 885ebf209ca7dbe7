import assert from "node:assert/strict";
import type { EncryptionAlgorithm } from "../config/types.ts";
import { InvalidInput } from "../errors.ts";
import { parsePrivateKey, privateKeyPem, publicKeyPem } from "./key_pem.ts";
import { generateKeyPair, publicKeyDer, samePublicKey } from "./keys.ts";
import { parsePublicKeys } from "./public_keys.ts";
import { hasOpenssl, openssl } from "./openssl_test.ts";

const LABELS: Record<EncryptionAlgorithm, string> = {
  "RSA-2048": "RSA PRIVATE KEY",
  "RSA-3072": "RSA PRIVATE KEY",
  "RSA-4096": "RSA PRIVATE KEY",
  "ECDSA-P256": "EC PRIVATE KEY",
  "ECDSA-P384": "EC PRIVATE KEY",
};

for (const [algorithm, label] of Object.entries(LABELS) as [EncryptionAlgorithm, string][]) {
  // RSA keys of 4096 bits take seconds, and go the same way as the shorter ones.
  if (algorithm === "RSA-4096") continue;
  Deno.test(`${algorithm}: PEM and back is the same key, and openssl reads it`, async () => {
    const pair = await generateKeyPair(algorithm);
    const pem = await privateKeyPem(pair);
    assert.ok(pem.startsWith(`-----BEGIN ${label}-----\n`));
    assert.ok(pem.endsWith(`-----END ${label}-----\n`));
    assert.ok(pem.split("\n").every((line) => line.length <= 64));
    const back = await parsePrivateKey(pem);
    assert.equal(await privateKeyPem(back), pem);
    assert.ok(await samePublicKey(pair.publicKey, back.publicKey));
    assert.deepEqual(await parsePublicKeys(await publicKeyPem(pair.publicKey)), [await publicKeyDer(pair.publicKey)]);
    if (!hasOpenssl) return;
    await openssl(["pkey", "-check", "-noout", "-in", "key"], { key: pem });
    assert.equal(await openssl(["pkey", "-pubout", "-in", "key"], { key: pem }), await publicKeyPem(pair.publicKey));
    // The other form, PKCS#8.
    const pkcs8 = await openssl(["pkcs8", "-topk8", "-nocrypt", "-in", "key"], { key: pem });
    assert.equal(await privateKeyPem(await parsePrivateKey(pkcs8)), pem);
  });
}

Deno.test({
  name: "keys as other tools write them",
  ignore: !hasOpenssl,
  fn: async () => {
    const withParameters = await openssl(["ecparam", "-genkey", "-name", "prime256v1"]);
    assert.match(withParameters, /EC PARAMETERS/);
    assert.match(await privateKeyPem(await parsePrivateKey(withParameters)), /EC PRIVATE KEY/);
    const withoutPublic = await openssl(["ec", "-no_public", "-in", "key"], { key: withParameters });
    const pair = await parsePrivateKey(withoutPublic);
    assert.ok(await samePublicKey(pair.publicKey, (await parsePrivateKey(withParameters)).publicKey));
    assert.equal(
      await openssl(["ec", "-pubout", "-in", "key"], { key: await privateKeyPem(pair) }),
      await publicKeyPem(pair.publicKey),
    );
    const windows = (await privateKeyPem(pair)).replaceAll("\n", "\r\n");
    assert.equal(await privateKeyPem(await parsePrivateKey(windows)), await privateKeyPem(pair));

    const refused = {
      "the key is encrypted": await openssl(["genrsa", "-aes128", "-passout", "pass:secret", "2048"]),
      "unsupported algorithm": await openssl(["genpkey", "-algorithm", "ed25519"]),
      "with 1.3.132.0.10; kubewright supports": await openssl(["ecparam", "-genkey", "-noout", "-name", "secp256k1"]),
      "RSA key of 512 bits": await openssl(["genrsa", "512"]),
      "no PEM block": "hello",
      "is damaged": "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
      'line 1: the PEM block "RSA PRIVATE KEY" is not valid base64':
        "-----BEGIN RSA PRIVATE KEY-----\n!!!\n-----END RSA PRIVATE KEY-----\n",
    };
    for (const [state, pem] of Object.entries(refused)) {
      await assert.rejects(parsePrivateKey(pem), (error: Error) => {
        assert.ok(error instanceof InvalidInput);
        assert.ok(error.message.includes(state), error.message);
        return true;
      });
    }
  },
});
