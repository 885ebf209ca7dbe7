import assert from "node:assert/strict";
import { generateCertificateKey, isCertificateKey, seal, unseal } from "./certificate_key.ts";

const KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

Deno.test("a key is 64 hexadecimal digits, each time others", () => {
  const [a, b] = [generateCertificateKey(), generateCertificateKey()];
  assert(isCertificateKey(a) && isCertificateKey(b) && a !== b);
  assert(!isCertificateKey(`${a}0`) && !isCertificateKey(a.slice(1)) && !isCertificateKey(`g${a.slice(1)}`));
});

Deno.test("what is sealed is opened with the same key, and with no other", async () => {
  const sealed = await seal(new TextEncoder().encode("secret"), KEY);
  assert.equal(sealed.length, 12 + 6 + 16);
  assert.notDeepEqual(await seal(new TextEncoder().encode("secret"), KEY), sealed);
  const copy = new Uint8Array(sealed);
  assert.equal(text(await unseal(copy, KEY.toUpperCase())), "secret");
  assert.equal(await unseal(copy, generateCertificateKey()), undefined);
  copy[20]! ^= 1;
  assert.equal(await unseal(copy, KEY), undefined);
  assert.equal(await unseal(new Uint8Array(3), KEY), undefined);
});

Deno.test("what kubeadm sealed is opened", async () => {
  // EncryptBytes([]byte("from kubeadm"), key) of kubeadm v1.37.2.
  const sealed = Uint8Array.fromBase64("uUmVE65Zflo6N/OaCOySWgNl175np03o29VA+6bGY+O/2wqqzp/KGQ==");
  assert.equal(text(await unseal(sealed, KEY)), "from kubeadm");
});
