// Keys, certificates and kubeconfigs that others could have written: every command that takes them looks, and says so.
import assert from "node:assert/strict";
import { EXIT } from "../../src/errors.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import { fresh, NOW, PKI } from "../samples/pki.ts";
import { FIT, QUICK, run } from "./program.ts";

/** The configuration that the samples are made by. */
const CONFIG = `${FIT.files![QUICK]}---
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: {name: k1}
localAPIEndpoint: {advertiseAddress: 10.77.0.21}
`;

/** A control plane node, without some of its files. */
function node(modes: Record<string, number>, without: readonly string[] = []): MemoryHostOptions {
  const files = [...fresh].filter(([path]) => !without.includes(path)).map(([path, { text }]) => [path, text]);
  return { ...FIT, now: NOW, modes, files: { ...FIT.files, [QUICK]: CONFIG, ...Object.fromEntries(files) } };
}

const [CA_KEY, CA, ADMIN] = [`${PKI}/ca.key`, `${PKI}/ca.crt`, "/etc/kubernetes/admin.conf"];
const LEAF = [`${PKI}/apiserver.crt`, `${PKI}/apiserver.key`];

/** A command, what it makes (and is not there), and by what of others' it would be misled. */
const READERS: readonly (readonly [args: string[], makes: readonly string[], of: readonly string[]])[] = [
  [["certs", "renew", "all"], [], [CA_KEY, CA, PKI, ADMIN, `${PKI}/etcd/ca.key`, LEAF[0]!]],
  [["certs", "renew", "apiserver"], [], [CA_KEY, CA, PKI, "/etc/kubernetes", "/"]],
  [["certs", "renew", "admin.conf", "--dry-run"], [], [CA_KEY, ADMIN]],
  [["kubeconfig", "user", "--client-name", "a"], [], [CA_KEY, CA, PKI]],
  [["kubeconfig", "user", "--client-name", "a", "--token", "b"], [], [CA]],
  [["certs", "generate-csr", "--cert-dir", "/srv/pki"], [], ["/srv", "/etc/kubernetes"]],
  [["init", "phase", "certs", "ca", "--config", QUICK], [], [CA_KEY, CA, PKI]],
  [["init", "phase", "certs", "ca", "--config", QUICK], [CA, CA_KEY], [PKI]],
  [["init", "phase", "certs", "apiserver", "--config", QUICK], LEAF, [CA_KEY, CA, PKI]],
  [["init", "phase", "certs", "apiserver", "--config", QUICK], [], LEAF],
  [["init", "phase", "certs", "sa", "--config", QUICK], [], [`${PKI}/sa.key`, `${PKI}/sa.pub`, PKI]],
  [["init", "phase", "kubeconfig", "admin", "--config", QUICK], [], [ADMIN, "/etc/kubernetes"]],
  [["init", "phase", "kubeconfig", "admin", "--config", QUICK], [ADMIN], [CA_KEY, CA]],
  [["init", "--dry-run", "--config", QUICK], [], [CA_KEY, PKI, ADMIN, `${PKI}/front-proxy-ca.key`]],
];

for (const [args, makes, others] of READERS) {
  Deno.test(`${args.join(" ").replace(QUICK, "FILE")}${makes.length ? ", anew" : ""}: what anybody may write is refused`, async () => {
    for (const path of others) {
      const isFile = /\.\w+$/.test(path);
      const host = node({ [path]: isFile ? 0o666 : 0o777 }, makes);
      const files = { ...host.files, ...(path === "/srv" ? { "/srv/other": "" } : {}) };
      const refused = await run(args, { ...host, files });
      assert.equal(refused.code, EXIT.invalid, `${path}: ${refused.err}`);
      assert.ok(refused.err.includes(`  ${path}: is a `), `${path}: ${refused.err}`);
      assert.match(refused.err, isFile ? /that any user may write \(mode 0666\)/ : /\(mode 0777\)/);
      assert.deepEqual(refused.changes.filter(({ kind }) => kind === "write"), [], `${path}: it wrote`);
    }
  });
}

Deno.test("what others may only read is taken, with one warning", async () => {
  const withKey = node({ [CA_KEY]: 0o644 });
  for (
    const args of [
      ["certs", "renew", "all"],
      ["kubeconfig", "user", "--client-name", "a"],
      ["init", "phase", "certs", "ca", "--config", QUICK],
    ]
  ) {
    const ended = await run(args, withKey);
    assert.equal(ended.code, EXIT.ok, ended.err);
    assert.equal(ended.err.split("ca.key is readable by any user (mode 0644)").length, 2, `${args}: ${ended.err}`);
  }
  for (const without of [LEAF, [ADMIN]]) {
    const phase = without === LEAF ? ["certs", "apiserver"] : ["kubeconfig", "admin"];
    const ended = await run(["init", "phase", ...phase, "--config", QUICK], node({ [CA_KEY]: 0o644 }, without));
    assert.equal(ended.code, EXIT.ok, ended.err);
    assert.match(ended.err, /ca\.key is readable by any user/);
  }
  const admin = await run(["init", "phase", "kubeconfig", "admin", "--config", QUICK], node({ [ADMIN]: 0o644 }));
  assert.equal(admin.code, EXIT.ok, admin.err);
  assert.match(admin.err, /the kubeconfig \S+admin\.conf is readable by any user \(mode 0644\)/);
});
