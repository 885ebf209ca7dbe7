/** Certificates, keys and kubeconfigs that are on the host already. @module */
import { base64, decodePem, encodePem } from "../../src/pki/pem.ts";
import { openssl } from "../../src/pki/openssl_test.ts";
import { FIT, QUICK, run, unfit } from "../program/program.ts";
import recordedKeys from "../recorded/rsa_keys.json" with { type: "json" };
import { type BadInput, type Category, type Later, once } from "./case.ts";

const PKI = "/etc/kubernetes/pki";
const [caPath, leafPath, keyPath] = [`${PKI}/ca.crt`, `${PKI}/apiserver.crt`, `${PKI}/ca.key`];
const [ADMIN, SCHEDULER] = ["/etc/kubernetes/admin.conf", "/etc/kubernetes/scheduler.conf"];
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

const ecKey = (curve: string) => openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`]);

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
  return await openssl(["req", "-x509", "-new", "-key", "k.pem", "-config", "c", "-days", "30", ...more], {
    "k.pem": key,
    c: configuration,
  });
}

/** A certificate that signs, and its private key. */
interface Authority {
  certificate: string;
  key: string;
}

/** What is requested, signed by an authority, with extensions. */
async function signed(
  authority: Authority,
  request: string,
  extensions: string,
  ...more: string[]
): Promise<string> {
  const signer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "7", "-days", "30"];
  return await openssl(["x509", "-req", "-in", "r.pem", ...signer, "-extfile", "e", ...more], {
    "r.pem": request,
    "ca.pem": authority.certificate,
    "ca.key": authority.key,
    e: extensions,
  });
}

/** Extensions of an authority. */
const SIGN = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign";

/** What the cases are made of. */
interface Made {
  /** All that `init` makes, by path. */
  good: Record<string, string>;
  /** Of that, the pairs that most cases need, and no more: every certificate on the host is verified anew for every case. */
  pairs: Record<string, string>;
  /** Of that, what the cases of kubeconfigs need. */
  kubeconfigs: Record<string, string>;
  ca: string;
  caKey: string;
  leaf: string;
  leafKey: string;
  /** The request for a certificate of the leaf's key. */
  request: string;
  authority: Authority;
  /** A key of P-256 that belongs to nothing else, and an authority with it. */
  other: string;
  otherAuthority: Authority;
  /** The cluster's own key, but it may sign for example.com alone. */
  byConstrained: Authority;
  /** Keys of RSA: of 2048 bits, and of 512. */
  rsa: string;
  short: string;
}

/** Made by the first test that needs it, once. */
const made = once(async (): Promise<Made> => {
  const good = await madeByInit();
  const some = (...names: string[]) =>
    Object.fromEntries(Object.entries(good).filter(([path]) => names.some((name) => path.includes(name))));
  const [ca, caKey, leaf, leafKey] = [caPath, keyPath, leafPath, `${PKI}/apiserver.key`].map((path) => good[path]!) as [
    string,
    string,
    string,
    string,
  ];
  const other = await ecKey("P-256");
  const constrained = `${SIGN}\nnameConstraints=critical,permitted;DNS:example.com`;
  return {
    good,
    pairs: some(`${PKI}/ca.`, `${PKI}/apiserver.`, `${PKI}/sa.`, `${PKI}/front-proxy-ca.`),
    kubeconfigs: some(`${PKI}/ca.`, ADMIN, SCHEDULER),
    ca,
    caKey,
    leaf,
    leafKey,
    request: await openssl(["req", "-new", "-key", "k", "-subj", "/CN=kube-apiserver"], { k: leafKey }),
    authority: { certificate: ca, key: caKey },
    other,
    otherAuthority: { certificate: await selfSigned(other, "basicConstraints=critical,CA:TRUE"), key: other },
    byConstrained: { certificate: await selfSigned(caKey, constrained), key: caKey },
    rsa: encodePem("PRIVATE KEY", Uint8Array.fromBase64(recordedKeys[0]!)),
    short: await openssl(["genrsa", "512"]),
  };
});

type Content = (made: Made) => string | Uint8Array | Promise<string>;

/** What is no PEM file, whatever that is to hold; made of a good one, or of nothing. */
const NOT_PEM: readonly (readonly [string, (pem: string) => string | Uint8Array])[] = [
  ["nothing", () => ""],
  ["white space", () => " \n\t\n"],
  ["prose", () => "this is not a key\n"],
  ["only a first line", () => "-----BEGIN PRIVATE KEY-----\n"],
  ["no last line", (pem) => pem.replace(/-----END.*/, "")],
  ["no first line", (pem) => pem.replace(/-----BEGIN.*\n/, "")],
  ["another last line", (pem) => pem.replace("END PRIVATE KEY", "END CERTIFICATE")],
  ["four dashes", (pem) => pem.replaceAll("-----", "----")],
  [
    "six dashes",
    (pem) => pem.replaceAll("-----BEGIN", "------BEGIN").replaceAll("PRIVATE KEY-----", "PRIVATE KEY------"),
  ],
  ["lower case", (pem) => pem.toLowerCase()],
  ["all in one line", (pem) => pem.replaceAll("\n", "")],
  ["DER", (pem) => decodePem(pem)[0]!.der],
  ["the body alone", (pem) => pem.split("\n").slice(1, -2).join("\n")],
  ["base64 of the PEM", (pem) => base64(new TextEncoder().encode(pem))],
  ["zeros", () => new Uint8Array(4096)],
  [
    "UTF-16",
    (pem) => new Uint8Array([...`\ufeff${pem}`].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8])),
  ],
  [
    "an SSH key",
    () => "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
  ],
  ["a JSON web key", () => '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}'],
  ["ten thousand first lines", () => "-----BEGIN PRIVATE KEY-----\n".repeat(10_000)],
  [
    "a hundred thousand different first lines",
    () => Array.from({ length: 100_000 }, (_, i) => `-----BEGIN K${i}-----\n`).join(""),
  ],
  ["a megabyte of dashes", () => "-".repeat(1 << 20)],
];

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

const truncated = (pem: string) => changed(pem, (der) => der.slice(0, der.length - 20));

/** Private keys that are none, or not of a kind that Kubernetes takes. */
const KEY_FILES: readonly (readonly [string, Content])[] = [
  ["a damaged end", ({ other }) => truncated(other)],
  ["a damaged end of RSA", ({ rsa }) => truncated(rsa)],
  ["zeros for the key", ({ other }) => changed(other, (der) => der.fill(0, 36, 68))],
  ["a byte changed in an RSA key", ({ rsa }) => changed(rsa, (der) => der.with(100, der[100]! ^ 1))],
  ["characters that are not base64", ({ other }) => other.replace(/\n[A-Za-z0-9+/]{4}/, "\n!!!!")],
  ["a public key", ({ other }) => openssl(["pkey", "-in", "k", "-pubout"], { k: other })],
  ["a certificate", ({ other }) => selfSigned(other, "basicConstraints=CA:TRUE")],
  ["a certificate request", ({ other }) => openssl(["req", "-new", "-key", "k", "-subj", "/CN=a"], { k: other })],
  [
    "encrypted PKCS#8",
    ({ other }) => openssl(["pkcs8", "-topk8", "-in", "k", "-passout", "pass:hunter22"], { k: other }),
  ],
  [
    "encrypted as of old",
    ({ rsa }) => openssl(["rsa", "-in", "k", "-aes128", "-passout", "pass:hunter22", "-traditional"], { k: rsa }),
  ],
  ["Ed25519", () => openssl(["genpkey", "-algorithm", "ED25519"])],
  ["Ed448", () => openssl(["genpkey", "-algorithm", "ED448"])],
  ["X25519", () => openssl(["genpkey", "-algorithm", "X25519"])],
  ["DSA", dsaKey],
  ["P-224", () => ecKey("P-224")],
  ["secp256k1", () => ecKey("secp256k1")],
  [
    "a curve in parameters",
    () =>
      openssl([
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-pkeyopt",
        "ec_param_enc:explicit",
      ]),
  ],
  ["RSA of 512 bits", () => openssl(["genrsa", "512"])],
  ["RSA of 1024 bits for PSS", () => openssl(["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"])],
  ["an EC key called RSA", ({ other }) => other.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY")],
  ["an RSA key called EC", ({ rsa }) => rsa.replaceAll("PRIVATE KEY", "EC PRIVATE KEY")],
  ...NOT_DER.map(([what, der]) => [what, () => encodePem("PRIVATE KEY", der)] as const),
  ...NOT_DER.slice(0, 6).map(([what, der]) =>
    [`${what} in a key of PKCS#1`, () => encodePem("RSA PRIVATE KEY", der)] as const
  ),
  ...NOT_DER.slice(0, 6).map(([what, der]) =>
    [`${what} in a key of SEC1`, () => encodePem("EC PRIVATE KEY", der)] as const
  ),
];

