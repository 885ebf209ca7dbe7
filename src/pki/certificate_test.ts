import "../../tests/fakes/rsa_keys.ts";
import assert from "node:assert/strict";
import { Extension } from "pkijs";
import type { EncryptionAlgorithm } from "../config/types.ts";
import { InvalidInput, UserError } from "../errors.ts";
import {
  type Authority,
  certificatePem,
  daysLeft,
  fitsKey,
  parseCertificate,
  parseCertificates,
  validityAt,
} from "./certificate.ts";
import { chainsTo, isSignedBy } from "./chain.ts";
import { readExtensions } from "./extensions.ts";
import { issueAuthority, issueLeaf, type LeafRequest } from "./issue.ts";
import { generateKeyPair, type KeyPair } from "./keys.ts";
import { privateKeyPem } from "./key_pem.ts";
import { hasOpenssl, openssl } from "./openssl_test.ts";
import { uncoveredNames } from "./names.ts";
import { parsePin, publicKeyPin } from "./pin.ts";

const NOW = new Date("2026-11-22T17:00:00.750Z");
const DAY = 86_400_000;
const after = (days: number) => new Date(NOW.getTime() + days * DAY);
const PERIOD = { notBefore: after(-1), notAfter: after(365) };
const LOOPBACK6 = new Uint8Array(16).with(15, 1);

const SERVER: LeafRequest = {
  ...PERIOD,
  commonName: "kube-apiserver",
  organizations: [],
  usages: ["server", "client"],
  dnsNames: ["k1", "kubernetes", "*.example.test"],
  ipAddresses: [new Uint8Array([10, 96, 0, 1]), LOOPBACK6],
};

async function authority(
  algorithm: EncryptionAlgorithm,
  name = "kubernetes",
  period = { ...PERIOD, notAfter: after(3650) },
) {
  const keys = await generateKeyPair(algorithm);
  return { keys, certificate: await issueAuthority(name, period, keys) } satisfies Authority;
}

async function leaf(ca: Authority, want: Partial<LeafRequest> = {}, keys?: KeyPair) {
  return await issueLeaf({ ...SERVER, ...want }, (keys ?? await generateKeyPair("ECDSA-P256")).publicKey, ca);
}

for (const algorithm of ["RSA-2048", "ECDSA-P256", "ECDSA-P384"] as const) {
  Deno.test(`${algorithm}: what is issued is what is read, and openssl -x509_strict agrees`, async () => {
    const ca = await authority(algorithm);
    const keys = await generateKeyPair(algorithm);
    const certificate = await leaf(ca, { organizations: ["kubeadm:cluster-admins"] }, keys);
    assert.equal(certificate.commonName, "kube-apiserver");
    assert.deepEqual(certificate.organizations, ["kubeadm:cluster-admins"]);
    assert.deepEqual(certificate.usages, ["server", "client"]);
    assert.deepEqual(certificate.dnsNames, SERVER.dnsNames);
    assert.deepEqual(
      certificate.ipAddresses.map((octets) => [...octets]),
      SERVER.ipAddresses.map((octets) => [...octets]),
    );
    assert.equal(certificate.isAuthority, false);
    assert.equal(certificate.notAfter.toISOString(), "2027-11-22T17:00:00.000Z");
    assert.equal(ca.certificate.isAuthority, true);
    assert.deepEqual(ca.certificate.dnsNames, ["kubernetes"]);
    assert.ok(await fitsKey(certificate, keys.publicKey));
    assert.ok(!await fitsKey(certificate, ca.keys.publicKey));
    assert.ok(await isSignedBy(certificate, ca.certificate));
    assert.deepEqual(parseCertificates(certificatePem(certificate, ca.certificate)), [certificate, ca.certificate]);
    if (!hasOpenssl) return;

    const files = {
      ca: certificatePem(ca.certificate),
      leaf: certificatePem(certificate),
      key: await privateKeyPem(keys),
    };
    const strict = [
      "-x509_strict",
      "-check_ss_sig",
      "-attime",
      String(Math.floor(NOW.getTime() / 1000)),
      "-CAfile",
      "ca",
    ];
    assert.equal(await openssl(["verify", ...strict, "ca", "leaf"], files), "ca: OK\nleaf: OK\n");
    assert.equal(
      await openssl(["x509", "-in", "leaf", "-noout", "-pubkey"], files),
      await openssl(["pkey", "-in", "key", "-pubout"], files),
    );
    const text = await openssl(["x509", "-in", "leaf", "-noout", "-text"], files);
    for (
      const line of [
        /Subject: O = kubeadm:cluster-admins, CN = kube-apiserver/,
        /X509v3 Basic Constraints: critical\s+CA:FALSE/,
        /X509v3 Extended Key Usage: \s+TLS Web Server Authentication, TLS Web Client Authentication/,
        /DNS:k1, DNS:kubernetes, DNS:\*\.example\.test, IP Address:10\.96\.0\.1, IP Address:0:0:0:0:0:0:0:1/,
        algorithm === "RSA-2048"
          ? /Key Usage: critical\s+Digital Signature, Key Encipherment\n/
          : /Key Usage: critical\s+Digital Signature\n/,
      ]
    ) assert.match(text, line);
    assert.match(await openssl(["x509", "-in", "ca", "-noout", "-text"], files), /Certificate Sign\n/);
    // RFC 3279 and RFC 5758: RSA algorithms carry NULL, ECDSA ones nothing.
    const nulls = (await openssl(["asn1parse", "-in", "leaf"], files)).match(/NULL/g)?.length ?? 0;
    assert.equal(nulls, algorithm === "RSA-2048" ? 3 : 0);
  });
}

