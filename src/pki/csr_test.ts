import assert from "node:assert/strict";
import { InvalidInput } from "../errors.ts";
import { certificateRequestPem, isRequestFor } from "./csr.ts";
import { generateKeyPair } from "./keys.ts";
import { hasOpenssl, openssl } from "./openssl_test.ts";

const WANT = {
  commonName: "kube-apiserver",
  organizations: ["kubeadm:cluster-admins"],
  usages: ["server"],
  dnsNames: ["k1", "kubernetes"],
  ipAddresses: [Uint8Array.of(10, 96, 0, 1)],
} as const;

Deno.test({
  name: "openssl reads a request, and finds its signature good",
  ignore: !hasOpenssl,
  fn: async () => {
    for (const algorithm of ["ECDSA-P256", "ECDSA-P384", "RSA-2048"] as const) {
      const csr = await certificateRequestPem(WANT, await generateKeyPair(algorithm));
      const text = await openssl(["req", "-in", "csr", "-noout", "-text", "-verify"], { csr });
      assert.match(text, /Subject: O = kubeadm:cluster-admins, CN = kube-apiserver/, algorithm);
      assert.match(text, /DNS:k1, DNS:kubernetes, IP Address:10\.96\.0\.1/);
      assert.match(text, /TLS Web Server Authentication/);
      assert.match(text, /CA:FALSE/);
      assert.equal(/Key Encipherment/.test(text), algorithm === "RSA-2048");
    }
  },
});

Deno.test("a request is told from one of another key, and from one for something else", async () => {
  const [keys, others] = await Promise.all([generateKeyPair("ECDSA-P256"), generateKeyPair("ECDSA-P256")]);
  const csr = await certificateRequestPem(WANT, keys);
  assert.equal(await isRequestFor(csr, WANT, keys.publicKey), true);
  assert.equal(await isRequestFor(csr, WANT, others.publicKey), false);
  assert.equal(await isRequestFor(csr, { ...WANT, dnsNames: ["k1"] }, keys.publicKey), false);
  assert.equal(await isRequestFor(csr, { ...WANT, organizations: [] }, keys.publicKey), false);
  for (const damaged of ["", "hello", csr.replace(/\n\w{64}\n/, "\n"), csr.replaceAll(" REQUEST", "")]) {
    await assert.rejects(isRequestFor(damaged, WANT, keys.publicKey), InvalidInput);
  }
});