async function dsaKey(): Promise<string> {
  const parameters = await openssl([
    "genpkey",
    "-genparam",
    "-algorithm",
    "DSA",
    "-pkeyopt",
    "dsa_paramgen_bits:1024",
    "-pkeyopt",
    "dsa_paramgen_q_bits:160",
  ]);
  return await openssl(["genpkey", "-paramfile", "p"], { p: parameters });
}

type Files = BadInput["files"] & object;

/** Makes `init` on a host that has these files already, but for what is otherwise. */
function onHostWith(has: (made: Made) => Files) {
  return (
    name: string,
    files: (made: Made) => Files | Promise<Files>,
    says: RegExp | ((made: Made) => RegExp),
    more: Partial<BadInput> = {},
  ): Later => ({
    name,
    async make() {
      const all = await made();
      return {
        name,
        args: ["init", "--config", QUICK],
        files: { ...has(all), ...await files(all) },
        host: { now: NOW },
        says: typeof says === "function" ? says(all) : says,
        code: 3,
        ...more,
      };
    },
  });
}

/** On a host that has the pairs of keys and certificates. */
const onHost = onHostWith(({ pairs }) => pairs);

const escaped = (path: string) => path.replace(/[.]/g, "\\.");
/** What is said of a file. */
const of = (path: string, what = "") => new RegExp(`^ {2}${escaped(path)}: .*${what}`, "m");

