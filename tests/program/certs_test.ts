// certs and kubeconfig as a user calls them, on a host in memory.
import assert from "node:assert/strict";
import { formatSpan } from "../../src/node/pki/expiration.ts";
import { parseKubeconfig } from "../../src/cluster/pki/kubeconfigs.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import { fresh, NOW, PKI } from "../samples/pki.ts";
import { parseCertificates } from "../../src/pki/certificate.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import { FIT, QUICK, run, RUNTIME, type World } from "./program.ts";

const nobodyListens = () => Promise.reject(new UserError("nobody listens"));

/** The host with the scheduler's static pod. */
function withManifest(host: MemoryHostOptions): MemoryHostOptions {
  return { ...host, files: { ...host.files, "/etc/kubernetes/manifests/kube-scheduler.yaml": "" } };
}

/** A control plane node whose API server does not answer; files of `without` are not there. */
function node(without: readonly string[] = [], now = NOW): MemoryHostOptions {
  const files = [...fresh].filter(([path]) => !without.includes(path)).map(([path, { text }]) => [path, text]);
  return { ...FIT, now, files: { ...FIT.files, ...Object.fromEntries(files) } };
}

Deno.test("check-expiration: kubeadm's tables and kubeadm's document, without an API server", async () => {
  const host = node([`${PKI}/front-proxy-ca.key`, `${PKI}/etcd/peer.crt`]);
  const text = await run(["certs", "check-expiration"], host);
  assert.equal(text.code, 0);
  assert.match(text.err, /warning: Using the default values, because the cluster's configuration cannot be read: /);
  const lines = text.out.split("\n");
  assert.deepEqual([lines[0], lines[1], lines[7], lines[9], lines[13], lines[16]], [
    "CERTIFICATE                EXPIRES                  RESIDUAL TIME   CERTIFICATE AUTHORITY   EXTERNALLY MANAGED",
    "admin.conf                 Nov 22, 2027 17:00 UTC   365d            ca                      no",
    "!MISSING! etcd-peer",
    "front-proxy-client         Nov 22, 2027 17:00 UTC   365d            front-proxy-ca          yes",
    "CERTIFICATE AUTHORITY   EXPIRES                  RESIDUAL TIME   EXTERNALLY MANAGED",
    "front-proxy-ca          Nov 19, 2036 17:00 UTC   10y             yes",
  ]);
  assert.match(
    lines[18]!,
    /^The kubelet renews its own client certificate, which expires Nov 22, 2027 17:00 UTC \(365d\)\.$/,
  );
  const json = await run(["certs", "check-expiration", "-o", "json"], host);
  const document = JSON.parse(json.out);
  assert.deepEqual([document.kind, document.apiVersion], [
    "CertificateExpirationInfo",
    "output.kubeadm.k8s.io/v1alpha3",
  ]);
  assert.equal(document.certificates.length, 11);
  assert.deepEqual(document.certificates[1], {
    name: "apiserver",
    expirationDate: "2027-11-22T17:00:00Z",
    residualTime: 31_536_000,
    externallyManaged: false,
    caName: "ca",
    missing: false,
  });
  assert.deepEqual(document.certificates[6], {
    name: "etcd-peer",
    expirationDate: null,
    residualTime: 0,
    externallyManaged: false,
    missing: true,
  });
  assert.deepEqual(document.certificateAuthorities.map(({ name }: { name: string }) => name), [
    "ca",
    "etcd-ca",
    "front-proxy-ca",
  ]);
});

Deno.test("check-expiration: what has expired, or soon will, is said", async () => {
  const expired = await run(["certs", "check-expiration"], node([], new Date("2028-01-01")));
  assert.match(expired.err, /Expired: admin\.conf, apiserver, .*kubewright certs renew all/);
  assert.match(expired.out, /apiserver {18}.*<invalid>/);
  const soon = await run(["certs", "check-expiration"], node([], new Date("2027-11-01")));
  assert.match(soon.err, /Expire within 30 days: admin\.conf/);
  const host = node();
  const files = { ...host.files, [`${PKI}/apiserver.crt`]: "hello" };
  const unreadable = await run(["certs", "check-expiration"], { ...host, files });
  assert.match(unreadable.err, /apiserver\.crt: Cannot read certificate/);
  assert.match(unreadable.out, /!MISSING! apiserver\n/);
});

Deno.test("spans of time are in the words of Kubernetes' tools", () => {
  const [minute, hour, day] = [60, 3600, 86_400];
  const cases: [number, string][] = [
    [-2, "<invalid>"],
    [-1, "0s"],
    [119, "119s"],
    [2 * minute, "2m"],
    [9 * minute + 5, "9m5s"],
    [179 * minute, "179m"],
    [3 * hour, "3h"],
    [7 * hour + 30 * minute, "7h30m"],
    [47 * hour, "47h"],
    [2 * day, "2d"],
    [7 * day + 5 * hour, "7d5h"],
    [365 * day - 1, "364d"],
    [729 * day, "729d"],
    [730 * day, "2y"],
    [800 * day, "2y70d"],
    [3650 * day - 1, "9y"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatSpan(seconds), text);
});

Deno.test("renew: says what became of each and what to restart; a dry run changes nothing", async () => {
  const manifests = { "/etc/kubernetes/manifests/kube-apiserver.yaml": "", "/etc/kubernetes/manifests/etcd.yaml": "" };
  const host = node([`${PKI}/front-proxy-ca.key`]);
  const whole = { ...host, files: { ...host.files, ...manifests } };
  const all = await run(["certs", "renew", "all"], whole);
  assert.equal(all.code, 0);
  assert.match(all.out, /^apiserver {18}renewed, valid until Nov 22, 2027 17:00 UTC$/m);
  assert.match(all.out, /^front-proxy-client {9}not renewed: the CA "front-proxy-ca" is external/m);
  assert.match(all.out, /^Restart etcd, kube-apiserver on this host/m);
  const dry = await run(["certs", "renew", "etcd-server", "--dry-run"], whole);
  assert.deepEqual(
    dry.out.split("\n").filter((line) => /^write .*etcd/.test(line)).map((line) => line.split(/\s+/)[1]),
    [
      `${PKI}/etcd/server.key`,
      `${PKI}/etcd/server.crt`,
    ],
  );
  assert.match(
    dry.out,
    /would be renewed, valid until[^]*No changes were made: this was a dry run\. A real run would make 5 changes/,
  );
  assert.doesNotMatch(all.out + all.err + dry.out, /PRIVATE KEY/);
  const json = await run(["certs", "renew", "scheduler.conf", "-o", "json"], whole);
  assert.deepEqual(json.events.at(-1), {
    event: "result",
    certificates: [{ name: "scheduler.conf", outcome: "renewed", expirationDate: "2027-11-22T17:00:00.000Z" }],
    restart: [],
    restarted: [],
    dryRun: false,
  });
  assert.equal((await run(["certs", "renew", "apisrver"], whole)).code, 3);
  assert.equal((await run(["certs", "renew"], whole)).code, 3);
});

Deno.test("renew --restart: the runtime is one that answers, and is asked before anything is renewed", async () => {
  const sockets = ["/var/run/containerd/containerd.sock", "/var/run/crio/crio.sock"];
  const host = node();
  const several = { ...host, files: { ...host.files, ...Object.fromEntries(sockets.map((path) => [path, ""])) } };
  const renewWith = (...live: string[]) => {
    const asked: string[] = [];
    const runtime: World["runtime"] = (socket) =>
      Object.assign(Object.create(RUNTIME), {
        version: () => live.some((path) => socket.endsWith(path)) ? RUNTIME.version() : nobodyListens(),
        containers: () => Promise.resolve((asked.push(socket), [])),
      });
    return run(["certs", "renew", "scheduler.conf", "--restart"], withManifest(several), "", { runtime })
      .then((ran) => ({ ...ran, asked }));
  };
  const live = await renewWith(sockets[1]!);
  assert.equal(live.code, EXIT.ok, live.err);
  assert.deepEqual(live.asked, [`unix://${sockets[1]}`]);
  const none = await renewWith();
  assert.equal(none.code, EXIT.failed);
  assert.match(none.err, /nobody listens[^]*No changes were made|nobody listens[^]*Nothing was changed/);
  assert.deepEqual(none.changes, []);
  const both = await renewWith(...sockets);
  assert.equal(both.code, EXIT.invalid);
  assert.match(both.err, /--cri-socket: is required: several container runtimes answer on this host: /);
});

Deno.test("generate-csr: kubeadm's files; nothing is written over what is there, a run that was killed is gone on with", async () => {
  const call = [
    "certs",
    "generate-csr",
    "--config",
    QUICK,
    "--cert-dir",
    "/csr/pki",
    "--kubeconfig-dir",
    "/csr",
    "-o",
    "json",
  ];
  const { code, events } = await run(call);
  assert.equal(code, 0);
  const written = events.filter(({ event, kind }) => event === "change" && kind === "write");
  const files = written.map(({ path }) => String(path)).filter((path) => path.startsWith("/csr"));
  assert.deepEqual(files.slice(0, 4), [
    "/csr/pki/apiserver.key",
    "/csr/pki/apiserver.csr",
    "/csr/pki/apiserver-kubelet-client.key",
    "/csr/pki/apiserver-kubelet-client.csr",
  ]);
  assert.deepEqual(files.slice(-2), ["/csr/scheduler.conf", "/csr/scheduler.conf.csr"]);
  assert.equal(files.length, 2 * 7 + 2 * 5);
  for (const { path, mode } of written) if (String(path).startsWith("/csr")) assert.equal(mode, "0600");
  const refused = await run(call, {
    ...FIT,
    files: { ...FIT.files, "/csr/pki/etcd/peer.key": "", "/csr/admin.conf": "" },
  });
  assert.equal(refused.code, 3);
  assert.match(JSON.stringify(refused.events), /etcd\/peer\.key/);
  assert.match(JSON.stringify(refused.events), /\/csr\/admin\.conf/);
  assert.equal(refused.events.some(({ event }) => event === "change"), false);
  // The receipt says that the key is ours.
  const receipt = ["/csr/pki/apiserver.key", "/csr/pki/apiserver.csr"].map((path) =>
    JSON.stringify({ kind: "file", path, at: "" })
  );
  const begun = {
    ...FIT.files,
    "/var/lib/kubewright/receipt.jsonl": receipt.join("\n"),
    "/csr/pki/apiserver.key": fresh.get(`${PKI}/apiserver.key`)!.text,
  };
  const resumed = await run(call, { ...FIT, files: begun });
  const paths = resumed.events.filter(({ kind }) => kind === "write").map(({ path }) => path);
  assert.deepEqual([resumed.code, paths[0], paths.length], [0, "/csr/pki/apiserver.csr", files.length - 1]);
  const other = { ...begun, "/csr/pki/apiserver.csr": "hello" };
  assert.match((await run(call, { ...FIT, files: other })).out, /Cannot read certificate request/);
  const relative = await run([...call, "--cert-dir", "../csr/pki", "--kubeconfig-dir", "here/"]);
  const places = relative.changes.flatMap((change) =>
    change.kind === "write" && !change.path.startsWith("/var/lib") ? [change.path] : []
  );
  assert.deepEqual([relative.code, places[0], places.at(-1)], [0, files[0], "/root/here/scheduler.conf.csr"]);
});

Deno.test("certificate-key: 64 hexadecimal digits, never the same", async () => {
  const keys = await Promise.all([1, 2].map(() => run(["certs", "certificate-key"])));
  for (const { out } of keys) assert.match(out, /^[0-9a-f]{64}\n$/);
  assert.notEqual(keys[0]!.out, keys[1]!.out);
});

Deno.test("kubeconfig user: a certificate of the user's own, or a token; nothing is written", async () => {
  const call = ["kubeconfig", "user", "--client-name", "jane"];
  const made = await run([...call, "--org", "dev,ops", "--validity-period", "2h"], node());
  assert.equal(made.code, 0);
  const { server, user, caPem, clientCertPem } = parseKubeconfig(made.out, "out");
  assert.deepEqual([server, user, caPem], ["https://10.77.0.21:6443", "jane", fresh.get(`${PKI}/ca.crt`)!.text]);
  const [certificate] = parseCertificates(clientCertPem!);
  assert.deepEqual([certificate!.commonName, certificate!.organizations, certificate!.usages], [
    "jane",
    ["dev", "ops"],
    ["client"],
  ]);
  assert.equal(certificate!.notAfter.toISOString(), "2026-11-22T19:00:00.000Z");
  const long = `${"x".repeat(80)}@example.test`;
  const longName = parseKubeconfig((await run(["kubeconfig", "user", "--client-name", long], node())).out, "out");
  assert.equal(parseCertificates(longName.clientCertPem!)[0]!.commonName, long);
  const token = await run([...call, "--token-file", "-"], node([`${PKI}/ca.key`]), "abc\n");
  assert.equal(parseKubeconfig(token.out, "out").token, "abc");
  const json = await run([...call, "--token", "abc", "-o", "json"], node());
  assert.equal(JSON.parse(json.out).users[0].user.token, "abc");
  assert.match(
    (await run([...call, "--validity-period", "100000h"], node())).err,
    /warning: the validity period 100000h is longer than a year/,
  );
  assert.match((await run([...call, "--org", "system:masters"], node())).err, /cannot be revoked/);
  const file = await run([...call, "--config", QUICK], node());
  assert.equal(parseKubeconfig(file.out, "out").server, "https://192.0.2.10:6443");
});

Deno.test("kubeconfig user: what is refused", async () => {
  const cases: [string[], MemoryHostOptions, RegExp][] = [
    [[], node(), /--client-name: is required/],
    [["--client-name", "j", "--validity-period", "soon"], node(), /--validity-period: .*"soon"/],
    [["--client-name", "j", "--validity-period=-1h"], node(), /must be a positive duration/],
    [["--client-name", "j"], node([`${PKI}/ca.key`]), /ca\.key" not found/],
    [["--client-name", "j"], node([`${PKI}/ca.crt`]), /CA certificate ".*ca\.crt" not found/],
    [["--client-name", "j"], node(["/etc/kubernetes/admin.conf"]), /".*admin\.conf", which .* not found/],
    [["--client-name", "j"], node([], new Date("2040-01-01")), /ca\.crt: expired on 2036/],
  ];
  for (const [args, host, expected] of cases) {
    const { code, out, err } = await run(["kubeconfig", "user", ...args], host);
    assert.notEqual(code, 0, args.join(" "));
    assert.equal(out, "");
    assert.match(err, expected);
  }
});
