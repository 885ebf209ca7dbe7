/** Certificates, keys and kubeconfigs that are on the host already. @module */
import { base64, decodePem, encodePem } from "../../src/pki/pem.ts";
import { openssl } from "../../src/pki/openssl_test.ts";
import { FIT, QUICK, run, unfit } from "../program/program.ts";
import type { BadInput, Category } from "./case.ts";

const PKI = "/etc/kubernetes/pki";
/** Certificates of openssl begin when they are made, so it has to be later. */
const NOW = new Date(Date.now() + 3_600_000);

/** All certificates, keys and kubeconfigs as `init` makes them, by path. */
async function madeByInit(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const phase of ["certs", "kubeconfig"]) {
    const ran = await run(["init", "phase", phase, "all", "--config", QUICK], unfit({ now: NOW }, files));
    for (const change of ran.changes) {
      if (change.kind === "write") files[change.path] = (await ran.readText(change.path))!;
    }
  }
  return files;
}

/** Runs openssl with files, and reads the one that it leaves under the name `out`. */
async function made(args: readonly string[], files: Record<string, string> = {}): Promise<string> {
  return await openssl(args, files);
}

const ecKey = (curve: string) => made(["genpkey", "-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`]);

/** The PEM text with its DER changed. */
function changed(pem: string, change: (der: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  const [block] = decodePem(pem);
  return encodePem(block!.label, change(block!.der));
}

function indexOf(der: Uint8Array, bytes: readonly number[]): number {
  return der.findIndex((_, i) => bytes.every((byte, j) => der[i + j] === byte));
}

/** A self-signed certificate of a key, with an extension file of openssl. */
async function selfSigned(key: string, extensions: string, ...more: string[]): Promise<string> {
  const configuration =
    `[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=kubernetes\n[ext]\n${extensions}\n`;
  return await made(["req", "-x509", "-new", "-key", "k.pem", "-config", "c", "-days", "30", ...more], {
    "k.pem": key,
    c: configuration,
  });
}

/** A certificate of another key, signed by an authority, with extensions. */
async function signed(
  authority: { certificate: string; key: string },
  key: string,
  extensions: string,
  ...more: string[]
): Promise<string> {
  const request = await made(["req", "-new", "-key", "k.pem", "-subj", "/CN=kube-apiserver"], { "k.pem": key });
  const signer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "7", "-days", "30"];
  return await made(["x509", "-req", "-in", "r.pem", ...signer, "-extfile", "e", ...more], {
    "r.pem": request,
    "ca.pem": authority.certificate,
    "ca.key": authority.key,
    e: extensions,
  });
}

/** Texts in place of a PEM file, whatever it is to hold. */
async function notPem(): Promise<readonly (readonly [string, string | Uint8Array])[]> {
  const pem = await ecKey("P-256");
  const [block] = decodePem(pem);
  const body = pem.split("\n").slice(1, -2).join("\n");
  return [
    ["nothing", ""],
    ["white space", " \n\t\n"],
    ["prose", "this is not a key\n"],
    ["only a first line", "-----BEGIN PRIVATE KEY-----\n"],
    ["no last line", pem.replace(/-----END.*/, "")],
    ["no first line", pem.replace(/-----BEGIN.*\n/, "")],
    ["another last line", pem.replace("END PRIVATE KEY", "END CERTIFICATE")],
    ["four dashes", pem.replaceAll("-----", "----")],
    ["six dashes", pem.replaceAll("-----BEGIN", "------BEGIN").replaceAll("PRIVATE KEY-----", "PRIVATE KEY------")],
    ["lower case", pem.toLowerCase()],
    ["all in one line", pem.replaceAll("\n", "")],
    ["DER", block!.der],
    ["the body alone", body],
    ["base64 of the PEM", base64(new TextEncoder().encode(pem))],
    ["zeros", new Uint8Array(4096)],
    ["UTF-16", new Uint8Array([...`\ufeff${pem}`].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]))],
    [
      "an SSH key",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
    ],
    ["a JSON web key", '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}'],
    ["ten thousand first lines", "-----BEGIN PRIVATE KEY-----\n".repeat(10_000)],
    [
      "a hundred thousand different first lines",
      Array.from({ length: 100_000 }, (_, i) => `-----BEGIN K${i}-----\n`).join(""),
    ],
    ["a megabyte of dashes", "-".repeat(1 << 20)],
  ];
}