/** In turn instead of each of the keys. */
function keyCases(): Later[] {
  const bad: typeof KEY_FILES = [
    ...NOT_PEM.map(([what, of]) => [what, ({ other }: Made) => of(other)] as const),
    ...KEY_FILES,
  ];
  const places = [`${PKI}/ca.key`, `${PKI}/apiserver.key`, `${PKI}/sa.key`];
  return bad.map(([what, content], i) => {
    const path = places[i % places.length]!;
    return onHost(`${path} is ${what}`, async (made) => ({ [path]: await content(made) }), of(path), {
      secrets: ["hunter22"],
    });
  });
}

/** What is no certificate. */
const CERTIFICATE_FILES: readonly (readonly [string, Content])[] = [
  ...NOT_PEM.filter(([what]) => !["DER", "zeros", "UTF-16"].includes(what)).map(([what, of]) =>
    [what, ({ other }: Made) => of(other)] as const
  ),
  ...NOT_DER.map(([what, der]) => [what, () => encodePem("CERTIFICATE", der)] as const),
  ["a key", ({ leafKey }) => leafKey],
  ["a request", ({ other }) => openssl(["req", "-new", "-key", "k", "-subj", "/CN=a"], { k: other })],
  ["a PKCS#7 bundle", ({ ca }) => openssl(["crl2pkcs7", "-nocrl", "-certfile", "c"], { c: ca })],
  ["a damaged end", ({ leaf }) => changed(leaf, (der) => der.slice(0, -20))],
  ["bytes behind the end", ({ leaf }) => changed(leaf, (der) => new Uint8Array([...der, 1, 2, 3]))],
  [
    "a version that is none",
    ({ leaf }) => changed(leaf, (der) => der.with(indexOf(der, [0xa0, 3, 2, 1, 2]) + 4, 9)),
  ],
];

/** What the API server is called by. */
const names =
  "subjectAltName=DNS:node-1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:10.96.0.1,IP:192.0.2.10";

