/**
 * Whether certificates and keys on a host belong together, judged from outside.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import type { Host } from "./host.ts";

const FOLDER = "/etc/kubernetes";

interface User {
  "client-certificate-data"?: string;
  "client-key-data"?: string;
}

function fits(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

/** What does not belong together, one line each; `count` is how many pairs there were. */
export async function brokenPairs(host: Host): Promise<{ broken: string[]; count: number }> {
  const paths = (await host.shell(
    `find ${FOLDER} -name '*.crt' -o -name '*.conf' -o -name '*.key' -o -name '*.pub' 2>/dev/null || true`,
  ))
    .split("\n").filter(Boolean).sort();
  const broken: string[] = [];
  let count = 0;
  const check = (what: string, good: () => boolean) => {
    count++;
    try {
      if (!good()) broken.push(`${what}: not of one pair`);
    } catch (error) {
      broken.push(`${what}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const read = 'for path in "$@"; do base64 -w0 "$path"; echo; done';
  const contents = (await host.exec(["sh", "-euc", read, "read", ...paths])).stdout.split("\n");
  const texts = new Map(paths.map((path, index) => [path, atob(contents[index]!)]));
  for (const [path, text] of texts) {
    if (path.endsWith(".crt")) {
      const key = texts.get(path.replace(/crt$/, "key"));
      if (key !== undefined) check(path, () => fits(text, key));
      const authority = texts.get(authorityOf(path));
      if (authority) {
        check(
          `${path} by its authority`,
          () => new X509Certificate(text).verify(new X509Certificate(authority).publicKey),
        );
      }
    } else if (path.endsWith(".pub")) {
      const key = texts.get(path.replace(/pub$/, "key"));
      const pem = (one: ReturnType<typeof createPublicKey>) => one.export({ type: "spki", format: "pem" });
      if (key) check(path, () => pem(createPublicKey(createPrivateKey(key) as never)) === pem(createPublicKey(text)));
    } else if (path.endsWith(".conf")) {
      const data = (name: keyof User) => new RegExp(`${name}: (\\S+)`).exec(text)?.[1];
      const [certificate, key] = [data("client-certificate-data"), data("client-key-data")];
      if (certificate && key) check(path, () => fits(atob(certificate), atob(key)));
    }
  }
  return { broken, count };
}

/** kubeadm's layout: etcd's certificates are signed by etcd's CA, the front proxy's by its own. */
function authorityOf(path: string): string {
  const pki = `${FOLDER}/pki`;
  if (path.startsWith(`${pki}/etcd/`) || path.endsWith("apiserver-etcd-client.crt")) return `${pki}/etcd/ca.crt`;
  return path.includes("front-proxy") ? `${pki}/front-proxy-ca.crt` : `${pki}/ca.crt`;
}
