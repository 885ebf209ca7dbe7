import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { sampleNode } from "../../tests/samples/config.ts";
import { sharedFiles } from "../cluster/objects/copy_certs.ts";
import { InvalidInput } from "../errors.ts";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { generateCertificateKey, unseal } from "../pki/certificate_key.ts";
import type { KubeClient, KubeObject } from "../system.ts";
import { uploadCerts, type UploadCertsContext } from "./upload_certs.ts";

/** A cluster of nothing but objects; `changes` are the names of what was applied and deleted. */
function fakeCluster() {
  const objects = new Map<string, KubeObject>();
  const changes: string[] = [];
  const client = fake<KubeClient>("API client", {
    get: (reference: { name: string; kind: string }) =>
      Promise.resolve(objects.get(`${reference.kind} ${reference.name}`)),
    apply(object: KubeObject) {
      const key = `${object.kind} ${object.metadata.name}`;
      if (object.kind !== "Secret" && objects.has(key)) return Promise.resolve();
      changes.push(`apply ${key}`);
      objects.set(key, { ...object, metadata: { ...object.metadata, uid: `uid-${changes.length}` } });
      return Promise.resolve();
    },
    delete({ kind, name }: { kind: string; name: string }) {
      changes.push(`delete ${kind} ${name}`);
      objects.delete(`${kind} ${name}`);
      return Promise.resolve();
    },
  });
  return { client, objects, changes };
}

const PKI = "/etc/kubernetes/pki";
const FILES = Object.fromEntries(
  ["ca.crt", "ca.key", "front-proxy-ca.crt", "front-proxy-ca.key", "sa.pub", "sa.key", "etcd/ca.crt", "etcd/ca.key"]
    .map((name) => [`${PKI}/${name}`, `content of ${name}`]),
);

function contextOf(client: KubeClient, fields: Partial<UploadCertsContext> = {}, files = FILES): UploadCertsContext {
  return {
    host: memoryHost({ files }, () => {}),
    node: sampleNode(),
    uploadCerts: true,
    certificateKey: generateCertificateKey(),
    admin: () => Promise.resolve(client),
    warn: () => {},
    ...fields,
  };
}

Deno.test("what control plane nodes have in common is uploaded, encrypted, until a token of two hours ends", async () => {
  const { client, objects } = fakeCluster();
  const context = contextOf(client);
  await uploadCerts.run!(context);
  const secret = objects.get("Secret kubeadm-certs")!;
  const data = secret["data"] as Record<string, string>;
  assert.deepEqual(Object.keys(data).sort(), [
    ...[
      "ca.crt",
      "ca.key",
      "etcd-ca.crt",
      "etcd-ca.key",
      "front-proxy-ca.crt",
      "front-proxy-ca.key",
      "sa.key",
      "sa.pub",
    ],
  ]);
  for (const [name, path] of Object.entries(sharedFiles(context.node.cluster))) {
    const opened = await unseal(Uint8Array.fromBase64(data[name]!), context.certificateKey);
    assert.equal(new TextDecoder().decode(opened), FILES[path]);
  }
  const [owner] = secret.metadata["ownerReferences"] as Record<string, unknown>[];
  const token = objects.get(`Secret ${owner!["name"]}`)!;
  assert.equal(owner!["uid"], token.metadata.uid);
  assert.deepEqual([owner!["controller"], owner!["blockOwnerDeletion"]], [true, true]);
  const decoded = Object.entries(token["data"] as Record<string, string>).map(([key, value]) => [key, atob(value)]);
  const { expiration, description, ...rest } = Object.fromEntries(decoded);
  assert.equal(expiration, "2026-01-01T02:00:00Z");
  assert.match(description, /kubeadm-certs/);
  assert.deepEqual(Object.keys(rest), ["token-id", "token-secret"]);
  const role = objects.get("Role kubeadm:kubeadm-certs")!;
  assert.deepEqual(role["rules"], [
    { apiGroups: [""], resources: ["secrets"], resourceNames: ["kubeadm-certs"], verbs: ["get"] },
  ]);
});

Deno.test("the same again changes nothing; another key, another file or a token about to end upload anew", async () => {
  const { client, changes } = fakeCluster();
  const context = contextOf(client);
  await uploadCerts.run!(context);
  const first = changes.length;
  await uploadCerts.run!(context);
  assert.equal(changes.length, first);
  const again = async (other: UploadCertsContext) => {
    changes.length = 0;
    await uploadCerts.run!(other);
    assert.deepEqual(changes.map((change) => change.replace(/token-.*/, "token")), [
      "apply Secret bootstrap-token",
      "delete Secret kubeadm-certs",
      "apply Secret kubeadm-certs",
    ]);
  };
  await again(contextOf(client));
  const { certificateKey } = context;
  await again(contextOf(client, { certificateKey }, { ...FILES, [`${PKI}/sa.pub`]: "another" }));
  const late = memoryHost({ files: FILES, now: new Date("2026-01-01T01:30:00Z") }, () => {});
  await again(contextOf(client, { certificateKey, host: late }));
});

Deno.test("a key that is not on this host is uploaded as an empty value; external etcd brings its own files", async () => {
  const { client, objects } = fakeCluster();
  const { [`${PKI}/etcd/ca.key`]: _, ...files } = FILES;
  await uploadCerts.run!(contextOf(client, {}, files));
  assert.equal((objects.get("Secret kubeadm-certs")!["data"] as Record<string, string>)["etcd-ca.key"], "");
  const external = { endpoints: [], httpEndpoints: [], caFile: "/e/ca.crt", certFile: "/e/c.crt", keyFile: "/e/c.key" };
  const shared = sharedFiles(sampleNode({ etcd: { external } }).cluster);
  assert.equal(shared["external-etcd.key"], "/e/c.key");
  assert.equal(shared["etcd-ca.key"], undefined);
});

Deno.test("external authorities: nothing is uploaded, because whoever joins could not sign", async () => {
  for (
    const [gone, expected] of [["ca.key", /missing: .*\/ca\.key$/], [
      "front-proxy-ca.key",
      /missing: .*\/front-proxy-ca\.key$/,
    ]] as const
  ) {
    const { client, changes } = fakeCluster();
    const files = Object.fromEntries(Object.entries(FILES).filter(([path]) => path !== `${PKI}/${gone}`));
    await assert.rejects(
      uploadCerts.run!(contextOf(client, {}, files)),
      (error) => error instanceof InvalidInput && expected.test(error.problems[0]!.what),
    );
    assert.deepEqual(changes, []);
  }
});

Deno.test("keys that anybody may write are not uploaded; those that others may read are, with a warning", async () => {
  const { client, objects } = fakeCluster();
  const withMode = (name: string, mode: number) =>
    memoryHost({ files: FILES, modes: { [`${PKI}/${name}`]: mode } }, () => {});
  for (const name of ["ca.key", "sa.key", "sa.pub", "etcd/ca.crt"]) {
    const context = contextOf(client, { host: withMode(name, 0o666) });
    await assert.rejects(async () => await uploadCerts.run!(context), /that any user may write/);
  }
  assert.equal(objects.size, 0);
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  await uploadCerts.run!(contextOf(client, { host: withMode("ca.key", 0o644), warn }));
  assert.match(warnings.join("\n"), /ca\.key is readable by any user/);
});