function certificateCases(): Later[] {
  const serial = (der: Uint8Array) =>
    indexOf(der, [2]) && der.findIndex((byte, i) => byte === 2 && der[i - 1] === 2 && der[i - 2] === 1) + 1;
  // 0x80, which is the shortest form whatever follows: with 0xff it may be no number at all.
  const atSerial = (der: Uint8Array<ArrayBuffer>) => der.with(serial(der) + 1, 0x80);
  const utcTime = (der: Uint8Array) => der.findIndex((byte, i) => byte === 0x17 && der[i + 1] === 13);
  const alone = CERTIFICATE_FILES.map(([what, content], i) => {
    const path = i % 2 === 0 ? caPath : leafPath;
    return onHost(`${path} is ${what}`, async (made) => ({ [path]: await content(made) }), of(path));
  });
  return [
    ...alone,
    onHost(
      "the API server's certificate for the authority's",
      ({ leaf, leafKey }) => ({ [caPath]: leaf, [`${PKI}/ca.key`]: leafKey }),
      of(caPath, "CA:TRUE"),
    ),
    onHost(
      "another authority",
      ({ otherAuthority }) => ({ [caPath]: otherAuthority.certificate }),
      of(`${PKI}/ca.key`, "not the private key"),
    ),
    onHost(
      "another authority with its key",
      ({ other, otherAuthority }) => ({ [caPath]: otherAuthority.certificate, [`${PKI}/ca.key`]: other }),
      of(leafPath, "not signed by"),
    ),
    onHost(
      "a key of another certificate",
      ({ other }) => ({ [`${PKI}/apiserver.key`]: other }),
      of(`${PKI}/apiserver.key`, "not the private key"),
    ),
    onHost(
      "a key before the right key",
      ({ leafKey, other }) => ({ [`${PKI}/apiserver.key`]: other + leafKey }),
      of(`${PKI}/apiserver.key`, "not the private key"),
    ),
    onHost(
      "the authority before the certificate",
      ({ ca, leaf }) => ({ [leafPath]: ca + leaf }),
      of(`${PKI}/apiserver.key`, "not the private key"),
    ),
    onHost(
      "another certificate before the authority",
      ({ ca, leaf }) => ({ [caPath]: leaf + ca }),
      of(caPath, "CA:TRUE"),
    ),
    onHost(
      "a certificate without its key",
      () => ({ [`${PKI}/apiserver.key`]: undefined }),
      of(`${PKI}/apiserver.key`, "is missing"),
    ),
    onHost(
      "no authority, but what it signed",
      () => ({ [caPath]: undefined, [`${PKI}/ca.key`]: undefined }),
      of(caPath, "is missing"),
    ),
    onHost("an authority without a key, and a certificate to make", () => ({
      [`${PKI}/ca.key`]: undefined,
      [leafPath]: undefined,
      [`${PKI}/apiserver.key`]: undefined,
    }), /apiserver\.crt/),
    onHost(
      "no private key of service accounts",
      () => ({ [`${PKI}/sa.key`]: undefined }),
      of(`${PKI}/sa.key`, "is missing"),
    ),
    onHost("a public key of other service accounts", async ({ other }) => ({
      [`${PKI}/sa.pub`]: await openssl(["pkey", "-in", "k", "-pubout"], { k: other }),
    }), of(`${PKI}/sa.pub`, "does not contain")),
    ...([
      ["an empty file", () => "", "no RSA or ECDSA key found .no PEM block found"],
      ["a text", () => "garbage\n", "no RSA or ECDSA key found .no PEM block found"],
      ["a byte order mark before it", (pub) => `\ufeff${pub}`, "line 1: a byte order mark precedes the text"],
    ] as [string, (pub: string) => string, string][]).map(([what, of_, says]) =>
      onHost(
        `no public key of service accounts, but ${what}`,
        ({ good }) => ({ [`${PKI}/sa.pub`]: of_(good[`${PKI}/sa.pub`]!) }),
        of(`${PKI}/sa.pub`, says),
      )
    ),
    onHost("a public key in the form PKCS#1", async () => ({
      [`${PKI}/sa.pub`]: await openssl(["rsa", "-pubin", "-in", "k", "-RSAPublicKey_out"], {
        k: await openssl(["pkey", "-in", "k", "-pubout"], { k: await openssl(["genrsa", "2048"]) }),
      }),
    }), of(`${PKI}/sa.pub`, "no RSA or ECDSA key")),
    onHost("a certificate of another key as public key", ({ leaf }) => ({
      [`${PKI}/sa.pub`]: leaf,
    }), of(`${PKI}/sa.pub`, "does not contain")),
    onHost("a public key that is damaged", ({ good }) => ({
      [`${PKI}/sa.pub`]: changed(good[`${PKI}/sa.pub`]!, (der) => der.slice(0, -9)),
    }), of(`${PKI}/sa.pub`)),
    onHost("a public key of Ed25519", async () => ({
      [`${PKI}/sa.pub`]: await openssl(["pkey", "-in", "k", "-pubout"], {
        k: await openssl(["genpkey", "-algorithm", "ED25519"]),
      }),
    }), of(`${PKI}/sa.pub`)),
    onHost("an authority that is none", async ({ caKey }) => ({
      [caPath]: await selfSigned(caKey, "basicConstraints=critical,CA:FALSE"),
    }), of(caPath, "CA:TRUE")),
    onHost("an authority that does not say so", async ({ caKey }) => ({
      [caPath]: await selfSigned(caKey, "subjectKeyIdentifier=hash"),
    }), of(caPath, "CA:TRUE")),
    onHost("an authority that may not sign certificates", async ({ caKey }) => ({
      [caPath]: await selfSigned(
        caKey,
        "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature,cRLSign",
      ),
    }), of(caPath, "keyCertSign")),
    onHost(
      "an authority with a negative serial number",
      ({ ca }) => ({ [caPath]: changed(ca, atSerial) }),
      of(caPath, "serial number"),
    ),
    onHost(
      "a certificate with a negative serial number",
      ({ leaf }) => ({ [leafPath]: changed(leaf, atSerial) }),
      of(leafPath, "serial number"),
    ),
    onHost("an authority valid from no day", ({ ca }) => ({
      [caPath]: changed(ca, (der) => der.fill(0x39, utcTime(der) + 2, utcTime(der) + 14)),
    }), of(caPath)),
    onHost("an authority valid from letters", ({ ca }) => ({
      [caPath]: changed(ca, (der) => der.fill(0x41, utcTime(der) + 2, utcTime(der) + 14)),
    }), of(caPath)),
    onHost("a certificate that another authority of the same name signed", async ({ request, otherAuthority }) => ({
      [leafPath]: await signed(otherAuthority, request, names),
    }), of(leafPath, "not signed by")),
    onHost(
      "a certificate that it signed itself",
      async ({ leafKey }) => ({ [leafPath]: await selfSigned(leafKey, names) }),
      of(leafPath, "not signed by"),
    ),
    onHost(
      "a certificate signed with SHA-1",
      async ({ request, authority }) => ({ [leafPath]: await signed(authority, request, names, "-sha1") }),
      of(leafPath, "SHA-1|not signed"),
    ),
    onHost("a certificate for clients alone", async ({ request, authority }) => ({
      [leafPath]: await signed(authority, request, `${names}\nextendedKeyUsage=clientAuth`),
    }), of(leafPath, "must not be used as TLS server.*\n +fix: Remove this certificate and its key")),
    onHost("a certificate for clients of another authority", async ({ request, otherAuthority }) => ({
      [leafPath]: await signed(otherAuthority, request, `${names}\nextendedKeyUsage=clientAuth`),
    }), of(leafPath, "not signed by.*\n +fix: Restore the authority")),
    onHost("a certificate with a byte of its signature changed", ({ leaf }) => ({
      [leafPath]: changed(leaf, (der) => der.with(-3, der.at(-3)! ^ 1)),
    }), of(leafPath, "not signed by")),
    onHost("a certificate without names", async ({ request, authority }) => ({
      [leafPath]: await signed(authority, request, "basicConstraints=CA:FALSE"),
    }), of(leafPath, "not valid for kubernetes, .*node-1")),
    onHost("a certificate without the node's name", async ({ request, authority }) => ({
      [leafPath]: await signed(authority, request, names.replace("DNS:node-1,", "")),
    }), of(leafPath, "not valid for node-1")),
    onHost("a certificate without the Service's address", async ({ request, authority }) => ({
      [leafPath]: await signed(authority, request, names.replace(",IP:10.96.0.1", "")),
    }), of(leafPath, "not valid for 10\\.96\\.0\\.1")),
    onHost("a certificate with the address as a name", async ({ request, authority }) => ({
      [leafPath]: await signed(authority, request, names.replace("IP:10.96.0.1", "DNS:10.96.0.1")),
    }), of(leafPath, "not valid for 10\\.96\\.0\\.1")),
    onHost("a certificate with a wildcard that covers less", async ({ request, authority }) => ({
      [leafPath]: await signed(
        authority,
        request,
        names.replace("DNS:kubernetes.default.svc.cluster.local", "DNS:*.svc.cluster.local").replace(
          "DNS:kubernetes.default,",
          "",
        ),
      ),
    }), of(leafPath, "not valid for kubernetes\\.default")),
    onHost("the front proxy's certificate signed by the cluster's authority", ({ leaf, leafKey }) => ({
      [`${PKI}/front-proxy-client.crt`]: leaf,
      [`${PKI}/front-proxy-client.key`]: leafKey,
    }), of(`${PKI}/front-proxy-client.crt`, "not signed by")),
    onHost(
      "an expired authority, and a certificate to make",
      () => ({ [leafPath]: undefined, [`${PKI}/apiserver.key`]: undefined }),
      of(leafPath, "expired"),
      { host: { now: new Date(NOW.getTime() + 4000 * 86_400_000) } },
    ),
    onHost(
      "an authority of the time to come, and a certificate to make",
      () => ({ [leafPath]: undefined, [`${PKI}/apiserver.key`]: undefined }),
      of(leafPath, "not valid before"),
      { host: { now: new Date(NOW.getTime() - 30 * 86_400_000) } },
    ),
    onHost("a configuration with a name that the certificate lacks", () => ({
      [QUICK]: `${FIT.files![QUICK]}apiServer: {certSANs: [new.example]}\n`,
    }), of(leafPath, "not valid for new\\.example")),
    onHost("a configuration with other Services", () => ({
      [QUICK]: `${FIT.files![QUICK]}networking: {serviceSubnet: 10.97.0.0/16}\n`,
    }), of(leafPath, "not valid for 10\\.97\\.0\\.1")),
  ];
}

