import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { TimedOut, UserError } from "../errors.ts";
import type { Change, ContainerRuntime, RuntimeContainer } from "../system.ts";
import { restartPods } from "./restart_pods.ts";

function manifest(name: string, scheme: string, port: number): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    spec: {
      containers: [{
        name,
        image: `${name}:1`,
        ports: [{ name: "probe-port", containerPort: port }],
        livenessProbe: { httpGet: { scheme, host: "192.0.2.10", path: "/livez", port: "probe-port" } },
      }],
    },
  });
}

const FILES = {
  "/etc/kubernetes/manifests/etcd.yaml": manifest("etcd", "HTTP", 2381),
  "/etc/kubernetes/manifests/kube-apiserver.yaml": manifest("kube-apiserver", "HTTPS", 6443),
};

/** A runtime whose kubelet starts another container when one is stopped; `comesBack` says whether it does. */
function world(running: readonly string[], comesBack = true) {
  const changes: Change[] = [];
  const asked: string[] = [];
  const container = (name: string, attempt: number) =>
    fake<RuntimeContainer>("container", {
      id: `${name}-${attempt}`,
      name,
      podNamespace: "kube-system",
      state: "running",
      attempt,
    });
  let containers = running.map((name) => container(name, 0));
  const runtime = fake<ContainerRuntime>("container runtime", {
    containers: () => Promise.resolve(containers),
    hasImage: () => Promise.resolve(true),
    containerStatus: () => Promise.reject(new UserError("gone")),
    stopContainer({ id, name }) {
      changes.push({ kind: "stop", what: "container", name, id });
      containers = [...comesBack ? [container(name, 1)] : [], ...containers.filter((c) => c.name !== name)];
      return Promise.resolve();
    },
  });
  let answers = 0;
  const unverified = {
    get(url: string) {
      asked.push(url);
      if (answers++ === 0) return Promise.reject(new UserError("refused"));
      return Promise.resolve({ status: answers === 2 ? 500 : 401, body: "" });
    },
  };
  const notes: string[] = [];
  const host = memoryHost({ files: FILES, waits: true }, () => {});
  return { changes, asked, notes, context: { host, runtime, unverified, note: (line: string) => notes.push(line) } };
}

Deno.test("one after another, etcd first; the next one waits until the API server answers, if only with a refusal", async () => {
  const { context, changes, asked, notes } = world(["kube-apiserver", "etcd", "kube-proxy"]);
  const restarted = await restartPods(context, ["kube-apiserver", "etcd", "kube-scheduler"]);
  assert.deepEqual(restarted, ["etcd", "kube-apiserver"]);
  assert.deepEqual(changes.map((change) => change.kind === "stop" ? change.id : ""), ["etcd-0", "kube-apiserver-0"]);
  assert.deepEqual(asked, Array(3).fill("https://192.0.2.10:6443/livez"));
  assert.deepEqual(notes, ["etcd restarted", "kube-apiserver restarted"]);
});

Deno.test("one that does not come back ends it: those after it are not touched", async () => {
  const { context, changes } = world(["etcd", "kube-apiserver"], false);
  const { host } = context;
  const impatient = {
    ...context,
    host: { ...host, wait: (wait: Parameters<typeof host.wait>[0]) => host.wait({ ...wait, timeoutMs: 50 }) },
  };
  await assert.rejects(
    restartPods(impatient as typeof context, ["etcd", "kube-apiserver"]),
    (error) =>
      error instanceof TimedOut &&
      /etcd to restart.*the kubelet has not started the new container yet/s.test(error.message),
  );
  assert.equal(changes.length, 1);
});
