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
  await assert.rejects(
    read("/root/conf/k.conf", without),
    /"certificate-authority" names "\/root\/conf\/ca.crt", which does not exist/,
  );
  assert.equal((await read("k.conf", { "k.conf": text, ...files }))?.caPem, "of the caller's folder");
  const absolute = kubeconfig({ "certificate-authority": "/etc/ca.crt" }, {});
  assert.equal((await read("/k.conf", { "/k.conf": absolute, "/etc/ca.crt": "CA" }))?.caPem, "CA");
});

Deno.test("a token's file is read, and wins over the token, if it can be read", async () => {
  const CA = { "certificate-authority-data": btoa("CA") };
  const tokenOf = async (user: Record<string, unknown>, files: Record<string, string> = {}) =>
    (await read("/k/k.conf", { "/k/k.conf": kubeconfig(CA, user), ...files }))?.token;
  assert.equal(await tokenOf({ tokenFile: "token" }, { "/k/token": "s3cret\n" }), "s3cret");
  assert.equal(await tokenOf({ tokenFile: "/t", token: "old" }, { "/t": "new" }), "new");
  assert.equal(await tokenOf({ tokenFile: "/t", token: "old" }), "old");
  assert.equal(await tokenOf({}), undefined);
  await assert.rejects(tokenOf({ tokenFile: "/t" }), /"tokenFile" names "\/t", which does not exist/);
  await assert.rejects(tokenOf({ tokenFile: "/t" }, { "/t": "\n" }), /tokenFile "\/t" is empty/);
  await assert.rejects(tokenOf({ tokenFile: "/t" }, { "/t": "s3cret s3cret" }), (error: Error) => {
    assert.match(error.message, /token must not contain spaces/);
    assert.doesNotMatch(error.message, /s3cret/);
    return true;
  });
});

/** What would make a request another's, nobody's, or go to anybody: fields of cluster and user, and what is said. */
const REFUSED: readonly [Record<string, unknown>, Record<string, unknown>, RegExp][] = [
  [{}, { exec: { command: "aws" } }, /unsupported field "exec": kubewright runs no plugins; use a token or/],
  [{}, { "auth-provider": { name: "gcp" } }, /"auth-provider"/],
  [{}, { username: "me", password: "s3cret" }, /"(username|password)".*no longer accept passwords/],
  [{}, { as: "root", token: "t" }, /"as".*use the kubeconfig of that user/],
  [{}, { "as-groups": ["system:masters"], token: "t" }, /"as-groups"/],
  [{ "proxy-url": "http://p:1" }, {}, /"proxy-url".*directly/],
  [{ "tls-server-name": "x" }, {}, /"tls-server-name".*a host that the certificate contains/],
  [{ "insecure-skip-tls-verify": true }, {}, /"insecure-skip-tls-verify".*certificate-authority-data/],
  [{}, { "client-certificate-data": btoa("C") }, /client-certificate requires client-key/],
  [{}, { "client-key-data": btoa("K") }, /client-key requires client-certificate/],
];

for (const [cluster, user, says] of REFUSED) {
  Deno.test(`a kubeconfig is refused by name: ${JSON.stringify({ ...cluster, ...user })}`, async () => {
    const text = kubeconfig({ "certificate-authority-data": btoa("CA"), ...cluster }, user);
    await assert.rejects(read("/k.conf", { "/k.conf": text }), (error: Error) => {
      assert.match(error.message, /^Cannot use kubeconfig "\/k.conf": /);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}

Deno.test("a kubeconfig may say what changes neither whom is trusted nor who asks", async () => {
  const cluster = { "certificate-authority-data": btoa("CA"), "insecure-skip-tls-verify": false };
  const more = { "disable-compression": true, extensions: [{ name: "x", extension: {} }] };
  assert.ok(await read("/k.conf", { "/k.conf": kubeconfig({ ...cluster, ...more }, { token: "t" }) }));
});
