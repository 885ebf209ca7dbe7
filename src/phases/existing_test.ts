// What a person may have put on the host before `init`: each is kept and worked with, or refused with nothing written.
import assert from "node:assert/strict";
import { problemsOf } from "../node/pki/external.ts";
import { inspectKubeconfigs } from "../node/pki/kubeconfigs.ts";
import { inspectPki } from "../node/pki/certificates.ts";
import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { type Certificate, certificatePem, parseCertificate, parseCertificates } from "../pki/certificate.ts";
import { isSignedBy } from "../pki/chain.ts";
import { issueAuthority, issueLeaf } from "../pki/issue.ts";
import { parsePrivateKey, privateKeyPem } from "../pki/key_pem.ts";
import { generateKeyPair, type KeyPair } from "../pki/keys.ts";
import { hasOpenssl, openssl } from "../pki/openssl_test.ts";
import { base64, encodePem } from "../pki/pem.ts";
import {
  clone,
  type Files,
  fresh,
  init,
  memoryHost,
  NOW,
  PKI,
  put,
  refusal,
  sampleWithCheapKeys,
  text,
} from "../../tests/samples/pki.ts";

const PERIOD = { notBefore: NOW, notAfter: new Date("2030-01-01T00:00:00Z") };
const ADMIN = "/etc/kubernetes/admin.conf";

/** An authority of the user's own. */
async function authority(name = "our own", algorithm: "RSA-2048" | "ECDSA-P256" = "ECDSA-P256", period = PERIOD) {
  const keys = await generateKeyPair(algorithm);
  return { keys, certificate: await issueAuthority(name, period, keys) };
}

/** A host with nothing but this pair. */
async function only(base: string, { keys, certificate }: { keys: KeyPair; certificate: Certificate }): Promise<Files> {
  const files: Files = new Map();
  put(files, `${PKI}/${base}.crt`, certificatePem(certificate));
  return put(files, `${PKI}/${base}.key`, await privateKeyPem(keys));
}

const first = (files: Files, path: string) => parseCertificates(text(files, path))[0]!;
const without = (files: Files, ...paths: string[]) => new Map([...files].filter(([path]) => !paths.includes(path)));

Deno.test("a user's own authority signs everything, and is kept byte for byte", async () => {
  for (const algorithm of ["ECDSA-P256", "RSA-2048"] as const) {
    const own = await authority("Example Corp", algorithm);
    const files = await only("ca", own);
    const before = clone(files);
    const { warnings } = await init(files);
    assert.deepEqual(warnings, []);
    for (const [path, file] of before) assert.deepEqual(files.get(path), file);
    const apiServer = first(files, `${PKI}/apiserver.crt`);
    assert.ok(await isSignedBy(apiServer, own.certificate));
    assert.equal(apiServer.keyAlgorithm, "ECDSA-P256"); // as configured, whatever the authority has
    assert.equal(parseKubeconfig(text(files, ADMIN), ADMIN).caPem, certificatePem(own.certificate));
    assert.deepEqual((await init(files)).writes, []);
  }
});

Deno.test("authorities of RSA and leaves of ECDSA, and the other way round", async () => {
  const rsa = await only("front-proxy-ca", await authority("front-proxy-ca", "RSA-2048"));
  await init(rsa);
  assert.equal(first(rsa, `${PKI}/front-proxy-client.crt`).keyAlgorithm, "ECDSA-P256");
  const files = await only("front-proxy-ca", await authority("front-proxy-ca"));
  for (const [path, file] of fresh) if (!path.includes("front-proxy")) files.set(path, file);
  const { writes } = await init(files, sampleWithCheapKeys((node) => node.cluster.encryptionAlgorithm = "RSA-2048"));
  assert.deepEqual(writes, [`${PKI}/front-proxy-client.key`, `${PKI}/front-proxy-client.crt`]);
  assert.equal(first(files, `${PKI}/front-proxy-client.crt`).keyAlgorithm, "RSA-2048");
});

