import assert from "node:assert/strict";
import { duration } from "../config/duration.ts";
import { KUBECONFIGS, parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { renewablesOf, selectRenewables } from "../cluster/pki/renewables.ts";
import type { ClusterConfiguration } from "../config/types.ts";
import { InvalidInput, UserError } from "../errors.ts";
import { type Certificate, certificatePem, fitsKey, parseCertificates } from "../pki/certificate.ts";
import { isSignedBy } from "../pki/chain.ts";
import { issueAuthority, issueLeaf } from "../pki/issue.ts";
import { parsePrivateKey, privateKeyPem } from "../pki/key_pem.ts";
import { generateKeyPair } from "../pki/keys.ts";
import { hasOpenssl, openssl } from "../pki/openssl_test.ts";
import type { Host } from "../system.ts";
import { renewCertificates } from "./renewal.ts";
import {
  clone,
  type Files,
  fresh,
  init,
  memoryHost,
  PKI,
  put,
  sampleWithCheapKeys,
  text,
} from "../../tests/samples/pki.ts";

const LATER = new Date("2027-05-01T00:00:00Z");

interface Options {
  cluster?: ClusterConfiguration;
  writesUntilKilled?: number;
  keepAlgorithm?: boolean;
}

async function renew(files: Files, names: string[], options: Options = {}) {
  const { cluster = sampleWithCheapKeys().cluster, writesUntilKilled, keepAlgorithm = false } = options;
  const { host, writes } = memoryHost(files, writesUntilKilled);
  host.now = () => LATER;
  const context = { host, cluster, keepAlgorithm, startedAt: LATER, warn: () => {} };
  const renewed = await renewCertificates(context, selectRenewables(names, cluster));
  return { writes, outcomes: renewed.map(({ entry, outcome }) => `${entry.name} ${outcome}`), renewed };
}

const certificateAt = (files: Files, path: string): Certificate => parseCertificates(text(files, path))[0]!;
const client = (files: Files, path: string) => parseKubeconfig(text(files, path), path);

/** Every pair and every kubeconfig has a certificate that fits its key. */
async function assertWhole(files: Files): Promise<void> {
  for (const path of [...files.keys()].filter((path) => path.endsWith(".crt"))) {
    const keys = await parsePrivateKey(text(files, path.replace(/crt$/, "key")));
    assert.ok(await fitsKey(certificateAt(files, path), keys.publicKey), path);
  }
  for (const { path } of KUBECONFIGS) {
    const { clientCertPem, clientKeyPem } = client(files, path);
    const keys = await parsePrivateKey(clientKeyPem!);
    assert.ok(await fitsKey(parseCertificates(clientCertPem!)[0]!, keys.publicKey), path);
  }
}

Deno.test("renew all: who and what for stays, key and time are new, authorities and the kubelet's are as they were", async () => {
  const files = clone(fresh);
  const cluster = sampleWithCheapKeys((node) => node.cluster.certificateValidityPeriod = duration("24h")).cluster;
  const { outcomes, writes } = await renew(files, ["all"], { cluster });
  assert.deepEqual(outcomes, renewablesOf(cluster).map(({ name }) => `${name} renewed`));
  assert.equal(outcomes.length, 11);
  assert.equal(writes.length, 7 * 2 + 4);
  await assertWhole(files);
  const untouched = [...fresh.keys()].filter((path) => files.get(path) === fresh.get(path));
  assert.deepEqual(untouched.map((path) => path.split("/").at(-1)).sort(), [
    "ca.crt",
    "ca.crt",
    "ca.key",
    "ca.key",
    "front-proxy-ca.crt",
    "front-proxy-ca.key",
    "kubelet.conf",
    "sa.key",
    "sa.pub",
  ]);
  const [old, renewed] = [fresh, files].map((which) => certificateAt(which, `${PKI}/apiserver.crt`));
  for (const same of ["commonName", "organizations", "dnsNames", "ipAddresses", "usages", "issuerDer"] as const) {
    assert.deepEqual(renewed![same], old![same], same);
  }
  assert.notDeepEqual(renewed!.publicKeyDer, old!.publicKeyDer);
  assert.equal(renewed!.notBefore.toISOString(), "2027-04-30T23:55:00.000Z");
  assert.equal(renewed!.notAfter.toISOString(), "2027-05-02T00:00:00.000Z");
  assert.ok(await isSignedBy(renewed!, certificateAt(files, `${PKI}/ca.crt`)));
  assert.equal(files.get(`${PKI}/apiserver.crt`)!.mode, 0o644);
  assert.equal(files.get(`${PKI}/apiserver.key`)!.mode, 0o600);
  assert.equal(files.get("/etc/kubernetes/admin.conf")!.mode, 0o600);
});

Deno.test("killed at any write and run again, every key fits its certificate", async () => {
  const names = ["admin.conf", "apiserver", "etcd-peer"];
  for (let killedAt = 0; killedAt < 5; killedAt++) {
    const files = clone(fresh);
    await assert.rejects(renew(files, names, { writesUntilKilled: killedAt }), /killed/);
    await renew(files, names);
    await assertWhole(files);
  }
});

Deno.test("the organization that an older release gave stays, as with kubeadm", async () => {
  const files = clone(fresh);
  const ca = {
    certificate: certificateAt(files, `${PKI}/ca.crt`),
    keys: await parsePrivateKey(text(files, `${PKI}/ca.key`)),
  };
  const keys = await generateKeyPair("ECDSA-P256");
  const old = await issueLeaf(
    {
      commonName: "kube-apiserver-kubelet-client",
      organizations: ["kubeadm:cluster-admins"],
      usages: ["client"],
      dnsNames: [],
      ipAddresses: [],
      notBefore: ca.certificate.notBefore,
      notAfter: LATER,
    },
    keys.publicKey,
    ca,
  );
  put(files, `${PKI}/apiserver-kubelet-client.crt`, certificatePem(old));
  await renew(files, ["apiserver-kubelet-client"]);
  const { organizations } = certificateAt(files, `${PKI}/apiserver-kubelet-client.crt`);
  assert.deepEqual(organizations, ["kubeadm:cluster-admins"]);
});

Deno.test("of a kubeconfig only certificate and key are new; what others added, and more authorities, stay", async () => {
  const files = clone(fresh);
  const path = "/etc/kubernetes/admin.conf";
  const bundle = text(files, `${PKI}/ca.crt`) + text(files, `${PKI}/front-proxy-ca.crt`);
  put(
    files,
    path,
    text(files, path).replace("server: https://10.77.0.21:6443", "server: https://lb.example.test:6443")
      .replace(/certificate-authority-data: .*/, `certificate-authority-data: ${btoa(bundle)}`)
      .replace(
        "contexts:\n",
        "contexts:\n- context:\n    cluster: kubernetes\n    namespace: mine\n    user: other\n  name: mine\n",
      ),
  );
  const before = text(files, path);
  await renew(files, ["admin.conf"]);
  const without = (yaml: string) => yaml.replace(/client-(certificate|key)-data: .*/g, "");
  assert.equal(without(text(files, path)), without(before));
  assert.notEqual(client(files, path).clientCertPem, client(fresh, path).clientCertPem);
  // Another authority has taken over: what is signed by it is of no use to who does not trust it.
  const other: Files = new Map();
  await init(other);
  for (const name of ["ca.crt", "ca.key"]) put(files, `${PKI}/${name}`, text(other, `${PKI}/${name}`));
  await renew(files, ["admin.conf"]);
  assert.equal(client(files, path).caPem, text(other, `${PKI}/ca.crt`));
  assert.equal(client(files, path).server, "https://lb.example.test:6443");
});

Deno.test("owner and group stay: a component that does not run as root reads its key", async () => {
  const files = clone(fresh);
  files.set(`${PKI}/apiserver.key`, { text: text(files, `${PKI}/apiserver.key`), mode: 0o640 });
  const { cluster } = sampleWithCheapKeys();
  const { host } = memoryHost(files);
  const owners: string[] = [];
  const owned: Host = {
    ...host,
    stat: async (path) => {
      const there = await host.stat(path);
      return there && { ...there, gid: path.endsWith(".key") ? 2000 : 0 };
    },
    put: (file) => {
      if (file.owner !== undefined) owners.push(`${file.owner.uid}:${file.owner.gid} ${file.path}`);
      return host.put(file);
    },
  };
  const context = { host: owned, cluster, keepAlgorithm: false, startedAt: LATER, warn: () => {} };
  await renewCertificates(context, selectRenewables(["apiserver"], cluster));
  assert.deepEqual(owners, [`0:2000 ${PKI}/apiserver.key`]);
  assert.equal(files.get(`${PKI}/apiserver.key`)!.mode, 0o640);
  assert.equal(files.get(`${PKI}/apiserver.crt`)!.mode, 0o644);
});

Deno.test("what is external, missing or not embedded is passed over, and the others are renewed", async () => {
  const files = clone(fresh);
  files.delete(`${PKI}/front-proxy-ca.key`);
  files.delete(`${PKI}/etcd/peer.crt`);
  files.delete("/etc/kubernetes/super-admin.conf");
  const path = "/etc/kubernetes/admin.conf";
  put(
    files,
    path,
    text(files, path).replace(/client-certificate-data: .*\n/, "token: abc\n").replace(/ *client-key-data: .*\n/, ""),
  );
  const { outcomes } = await renew(files, ["all"]);
  assert.deepEqual(outcomes.filter((outcome) => !outcome.endsWith(" renewed")), [
    "admin.conf not embedded",
    "etcd-peer missing",
    "front-proxy-client external",
    "super-admin.conf missing",
  ]);
  assert.equal(outcomes.length, 11);
});

Deno.test("what cannot be read or cannot sign is refused before the first write", async () => {
  const keys = await generateKeyPair("ECDSA-P256");
  const expired = await issueAuthority("kubernetes", {
    notBefore: new Date("2020-01-01"),
    notAfter: new Date("2021-01-01"),
  }, keys);
  const cases: [string, string, RegExp][] = [
    [`${PKI}/apiserver.crt`, "hello", /apiserver\.crt: Cannot read certificate/],
    [`${PKI}/ca.crt`, "hello", /ca\.crt: Cannot read certificate/],
    [`${PKI}/ca.key`, "hello", /ca\.key: Cannot read private key/],
    [`${PKI}/ca.key`, await privateKeyPem(keys), /does not match the key next to it/],
    [`${PKI}/ca.crt`, text(fresh, `${PKI}/apiserver.crt`), /is not the certificate of an authority/],
    [`${PKI}/ca.crt`, certificatePem(expired), /does not match|expired on 2021/],
    ["/etc/kubernetes/admin.conf", "kind: Config", /admin\.conf/],
  ];
  for (const [path, content, expected] of cases) {
    const files = put(clone(fresh), path, content);
    const before = clone(files);
    await assert.rejects(
      renew(files, ["all"]),
      (error) => error instanceof InvalidInput && expected.test(error.message),
      path,
    );
    assert.deepEqual(files, before);
  }
  const gone = clone(fresh);
  gone.delete(`${PKI}/etcd/ca.crt`);
  gone.delete(`${PKI}/etcd/ca.key`);
  await assert.rejects(renew(gone, ["etcd-server"]), /etcd\/ca\.crt: missing: the authority/);
});

/** The files with another certificate of etcd. */
async function withEtcdServer(files: Files, commonName: string): Promise<Files> {
  const ca = {
    certificate: certificateAt(files, `${PKI}/etcd/ca.crt`),
    keys: await parsePrivateKey(text(files, `${PKI}/etcd/ca.key`)),
  };
  const keys = await parsePrivateKey(text(files, `${PKI}/etcd/server.key`));
  const old = certificateAt(files, `${PKI}/etcd/server.crt`);
  const certificate = await issueLeaf({ ...old, commonName, usages: ["server", "client"] }, keys.publicKey, ca);
  return put(files, `${PKI}/etcd/server.crt`, certificatePem(certificate));
}

Deno.test("what kubeadm renews is renewed: a long common name, a kubeconfig whose authority is not PEM", async () => {
  const files = await withEtcdServer(clone(fresh), "n".repeat(71));
  const path = "/etc/kubernetes/scheduler.conf";
  const notPem = `certificate-authority-data: ${btoa("hello")}`;
  put(files, path, text(files, path).replace(/certificate-authority-data: .*/, notPem));
  const { outcomes } = await renew(files, ["all"]);
  assert.equal(outcomes.filter((outcome) => outcome.endsWith(" renewed")).length, 11);
  assert.equal(certificateAt(files, `${PKI}/etcd/server.crt`).commonName, "n".repeat(71));
  assert.equal(client(files, path).caPem, text(files, `${PKI}/ca.crt`));
  await assertWhole(files);
});

Deno.test("everything that can fail is tried before the first write, and named", async () => {
  /** etcd's certificate without a common name: with this subject kubeadm renews nothing, either. */
  const nameless = async (files: Files) => {
    const [ca, cakey, key] = ["ca.crt", "ca.key", "peer.key"].map((name) => text(files, `${PKI}/etcd/${name}`));
    const request = await openssl(["req", "-new", "-key", "key", "-subj", "/O=nobody"], { key: key! });
    const sign = ["x509", "-req", "-in", "r", "-CA", "ca", "-CAkey", "cakey", "-set_serial", "7", "-days", "9"];
    return put(files, `${PKI}/etcd/peer.crt`, await openssl(sign, { r: request, ca: ca!, cakey: cakey! }));
  };
  const linked = (host: Host, path: string, kind: "symlink" | "directory"): Host => ({
    ...host,
    stat: async (asked) => {
      const stat = await host.stat(asked);
      return asked === path ? { ...stat!, kind } : stat;
    },
  });
  const { cluster } = sampleWithCheapKeys();
  const refused = async (files: Files, change: (host: Host) => Host, expected: RegExp) => {
    const before = clone(files);
    const context = {
      host: change(memoryHost(files).host),
      cluster,
      keepAlgorithm: false,
      startedAt: LATER,
      warn: () => {},
    };
    await assert.rejects(renewCertificates(context, selectRenewables(["all"], cluster)), expected);
    assert.deepEqual(files, before);
  };
  const crt = `${PKI}/etcd/healthcheck-client.crt`;
  await refused(clone(fresh), (host) => linked(host, crt, "symlink"), /healthcheck-client\.crt: is a symlink/);
  const key = `${PKI}/front-proxy-client.key`;
  await refused(clone(fresh), (host) => linked(host, key, "directory"), /front-proxy-client\.key: is a directory/);
  if (!hasOpenssl) return;
  await refused(await nameless(clone(fresh)), (host) => host, /etcd\/peer\.crt: .*the common name is required/);
});

Deno.test({
  name: "an authority that may not sign what is to be renewed renews nothing",
  ignore: !hasOpenssl,
  fn: async () => {
    const key = text(fresh, `${PKI}/ca.key`);
    const more = ["basicConstraints=critical,CA:TRUE", "nameConstraints=critical,permitted;DNS:example.com"]
      .flatMap((extension) => ["-addext", extension]);
    const self = ["req", "-x509", "-new", "-key", "k", "-subj", "/CN=kubernetes", "-days", "3650", ...more];
    const files = put(clone(fresh), `${PKI}/ca.crt`, await openssl(self, { k: key }));
    const before = clone(files);
    await assert.rejects(
      renew(files, ["all"]),
      /apiserver\.crt: the new certificate would not be valid: .* not permitted by the name constraints/,
    );
    assert.deepEqual(files, before);
  },
});

Deno.test("a write that fails takes back the files that were replaced before it", async () => {
  const { cluster } = sampleWithCheapKeys();
  for (const failing of [`${PKI}/apiserver.crt`, "/etc/kubernetes/super-admin.conf"]) {
    const files = clone(fresh);
    const { host } = memoryHost(files);
    const full: Host = {
      ...host,
      put: (file) =>
        file.path === failing
          ? Promise.reject(new UserError(`Cannot write "${file.path}": no space left on device`))
          : host.put(file),
    };
    const context = { host: full, cluster, keepAlgorithm: false, startedAt: LATER, warn: () => {} };
    await assert.rejects(
      renewCertificates(context, selectRenewables(["all"], cluster)),
      /no space left on device\. The files replaced before it are restored\.$/,
    );
    assert.deepEqual(files, fresh);
  }
});

Deno.test("without the cluster's configuration a key is of the kind that it was", async () => {
  const cluster = { ...sampleWithCheapKeys().cluster, encryptionAlgorithm: "RSA-2048" as const };
  const files = clone(fresh);
  await renew(files, ["front-proxy-client"], { cluster, keepAlgorithm: true });
  assert.equal(certificateAt(files, `${PKI}/front-proxy-client.crt`).keyAlgorithm, "ECDSA-P256");
  await renew(files, ["front-proxy-client"], { cluster });
  assert.equal(certificateAt(files, `${PKI}/front-proxy-client.crt`).keyAlgorithm, "RSA-2048");
});

Deno.test("names: all, some, none, unknown ones, those of an etcd that is not ours", () => {
  const { cluster } = sampleWithCheapKeys();
  assert.equal(selectRenewables(["all"], cluster).length, 11);
  assert.deepEqual(selectRenewables(["scheduler.conf", "apiserver"], cluster).map(({ name }) => name), [
    "apiserver",
    "scheduler.conf",
  ]);
  assert.throws(() => selectRenewables([], cluster), /is required: one or more names of certificates, or all/);
  assert.throws(() => selectRenewables(["apisrver"], cluster), /did you mean "apiserver"\?/);
  assert.throws(() => selectRenewables(["ca"], cluster), /unknown certificate "ca"/);
  const external = { endpoints: [], httpEndpoints: [], caFile: "", certFile: "", keyFile: "" };
  assert.throws(
    () => selectRenewables(["etcd-server"], { ...cluster, etcd: { external } }),
    /unknown certificate "etcd-server"/,
  );
});
