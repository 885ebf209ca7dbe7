// Flags that no other program test passes, each by what it does.
import assert from "node:assert/strict";
import { PKI } from "../samples/pki.ts";
import { parseCertificates } from "../../src/pki/certificate.ts";
import { cluster, node } from "./memory_cluster.ts";
import { FIT, QUICK, run, unfit } from "./program.ts";

/** What a dry run of one phase prints with all that it writes. */
async function phase(words: string, flags: readonly string[], host = FIT): Promise<string> {
  const { code, out, err } = await run(
    ["init", "phase", ...words.split(" "), "--dry-run", "--verbose", ...flags],
    host,
  );
  assert.equal(code, 0, err);
  return out;
}

Deno.test("init: flags that go into manifests", async () => {
  const manifests = await phase("control-plane all", [
    "--apiserver-advertise-address=192.0.2.10",
    "--apiserver-bind-port=7443",
    "--cert-dir=/srv/pki",
    "--image-repository=r.example/k8s",
    "--kubernetes-version=v1.36.3",
    "--service-cidr=10.9.0.0/16",
    "--pod-network-cidr=10.8.0.0/16",
  ]);
  for (
    const part of [
      "--advertise-address=192.0.2.10",
      "--secure-port=7443",
      "--tls-cert-file=/srv/pki/apiserver.crt",
      "r.example/k8s/kube-scheduler:v1.36.3",
      "--service-cluster-ip-range=10.9.0.0/16",
      "--cluster-cidr=10.8.0.0/16",
    ]
  ) assert.ok(manifests.includes(part), part);
});

Deno.test("init: flags that go into the kubelet's files", async () => {
  const socket = "/run/other.sock";
  const files = await phase(
    "kubelet-start",
    [`--cri-socket=unix://${socket}`, "--service-dns-domain=k8s.test", "--node-name=other", "-v=1"],
    unfit({ hostname: "node-1" }, { [socket]: "" }),
  );
  for (const part of ["containerRuntimeEndpoint: unix:///run/other.sock", "clusterDomain: k8s.test"]) {
    assert.ok(files.includes(part), part);
  }
  assert.match(files, /--hostname-override=other/);
});

Deno.test("init: names in the API server's certificate, and the endpoint that kubeconfigs lead to", async () => {
  const paths = [`${PKI}/apiserver.crt`, `${PKI}/apiserver.key`, "/etc/kubernetes/admin.conf"];
  const flags = ["--apiserver-cert-extra-sans=a.test,192.0.2.99", "--control-plane-endpoint=k8s.test"];
  const certs = await phase("certs apiserver", flags, node(paths));
  const certificate = parseCertificates(
    /-----BEGIN CERTIFICATE[^]*?-----END CERTIFICATE-----/.exec(
      certs.replace(/^ {4}/gm, ""),
    )![0],
  )[0]!;
  for (const name of ["a.test", "k8s.test"]) assert.ok(certificate.dnsNames.includes(name), name);
  assert.ok(certificate.ipAddresses.some((octets) => octets.join(".") === "192.0.2.99"));
  const { code, readText, err } = await run(
    ["init", "phase", "kubeconfig", "admin", "--kubeconfig-dir=/srv/conf", "--control-plane-endpoint=k8s.test"],
    node(paths),
  );
  assert.equal(code, 0, err);
  assert.match(await readText("/srv/conf/admin.conf") ?? "", /server: https:\/\/k8s.test:6443/);
});

Deno.test("init: feature gates are known ones, patches are applied, --vmodule means nothing and --rootfs is refused", async () => {
  const gates = await run(["init", "phase", "control-plane", "all", "--dry-run", "--feature-gates=Nothing=true"]);
  assert.equal(gates.code, 3);
  assert.match(gates.err, /--feature-gates/);
  const patch = "/p/kube-scheduler+merge.json";
  const patched = await phase(
    "control-plane scheduler",
    ["--patches=/p", "--vmodule=a=1"],
    unfit({}, { [patch]: JSON.stringify({ metadata: { labels: { patched: "yes" } } }) }),
  );
  assert.match(patched, /patched: "yes"/);
  const root = await run(["init", "--rootfs=/x"]);
  assert.deepEqual([root.code, /--rootfs: is not supported/.test(root.err)], [3, true]);
});

Deno.test("init: phases that are left out, and no pod network", async () => {
  const { code, events } = await run([
    ...["init", "--dry-run", "--config", QUICK, "-o", "json"],
    ...["--skip-phases=wait-control-plane,addon/coredns", "--cni=none", "--ignore-preflight-errors=Mem"],
  ]);
  assert.equal(code, 0);
  const phases = events.filter(({ state }) => state === "started").map(({ phase }) => phase);
  assert.ok(phases.includes("addon/kube-proxy"));
  assert.ok(!phases.includes("wait-control-plane") && !phases.includes("addon/coredns"));
  const objects = events.filter(({ kind }) => kind === "apply").map(({ object }) => String(object));
  assert.ok(objects.length > 10 && !objects.some((object) => object.includes("flannel")));
});

Deno.test("init: the token from a file, its time, and what is not printed", async () => {
  const token = "abcdef.0123456789abcdef";
  const { world, objects } = cluster();
  const host = node([], { "/t": `${token}\n`, "/k": "0".repeat(64) });
  const shown = await run(["init", "--token-file=/t", "--token-ttl=2h"], host, "", world);
  assert.equal(shown.code, 0, shown.err);
  assert.ok(shown.out.includes(`--token ${token}`));
  const secret = [...objects.values()].find((object) => object?.metadata.name === "bootstrap-token-abcdef");
  const data = secret?.["data"] as Record<string, string>;
  assert.equal(atob(data["expiration"]!), "2026-11-22T19:00:00Z");
  const hidden = await run(["init", `--token=${token}`, "--skip-token-print"], host, "", world);
  assert.equal(hidden.code, 0, hidden.err);
  assert.ok(hidden.out.includes("--token '<token>'") && !hidden.out.includes(token));
  const upload = ["init", "phase", "upload-certs", "--upload-certs"];
  const given = await run([...upload, "--certificate-key-file=/k"], host, "", cluster().world);
  assert.equal(given.code, 0, given.err);
  const secretly = await run(
    ["init", "--upload-certs", `--certificate-key=${"1".repeat(64)}`, "--skip-certificate-key-print"],
    host,
    "",
    cluster().world,
  );
  assert.equal(secretly.code, 0, secretly.err);
  assert.ok(!(secretly.out + secretly.err).includes("1".repeat(64)));
});

Deno.test("init phase addon: prints what it would install", async () => {
  const { code, out } = await run(["init", "phase", "addon", "coredns", "--print-manifest"]);
  assert.equal(code, 0);
  assert.match(out, /^kind: Deployment$/m);
});