/** An authority made by openssl, with a key of its own. */
async function opensslAuthority(...key: string[]): Promise<{ key: string; certificate: string }> {
  const made = await openssl(key);
  const extensions = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"];
  const self = ["req", "-x509", "-new", "-key", "k", "-subj", "/CN=our own", "-days", "3650", ...extensions];
  return { key: made, certificate: await openssl(self, { k: made }) };
}

const EC = (curve: string) => ["genpkey", "-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`];

Deno.test({
  name: "authorities with keys that are not made here, but that kubeadm takes: P-224, P-521, long and short RSA",
  ignore: !hasOpenssl,
  fn: async () => {
    const now = new Date(Date.now() + 60_000);
    const kinds: [string[], RegExp | undefined][] = [
      [EC("P-521"), undefined],
      [EC("P-224"), /ca\.crt has a weak key \(ECDSA P-224\)/],
      [EC("P-384"), undefined],
      [["genrsa", "3072"], undefined],
      [["genrsa", "1024"], /ca\.crt has a weak key \(RSA-1024\): RSA with at least 2048 bits/],
    ];
    for (const [how, expected] of kinds) {
      const own = await opensslAuthority(...how);
      const files = put(put(new Map(), `${PKI}/ca.crt`, own.certificate), `${PKI}/ca.key`, own.key);
      const { warnings } = await init(files, sampleWithCheapKeys(), Infinity, now);
      assert.ok(
        expected ? warnings.every((text) => expected.test(text)) && warnings.length > 0 : warnings.length === 0,
      );
      const [ca, leaf] = [own.certificate, text(files, `${PKI}/apiserver.crt`)];
      assert.equal(await openssl(["verify", "-CAfile", "ca", "leaf"], { ca, leaf }), "leaf: OK\n", how.join(" "));
      assert.deepEqual((await init(files, sampleWithCheapKeys(), Infinity, now)).writes, []);
    }
  },
});

Deno.test({
  name: "an external authority of Ed25519 has signed what it has signed",
  ignore: !hasOpenssl,
  fn: async () => {
    const now = new Date(Date.now() + 60_000);
    const own = await opensslAuthority("genpkey", "-algorithm", "ED25519");
    const files = put(new Map(), `${PKI}/front-proxy-ca.crt`, own.certificate);
    const key = text(fresh, `${PKI}/front-proxy-client.key`);
    const request = await openssl(["req", "-new", "-key", "k", "-subj", "/CN=front-proxy-client"], { k: key });
    const sign = ["x509", "-req", "-in", "r", "-CA", "ca", "-CAkey", "cak", "-set_serial", "7", "-days", "9"];
    const client = await openssl(sign, { r: request, ca: own.certificate, cak: own.key });
    put(put(files, `${PKI}/front-proxy-client.key`, key), `${PKI}/front-proxy-client.crt`, client);
    await init(files, sampleWithCheapKeys(), Infinity, now);
    assert.equal(text(files, `${PKI}/front-proxy-client.crt`), client);
  },
});

Deno.test("10 000 names: made, read again and kept, in seconds", async () => {
  const config = sampleWithCheapKeys((node) =>
    node.cluster.apiServer.certSANs = Array.from(
      { length: 10_000 },
      (_, i) => i % 2 ? `n${i}.example.test` : `10.200.${i >> 8}.${i & 255}`,
    )
  );
  const files: Files = new Map();
  const start = performance.now();
  await init(files, config);
  assert.deepEqual((await init(files, config)).writes, []);
  const { dnsNames, ipAddresses } = first(files, `${PKI}/apiserver.crt`);
  assert.deepEqual([dnsNames.length, ipAddresses.length], [5_005, 5_002]);
  assert.ok(performance.now() - start < 20_000);
});

Deno.test("keys that others may read or write: a warning, or refused", async () => {
  const path = `${PKI}/ca.key`;
  const withMode = (mode: number) => {
    const files = clone(fresh);
    files.set(path, { text: text(fresh, path), mode });
    return files;
  };
  for (
    const [mode, expected] of [[0o644, /is readable by any user \(mode 0644\)/], [
      0o660,
      /is writable by its group/,
    ]] as const
  ) {
    const { warnings, writes } = await init(withMode(mode));
    assert.deepEqual(writes, []);
    assert.match(warnings.join("\n"), expected);
  }
  assert.match(
    (await refusal(withMode(0o666))).message,
    /ca\.key: is a private key that any user may write \(mode 0666\)/,
  );
});

Deno.test("a bundle: the first is the authority, all of it is trusted", async () => {
  const [own, former] = await Promise.all([authority("new"), authority("former")]);
  const files = await only("ca", own);
  const bundle = certificatePem(own.certificate, former.certificate);
  put(files, `${PKI}/ca.crt`, bundle);
  await init(files);
  assert.equal(text(files, `${PKI}/ca.crt`), bundle);
  assert.equal(parseKubeconfig(text(files, ADMIN), ADMIN).caPem, bundle);
  assert.ok(await isSignedBy(first(files, `${PKI}/apiserver.crt`), own.certificate));
  // The other order: the key is not that of the first.
  const swapped = put(await only("ca", own), `${PKI}/ca.crt`, certificatePem(former.certificate, own.certificate));
  assert.match((await refusal(swapped)).message, /ca\.key: is not the private key of .*ca\.crt/);
  // A leaf of the former authority is not what the first one signs.
  const leaf = await issueLeaf(
    {
      ...PERIOD,
      commonName: "front-proxy-client",
      organizations: [],
      usages: ["client"],
      dnsNames: [],
      ipAddresses: [],
    },
    own.keys.publicKey,
    former,
  );
  const mixed = put(await only("front-proxy-ca", own), `${PKI}/front-proxy-ca.crt`, bundle);
  put(mixed, `${PKI}/front-proxy-client.crt`, certificatePem(leaf));
  put(mixed, `${PKI}/front-proxy-client.key`, await privateKeyPem(own.keys));
  assert.match((await refusal(mixed)).message, /front-proxy-client\.crt: is not signed by/);
});

Deno.test("an intermediate authority, with the certificates above it behind it", async () => {
  const root = await authority("root");
  const keys = await generateKeyPair("ECDSA-P256");
  const certificate = await issueAuthority("root", PERIOD, keys); // same name: only the signature tells them apart
  const files = put(
    await only("ca", { keys, certificate }),
    `${PKI}/ca.crt`,
    certificatePem(certificate, root.certificate),
  );
  await init(files);
  assert.ok(await isSignedBy(first(files, `${PKI}/apiserver.crt`), certificate));
  assert.equal(await isSignedBy(first(files, `${PKI}/apiserver.crt`), root.certificate), false);
});

/** The authority's certificate with digitalSignature alone as its key usage. */
function withoutCertSign({ der }: Certificate): string {
  const hex = Array.from(der, (octet) => octet.toString(16).padStart(2, "0")).join("");
  const changed = hex.replace("03020284", "03020780");
  assert.notEqual(changed, hex);
  return certificatePem(parseCertificate(Uint8Array.from(changed.match(/../g)!, (octet) => parseInt(octet, 16))));
}

Deno.test("what is not an authority, or not what it has to be, is refused, and nothing is written", async () => {
  const own = await authority();
  const other = await privateKeyPem(await generateKeyPair("ECDSA-P256"));
  const key = text(fresh, `${PKI}/ca.key`);
  const bytes = new TextEncoder().encode("garbage");
  const encrypted = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n" +
    "-----END EC PRIVATE KEY-----\n";
  const ed25519 = encodePem(
    "PRIVATE KEY",
    new Uint8Array([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32, ...new Uint8Array(32)]),
  );
  const cases: [string, (files: Files) => unknown, RegExp][] = [
    [
      "a leaf",
      (f) => put(f, `${PKI}/ca.crt`, text(fresh, `${PKI}/apiserver.crt`)),
      /ca\.crt: is not the certificate of an auth/,
    ],
    [
      "no keyCertSign",
      (f) => put(f, `${PKI}/ca.crt`, withoutCertSign(first(fresh, `${PKI}/ca.crt`))),
      /is not the certificate of an auth/,
    ],
    [
      "another authority",
      (f) => put(f, `${PKI}/ca.crt`, certificatePem(own.certificate)),
      /ca\.key: is not the private key/,
    ],
    ["another key", (f) => put(f, `${PKI}/ca.key`, other), /ca\.key: is not the private key/],
    [
      "no certificate",
      (f) => put(f, `${PKI}/ca.crt`, "hello"),
      /ca\.crt: Cannot read certificate: no PEM block "CERTIFICATE" found/,
    ],
    [
      "an empty file",
      (f) => put(f, `${PKI}/ca.crt`, ""),
      /ca\.crt: Cannot read certificate: no PEM block "CERTIFICATE" found/,
    ],
    [
      "a damaged certificate",
      (f) => put(f, `${PKI}/ca.crt`, encodePem("CERTIFICATE", bytes)),
      /not a DER-encoded X\.509/,
    ],
    [
      "half a certificate",
      (f) => put(f, `${PKI}/ca.crt`, text(f, `${PKI}/ca.crt`).slice(0, 200)),
      /ca\.crt: Cannot read certificate/,
    ],
    [
      "the key in its place",
      (f) => put(f, `${PKI}/ca.crt`, key),
      /ca\.crt: Cannot read certificate: no PEM block "CERTIFICATE" found/,
    ],
    [
      "an encrypted key",
      (f) => put(f, `${PKI}/ca.key`, encrypted),
      /ca\.key: .*the key is encrypted, and Kubernetes components require/,
    ],
    [
      "an encrypted PKCS#8 key",
      (f) => put(f, `${PKI}/ca.key`, encodePem("ENCRYPTED PRIVATE KEY", bytes)),
      /the key is encrypted/,
    ],
    [
      "a damaged key",
      (f) => put(f, `${PKI}/ca.key`, encodePem("EC PRIVATE KEY", bytes)),
      /ca\.key: .*the PEM block "EC PRIVATE KEY" is damaged/,
    ],
    [
      "a key that is no base64",
      (f) => put(f, `${PKI}/ca.key`, key.replace(/\n\w/, "\n!")),
      /ca\.key: .*not valid base64/,
    ],
    ["an empty key", (f) => put(f, `${PKI}/ca.key`, ""), /ca\.key: .*no PEM block "PRIVATE KEY" found/],
    [
      "a key of another kind",
      (f) => put(f, `${PKI}/ca.key`, ed25519),
      /ca\.key: .*unsupported algorithm .*; kubewright supports RSA and ECDSA/,
    ],
    [
      "an open ssh key",
      (f) => put(f, `${PKI}/ca.key`, encodePem("OPENSSH PRIVATE KEY", bytes)),
      /unsupported PEM block "OPENSSH PRIVATE KEY"/,
    ],
    ["a leaf's other key", (f) => put(f, `${PKI}/etcd/server.key`, other), /etcd\/server\.key: is not the private key/],
    ["a leaf without its key", (f) => f.delete(`${PKI}/etcd/server.key`), /etcd\/server\.key: is missing, but/],
    [
      "a leaf of another authority",
      (f) => put(f, `${PKI}/etcd/server.crt`, text(fresh, `${PKI}/apiserver.crt`)),
      /server\.crt: is not signed by/,
    ],
    ["a garbled service account key", (f) => put(f, `${PKI}/sa.key`, "hello"), /sa\.key: Cannot read private key/],
    ["another public key", (f) => put(f, `${PKI}/sa.key`, other), /sa\.pub: does not contain the public key/],
    ["a garbled kubeconfig", (f) => put(f, ADMIN, "hello"), /admin\.conf: /],
    ["a kubeconfig that is no YAML", (f) => put(f, ADMIN, "a: [b"), /admin\.conf: .*not valid YAML/],
  ];
  for (const [what, change, expected] of cases) {
    const files = clone(fresh);
    change(files);
    const { message, exitCode } = await refusal(files);
    assert.match(message, expected, what);
    assert.equal(exitCode, 3, what);
    assert.doesNotMatch(message, /[A-Za-z0-9+/]{40}/, `${what}: a secret may be in the message`);
  }
});

Deno.test("forms of keys and certificates that other tools write are taken", async () => {
  const keys = await parsePrivateKey(text(fresh, `${PKI}/ca.key`));
  const pkcs8 = encodePem(
    "PRIVATE KEY",
    new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey as CryptoKey)),
  );
  const certificate = text(fresh, `${PKI}/ca.crt`);
  const parameters = encodePem("EC PARAMETERS", Uint8Array.of(6, 8, 42, 134, 72, 206, 61, 3, 1, 7));
  const cases: [string, string, string][] = [
    ["PKCS#8", "ca.key", pkcs8],
    ["EC PARAMETERS before the key, as openssl ecparam has it", "ca.key", parameters + text(fresh, `${PKI}/ca.key`)],
    ["line ends of Windows", "ca.key", text(fresh, `${PKI}/ca.key`).replaceAll("\n", "\r\n")],
    ["line ends of Windows", "ca.crt", certificate.replaceAll("\n", "\r\n")],
    ["text before the certificate, as openssl x509 -text has it", "ca.crt", `Certificate:\n    Data:\n${certificate}`],
  ];
  for (const [what, name, content] of cases) {
    const files = put(clone(fresh), `${PKI}/${name}`, content);
    files.delete(`${PKI}/front-proxy-client.crt`);
    files.delete(`${PKI}/front-proxy-client.key`);
    files.delete(`${PKI}/apiserver.crt`);
    files.delete(`${PKI}/apiserver.key`);
    const { writes } = await init(files);
    assert.equal(writes.length, 4, what);
    assert.equal(text(files, `${PKI}/${name}`), content, what);
  }
});