/** Files that Go reads otherwise than a person does: the line is named. */
function misreadCases(): Later[] {
  const leafKeyPath = `${PKI}/apiserver.key`;
  const indented = (pem: string) => pem.replace(/^(?=.)/gm, "  ");
  const cases: (readonly [string, string, (made: Made) => string, string])[] = [
    [
      "indented",
      leafPath,
      ({ leaf }) => indented(leaf),
      'line 1: the BEGIN line of "CERTIFICATE" must be at the start of a line',
    ],
    ["indented key", leafKeyPath, ({ leafKey }) => indented(leafKey), "line 1: .* must be at the start of a line"],
    [
      "text behind the last line",
      leafPath,
      ({ leaf }) => leaf.replace(/-----\n$/, "----- # mine\n"),
      "line \\d+: text follows",
    ],
    ["text before the first line", caPath, ({ ca }) => `ca: ${ca}`, "line 1: .* must be at the start of a line"],
    ["a byte order mark", caPath, ({ ca }) => `\ufeff${ca}`, "line 1: a byte order mark"],
    [
      "base64 without its padding",
      leafPath,
      ({ leaf }) => leaf.replace(/=+\n-----END/, "\n-----END").replace(/(.)\n-----END/, "\n-----END"),
      "line 1: the PEM block .* is not valid base64",
    ],
    [
      "a certificate without its last line",
      caPath,
      ({ ca }) => ca.replace(/-----END.*\n/, ""),
      'line 1: the BEGIN line of "CERTIFICATE" has no END line',
    ],
    [
      "another last line",
      leafPath,
      ({ leaf }) => leaf.replace("END CERTIFICATE", "END TRUSTED CERTIFICATE"),
      "line 1|line \\d+",
    ],
    [
      "a trusted certificate of openssl",
      caPath,
      ({ ca }) => ca.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"),
      "it contains TRUSTED CERTIFICATE",
    ],
    [
      "a certificate with headers",
      caPath,
      ({ ca }) => ca.replace("-----\n", "-----\nname: value\n\n"),
      "no PEM block .CERTIFICATE. found",
    ],
  ];
  return [
    onHost(
      `${caPath} is two files put together without a line end`,
      ({ ca, leaf }) => ({ [caPath]: ca.trimEnd() + leaf }),
      ({ ca }) => of(caPath, `line ${ca.split("\n").length - 1}: text follows the END line of "CERTIFICATE"`),
    ),
    ...cases.map(([what, path, content, line]) =>
      onHost(`${path} is ${what}`, (made) => ({ [path]: content(made) }), of(path, line))
    ),
  ];
}

