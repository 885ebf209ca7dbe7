/**
 * RSA-2048 keys that were made once: a new one takes 0.2 to 1 s of a CPU, and an `init` of defaults takes 16. Whoever
 * imports this gets, in this thread, the next of them whenever WebCrypto is to make one; other keys are made as always.
 *
 *     deno run -A tests/fakes/rsa_keys.ts    # records new ones
 *
 * @module
 */
import recorded from "../recorded/rsa_keys.json" with { type: "json" };

/** How many are recorded: more than a cluster has, so no two of one cluster are the same. */
const COUNT = 40;

const generateKey = crypto.subtle.generateKey.bind(crypto.subtle) as unknown as (
  algorithm: RsaHashedKeyGenParams,
  extractable: boolean,
  usages: readonly KeyUsage[],
) => Promise<CryptoKeyPair>;
let next = 0;
let instead = false;

/** From here on longer RSA keys are such recorded ones, too: where nothing is looked for in the keys themselves. */
export function shortKeysForLong(): void {
  instead = true;
}

/** The next key, of this algorithm. */
async function recordedKey(algorithm: RsaHashedKeyGenParams, extractable: boolean): Promise<CryptoKeyPair> {
  const der = Uint8Array.fromBase64(recorded[next++ % recorded.length]!);
  const { name, hash } = algorithm;
  const privateKey = await crypto.subtle.importKey("pkcs8", der, { name, hash }, true, ["sign"]);
  const { kty, n, e } = await crypto.subtle.exportKey("jwk", privateKey);
  const half = { kty: kty!, n: n!, e: e! };
  const publicKey = await crypto.subtle.importKey("jwk", half, { name, hash }, true, ["verify"]);
  if (!extractable) throw new Error("keys that cannot be exported are not recorded");
  return { privateKey, publicKey };
}

Object.defineProperty(crypto.subtle, "generateKey", {
  configurable: true,
  value: (algorithm: RsaHashedKeyGenParams, extractable: boolean, usages: readonly KeyUsage[]) => {
    const isRecorded = algorithm.name === "RSASSA-PKCS1-v1_5" && (algorithm.modulusLength === 2048 || instead);
    return isRecorded ? recordedKey(algorithm, extractable) : generateKey(algorithm, extractable, usages);
  },
});

if (import.meta.main) {
  const [publicExponent, hash] = [new Uint8Array([1, 0, 1]), "SHA-256"];
  const keys = await Promise.all(Array.from({ length: COUNT }, async () => {
    const algorithm = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent, hash };
    const { privateKey } = await generateKey(algorithm, true, ["sign", "verify"]);
    return new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)).toBase64();
  }));
  await Deno.writeTextFile(new URL("../recorded/rsa_keys.json", import.meta.url), `${JSON.stringify(keys, null, 2)}\n`);
}