/** The kubeconfig with one line otherwise. */
const changed = (line: RegExp, to: string) => put(clone(fresh), ADMIN, text(fresh, ADMIN).replace(line, to));

Deno.test("kubeconfigs: kept with a warning where only it is odd, refused where nobody can use it", async () => {
  const [own, other] = await Promise.all([authority(), generateKeyPair("ECDSA-P256")]);
  const leaf = async (signer: typeof own, notAfter = PERIOD.notAfter) => {
    const want = {
      notBefore: new Date(NOW.getTime() - 60_000),
      notAfter,
      commonName: "jane",
      organizations: [],
      usages: ["client"],
      dnsNames: [],
      ipAddresses: [],
    } as const;
    return base64(new TextEncoder().encode(certificatePem(await issueLeaf(want, other.publicKey, signer))));
  };
  const ca = { certificate: first(fresh, `${PKI}/ca.crt`), keys: await parsePrivateKey(text(fresh, `${PKI}/ca.key`)) };
  const key = base64(new TextEncoder().encode(await privateKeyPem(other)));
  const user = (certificate: string) =>
    changed(
      /client-certificate-data: .*\n *client-key-data: .*/,
      `client-certificate-data: ${certificate}\n    client-key-data: ${key}`,
    );
  const kept: [Files, RegExp[]][] = [
    [changed(/server: .*/, "server: https://lb:6443"), [/admin\.conf has the server https:\/\/lb:6443, expected/]],
    [user(await leaf(ca)), [/belongs to "jane", expected "kubernetes-admin"/]],
    [user(await leaf(own)), [/is not signed by/, /belongs to "jane"/]],
    [user(await leaf(ca, new Date(NOW.getTime() - 1000))), [/admin\.conf expired on/, /belongs to "jane"/]],
    [changed(/client-certificate-data: .*\n *client-key-data: .*/, "token: abc"), []],
    [
      changed(/client-certificate-data: .*\n *client-key-data: .*/, "client-certificate: a.pem\n    client-key: a.pem"),
      [],
    ],
  ];
  for (const [files, expected] of kept) {
    const { writes, warnings } = await init(files);
    assert.deepEqual(writes, []);
    assert.equal(warnings.length, expected.length, warnings.join("\n"));
    expected.forEach((pattern, i) => assert.match(warnings[i]!, pattern));
  }
  const refused: [Files, RegExp][] = [
    [
      changed(/client-key-data: .*/, `client-key-data: ${key}`),
      /admin\.conf: has a client key that does not match its certificate/,
    ],
    [changed(/ *client-certificate-data: .*\n/, ""), /admin\.conf: has no client-certificate-data\n/],
    [changed(/client-key-data: .*/, "client-key-data: aGVsbG8="), /admin\.conf: Cannot read private key/],
    [
      changed(/client-certificate-data: .*/, "client-certificate-data: aGVsbG8="),
      /admin\.conf: Cannot read certificate/,
    ],
    [
      changed(
        /certificate-authority-data: .*/,
        `certificate-authority-data: ${base64(new TextEncoder().encode(certificatePem(own.certificate)))}`,
      ),
      /does not trust/,
    ],
    [changed(/ *certificate-authority-data: .*\n/, ""), /it has no authority/],
  ];
  for (const [files, expected] of refused) assert.match((await refusal(files)).message, expected);
});