Deno.test("ECDSA signatures are right whatever the leading bits of their two numbers", async () => {
  const ca = await authority("ECDSA-P256");
  const keys = await generateKeyPair("ECDSA-P256");
  const leaves = await Promise.all(Array.from({ length: 300 }, () => leaf(ca, {}, keys)));
  for (const certificate of leaves) {
    assert.ok(await isSignedBy(certificate, ca.certificate));
    assert.ok(certificate.serialNumber > 0n && certificate.serialNumber < 1n << 63n);
  }
  assert.equal(new Set(leaves.map(({ serialNumber }) => serialNumber)).size, 300);
  if (!hasOpenssl) return;
  const files = Object.fromEntries(leaves.map((certificate, n) => [`leaf${n}`, certificatePem(certificate)]));
  const ok = await openssl(["verify", "-x509_strict", "-no_check_time", "-CAfile", "ca", ...Object.keys(files)], {
    ...files,
    ca: certificatePem(ca.certificate),
  });
  assert.equal(ok.match(/: OK\n/g)?.length, 300);
});

Deno.test("times: UTCTime to 2049, GeneralizedTime from 2050, cut to the authority's validity", async () => {
  const ca = await authority("ECDSA-P256", "kubernetes", {
    notBefore: NOW,
    notAfter: new Date("2050-01-01T00:00:00Z"),
  });
  const long = await leaf(ca, { notBefore: after(-30), notAfter: new Date("2199-01-01T00:00:00Z") });
  assert.equal(long.notBefore.toISOString(), "2026-11-22T17:00:00.000Z");
  assert.equal(long.notAfter.toISOString(), "2050-01-01T00:00:00.000Z");
  await assert.rejects(leaf(ca, { notBefore: new Date("2050-02-01"), notAfter: new Date("2051-01-01") }), UserError);
  if (!hasOpenssl) return;
  const parsed = await openssl(["asn1parse", "-in", "leaf"], { leaf: certificatePem(long) });
  assert.match(parsed, /UTCTIME\s+:261122170000Z/);
  assert.match(parsed, /GENERALIZEDTIME\s+:20500101000000Z/);
});

Deno.test("a common name may have any length but none", async () => {
  const ca = await authority("ECDSA-P256");
  for (const commonName of ["n", "n".repeat(64), `system:node:${"n".repeat(253)}`]) {
    assert.equal((await leaf(ca, { commonName })).commonName, commonName);
  }
  await assert.rejects(leaf(ca, { commonName: "" }), /the common name is required/);
});

