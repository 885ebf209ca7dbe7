/**
 * The key that encrypts certificates while they are stored in the cluster: AES-256-GCM, a nonce of 12 bytes before and a tag
 * of 16 bytes after the data, no additional authenticated data.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/crypto/crypto.go
 * @module
 */

const BYTES = { key: 32, nonce: 12 } as const;

/** A new key: 64 hexadecimal digits. */
export function generateCertificateKey(): string {
  return crypto.getRandomValues(new Uint8Array(BYTES.key)).toHex();
}

/** Whether the text is such a key. */
export function isCertificateKey(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}

async function imported(key: string, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", Uint8Array.fromHex(key.toLowerCase()), "AES-GCM", false, [usage]);
}

/** Encrypts with a new nonce. `key` is 64 hexadecimal digits. */
export async function seal(content: Uint8Array<ArrayBuffer>, key: string): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(BYTES.nonce));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await imported(key, "encrypt"), content);
  const result = new Uint8Array(BYTES.nonce + sealed.byteLength);
  result.set(iv);
  result.set(new Uint8Array(sealed), BYTES.nonce);
  return result;
}

/** Decrypts; undefined for another key or modified content. */
export async function unseal(sealed: Uint8Array<ArrayBuffer>, key: string): Promise<Uint8Array | undefined> {
  const iv = sealed.slice(0, BYTES.nonce);
  try {
    const secret = await imported(key, "decrypt");
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, secret, sealed.slice(BYTES.nonce)));
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