/** What `init` finds before its first write. */
async function problemsWith(files: Files) {
  const [{ host }, config] = [memoryHost(files), sampleWithCheapKeys()];
  return problemsOf(config, [...await inspectPki(host, config), ...await inspectKubeconfigs(host, config)]);
}

Deno.test("external authorities: all that is missing is one list for each", async () => {
  const certificates: Files = new Map();
  for (const name of ["ca.crt", "front-proxy-ca.crt", "etcd/ca.crt"]) {
    put(certificates, `${PKI}/${name}`, text(fresh, `${PKI}/${name}`));
  }
  const problems = await problemsWith(certificates);
  assert.deepEqual(problems.map(({ where, what }) => [where, what.split("\n").length - 1]), [
    [`${PKI}/ca.crt`, 2 + 5],
    [`${PKI}/front-proxy-ca.crt`, 1],
    [`${PKI}/etcd/ca.crt`, 4],
  ]);
  assert.match(problems[0]!.hint!, /kubewright certs generate-csr/);
  const keys = [`${PKI}/ca.key`, `${PKI}/front-proxy-ca.key`, `${PKI}/etcd/ca.key`];
  assert.deepEqual((await init(without(fresh, ...keys))).writes, []);
  const noServiceAccount = without(fresh, ...keys, `${PKI}/sa.key`, `${PKI}/sa.pub`);
  assert.deepEqual((await init(noServiceAccount)).writes, [`${PKI}/sa.key`, `${PKI}/sa.pub`]);
  const begun = without(fresh, `${PKI}/ca.key`, `${PKI}/apiserver.crt`, `${PKI}/apiserver-kubelet-client.key`);
  put(
    begun,
    ADMIN,
    text(begun, ADMIN).replace(/ *client-certificate-data: .*\n/, "").replace(/ *certificate-authority-data: .*\n/, ""),
  );
  const [only, ...more] = await problemsWith(begun);
  assert.deepEqual(more, []);
  assert.deepEqual(only!.what.split("\n").slice(1).map((line) => line.trim()), [
    `${PKI}/apiserver.crt`,
    `${PKI}/apiserver-kubelet-client.key`,
    `${ADMIN}: client-certificate-data and certificate-authority-data`,
  ]);
});