Deno.test("a chain leads over intermediates, and by signatures only", async () => {
  const root = await authority("ECDSA-P256");
  const impostor = await authority("ECDSA-P256"); // same name, other key
  const other = await authority("ECDSA-P384", "other");
  assert.ok(!await isSignedBy(root.certificate, impostor.certificate));
  assert.ok(!await chainsTo(await leaf(impostor), [], root.certificate, NOW));
  assert.ok(!await chainsTo(await leaf(other), [], root.certificate, NOW));
  // A leaf must not be able to act as an intermediate.
  const keys = await generateKeyPair("ECDSA-P256");
  const middle = { keys, certificate: await leaf(root, { commonName: "middle" }, keys) };
  assert.ok(!await chainsTo(await leaf(middle), [middle.certificate], root.certificate, NOW));
  // Certificates that sign one another in a circle end the search too.
  assert.ok(!await chainsTo(await leaf(other), [other.certificate], root.certificate, NOW));
});

Deno.test({
  name: "certificates by openssl: an intermediate authority, version 1",
  ignore: !hasOpenssl,
  fn: async () => {
    const root = await authority("RSA-2048");
    const keys = await generateKeyPair("ECDSA-P256");
    const files = {
      ca: certificatePem(root.certificate),
      cakey: await privateKeyPem(root.keys),
      key: await privateKeyPem(keys),
    };
    const request = await openssl(["req", "-new", "-key", "key", "-subj", "/CN=middle"], files);
    const sign = ["x509", "-req", "-in", "request", "-CA", "ca", "-CAkey", "cakey", "-set_serial", "7", "-days", "9"];
    const middlePem = await openssl([...sign, "-extfile", "extensions"], {
      ...files,
      request,
      extensions: "basicConstraints=critical,CA:TRUE\n",
    });
    const [middle] = parseCertificates(`some text\n${middlePem}`);
    assert.equal(middle!.isAuthority, true);
    assert.equal(middle!.serialNumber, 7n);
    const end = await leaf({ keys, certificate: middle! });
    assert.ok(await chainsTo(end, [middle!], root.certificate, middle!.notBefore));
    assert.ok(!await chainsTo(end, [], root.certificate, middle!.notBefore));
    const [version1] = parseCertificates(await openssl(sign, { ...files, request }));
    assert.equal(version1!.isAuthority, false);
    assert.ok(await isSignedBy(version1!, root.certificate));
    assert.ok(await fitsKey(version1!, keys.publicKey));
  },
});

Deno.test("names: wildcards cover one label, case does not count, addresses are compared as octets", async () => {
  const certificate = await leaf(await authority("ECDSA-P256"));
  const uncovered = uncoveredNames(certificate, {
    dnsNames: ["K1", "a.example.test", "a.b.example.test", "example.test", "k2", "*.example.test"],
    ipAddresses: [new Uint8Array([10, 96, 0, 1]), new Uint8Array([10, 96, 0, 2]), LOOPBACK6],
  });
  assert.deepEqual(uncovered.dnsNames, ["a.b.example.test", "example.test", "k2"]);
  assert.deepEqual(uncovered.ipAddresses, [new Uint8Array([10, 96, 0, 2])]);
});

Deno.test("validity and days left", async () => {
  const certificate = await leaf(await authority("ECDSA-P256"));
  assert.equal(validityAt(certificate, NOW), "valid");
  assert.equal(validityAt(certificate, after(-2)), "not yet valid");
  assert.equal(validityAt(certificate, after(366)), "expired");
  assert.equal(daysLeft(certificate, NOW), 364);
  assert.equal(daysLeft(certificate, after(365)), -1);
});

Deno.test("the pin is openssl's SHA-256 of the public key", async () => {
  const { certificate } = await authority("RSA-2048");
  const pin = await publicKeyPin(certificate.publicKeyDer);
  assert.equal(parsePin(pin.toUpperCase()), pin);
  for (const bad of ["sha1:00", "sha256:00", `sha256:${"g".repeat(64)}`]) {
    assert.throws(() => parsePin(bad), InvalidInput);
  }
  if (!hasOpenssl) return;
  const publicKey = await openssl(["x509", "-in", "ca", "-noout", "-pubkey"], { ca: certificatePem(certificate) });
  const { createHash, createPublicKey } = await import("node:crypto");
  const spki = createPublicKey(publicKey).export({ type: "spki", format: "der" });
  assert.equal(pin, `sha256:${createHash("sha256").update(spki).digest("hex")}`);
});

