import assert from "node:assert/strict";
import { kubeClient } from "../kube/client.ts";
import { makeCertificates, serveApi } from "../../tests/fakes/api_server.ts";
import type { Change, ContainerRuntime, Host, KubeObject, System, WaitEvent } from "../system.ts";
import { linuxHost } from "./linux.ts";
import { fake } from "../../tests/fakes/fake.ts";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { receiptHost } from "./receipt.ts";
import { recordingSystem } from "./recording.ts";
import { recordingHost } from "./recording_host.ts";

const never = () => assert.fail("a dry run changed something");

/** What a command may do to a directory; the same steps for a real and a recording host. */
async function work(host: Host, dir: string): Promise<void> {
  await host.makeDirectory(`${dir}/a/b`, 0o700);
  await host.put({ path: `${dir}/a/b/c`, mode: 0o600, content: "1" });
  await host.put({ path: `${dir}/a/b/c`, mode: 0o600, content: "1" });
  await host.put({ path: `${dir}/a/b/c`, mode: 0o600, content: "2" });
  await host.put({ path: `${dir}/there`, mode: 0o644, content: "old" });
  await host.put({ path: `${dir}/there`, mode: 0o644, content: "new" });
  await host.remove(`${dir}/a/b/c`);
  await host.remove(`${dir}/a/b/c`);
  await host.remove(`${dir}/a/b`);
  await host.put({ path: `${dir}/t/u/v`, mode: 0o600, content: "1" });
  await host.removeTree(`${dir}/t`);
  await host.removeTree(`${dir}/t`);
  await host.put({ path: `${dir}/t/u/w`, mode: 0o600, content: "1" });
  assert.deepEqual([await host.list(`${dir}/t`), await host.list(`${dir}/t/u`)], [["u"], ["w"]]);
  await host.removeTree(`${dir}/old`);
  assert.deepEqual([await host.read(`${dir}/old/x`), await host.list(`${dir}/old`)], [undefined, []]);
  await host.run({ argv: ["true"] });
  await host.wait({ what: "it", probe: () => Promise.resolve({ done: true, value: 1 }), timeoutMs: 100, assume: 1 });
  await assert.rejects(host.put({ path: `${dir}/a`, mode: 0o600, content: "x" }), /it is a directory, expected a file/);
  await assert.rejects(
    host.put({ path: `${dir}/there/x`, mode: 0o600, content: "x" }),
    /a file with this name already exists/,
  );
}