/** Authorities that Go 1.26 does not accept, however good their signatures are. */
function authorityCases(): Later[] {
  const alone = { [leafPath]: undefined, [`${PKI}/apiserver.key`]: undefined };
  const excluding = `${SIGN}\nnameConstraints=critical,excluded;IP:10.96.0.0/255.240.0.0`;
  const noKey = { [keyPath]: undefined };
  const past = { host: { now: new Date(NOW.getTime() + 400 * 86_400_000) } };
  const before = { host: { now: new Date(NOW.getTime() - 86_400_000) } };
  return [
    onHost("an authority with an unknown critical extension", async ({ caKey }) => ({
      [caPath]: await selfSigned(caKey, `${SIGN}\n1.2.3.4=critical,DER:0500`),
      ...alone,
    }), of(caPath, "critical extension 1\\.2\\.3\\.4")),
    onHost("an authority of RSA-512 whose key is elsewhere", async ({ short }) => ({
      [caPath]: await selfSigned(short, SIGN),
      ...noKey,
    }), of(caPath, "RSA key of 512 bits")),
    onHost(
      "an authority of RSA-512",
      async ({ short }) => ({ [caPath]: await selfSigned(short, SIGN), [keyPath]: short }),
      of(keyPath, "RSA key of 512 bits"),
    ),
    onHost("an authority that may not sign the API server's names", ({ byConstrained }) => ({
      [caPath]: byConstrained.certificate,
      ...alone,
    }), of(leafPath, "not permitted by the name constraints")),
    onHost("an authority that excludes the Service's address", async ({ caKey }) => ({
      [caPath]: await selfSigned(caKey, excluding),
      ...alone,
    }), of(leafPath, "10\\.96\\.0\\.1, which is excluded by the name constraints")),
    onHost("a certificate that its authority may not have signed", async ({ request, byConstrained }) => ({
      [caPath]: byConstrained.certificate,
      [leafPath]: await signed(byConstrained, request, names),
    }), of(leafPath, "not permitted by the name constraints")),
    onHost("an authority for clients alone", async ({ caKey }) => ({
      [caPath]: await selfSigned(caKey, `${SIGN}\nextendedKeyUsage=clientAuth`),
      ...alone,
    }), of(leafPath, "extended key usages of its authority")),
    onHost("an external authority of Ed448", async () => ({
      [caPath]: await selfSigned(await openssl(["genpkey", "-algorithm", "ED448"]), SIGN),
      ...noKey,
    }), of(caPath, "has a key of algorithm .*, which Kubernetes components do not support")),
    onHost("an expired certificate", () => ({}), of(leafPath, "expired on"), past),
    onHost(
      "an expired certificate of an external authority",
      () => noKey,
      /Have a certificate for \S+apiserver\.key signed by/,
      past,
    ),
    onHost("a certificate of the time to come", () => ({}), of(leafPath, "is not valid before"), before),
    onHost("an expired certificate, and existing-files skipped", () => ({}), of(leafPath, "expired on"), {
      args: ["init", "--config", QUICK, "--skip-phases", "existing-files"],
      ...past,
    }),
    onHost(
      "a damaged certificate, and existing-files skipped",
      () => ({ [leafPath]: "hello" }),
      of(leafPath, "Cannot read certificate"),
      {
        args: ["init", "--config", QUICK, "--skip-phases", "existing-files"],
      },
    ),
    onHost(
      "an authority's key that any user may write",
      () => ({}),
      of(keyPath, "any user may write \\(mode 0666\\)"),
      {
        host: { now: NOW, modes: { [keyPath]: 0o666 } },
      },
    ),
  ];
}