Deno.test("what is no certificate is refused", async () => {
  const { certificate } = await authority("ECDSA-P256");
  const longer = new Uint8Array([...certificate.der, 0]);
  for (const der of [new Uint8Array(), certificate.der.slice(0, 100), longer, new Uint8Array([0x30, 0])]) {
    assert.throws(() => parseCertificate(der), InvalidInput);
  }
  assert.throws(() => parseCertificates("hello"), /no PEM block "CERTIFICATE" found/);
});

Deno.test("an extension that is there twice is refused, whatever it says", () => {
  const extension = new Extension({ extnID: "1.2.3.4", extnValue: new ArrayBuffer(0) });
  assert.deepEqual(readExtensions([extension]).present, ["1.2.3.4"]);
  assert.throws(() => readExtensions([extension, extension]), /duplicate extension 1\.2\.3\.4/);
});

Deno.test({
  name: "extensions as other tools write them; of URIs, those with a plain host",
  ignore: !hasOpenssl,
  fn: async () => {
    const extensions = (more: string) =>
      `[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=kubernetes\n[ext]\n${more}\n
       [dir]\nO=other\n[points]\nfullname=URI:http://c.example/x,dirName:dir\nCRLissuer=dirName:dir\nreasons=keyCompromise\n
       [policy]\npolicyIdentifier=1.3.5.8\nCPS.1=http://cps.example/\nuserNotice.1=@notice\n[notice]\nexplicitText=hello`;
    const made = async (more: string, key = "") =>
      parseCertificates(
        await openssl(["req", "-x509", ...key ? ["-key", "key"] : ["-newkey", "rsa:2048", "-nodes"], "-config", "c"], {
          c: extensions(more),
          key,
        }),
      )[0]!;
    const { extensions: read } = await made(
      "basicConstraints=critical,CA:TRUE,pathlen:3\nauthorityKeyIdentifier=keyid:always,issuer:always\n" +
        "subjectAltName=DNS:a,IP:fd00::1,email:a@b,URI:spiffe://a.b/c,URI:urn:x:1,URI:ldap://u@a/c?d,otherName:1.2.3;UTF8:x,RID:1.2,dirName:dir\n" +
        "crlDistributionPoints=points\nauthorityInfoAccess=OCSP;URI:http://o,caIssuers;dirName:dir\n" +
        "certificatePolicies=1.2.3.4,@policy\npolicyConstraints=requireExplicitPolicy:3\npolicyMappings=1.2.3:1.5.6\n" +
        "inhibitAnyPolicy=2\nextendedKeyUsage=serverAuth,1.2.3.4\nnsComment=hello\n" +
        "nameConstraints=permitted;DNS:a,permitted;IP:10.0.0.0/255.0.0.0,excluded;DNS:.b",
    );
    assert.deepEqual([read.dnsNames, read.emailAddresses, read.uris], [["a"], ["a@b"], [
      "spiffe://a.b/c",
      "urn:x:1",
      "ldap://u@a/c?d",
    ]]);
    assert.deepEqual(read.basicConstraints, { authority: true, pathLength: 3 });
    assert.deepEqual(read.nameConstraints?.excluded.dnsNames, [".b"]);
    assert.deepEqual(read.unhandledCritical, []);
    const parameters = await openssl([
      "genpkey",
      "-genparam",
      "-algorithm",
      "DSA",
      "-pkeyopt",
      "dsa_paramgen_bits:1024",
    ]);
    const dsa = await made(
      "subjectKeyIdentifier=hash",
      await openssl(["genpkey", "-paramfile", "p"], { p: parameters }),
    );
    assert.deepEqual(dsa.key, { type: "DSA" });
    // Go reads the first of these, too; here it is refused, rather than that Go's whole url.Parse is written anew.
    for (const uri of ["https://[::1]/", "https://a..b/", "http{://a/", "https://a:b/", "%zz"]) {
      await assert.rejects(made(`subjectAltName=URI:${uri}`), /malformed URI/, uri);
    }
  },
});