Deno.test("recording host: lists the changes that the real one makes, and makes none", async () => {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/there`, "old");
  await Deno.mkdir(`${dir}/old`);
  await Deno.writeTextFile(`${dir}/old/x`, "x");
  await Deno.chmod(`${dir}/there`, 0o644);
  const recorded: Change[] = [];
  await work(recordingHost(linuxHost(never), (change) => recorded.push(change)), dir);
  assert.deepEqual(await linuxHost(never).list(dir), ["old", "there"]);
  assert.equal(await Deno.readTextFile(`${dir}/there`), "old");
  const real: Change[] = [];
  await work(linuxHost((change) => real.push(change)), dir);
  assert.deepEqual(recorded, real);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("recording host: later reads see what was recorded", async () => {
  const host = memoryHost({ files: { "/etc/a": "a", "/etc/b/c": "c" } }, () => {});
  await host.put({ path: "/etc/d", mode: 0o600, content: "d" });
  await host.remove("/etc/a");
  assert.deepEqual(await host.list("/etc"), ["b", "d"]);
  assert.equal(await host.readText("/etc/a"), undefined);
  assert.equal(await host.readText("/etc/d"), "d");
  assert.equal((await host.stat("/etc/d"))?.mode, 0o600);
  assert.equal((await host.stat("/etc/b"))?.kind, "directory");
  assert.equal(await host.stat("/etc/a"), undefined);
});

Deno.test("memory host: has the commands it is given, others fail loudly", async () => {
  const changes: Change[] = [];
  const host = memoryHost(
    { commands: { "kubelet --version": "Kubernetes v1.37.2\n" } },
    (change) => changes.push(change),
  );
  assert.equal((await host.query({ argv: ["kubelet", "--version"] })).stdout, "Kubernetes v1.37.2\n");
  assert.equal((await host.query({ argv: ["kubelet"] })).code, 127);
  await assert.rejects(host.run({ argv: ["systemctl", "start", "x"] }), /program "systemctl" not found/);
  assert.deepEqual(changes, []);
});

/** A system around a host, with one API server and a runtime that may not be asked to change anything. */
function systemOf(host: Host, caPem: string, opened: { close(): void }[]): System {
  const runtime = fake<ContainerRuntime>("container runtime", {
    socket: "unix:///s",
    hasImage: () => Promise.resolve(false),
    pullImage: never,
  });
  return {
    host,
    connect(credentials) {
      const client = kubeClient({ ...credentials, caPem }, never, { timeLimitMs: 100 });
      opened.push(client);
      return client;
    },
    runtime: () => runtime,
    unverified: { get: () => Promise.reject(new Error("not here")) },
    download: fake("download", {}),
    etcd: never,
    imageStore: never,
    stdin: () => Promise.resolve(new Uint8Array()),
    readLine: () => Promise.resolve(undefined),
    terminal: { out: false, err: false, columns: () => 80 },
    out: () => {},
    err: () => {},
  };
}

const CONFIG: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "cm", namespace: "ns", labels: { a: "b" } },
  data: { k: "v" },
};
const REFERENCE = { apiVersion: "v1", kind: "ConfigMap", name: "cm", namespace: "ns" };

Deno.test("recording API: over a server that is not there, objects exist from when they were applied", async () => {
  const certificates = await makeCertificates();
  const opened: { close(): void }[] = [];
  const changes: Change[] = [];
  const system = recordingSystem(
    systemOf(memoryHost({}, never), certificates.ca, opened),
    (change) => changes.push(change),
  );
  const credentials = { server: "https://127.0.0.1:1", caPem: "" };
  const kube = system.connect(credentials);
  assert.equal(await kube.get(REFERENCE), undefined);
  await kube.apply(CONFIG);
  await kube.apply(CONFIG);
  await kube.patch(REFERENCE, { data: { k: "w" } });
  await kube.patch({ apiVersion: "v1", kind: "Node", name: "n" }, { spec: { taints: [] } });
  const other = system.connect(credentials); // another identity sees the same
  assert.deepEqual((await other.get(REFERENCE))?.data, { k: "w" });
  const query = { apiVersion: "v1", kind: "ConfigMap" };
  assert.equal((await other.list({ ...query, namespace: "ns", labelSelector: "a=b,!c" })).length, 1);
  assert.equal((await other.list({ ...query, labelSelector: "a!=b" })).length, 0);
  assert.equal((await other.list({ ...query, fieldSelector: "metadata.name=cm" })).length, 1);
  await kube.delete(REFERENCE);
  await kube.delete(REFERENCE);
  assert.equal(await other.get(REFERENCE), undefined);
  const runtime = system.runtime("unix:///s");
  await runtime.pullImage("i");
  assert.equal(await runtime.hasImage("i"), true);
  assert.deepEqual(changes.map(({ kind }) => kind), ["apply", "patch", "patch", "delete", "pull"]);
  for (const client of opened) client.close();
});

Deno.test("recording API: over a server, only differences are changes, and nothing is sent but GET", async () => {
  const certificates = await makeCertificates();
  await using api = serveApi(certificates);
  api.objects.set("/api/v1/namespaces/ns/configmaps/cm", {
    ...CONFIG,
    metadata: { ...CONFIG.metadata, resourceVersion: "7" },
  });
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "ns" } };
  api.objects.set("/api/v1/namespaces/ns/secrets/s", { ...secret, data: { k: "dg==" } });
  const opened: { close(): void }[] = [];
  const changes: Change[] = [];
  const system = recordingSystem(
    systemOf(memoryHost({}, never), certificates.ca, opened),
    (change) => changes.push(change),
  );
  const kube = system.connect({ server: api.server, caPem: "" });
  await kube.apply(CONFIG);
  await kube.apply({ ...secret, stringData: { k: "v" } });
  assert.deepEqual(changes, []);
  await kube.apply({ ...CONFIG, data: { k: "w" } });
  await kube.delete({ ...REFERENCE, name: "none" });
  assert.deepEqual(changes.map(({ kind }) => kind), ["apply"]);
  assert.ok(api.requests.every((request) => request.startsWith("GET ")));
  for (const client of opened) client.close();
});

Deno.test("timers are seen through a dry run and the receipt, and changed as every unit", async () => {
  const changes: Change[] = [];
  const next = new Date("2026-01-02T03:17:00Z");
  const base = memoryHost(
    { timers: { "backup.timer": { active: "active", starts: "backup.service", next } } },
    () => {},
  );
  const dry = recordingHost(base, (change) => changes.push(change));
  const { services } = receiptHost(dry, { append: () => Promise.resolve() });
  const { load, starts, next: seen } = await services.timer("backup.timer");
  assert.deepEqual([load, starts, seen], ["loaded", "backup.service", next]);
  assert.equal((await services.timer("no.timer")).load, "not-found");
  await services.enable("backup.timer", { now: true });
  await services.disable("backup.timer", { now: true });
  assert.deepEqual(changes.flatMap((change) => change.kind === "run" ? [change.command.argv.join(" ")] : []), [
    "systemctl enable --now backup.timer",
    "systemctl disable --now backup.timer",
  ]);
});

Deno.test("recording host: a wait that nothing planned is needed for is really waited for, and is not among what would be done", async () => {
  const changes: Change[] = [];
  const events: WaitEvent[] = [];
  const host = recordingHost(memoryHost({}, never), (change) => changes.push(change), (event) => events.push(event));
  let tries = 0;
  const wait = {
    what: "cluster-info",
    probe: () =>
      Promise.resolve(
        ++tries < 3 ? { done: false as const, state: "no answer" } : { done: true as const, value: tries },
      ),
    timeoutMs: 5_000,
    intervalMs: 1,
    assume: 0,
  };
  assert.equal(await host.wait({ ...wait, independent: true }), 3);
  assert.deepEqual([changes, events.length > 0], [[], true]);
  assert.equal(await host.wait(wait), 0);
  assert.deepEqual(changes, [{ kind: "wait", what: "cluster-info" }]);
});