/** Bytes in place of a DER structure. */
const NOT_DER: readonly (readonly [string, Uint8Array])[] = [
  ["an empty block", new Uint8Array()],
  ["one byte", new Uint8Array([0x30])],
  ["a length beyond the end", new Uint8Array([0x30, 0x82, 0xff, 0xff, 1, 2, 3])],
  ["a length of eight bytes", new Uint8Array([0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255, 1])],
  ["a length without end", new Uint8Array([0x30, 0x80, 0x30, 0x80, 0x30, 0x80])],
  ["an empty SEQUENCE", new Uint8Array([0x30, 0])],
  ["a number instead", new Uint8Array([2, 1, 5])],
  ["SEQUENCEs in one another, twenty thousand", new Uint8Array(40_000).map((_, i) => i % 2 === 0 ? 0x30 : 0x80)],
  ["a text", new TextEncoder().encode("hello, world")],
];

async function keyFiles(): Promise<readonly (readonly [string, string])[]> {
  const [p256, rsa] = [await ecKey("P-256"), await made(["genrsa", "2048"])];
  const truncated = (pem: string) => changed(pem, (der) => der.slice(0, der.length - 20));
  return [
    ["a damaged end", truncated(p256)],
    ["a damaged end of RSA", truncated(rsa)],
    ["zeros for the key", changed(p256, (der) => der.fill(0, 36, 68))],
    ["a byte changed in an RSA key", changed(rsa, (der) => der.with(100, der[100]! ^ 1))],
    ["characters that are not base64", p256.replace(/\n[A-Za-z0-9+/]{4}/, "\n!!!!")],
    ["a public key", await made(["pkey", "-in", "k", "-pubout"], { k: p256 })],
    ["a certificate", await selfSigned(p256, "basicConstraints=CA:TRUE")],
    ["a certificate request", await made(["req", "-new", "-key", "k", "-subj", "/CN=a"], { k: p256 })],
    ["encrypted PKCS#8", await made(["pkcs8", "-topk8", "-in", "k", "-passout", "pass:hunter22"], { k: p256 })],
    [
      "encrypted as of old",
      await made(["rsa", "-in", "k", "-aes128", "-passout", "pass:hunter22", "-traditional"], { k: rsa }),
    ],
    ["Ed25519", await made(["genpkey", "-algorithm", "ED25519"])],
    ["Ed448", await made(["genpkey", "-algorithm", "ED448"])],
    ["X25519", await made(["genpkey", "-algorithm", "X25519"])],
    ["DSA", await dsaKey()],
    ["P-224", await ecKey("P-224")],
    ["secp256k1", await ecKey("secp256k1")],
    [
      "a curve in parameters",
      await made([
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-pkeyopt",
        "ec_param_enc:explicit",
      ]),
    ],
    ["RSA of 512 bits", await made(["genrsa", "512"])],
    ["RSA of 1024 bits for PSS", await made(["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"])],
    ["an EC key called RSA", p256.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY")],
    ["an RSA key called EC", rsa.replaceAll("PRIVATE KEY", "EC PRIVATE KEY")],
    ...NOT_DER.map(([what, der]) => [what, encodePem("PRIVATE KEY", der)] as const),
    ...NOT_DER.slice(0, 6).map(([what, der]) =>
      [`${what} in a key of PKCS#1`, encodePem("RSA PRIVATE KEY", der)] as const
    ),
    ...NOT_DER.slice(0, 6).map(([what, der]) =>
      [`${what} in a key of SEC1`, encodePem("EC PRIVATE KEY", der)] as const
    ),
  ];
}

async function dsaKey(): Promise<string> {
  const parameters = await made([
    "genpkey",
    "-genparam",
    "-algorithm",
    "DSA",
    "-pkeyopt",
    "dsa_paramgen_bits:1024",
    "-pkeyopt",
    "dsa_paramgen_q_bits:160",
  ]);
  return await made(["genpkey", "-paramfile", "p"], { p: parameters });
}

/** `init` on a host that has everything already, but for what these files say. */
function onHost(
  good: Readonly<Record<string, string>>,
  name: string,
  files: BadInput["files"],
  says: RegExp,
  more: Partial<BadInput> = {},
): BadInput {
  return {
    name,
    args: ["init", "--config", QUICK],
    files: { ...good, ...files },
    host: { now: NOW },
    says,
    code: 3,
    ...more,
  };
}

const escaped = (path: string) => path.replace(/[.]/g, "\\.");
/** What is said of a file. */
const of = (path: string, what = "") => new RegExp(`^ {2}${escaped(path)}: .*${what}`, "m");

async function keyCases(good: Record<string, string>): Promise<BadInput[]> {
  const bad: (readonly [string, string | Uint8Array])[] = [...await notPem(), ...await keyFiles()];
  const places = [`${PKI}/ca.key`, `${PKI}/apiserver.key`, `${PKI}/sa.key`];
  return bad.flatMap(([what, content], i) => {
    const path = places[i % places.length]!;
    return [onHost(good, `${path} is ${what}`, { [path]: content }, of(path), { secrets: ["hunter22"] })];
  });
}

async function certificateCases(good: Record<string, string>): Promise<BadInput[]> {
  const [caPath, leafPath] = [`${PKI}/ca.crt`, `${PKI}/apiserver.crt`];
  const [ca, leaf, caKey, leafKey] = [caPath, leafPath, `${PKI}/ca.key`, `${PKI}/apiserver.key`].map((path) =>
    good[path]!
  ) as [string, string, string, string];
  const authority = { certificate: ca, key: caKey };
  const names =
    "subjectAltName=DNS:node-1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:10.96.0.1,IP:192.0.2.10";
  const other = await ecKey("P-256");
  const otherAuthority = { certificate: await selfSigned(other, "basicConstraints=critical,CA:TRUE"), key: other };
  const serial = (der: Uint8Array) =>
    indexOf(der, [2]) && der.findIndex((byte, i) => byte === 2 && der[i - 1] === 2 && der[i - 2] === 1) + 1;
  const atSerial = (der: Uint8Array<ArrayBuffer>) => der.with(serial(der) + 1, der[serial(der) + 1]! | 0x80);
  const utcTime = (der: Uint8Array) => der.findIndex((byte, i) => byte === 0x17 && der[i + 1] === 13);
  const bad: (readonly [string, string, RegExp?])[] = [
    ...(await notPem()).filter(([, content]) => typeof content === "string").map(([what, content]) =>
      [what, content as string] as const
    ),
    ...NOT_DER.map(([what, der]) => [what, encodePem("CERTIFICATE", der)] as const),
    ["a key", leafKey],
    ["a request", await made(["req", "-new", "-key", "k", "-subj", "/CN=a"], { k: other })],
    ["a PKCS#7 bundle", await made(["crl2pkcs7", "-nocrl", "-certfile", "c"], { c: ca })],
    ["a damaged end", changed(leaf, (der) => der.slice(0, -20))],
    ["bytes behind the end", changed(leaf, (der) => new Uint8Array([...der, 1, 2, 3]))],
    ["a version that is none", changed(leaf, (der) => der.with(indexOf(der, [0xa0, 3, 2, 1, 2]) + 4, 9))],
  ];
  const alone = bad.map(([what, content], i) => {
    const path = i % 2 === 0 ? caPath : leafPath;
    return onHost(good, `${path} is ${what}`, { [path]: content }, of(path));
  });
  return [
    ...alone,
    onHost(
      good,
      "the API server's certificate for the authority's",
      { [caPath]: leaf, [`${PKI}/ca.key`]: leafKey },
      of(caPath, "CA:TRUE"),
    ),
    onHost(
      good,
      "another authority",
      { [caPath]: otherAuthority.certificate },
      of(`${PKI}/ca.key`, "not the private key"),
    ),
    onHost(
      good,
      "another authority with its key",
      { [caPath]: otherAuthority.certificate, [`${PKI}/ca.key`]: other },
      of(leafPath, "not signed by"),
    ),
    onHost(
      good,
      "a key of another certificate",
      { [`${PKI}/apiserver.key`]: other },
      of(`${PKI}/apiserver.key`, "not the private key"),
    ),
    onHost(
      good,
      "a key before the right key",
      { [`${PKI}/apiserver.key`]: other + leafKey },
      of(`${PKI}/apiserver.key`, "not the private key"),
    ),
    onHost(
      good,
      "the authority before the certificate",
      { [leafPath]: ca + leaf },
      of(`${PKI}/apiserver.key`, "not the private key"),
    ),
    onHost(good, "another certificate before the authority", { [caPath]: leaf + ca }, of(caPath, "CA:TRUE")),
    onHost(
      good,
      "a certificate without its key",
      { [`${PKI}/apiserver.key`]: undefined },
      of(`${PKI}/apiserver.key`, "is missing"),
    ),
    onHost(
      good,
      "no authority, but what it signed",
      { [caPath]: undefined, [`${PKI}/ca.key`]: undefined },
      of(caPath, "is missing"),
    ),
    onHost(good, "an authority without a key, and a certificate to make", {
      [`${PKI}/ca.key`]: undefined,
      [leafPath]: undefined,
      [`${PKI}/apiserver.key`]: undefined,
    }, /apiserver\.crt/),
    onHost(
      good,
      "no private key of service accounts",
      { [`${PKI}/sa.key`]: undefined },
      of(`${PKI}/sa.key`, "is missing"),
    ),
    onHost(good, "a public key of other service accounts", {
      [`${PKI}/sa.pub`]: await made(["pkey", "-in", "k", "-pubout"], { k: other }),
    }, of(`${PKI}/sa.pub`, "does not hold")),
    onHost(good, "a public key that is damaged", {
      [`${PKI}/sa.pub`]: changed(good[`${PKI}/sa.pub`]!, (der) => der.slice(0, -9)),
    }, of(`${PKI}/sa.pub`)),
    onHost(good, "a public key of Ed25519", {
      [`${PKI}/sa.pub`]: await made(["pkey", "-in", "k", "-pubout"], {
        k: await made(["genpkey", "-algorithm", "ED25519"]),
      }),
    }, of(`${PKI}/sa.pub`)),
    onHost(good, "an authority that is none", {
      [caPath]: await selfSigned(caKey, "basicConstraints=critical,CA:FALSE"),
    }, of(caPath, "CA:TRUE")),
    onHost(good, "an authority that does not say so", {
      [caPath]: await selfSigned(caKey, "subjectKeyIdentifier=hash"),
    }, of(caPath, "CA:TRUE")),
    onHost(good, "an authority that may not sign certificates", {
      [caPath]: await selfSigned(
        caKey,
        "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature,cRLSign",
      ),
    }, of(caPath, "keyCertSign")),
    onHost(
      good,
      "an authority with a negative serial number",
      { [caPath]: changed(ca, atSerial) },
      of(caPath, "serial number"),
    ),
    onHost(
      good,
      "a certificate with a negative serial number",
      { [leafPath]: changed(leaf, atSerial) },
      of(leafPath, "serial number"),
    ),
    onHost(good, "an authority valid from no day", {
      [caPath]: changed(ca, (der) => der.fill(0x39, utcTime(der) + 2, utcTime(der) + 14)),
    }, of(caPath)),
    onHost(good, "an authority valid from letters", {
      [caPath]: changed(ca, (der) => der.fill(0x41, utcTime(der) + 2, utcTime(der) + 14)),
    }, of(caPath)),
    onHost(good, "a certificate that another authority of the same name signed", {
      [leafPath]: await signed(otherAuthority, leafKey, names),
    }, of(leafPath, "not signed by")),
    onHost(
      good,
      "a certificate that it signed itself",
      { [leafPath]: await selfSigned(leafKey, names) },
      of(leafPath, "not signed by"),
    ),
    onHost(
      good,
      "a certificate signed with SHA-1",
      { [leafPath]: await signed(authority, leafKey, names, "-sha1") },
      of(leafPath, "SHA-1|not signed"),
    ),
    onHost(good, "a certificate with a byte of its signature changed", {
      [leafPath]: changed(leaf, (der) => der.with(-3, der.at(-3)! ^ 1)),
    }, of(leafPath, "not signed by")),
    onHost(good, "a certificate without names", {
      [leafPath]: await signed(authority, leafKey, "basicConstraints=CA:FALSE"),
    }, of(leafPath, "not valid for kubernetes, .*node-1")),
    onHost(good, "a certificate without the node's name", {
      [leafPath]: await signed(authority, leafKey, names.replace("DNS:node-1,", "")),
    }, of(leafPath, "not valid for node-1")),
    onHost(good, "a certificate without the Service's address", {
      [leafPath]: await signed(authority, leafKey, names.replace(",IP:10.96.0.1", "")),
    }, of(leafPath, "not valid for 10\\.96\\.0\\.1")),
    onHost(good, "a certificate with the address as a name", {
      [leafPath]: await signed(authority, leafKey, names.replace("IP:10.96.0.1", "DNS:10.96.0.1")),
    }, of(leafPath, "not valid for 10\\.96\\.0\\.1")),
    onHost(good, "a certificate with a wildcard that covers less", {
      [leafPath]: await signed(
        authority,
        leafKey,
        names.replace("DNS:kubernetes.default.svc.cluster.local", "DNS:*.svc.cluster.local").replace(
          "DNS:kubernetes.default,",
          "",
        ),
      ),
    }, of(leafPath, "not valid for kubernetes\\.default")),
    onHost(good, "the front proxy's certificate signed by the cluster's authority", {
      [`${PKI}/front-proxy-client.crt`]: leaf,
      [`${PKI}/front-proxy-client.key`]: leafKey,
    }, of(`${PKI}/front-proxy-client.crt`, "not signed by")),
    onHost(
      good,
      "an expired authority, and a certificate to make",
      { [leafPath]: undefined, [`${PKI}/apiserver.key`]: undefined },
      of(leafPath, "expired"),
      { host: { now: new Date(NOW.getTime() + 4000 * 86_400_000) } },
    ),
    onHost(
      good,
      "an authority of the time to come, and a certificate to make",
      { [leafPath]: undefined, [`${PKI}/apiserver.key`]: undefined },
      of(leafPath, "not valid before"),
      { host: { now: new Date(NOW.getTime() - 30 * 86_400_000) } },
    ),
    onHost(good, "a configuration with a name that the certificate lacks", {
      [QUICK]: `${FIT.files![QUICK]}apiServer: {certSANs: [new.example]}\n`,
    }, of(leafPath, "not valid for new\\.example")),
    onHost(good, "a configuration with other Services", {
      [QUICK]: `${FIT.files![QUICK]}networking: {serviceSubnet: 10.97.0.0/16}\n`,
    }, of(leafPath, "not valid for 10\\.97\\.0\\.1")),
  ];
}

/** Files that Go reads otherwise than a person does: the line is named. */
function misreadCases(good: Record<string, string>): BadInput[] {
  const [caPath, leafPath, keyPath] = [`${PKI}/ca.crt`, `${PKI}/apiserver.crt`, `${PKI}/apiserver.key`];
  const [ca, leaf, key] = [caPath, leafPath, keyPath].map((path) => good[path]!) as [string, string, string];
  const indented = (pem: string) => pem.replace(/^(?=.)/gm, "  ");
  const lines = ca.split("\n").length;
  const cases: (readonly [string, string, string, string])[] = [
    [
      "two files put together without a line end",
      caPath,
      ca.trimEnd() + leaf,
      `line ${lines - 1}: text follows the END line of "CERTIFICATE"`,
    ],
    ["indented", leafPath, indented(leaf), 'line 1: the BEGIN line of "CERTIFICATE" must be at the start of a line'],
    ["indented key", keyPath, indented(key), "line 1: .* must be at the start of a line"],
    ["text behind the last line", leafPath, leaf.replace(/-----\n$/, "----- # mine\n"), "line \\d+: text follows"],
    ["text before the first line", caPath, `ca: ${ca}`, "line 1: .* must be at the start of a line"],
    ["a byte order mark", caPath, `\ufeff${ca}`, "line 1: a byte order mark"],
    [
      "base64 without its padding",
      leafPath,
      leaf.replace(/=+\n-----END/, "\n-----END").replace(/(.)\n-----END/, "\n-----END"),
      "line 1: its PEM block .* is not valid base64",
    ],
    ["no last line", caPath, ca.replace(/-----END.*\n/, ""), 'line 1: the BEGIN line of "CERTIFICATE" has no END line'],
    ["another last line", leafPath, leaf.replace("END CERTIFICATE", "END TRUSTED CERTIFICATE"), "line 1|line \\d+"],
    [
      "a trusted certificate of openssl",
      caPath,
      ca.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"),
      "it holds TRUSTED CERTIFICATE",
    ],
    [
      "a certificate with headers",
      caPath,
      ca.replace("-----\n", "-----\nname: value\n\n"),
      "there is no PEM block CERTIFICATE",
    ],
  ];
  return cases.map(([what, path, content, line]) =>
    onHost(good, `${path} is ${what}`, { [path]: content }, of(path, line))
  );
}

/** Authorities that Go 1.26 does not accept, however good their signatures are. */
async function authorityCases(good: Record<string, string>): Promise<BadInput[]> {
  const [caPath, keyPath, leafPath] = [`${PKI}/ca.crt`, `${PKI}/ca.key`, `${PKI}/apiserver.crt`];
  const [key, leafKey] = [good[keyPath]!, good[`${PKI}/apiserver.key`]!];
  const sign = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign";
  const names =
    "subjectAltName=DNS:node-1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:10.96.0.1,IP:192.0.2.10";
  const alone = { [leafPath]: undefined, [`${PKI}/apiserver.key`]: undefined };
  const constrained = `${sign}\nnameConstraints=critical,permitted;DNS:example.com`;
  const excluding = `${sign}\nnameConstraints=critical,excluded;IP:10.96.0.0/255.240.0.0`;
  const byConstrained = { certificate: await selfSigned(key, constrained), key };
  const short = await made(["genrsa", "512"]);
  const noKey = { [keyPath]: undefined };
  const past = { host: { now: new Date(NOW.getTime() + 400 * 86_400_000) } };
  const before = { host: { now: new Date(NOW.getTime() - 86_400_000) } };
  return [
    onHost(good, "an authority with an unknown critical extension", {
      [caPath]: await selfSigned(key, `${sign}\n1.2.3.4=critical,DER:0500`),
      ...alone,
    }, of(caPath, "critical extension 1\\.2\\.3\\.4")),
    onHost(good, "an authority of RSA-512 whose key is elsewhere", {
      [caPath]: await selfSigned(short, sign),
      ...noKey,
    }, of(caPath, "RSA key of 512 bits")),
    onHost(
      good,
      "an authority of RSA-512",
      { [caPath]: await selfSigned(short, sign), [keyPath]: short },
      of(keyPath, "RSA key of 512 bits"),
    ),
    onHost(good, "an authority that may not sign the API server's names", {
      [caPath]: byConstrained.certificate,
      ...alone,
    }, of(leafPath, "not permitted by the name constraints")),
    onHost(good, "an authority that excludes the Service's address", {
      [caPath]: await selfSigned(key, excluding),
      ...alone,
    }, of(leafPath, "10\\.96\\.0\\.1, which is excluded by the name constraints")),
    onHost(good, "a certificate that its authority may not have signed", {
      [caPath]: byConstrained.certificate,
      [leafPath]: await signed(byConstrained, leafKey, names),
    }, of(leafPath, "not permitted by the name constraints")),
    onHost(good, "an authority for clients alone", {
      [caPath]: await selfSigned(key, `${sign}\nextendedKeyUsage=clientAuth`),
      ...alone,
    }, of(leafPath, "extended key usages of its authority")),
    onHost(good, "an external authority of Ed448", {
      [caPath]: await selfSigned(await made(["genpkey", "-algorithm", "ED448"]), sign),
      ...noKey,
    }, of(caPath, "cannot verify")),
    onHost(good, "an expired certificate", {}, of(leafPath, "expired on"), past),
    onHost(
      good,
      "an expired certificate of an external authority",
      noKey,
      /Have a certificate signed for \S+apiserver\.key/,
      past,
    ),
    onHost(good, "a certificate of the time to come", {}, of(leafPath, "is not valid before"), before),
    onHost(good, "an expired certificate, and existing-files skipped", {}, of(leafPath, "expired on"), {
      args: ["init", "--config", QUICK, "--skip-phases", "existing-files"],
      ...past,
    }),
    onHost(
      good,
      "a damaged certificate, and existing-files skipped",
      { [leafPath]: "hello" },
      of(leafPath, "Cannot read certificate"),
      {
        args: ["init", "--config", QUICK, "--skip-phases", "existing-files"],
      },
    ),
    onHost(good, "an authority's key that any user may write", {}, of(keyPath, "any user may write \\(mode 0666\\)"), {
      host: { now: NOW, modes: { [keyPath]: 0o666 } },
    }),
  ];
}

const ADMIN = "/etc/kubernetes/admin.conf";

function kubeconfigTexts(good: string): readonly (readonly [string, string])[] {
  const data = /certificate-authority-data: (\S+)/.exec(good)![1]!;
  return [
    ["nothing", ""],
    ["prose", "hello\n"],
    ["not YAML", `${good}\n  x: [`],
    ["another kind", good.replace("kind: Config", "kind: Pod")],
    ["another version", good.replace("apiVersion: v1", "apiVersion: v2")],
    ["two documents", `${good}---\n${good}`],
    ["no context of the current name", good.replace(/current-context: .*/, "current-context: nobody@nowhere")],
    ["a current context that is a list", good.replace(/current-context: .*/, "current-context: [a]")],
    ["no cluster", good.replace(/clusters:\n(- | {2}).*\n( .*\n)*/, "clusters: []\n")],
    ["clusters that are a mapping", good.replace(/clusters:\n(- | {2}).*\n( .*\n)*/, "clusters: {a: b}\n")],
    ["no server", good.replace(/ +server: .*\n/, "")],
    ["a server that is a number", good.replace(/server: .*/, "server: 6443")],
    ["no user", good.replace(/users:\n[\s\S]*/, "users: []\n")],
    ["an authority that is not base64", good.replace(data, "!!!!")],
    ["an authority that is no PEM", good.replace(data, btoa("hello"))],
    ["an authority that is a number", good.replace(data, "5")],
    ["no authority", good.replace(/ +certificate-authority-data: .*\n/, "")],
    [
      "an authority in a file that is not there",
      good.replace(/certificate-authority-data: .*/, "certificate-authority: /none/ca.crt"),
    ],
    ["an alias of itself", "apiVersion: v1\nkind: Config\nclusters: &a [*a]\n"],
    ["a hundred thousand brackets", "[".repeat(100_000)],
  ];
}

function kubeconfigCases(good: Record<string, string>, foreignAuthority: string): BadInput[] {
  const texts = kubeconfigTexts(good[ADMIN]!);
  const secrets = [/client-key-data: (\S{40})/.exec(good[ADMIN]!)![1]!];
  const files = { [ADMIN]: good[ADMIN]! };
  // What can be read, but has no authority, is a matter of trust for init alone.
  const unreadable = texts.filter(([what]) => !/authority|server that/.test(what));
  return [
    ...texts.map(([what, text]) => onHost(good, `admin.conf is ${what}`, { [ADMIN]: text }, of(ADMIN), { secrets })),
    ...unreadable.map(([what, text]): BadInput => ({
      name: `token list with a kubeconfig that is ${what}`,
      args: ["token", "list"],
      files: { ...files, [ADMIN]: text },
      says: /Cannot read ("|kubeconfig ")\/etc\/kubernetes\/admin\.conf"/,
      code: 3,
      secrets,
    })),
    {
      name: "a kubeconfig that is not there",
      args: ["token", "list", "--kubeconfig", "/none"],
      says: /there is no "\/none"/,
      code: 1,
    },
    onHost(good, "the scheduler's kubeconfig of another authority", {
      "/etc/kubernetes/scheduler.conf": good["/etc/kubernetes/scheduler.conf"]!.replace(
        /certificate-authority-data: .*/,
        `certificate-authority-data: ${btoa(foreignAuthority)}`,
      ),
    }, of("/etc/kubernetes/scheduler.conf", "does not trust")),
  ];
}

/** Certificates and keys. */
export const CERTIFICATE_CASES: Category = {
  name: "certificates, keys and kubeconfigs on the host",
  async cases() {
    const good = await madeByInit();
    // No more than each needs: every certificate on the host is verified anew for every case.
    const some = (...names: string[]) =>
      Object.fromEntries(Object.entries(good).filter(([path]) => names.some((name) => path.includes(name))));
    const pairs = some(`${PKI}/ca.`, `${PKI}/apiserver.`, `${PKI}/sa.`, `${PKI}/front-proxy-ca.`);
    return [
      ...await keyCases(pairs),
      ...await certificateCases(pairs),
      ...misreadCases(pairs),
      ...await authorityCases(pairs),
      ...kubeconfigCases(some(`${PKI}/ca.`, ADMIN, "scheduler.conf"), good[`${PKI}/front-proxy-ca.crt`]!),
    ];
  },
};
