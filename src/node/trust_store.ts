/** The CA certificates that this host trusts. Observes, never changes. @module */
import { UserError } from "../errors.ts";
import type { Host } from "../system.ts";

/**
 * Where distributions keep them in one file; the first file found wins.
 * @see https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/root_linux.go
 */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** PEM text of all of them; SSL_CERT_FILE replaces the default files. @throws {UserError} when there are none. */
export async function trustStore(host: Host): Promise<string> {
  const given = host.environment()["SSL_CERT_FILE"];
  for (const path of given ? [given] : BUNDLES) {
    const text = await host.readText(path);
    if (text !== undefined) return text;
  }
  throw new UserError(
    `Cannot verify servers: this host has no CA certificates ("${given ?? BUNDLES[0]}" not found)`,
    { hint: "Install the package ca-certificates." },
  );
}
