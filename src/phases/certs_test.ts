import assert from "node:assert/strict";
import { duration } from "../config/duration.ts";
import { CERTIFICATES } from "../cluster/pki/certificates.ts";
import { inspectKubeconfigs } from "../node/pki/kubeconfigs.ts";
import { KUBECONFIGS, parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { certificatePem, parseCertificates } from "../pki/certificate.ts";
import { isSignedBy } from "../pki/chain.ts";
import { issueAuthority } from "../pki/issue.ts";
import { startKeys } from "../pki/key_pool.ts";
import { parsePrivateKey, privateKeyPem } from "../pki/key_pem.ts";
import { generateKeyPair } from "../pki/keys.ts";
import { hasOpenssl, openssl } from "../pki/openssl_test.ts";
import { certs, type CertsContext } from "./certs.ts";
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

Deno.test("init makes kubeadm's tree with kubeadm's modes, keys before certificates", async () => {
  const files: Files = new Map();
  const { writes, warnings, generated } = await init(files);
  assert.deepEqual(warnings, []);
  const all = [...CERTIFICATES.map(({ name }) => name), "sa", ...KUBECONFIGS.map(({ name }) => name)];
  assert.deepEqual(generated, all);
  assert.equal(writes.length, 2 * CERTIFICATES.length + 2 + KUBECONFIGS.length);
  for (const [path, { mode }] of files) assert.equal(mode, path.endsWith(".crt") ? 0o644 : 0o600, path);
  for (const { baseName, issuer } of CERTIFICATES) {
    const [key, certificate] = [`${PKI}/${baseName}.key`, `${PKI}/${baseName}.crt`];
    assert.ok(writes.indexOf(key) < writes.indexOf(certificate));
    const issuerBase = CERTIFICATES.find(({ name }) => name === (issuer ?? ""))?.baseName ?? baseName;
    const [parsed] = parseCertificates(text(files, certificate));
    assert.ok(await isSignedBy(parsed!, parseCertificates(text(files, `${PKI}/${issuerBase}.crt`))[0]!));
  }
  const [apiServer] = parseCertificates(text(files, `${PKI}/apiserver.crt`));
  assert.equal(apiServer!.notBefore.toISOString(), "2026-11-22T16:55:00.000Z");
  assert.equal(apiServer!.notAfter.toISOString(), "2027-11-22T17:00:00.000Z");
  const admin = parseKubeconfig(text(files, "/etc/kubernetes/admin.conf"), "admin.conf");
  assert.equal(admin.server, "https://10.77.0.21:6443");
  assert.equal(admin.caPem, text(files, `${PKI}/ca.crt`));
  const [client] = parseCertificates(admin.clientCertPem!);
  assert.deepEqual([client!.commonName, ...client!.organizations], ["kubernetes-admin", "kubeadm:cluster-admins"]);
  await parsePrivateKey(admin.clientKeyPem!);
});

Deno.test("a second run generates no key and writes no file", async () => {
  const files = clone(fresh);
  assert.deepEqual(await init(files), { writes: [], warnings: [], generated: [] });
  assert.deepEqual(files, fresh);
});

Deno.test("killed at any write and run again, every certificate is there and what had been complete is unchanged", async () => {
  for (let killedAt = 0; killedAt < fresh.size; killedAt++) {
    const files: Files = new Map();
    await assert.rejects(init(files, sampleWithCheapKeys(), killedAt), /killed/);
    const before = clone(files);
    await init(files);
    assert.deepEqual([...files.keys()].sort(), [...fresh.keys()].sort());
    for (const [path, file] of before) assert.deepEqual(files.get(path), file, `${path} after a kill at ${killedAt}`);
  }
});

Deno.test("an external etcd brings its own certificates", async () => {
  const files: Files = new Map();
  await init(
    files,
    sampleWithCheapKeys((node) => {
      const external = { endpoints: [], httpEndpoints: [], caFile: "", certFile: "", keyFile: "" };
      node.cluster.etcd = { external };
    }),
  );
  assert.deepEqual([...files.keys()].filter((path) => path.includes("etcd")), []);
  assert.equal(files.size, 2 * 5 + 2 + 5);
});

Deno.test("all that does not fit is reported at once, and nothing is written", async () => {
  const keys = await generateKeyPair("ECDSA-P256");
  const period = { notBefore: NOW, notAfter: new Date("2030-01-01") };
  const files = clone(fresh);
  // Another authority of the same name, a foreign key, a lost key, a damaged file, a foreign public key.
  put(files, `${PKI}/ca.key`, await privateKeyPem(keys));
  put(files, `${PKI}/ca.crt`, certificatePem(await issueAuthority("kubernetes", period, keys)));
  put(files, `${PKI}/front-proxy-client.key`, await privateKeyPem(keys));
  files.delete(`${PKI}/etcd/peer.key`);
  put(files, `${PKI}/etcd/healthcheck-client.crt`, "hello");
  files.delete(`${PKI}/sa.key`);
  const { problems, exitCode } = await refusal(files);
  assert.equal(exitCode, 3);
  assert.deepEqual(problems.map(({ where, what }) => `${where} ${what}`), [
    `${PKI}/apiserver.crt is not signed by ${PKI}/ca.crt`,
    `${PKI}/apiserver-kubelet-client.crt is not signed by ${PKI}/ca.crt`,
    `${PKI}/front-proxy-client.key is not the private key of ${PKI}/front-proxy-client.crt`,
    `${PKI}/etcd/peer.key is missing, but ${PKI}/etcd/peer.crt exists`,
    `${PKI}/etcd/healthcheck-client.crt Cannot read certificate: no PEM block "CERTIFICATE" found`,
    `${PKI}/sa.key is missing, but ${PKI}/sa.pub exists`,
  ]);
  assert.deepEqual(
    (await inspectKubeconfigs(memoryHost(files).host, sampleWithCheapKeys())).flatMap(({ problems }) => problems).map((
      { where },
    ) => where),
    KUBECONFIGS.map(({ path }) => path),
  );
});

Deno.test("a certificate that lacks a wanted name is refused by that name", async () => {
  const config = sampleWithCheapKeys((node) => {
    node.cluster.controlPlaneEndpoint = { host: "api.example.test", port: 8443 };
    node.cluster.apiServer = { ...node.cluster.apiServer, certSANs: ["2001:db8::7"] };
  });
  const { problems } = await refusal(clone(fresh), config);
  assert.deepEqual(problems.map(({ where, what }) => `${where} ${what}`), [
    `${PKI}/apiserver.crt is not valid for api.example.test, 2001:db8::7`,
  ]);
});

Deno.test("a lost authority is not replaced while something that it signed is there", async () => {
  const files = clone(fresh);
  files.delete(`${PKI}/etcd/ca.crt`);
  files.delete(`${PKI}/etcd/ca.key`);
  const { problems } = await refusal(files);
  assert.match(
    problems[0]!.what,
    /is missing, but certificates that it should have signed exist: .*etcd\/server\.crt/,
  );
});

Deno.test("an authority without its key signs nothing: all that it has to sign must be there", async () => {
  const files = clone(fresh);
  files.delete(`${PKI}/ca.key`);
  assert.deepEqual((await init(clone(files))).writes, []);
  files.delete(`${PKI}/apiserver.crt`);
  files.delete(`${PKI}/apiserver.key`);
  const { problems } = await refusal(files);
  const lacks = "so this host cannot create the certificates that it signs. Missing:";
  assert.deepEqual(problems.map(({ where, what }) => `${where} ${what}`), [
    `${PKI}/ca.crt exists without ${PKI}/ca.key, ${lacks}\n      ${PKI}/apiserver.crt`,
  ]);
  const conf = clone(fresh);
  conf.delete(`${PKI}/ca.key`);
  conf.delete("/etc/kubernetes/scheduler.conf");
  assert.match((await refusal(conf)).problems[0]!.what, /Missing:\n {6}\/etc\/kubernetes\/scheduler\.conf$/);
});

Deno.test("a leaf in the authority's place is refused", async () => {
  const files = clone(fresh);
  files.set(`${PKI}/front-proxy-ca.crt`, fresh.get(`${PKI}/front-proxy-client.crt`)!);
  files.set(`${PKI}/front-proxy-ca.key`, fresh.get(`${PKI}/front-proxy-client.key`)!);
  assert.match((await refusal(files)).message, /front-proxy-ca\.crt: is not the certificate of an authority/);
});

Deno.test("what has expired is refused, as with kubeadm, and nothing new is signed by an expired authority", async () => {
  const files: Files = new Map();
  const keys = await generateKeyPair("ECDSA-P256");
  const period = { notBefore: new Date("2020-01-01"), notAfter: new Date("2021-01-01") };
  put(files, `${PKI}/front-proxy-ca.key`, await privateKeyPem(keys));
  put(files, `${PKI}/front-proxy-ca.crt`, certificatePem(await issueAuthority("front-proxy-ca", period, keys)));
  assert.match(
    (await refusal(files)).message,
    /front-proxy-client\.crt: is missing, and its authority .* expired on 2021/,
  );
  const short = sampleWithCheapKeys((node) => node.cluster.certificateValidityPeriod = duration("-1m"));
  const expired: Files = new Map();
  await init(expired, short);
  const { problems } = await refusal(expired);
  assert.deepEqual(problems.map(({ what }) => what), Array(7).fill("expired on 2026-11-22T16:59:00.000Z"));
  assert.equal(problems[0]!.hint, "Renew it: kubewright certs renew apiserver");
  // Where the authority's key is kept elsewhere, there is nothing to renew it with.
  for (const name of ["ca", "front-proxy-ca", "etcd/ca"]) expired.delete(`${PKI}/${name}.key`);
  for (const { hint } of (await refusal(expired)).problems) {
    assert.match(
      hint!,
      /^Have a certificate for \/etc\/kubernetes\/pki\/\S+\.key signed by the holder of \S+ca\.key\.$/,
    );
  }
  // Kubeconfigs are kept with a warning: kubeadm does not look at their certificates.
  const warnings = (await inspectKubeconfigs(memoryHost(expired).host, sampleWithCheapKeys())).flatMap(({ warnings }) =>
    warnings
  );
  assert.equal(warnings.length, KUBECONFIGS.length);
  assert.match(warnings.at(-1)!, /client certificate in \/etc\/kubernetes\/scheduler\.conf expired on /);
});

Deno.test("a kubeconfig is kept when its first authority is one of ca.crt, wherever it leads", async () => {
  const keys = await generateKeyPair("ECDSA-P256");
  const period = { notBefore: NOW, notAfter: new Date("2030-01-01") };
  const other = certificatePem(await issueAuthority("kubernetes", period, keys));
  const bundle = clone(fresh);
  put(bundle, `${PKI}/ca.crt`, text(fresh, `${PKI}/ca.crt`) + other);
  const admin = text(fresh, "/etc/kubernetes/admin.conf");
  put(bundle, "/etc/kubernetes/admin.conf", admin.replace("10.77.0.21", "10.77.0.99"));
  const byFile = /certificate-authority-data: .*/;
  put(
    bundle,
    "/etc/kubernetes/scheduler.conf",
    text(fresh, "/etc/kubernetes/scheduler.conf").replace(byFile, "certificate-authority: pki/ca.crt"),
  );
  const { writes, warnings } = await init(bundle);
  assert.deepEqual(writes, []);
  assert.deepEqual(warnings, [
    "/etc/kubernetes/admin.conf has the server https://10.77.0.99:6443, expected https://10.77.0.21:6443; it is kept unchanged",
  ]);
  put(bundle, "/etc/kubernetes/kubelet.conf", "kind: Config\napiVersion: v1\ncurrent-context: x\n");
  assert.match(
    (await refusal(bundle)).message,
    /kubelet\.conf: Cannot read kubeconfig .* current-context "x" not found/,
  );
});

Deno.test("node names as long as kubeadm takes them: common names are longer than the 64 characters of RFC 5280", async () => {
  for (const length of [52, 53, 63, 253]) {
    const name = "n".repeat(length);
    const files: Files = new Map();
    await init(files, sampleWithCheapKeys((node) => node.registration.name = name));
    const kubelet = parseKubeconfig(text(files, "/etc/kubernetes/kubelet.conf"), "kubelet.conf");
    assert.equal(parseCertificates(kubelet.clientCertPem!)[0]!.commonName, `system:node:${name}`);
    assert.equal(parseCertificates(text(files, `${PKI}/etcd/peer.crt`))[0]!.commonName, name);
    if (!hasOpenssl) continue;
    const subject = await openssl(["x509", "-in", "c", "-noout", "-subject"], { c: kubelet.clientCertPem! });
    assert.equal(subject, `subject=O = system:nodes, CN = system:node:${name}\n`);
  }
});

Deno.test("one certificate alone: its authority has to be there", async () => {
  const { host } = memoryHost(new Map());
  const context: CertsContext = {
    host,
    node: sampleWithCheapKeys(),
    keys: startKeys([], "ECDSA-P256", 1),
    startedAt: NOW,
    warn: () => {},
  };
  const apiServer = certs.phases!.find(({ name }) => name === "apiserver")!;
  await assert.rejects(
    apiServer.run!(context),
    /Cannot sign with authority "ca": "\/etc\/kubernetes\/pki\/ca\.crt" not found/,
  );
});

Deno.test({
  name: "openssl takes every certificate",
  ignore: !hasOpenssl,
  fn: async () => {
    const authorities = CERTIFICATES.filter(({ issuer }) => issuer === undefined);
    for (const { name, baseName } of authorities) {
      const leaves = CERTIFICATES.filter(({ issuer }) => issuer === name);
      const files = Object.fromEntries(leaves.map((leaf) => [leaf.name, text(fresh, `${PKI}/${leaf.baseName}.crt`)]));
      const at = ["-attime", String(NOW.getTime() / 1000)];
      const output = await openssl([
        "verify",
        "-x509_strict",
        ...at,
        "-CAfile",
        "authority",
        "authority",
        ...Object.keys(files),
      ], {
        ...files,
        authority: text(fresh, `${PKI}/${baseName}.crt`),
      });
      assert.equal(output.match(/: OK/g)?.length, leaves.length + 1);
    }
  },
});
