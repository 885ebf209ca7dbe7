/** What was changed is counted, and what is secret is declared by its writer. @module */
import assert from "node:assert/strict";
import { fake } from "../fakes/fake.ts";
import { UserError } from "../../src/errors.ts";
import type { Change, ContainerRuntime } from "../../src/system.ts";
import { cluster, node } from "./memory_cluster.ts";
import { FIT, QUICK, type Ran, run, unfit } from "./program.ts";

const TOKEN = "abcdef.0123456789abcdef";
const KEY = "0123456789abcdef".repeat(4);
const JOIN_YAML = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens: [{token: ${TOKEN}}]
certificateKey: ${KEY}
`;

/** What only a secret has in it: a private key, plain or in base64, a bootstrap token, a certificate key. */
const SECRET =
  /PRIVATE KEY|UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW|\b[a-z0-9]{6}\.[a-z0-9]{16}\b|\b[0-9a-f]{64}\b/;

function contentOf(change: Change): string {
  if (change.kind === "write") return change.preview ?? "";
  return change.kind === "apply"
    ? JSON.stringify(change.object)
    : change.kind === "patch"
    ? JSON.stringify(change.patch)
    : "";
}

/** Nothing with a secret in it may be undeclared; and something has to have been declared. */
function assertDeclared(changes: readonly Change[], atLeast: number): void {
  const declared = changes.filter((change) => "secret" in change && change.secret);
  for (const change of changes) {
    if (declared.includes(change)) continue;
    const content = contentOf(change).replaceAll(/sha256:[0-9a-f]{64}/g, "");
    assert.doesNotMatch(
      content,
      SECRET,
      `${change.kind} ${"path" in change ? change.path : ""} is not declared secret`,
    );
  }
  assert.ok(declared.length >= atLeast, `${declared.length} declared`);
}

/** The changes of a dry run as JSON, bodies and all. */
function planned(ran: Ran): Record<string, unknown>[] {
  return ran.events.filter(({ event }) => event === "change");
}

Deno.test("every write with a key or a token in it is declared secret: init phases, requests, renewal, migration", async () => {
  const init = await run(["init", "phase", "certs", "--config", QUICK], FIT);
  assertDeclared(init.changes, 9);
  const kubeconfigs = await run(
    ["init", "phase", "kubeconfig", "--config", QUICK],
    node(["/etc/kubernetes/admin.conf"]),
  );
  assertDeclared(kubeconfigs.changes, 1);
  const requests = await run([
    "certs",
    "generate-csr",
    "--config",
    QUICK,
    "--kubeconfig-dir",
    "/k",
    "--cert-dir",
    "/p",
  ]);
  assert.equal(requests.code, 0, requests.err);
  assertDeclared(requests.changes, 8);
  const renewed = await run(["certs", "renew", "all"], node());
  assert.equal(renewed.code, 0, renewed.err);
  assertDeclared(renewed.changes, 8);
  const migrated = await run(
    ["config", "migrate", "--old-config", "/c.yaml", "--new-config", "/new.yaml"],
    unfit({}, { "/c.yaml": JOIN_YAML }),
  );
  assert.equal(migrated.code, 0, migrated.err);
  assertDeclared(migrated.changes, 1);
});

Deno.test("a whole init as a dry run with --verbose shows every body and no secret, as text, JSON and YAML", async () => {
  const args = ["init", "--dry-run", "--verbose", "--upload-certs", "--config", "/c.yaml"];
  const host = unfit({}, { "/c.yaml": `${JOIN_YAML}---\n${FIT.files![QUICK]}` });
  for (const output of ["text", "json", "yaml"]) {
    const ran = await run([...args, "-o", output], host);
    assert.equal(ran.code, 0, ran.err);
    assert.doesNotMatch(`${ran.out}${ran.err}`.replaceAll(/sha256:[0-9a-f]{64}/g, ""), SECRET);
    if (output !== "json") continue;
    const changes = planned(ran);
    const withContent = changes.filter(({ content }) => content !== undefined);
    assert.ok(withContent.some(({ kind, content }) => kind === "write" && String(content).includes("kind: Pod")));
    assert.ok(withContent.some(({ content }) => (content as { kind?: string }).kind === "ClusterRole"));
    const silent = changes.filter(({ kind, content, secret }) =>
      ["write", "apply", "patch"].includes(String(kind)) && content === undefined && secret !== true
    );
    assert.deepEqual(silent, []);
    assert.ok(changes.filter(({ secret }) => secret === true).length > 10);
    assert.ok(!(await run(["init", "--dry-run", "--config", QUICK, "-o", "json"])).out.includes('"content"'));
  }
  const migration = ["config", "migrate", "--old-config", "/c.yaml", "--new-config", "/n", "--dry-run", "--verbose"];
  for (const output of ["text", "json", "yaml"]) {
    assert.doesNotMatch((await run([...migration, "-o", output], host)).out, SECRET);
  }
});

Deno.test("a dry run claims nothing that only a real run could find", async () => {
  const { out, err, events } = await run(["init", "--dry-run", "--config", QUICK]);
  assert.doesNotMatch(
    `${out}${err}`,
    /is healthy|is Ready|registered after|pulled|has joined|The control plane is running|finished in/,
  );
  assert.match(out, /^would wait for kube-apiserver to be healthy$/m);
  assert.match(out, /^No changes were made: this was a dry run\. A real run would make \d+ changes: .*files written/m);
  assert.deepEqual(events, []);
  const renew = await run(["certs", "renew", "all", "--dry-run", "--restart"], node());
  assert.doesNotMatch(`${renew.out}${renew.err}`, / restarted|: renewed|Restarted/);
});

Deno.test("an error says what was changed, counted, whatever its kind is", async () => {
  const failing = unfit({ commands: { ...FIT.commands } });
  const late = await run(["init", "--config", QUICK, "--skip-phases=preflight"], failing);
  assert.notEqual(late.code, 0);
  assertDeclared(late.changes, 1);
  const made = late.changes.filter(({ kind }) => kind !== "wait").length;
  assert.ok(made > 1, late.err);
  assert.match(late.err, new RegExp(`^ {2}${made} changes were made: .*\\d+ files written`, "m"));
  assert.match(late.err, /^ {2}next: .*(?:rerun the command|run the same command again)/m);
  const json = await run(["init", "--config", QUICK, "--skip-phases=preflight", "-o", "json"], failing);
  const { changes, hints } = json.events.at(-1)! as {
    changes: { total: number; byKind: Record<string, number> };
    hints: string[];
  };
  assert.equal(changes.total, made);
  assert.equal(Object.values(changes.byKind).reduce((sum, count) => sum + count, 0), made);
  assert.match(hints.join("\n"), /rerun the command|run the same command again/);
  const dry = await run(["init", "--dry-run", "--config", QUICK, "--skip-phases=preflight", "--cni=/none"], failing);
  assert.match(dry.err, /^ {2}No changes were made\.$/m);
});

Deno.test("an invalid file that is found only after changes does not hide them", async () => {
  const host = unfit({}, {
    "/etc/kubernetes/pki/apiserver.crt": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  });
  const { code, err, changes } = await run(
    ["init", "--config", QUICK, "--skip-phases=preflight,existing-files,kubelet-unit,kubelet-start"],
    host,
  );
  const made = changes.filter(({ kind }) => kind !== "wait").length;
  assert.equal(code, 3, err);
  assert.match(
    err,
    made === 0 ? /^ {2}No changes were made\./m : new RegExp(`^ {2}${made} changes? (was|were) made: `, "m"),
  );
});

Deno.test("the same finding is told once, however many things it is about", async () => {
  const dead = () =>
    Promise.reject(new UserError('Cannot connect to the container runtime "unix:///x": connection refused'));
  const runtime = fake<ContainerRuntime>("container runtime", {
    socket: "unix:///x",
    version: dead,
    status: dead,
    hasImage: dead,
    cgroupDriver: dead,
    pullImage: dead,
  });
  const world = { runtime: () => runtime };
  const args = ["init", "--dry-run", "--config", QUICK, "--ignore-preflight-errors=all"];
  const { err } = await run(args, FIT, "", world);
  assert.equal(err.match(/^warning: ImagePull: /gm)?.length, 1, err);
  const lines = err.split("\n").filter((line) => line.startsWith("warning: "));
  assert.deepEqual(lines, [...new Set(lines)]);
  const json = await run([...args, "-o", "json"], FIT, "", world);
  assert.equal(json.events.filter(({ message }) => String(message).startsWith("ImagePull")).length, 1);
  const refused = await run([...args.slice(0, -1), "--skip-phases=preflight"], FIT, "", world);
  assert.match(refused.err, /^error: Cannot connect to the container runtime "unix:\/\/\/x": connection refused$/m);
});

Deno.test("no message of the program claims what was or was not changed: it is counted", async () => {
  const claims: string[] = [];
  const look = async (folder: URL) => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await look(new URL(`${name}/`, folder));
      else if (name.endsWith(".ts") && !name.endsWith("_test.ts") && name !== "tally.ts") {
        const text = await Deno.readTextFile(new URL(name, folder));
        const code = text.replaceAll(/^\s*(\*|\/\/|\/\*\*).*$/gm, "");
        for (
          const [claim] of code.matchAll(/nothing (was|has been) (changed|written)|no changes? (was|were)/gi)
        ) {
          claims.push(`${name}: ${claim}`);
        }
      }
    }
  };
  await look(new URL("../../src/", import.meta.url));
  assert.deepEqual(claims, []);
});

Deno.test("a command that changes things and found nothing to change says so", async () => {
  const { world } = cluster();
  const { out, code } = await run(["reset", "--force"], unfit({}), "", world);
  assert.equal(code, 0, out);
  assert.match(out, /This host is not a cluster node.*\nNo changes were made\.\n$/);
});

/** Where a person may have written a password, and where the program shows what it was given. */
const PASSWORD = "hunter2pw";

for (const given of [`user:${PASSWORD}@10.0.0.1:6443`, `https://user:${PASSWORD}@10.0.0.1:6443`]) {
  Deno.test(`no message shows the password of ${given.replace(PASSWORD, "…")}`, async () => {
    const file = (text: string) =>
      unfit({}, { "/c.yaml": `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n${text}\n` });
    const proxy = unfit({ environment: { PATH: "/usr/bin", HTTPS_PROXY: given } });
    const runs: [string[], ReturnType<typeof unfit>][] = [
      [["init", "--dry-run"], proxy],
      [["join", given, "--token=abcdef.0123456789abcdef", "--discovery-token-unsafe-skip-ca-verification"], FIT],
      [["join", "--discovery-file", given], FIT],
      [["init", "--control-plane-endpoint", given], FIT],
      [["init", "--image-repository", given], FIT],
      [["init", "--node-name", given, "--service-cidr", given, "--cri-socket", given], FIT],
      [["init", given], FIT],
      [["init", `--nosuch=${given}`], FIT],
      [["config", "images", "list", "--image-repository", given], FIT],
      [["token", "list", "--kubeconfig", given], FIT],
      [["config", "validate", "--config=/c.yaml"], file(`etcd: {external: {endpoints: ["${given}"]}}`)],
      [["config", "validate", "--config=/c.yaml"], file(`dns: {imageRepository: "${given}"}\nproxy: "${given}"`)],
      [["config", "validate", "--config=/c.yaml"], file(`apiServer: {certSANs: ["${given}"]}`)],
    ];
    for (const [args, host] of runs) {
      for (const output of ["text", "json"]) {
        const { out, err } = await run([...args, "-o", output], host);
        assert.ok(!`${out}${err}`.includes(PASSWORD), `${args.join(" ")}: ${out}${err}`);
      }
    }
    const { err } = await run(["init", "--dry-run"], proxy);
    for (const output of ["text", "json", "yaml"]) {
      const { out } = await run(["init", "--dry-run", "--verbose", "--config", QUICK, "-o", output], proxy);
      assert.ok(!out.includes(PASSWORD), output);
      assert.ok(out.split("<secret>@10.0.0.1:6443").length > 4, "manifests and the DaemonSet are shown");
    }
    assert.match(err, /connections to \S+ go through the proxy (https:\/\/)?10\.0\.0\.1:6443/);
  });
}
