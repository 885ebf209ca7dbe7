import assert from "node:assert/strict";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { stringify } from "../config/yaml.ts";
import { readCredentials } from "./credentials.ts";

const SERVER = "https://192.0.2.1:6443";

/** A kubeconfig whose cluster and user have these fields. */
function kubeconfig(cluster: Record<string, unknown>, user: Record<string, unknown>): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: SERVER, ...cluster } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
    users: [{ name: "u", user }],
  });
}

const read = (path: string, files: Record<string, string>) => readCredentials(memoryHost({ files }, () => {}), path);

Deno.test("files that a kubeconfig names begin in its folder, not in the working directory", async () => {
  const text = kubeconfig({ "certificate-authority": "ca.crt" }, {
    "client-certificate": "./pki/me.crt",
    "client-key": "../keys/me.key",
  });
  const files = {
    "/root/conf/k.conf": text,
    "/root/conf/ca.crt": "CA",
    "/root/conf/pki/me.crt": "CERT",
    "/root/keys/me.key": "KEY",
    ...Object.fromEntries(["ca.crt", "./pki/me.crt", "../keys/me.key"].map((path) => [path, "of the caller's folder"])),
  };
  assert.deepEqual(await read("/root/conf/k.conf", files), {
    server: SERVER,
    caPem: "CA",
    client: { certificatePem: "CERT", keyPem: "KEY" },
  });
  const { "/root/conf/ca.crt": _, ...without } = files;
  await assert.rejects(read("/root/conf/k.conf", without), /names "\/root\/conf\/ca.crt", which is not there/);
  assert.equal((await read("k.conf", { "k.conf": text, ...files }))?.caPem, "of the caller's folder");
  const absolute = kubeconfig({ "certificate-authority": "/etc/ca.crt" }, {});
  assert.equal((await read("/k.conf", { "/k.conf": absolute, "/etc/ca.crt": "CA" }))?.caPem, "CA");
});
