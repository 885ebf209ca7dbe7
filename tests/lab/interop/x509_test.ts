import { deepStrictEqual as equal, strictEqual } from "node:assert";
import { compare, flatten } from "./compare.ts";
import { type Certificate, certificateFields, parseCertificates } from "./x509.ts";

/** As OpenSSL 3.0 prints it. */
const TEXT = `0: Certificate
Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number: 4660 (0x1234)
        Signature Algorithm: sha256WithRSAEncryption
        Issuer: CN=kubernetes
        Validity
            Not Before: Nov 22 16:44:36 2026 GMT
            Not After : Nov 22 16:49:36 2027 GMT
        Subject: O=team, CN=kube-apiserver
        Subject Public Key Info:
            Public Key Algorithm: rsaEncryption
                Public-Key: (2048 bit)
                Modulus:
                    00:ad:5b
                Exponent: 65537 (0x10001)
        X509v3 extensions:
            X509v3 Key Usage: critical
                Digital Signature, Key Encipherment
            X509v3 Extended Key Usage: 
                TLS Web Server Authentication
            X509v3 Basic Constraints: critical
                CA:FALSE
            X509v3 Authority Key Identifier: 
                7E:61:F9
            X509v3 Subject Alternative Name: 
                DNS:k1, IP Address:10.96.0.1
    Signature Algorithm: sha256WithRSAEncryption
    Signature Value:
        30:46
`;

const SETTING = { authorities: new Map([["7E61F9", "ca.crt"]]), started: new Date("2026-11-22T16:49:30Z") };

function read(text: string): Certificate {
  return parseCertificates(text)[0]!;
}

function fields(text: string): Record<string, unknown> {
  return certificateFields(read(text), SETTING);
}

Deno.test("a certificate is read whole", () => {
  equal(fields(TEXT), {
    version: "3",
    serial: { positive: true, atMost8Octets: true },
    signature: "sha256WithRSAEncryption",
    issuer: "CN=kubernetes",
    subject: "O=team, CN=kube-apiserver",
    notBefore: "start -5 min",
    notAfter: "start 525600 min",
    publicKey: "rsaEncryption 2048",
    extensions: {
      "Key Usage": { critical: true, value: { "Digital Signature": true, "Key Encipherment": true } },
      "Extended Key Usage": { critical: false, value: { "TLS Web Server Authentication": true } },
      "Basic Constraints": { critical: true, value: ["CA:FALSE"] },
      "Authority Key Identifier": { critical: false, value: "ca.crt" },
      "Subject Alternative Name": { critical: false, value: ["DNS:k1", "IP Address:10.96.0.1"] },
    },
  });
});

Deno.test("long and negative serial numbers", () => {
  const long = "Serial Number:\n            3c:2c:d1:89:68:f8:3d:e6:7b";
  equal(fields(TEXT.replace(/Serial Number:.*/, long))["serial"], { positive: true, atMost8Octets: false });
  const negative = "Serial Number:\n            (Negative)3c:2c";
  equal(fields(TEXT.replace(/Serial Number:.*/, negative))["serial"], { positive: false, atMost8Octets: true });
});

Deno.test("each kind of seeded difference between certificates is found", () => {
  const found = (from: string | RegExp, to: string) => {
    const changed = TEXT.replace(from, to);
    strictEqual(changed === TEXT, false);
    const sides = [TEXT, changed].map((text) => new Map([["a.crt", flatten(fields(text))]])) as [never, never];
    return compare(...sides).differences.map(({ path }) => path.replace("extensions.", ""));
  };
  equal(found("O=team, ", ""), ["subject"]);
  equal(found("Issuer: CN=kubernetes", "Issuer: CN=other"), ["issuer"]);
  equal(found("16:44:36 2026", "16:49:36 2026"), ["notBefore"]);
  equal(found("16:49:36 2027", "16:49:36 2028"), ["notAfter"]);
  equal(found("(2048 bit)", "(3072 bit)"), ["publicKey"]);
  equal(found(", Key Encipherment", ""), ["{Key Usage}.value.{Key Encipherment}"]);
  equal(found("Key Usage: critical", "Key Usage: "), ["{Key Usage}.critical"]);
  equal(found("TLS Web Server", "TLS Web Client"), [
    "{Extended Key Usage}.value.{TLS Web Client Authentication}",
    "{Extended Key Usage}.value.{TLS Web Server Authentication}",
  ]);
  equal(found("CA:FALSE", "CA:TRUE"), ["{Basic Constraints}.value[0]"]);
  equal(found("7E:61:F9", "00:00:00"), ["{Authority Key Identifier}.value"]);
  equal(found("DNS:k1, IP Address:10.96.0.1", "IP Address:10.96.0.1, DNS:k1"), [
    "{Subject Alternative Name}.value[0]",
    "{Subject Alternative Name}.value[1]",
  ]);
  equal(found(/ +X509v3 Basic Constraints.*\n.*\n/, ""), [
    "{Basic Constraints}.critical",
    "{Basic Constraints}.value[0]",
  ]);
});