const authorityIn = (kubeconfig: string) => /certificate-authority-data: (\S+)/.exec(kubeconfig)![1]!;

/** What is no kubeconfig of an administrator; made of a good one, or of nothing. */
const KUBECONFIGS: readonly (readonly [string, (good: string) => string])[] = [
  ["nothing", () => ""],
  ["prose", () => "hello\n"],
  ["not YAML", (good) => `${good}\n  x: [`],
  ["another kind", (good) => good.replace("kind: Config", "kind: Pod")],
  ["another version", (good) => good.replace("apiVersion: v1", "apiVersion: v2")],
  ["two documents, the first of them empty", (good) => `---\n---\n${good}`],
  ["a name that is used twice", (good) => good.replace(/clusters:\n((- | {2}).*\n( .*\n)*)/, "clusters:\n$1$1")],
  ["a kind that is a number", (good) => good.replace("kind: Config", "kind: 1")],
  ["no context of the current name", (good) => good.replace(/current-context: .*/, "current-context: nobody@nowhere")],
  ["a current context that is a list", (good) => good.replace(/current-context: .*/, "current-context: [a]")],
  ["no cluster", (good) => good.replace(/clusters:\n(- | {2}).*\n( .*\n)*/, "clusters: []\n")],
  ["clusters that are a mapping", (good) => good.replace(/clusters:\n(- | {2}).*\n( .*\n)*/, "clusters: {a: b}\n")],
  ["no server", (good) => good.replace(/ +server: .*\n/, "")],
  ["a server that is a number", (good) => good.replace(/server: .*/, "server: 6443")],
  ["no user", (good) => good.replace(/users:\n[\s\S]*/, "users: []\n")],
  ["an authority that is not base64", (good) => good.replace(authorityIn(good), "!!!!")],
  ["an authority that is no PEM", (good) => good.replace(authorityIn(good), btoa("hello"))],
  ["an authority that is a number", (good) => good.replace(authorityIn(good), "5")],
  ["no authority", (good) => good.replace(/ +certificate-authority-data: .*\n/, "")],
  [
    "an authority in a file that is not there",
    (good) => good.replace(/certificate-authority-data: .*/, "certificate-authority: /none/ca.crt"),
  ],
  ["an alias of itself", () => "apiVersion: v1\nkind: Config\nclusters: &a [*a]\n"],
  ["a hundred thousand brackets", () => "[".repeat(100_000)],
];

function kubeconfigCases(): (BadInput | Later)[] {
  const onHost = onHostWith(({ kubeconfigs }) => kubeconfigs);
  // What can be read, but has no authority, is a matter of trust for init alone.
  const unreadable = KUBECONFIGS.filter(([what]) => !/authority|server that/.test(what));
  return [
    ...KUBECONFIGS.map(([what, text]) =>
      onHost(`admin.conf is ${what}`, ({ good }) => ({ [ADMIN]: text(good[ADMIN]!) }), of(ADMIN))
    ),
    ...unreadable.map(([what, text]): Later => {
      const name = `token list with a kubeconfig that is ${what}`;
      return {
        name,
        make: async () => ({
          name,
          args: ["token", "list"],
          files: { [ADMIN]: text((await made()).good[ADMIN]!) },
          says: /Cannot read ("|kubeconfig ")\/etc\/kubernetes\/admin\.conf"/,
          code: 3,
        }),
      };
    }),
    {
      name: "a kubeconfig that is not there",
      args: ["token", "list", "--kubeconfig", "/none"],
      says: /"\/none"(, which .*)? not found/,
      code: 1,
    },
    onHost("the scheduler's kubeconfig of another authority", ({ good }) => ({
      [SCHEDULER]: good[SCHEDULER]!.replace(
        /certificate-authority-data: .*/,
        `certificate-authority-data: ${btoa(good[`${PKI}/front-proxy-ca.crt`]!)}`,
      ),
    }), of(SCHEDULER, "does not trust")),
  ];
}

/** Certificates and keys. */
export const CERTIFICATE_CASES: Category = {
  name: "certificates, keys and kubeconfigs on the host",
  cases: () => [
    ...keyCases(),
    ...certificateCases(),
    ...misreadCases(),
    ...authorityCases(),
    ...kubeconfigCases(),
  ],
};
