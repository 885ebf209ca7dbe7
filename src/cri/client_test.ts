import assert from "node:assert/strict";
import { framed, serveHttp2 } from "../../tests/fakes/http2_server.ts";
import type { UserError } from "../errors.ts";
import type { Change } from "../system.ts";
import { containerRuntime } from "./client.ts";
import { decode, encode } from "./messages.ts";
import type { Message } from "../grpc/codec.ts";

/** An answer of the fake runtime: a message, a gRPC error, or silence. */
type Answer = { type: string; message: Message; afterMs?: number } | { code: number; text: string } | "silence";

/** A gRPC server on a unix socket that answers by method name; it writes messages byte by byte. */
async function withRuntime(
  answers: Record<string, Answer>,
  body: (socket: string, requests: Message[]) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const requests: Message[] = [];
  const socket = `${dir}/cri.sock`;
  const server = serveHttp2(Deno.listen({ transport: "unix", path: socket }), async (call) => {
    const name = call.header(":path")!.split("/").at(-1) ?? "";
    const request = await call.whole();
    assert.equal(new DataView(request.buffer).getUint32(1), request.length - 5);
    requests.push(decode(`${name}Request`, request.subarray(5)));
    const answer = answers[name] ?? { code: 12, text: `unknown method ${name}` };
    if (answer === "silence") return;
    if ("afterMs" in answer) await new Promise((resolve) => setTimeout(resolve, answer.afterMs));
    if ("code" in answer) { // as servers do when there is no message: the status is among the headers
      const status = { "grpc-status": String(answer.code), "grpc-message": encodeURIComponent(answer.text) };
      return await call.respond(status, { end: true });
    }
    await call.respond();
    for (const byte of framed(encode(answer.type, answer.message))) await call.send(new Uint8Array([byte]));
    await call.end();
  });
  try {
    await body(`unix://${socket}`, requests);
  } finally {
    await server.close();
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("messages: what is encoded decodes to the same, with defaults for the rest; unknown fields are skipped", () => {
  const container: Message = {
    id: "c1",
    metadata: { name: "etcd", attempt: 3 },
    image: { image: "registry.k8s.io/etcd:3.7.0" },
    state: 2,
    createdAt: 1_790_000_000_000_000_000,
    labels: { "io.kubernetes.pod.name": "etcd-a", "ü": "" },
  };
  assert.deepEqual(decode("Container", encode("Container", container)), container);
  assert.deepEqual(decode("ContainerMetadata", new Uint8Array()), { name: "", attempt: 0 });
  assert.deepEqual(decode("ImageSpec", encode("Container", container)), { image: "c1" });
  assert.deepEqual(encode("ContainerMetadata", { name: "a", attempt: 300 }), new Uint8Array([10, 1, 97, 16, 172, 2]));
  assert.throws(() => decode("ImageSpec", new Uint8Array([10, 200, 1])));
});

Deno.test("containers: newest first, named as the kubelet names them; status in detail", async () => {
  const container = (id: string, createdAt: number) => ({
    id,
    metadata: { name: "kube-apiserver", attempt: 1 },
    image: { image: "i" },
    state: 1,
    createdAt,
    labels: { "io.kubernetes.pod.name": "p", "io.kubernetes.pod.namespace": "kube-system" },
  });
  const status = { state: 2, exitCode: 137, finishedAt: 1_700_000_000_000_000_000, reason: "OOMKilled", logPath: "/l" };
  const answers: Record<string, Answer> = {
    ListContainers: {
      type: "ListContainersResponse",
      message: { containers: [container("old", 1e18), container("new", 2e18)] },
    },
    ContainerStatus: { type: "ContainerStatusResponse", message: { status } },
  };
  await withRuntime(answers, async (socket, requests) => {
    const runtime = containerRuntime(socket, () => {});
    const [first, second] = await runtime.containers();
    assert.equal(second?.id, "old");
    assert.deepEqual(first, {
      id: "new",
      name: "kube-apiserver",
      podName: "p",
      podNamespace: "kube-system",
      state: "running",
      attempt: 1,
      createdAt: new Date(2e12),
      image: "i",
    });
    assert.deepEqual(await runtime.containerStatus("new"), {
      exitCode: 137,
      reason: "OOMKilled",
      message: "",
      logPath: "/l",
      finishedAt: new Date(1_700_000_000_000),
    });
    assert.deepEqual(requests[1], { containerId: "new" });
  });
});

Deno.test("version, status, cgroup driver, images; a pull is a change, a failed one is not", async () => {
  const version = { runtimeName: "containerd", runtimeVersion: "v2.3.7", runtimeApiVersion: "v1" };
  const conditions = [{ type: "RuntimeReady", status: true, reason: "", message: "" }];
  const answers: Record<string, Answer> = {
    Version: { type: "VersionResponse", message: version },
    Status: { type: "StatusResponse", message: { status: { conditions } } },
    RuntimeConfig: { type: "RuntimeConfigResponse", message: { linux: {} } },
    ImageStatus: { type: "ImageStatusResponse", message: {} },
    PullImage: { type: "PullImageResponse", message: { imageRef: "sha256:1" } },
  };
  const changes: Change[] = [];
  await withRuntime(answers, async (socket, requests) => {
    const runtime = containerRuntime(socket, (change) => changes.push(change));
    assert.deepEqual(await runtime.version(), version);
    assert.deepEqual(await runtime.status(), conditions);
    assert.equal(await runtime.cgroupDriver(), "systemd");
    assert.equal(await runtime.hasImage("a:1"), false);
    assert.deepEqual(requests.at(-1), { image: { image: "a:1" } });
    await runtime.pullImage("a:1");
    answers.PullImage = { code: 5, text: "no such image: a:2 (50%)" };
    await assert.rejects(runtime.pullImage("a:2"), /Cannot call PullImage of ".*": no such image: a:2 \(50%\)/);
    answers.RuntimeConfig = { code: 12, text: "unknown method RuntimeConfig" };
    assert.equal(await runtime.cgroupDriver(), undefined);
  });
  assert.deepEqual(changes, [{ kind: "pull", image: "a:1" }]);
});

Deno.test("sandboxes and containers are stopped and removed, each a change; what the runtime does not know is none", async () => {
  const labels = { "io.kubernetes.pod.uid": "u1" };
  const answers: Record<string, Answer> = {
    ListPodSandbox: {
      type: "ListPodSandboxResponse",
      message: {
        items: [
          { id: "s1", metadata: { name: "etcd-k1", uid: "u1", namespace: "kube-system" }, state: 0, labels },
          { id: "s2", metadata: { name: "mine", uid: "u2", namespace: "lab" }, state: 1, labels: {} },
        ],
      },
    },
    StopPodSandbox: { type: "StopPodSandboxResponse", message: {} },
    RemovePodSandbox: { type: "RemovePodSandboxResponse", message: {} },
    StopContainer: { type: "StopContainerResponse", message: {} },
    RemoveContainer: { code: 5, text: "not found" },
  };
  const changes: Change[] = [];
  await withRuntime(answers, async (socket, requests) => {
    const runtime = containerRuntime(socket, (change) => changes.push(change));
    const [own, other] = await runtime.sandboxes();
    assert.deepEqual([own!.podName, own!.podNamespace, own!.podUid, own!.ready, own!.ofKubelet], [
      "etcd-k1",
      "kube-system",
      "u1",
      true,
      true,
    ]);
    assert.deepEqual([other!.podName, other!.ready, other!.ofKubelet], ["mine", false, false]);
    await runtime.stopSandbox(own!);
    await runtime.removeSandbox(own!);
    assert.deepEqual(requests.slice(-2), [{ podSandboxId: "s1" }, { podSandboxId: "s1" }]);
    await runtime.stopContainer({ id: "c1", name: "etcd" }, 30);
    assert.deepEqual(requests.at(-1), { containerId: "c1", timeout: 30 });
    await runtime.removeContainer({ id: "c1", name: "etcd" });
    answers.StopPodSandbox = { code: 2, text: "failed to destroy network" };
    await assert.rejects(runtime.stopSandbox(own!), /Cannot call StopPodSandbox of ".*": failed to destroy network/);
  });
  assert.deepEqual(changes, [
    { kind: "stop", what: "sandbox", name: "kube-system/etcd-k1", id: "s1" },
    { kind: "delete", what: "sandbox", name: "kube-system/etcd-k1", id: "s1" },
    { kind: "stop", what: "container", name: "etcd", id: "c1" },
  ]);
});

Deno.test("images: list, one by name, removed once", async () => {
  const image = { id: "sha256:1", repoTags: ["a:1", "a:latest"], size: 31_000_000, pinned: true };
  const answers: Record<string, Answer> = {
    ListImages: { type: "ListImagesResponse", message: { images: [image] } },
    ImageStatus: { type: "ImageStatusResponse", message: { image } },
    RemoveImage: { type: "RemoveImageResponse", message: {} },
  };
  const changes: Change[] = [];
  await withRuntime(answers, async (socket) => {
    const runtime = containerRuntime(socket, (change) => changes.push(change));
    const expected = { id: "sha256:1", tags: ["a:1", "a:latest"], size: 31_000_000, pinned: true };
    assert.deepEqual(await runtime.images(), [expected]);
    assert.deepEqual(await runtime.image("a:1"), expected);
    await runtime.removeImage("a:1");
    answers.ImageStatus = { type: "ImageStatusResponse", message: {} };
    await runtime.removeImage("a:1");
    assert.equal(await runtime.image("a:1"), undefined);
  });
  assert.deepEqual(changes, [{ kind: "delete", what: "image", name: "a:1" }]);
});

Deno.test("each trouble with the socket has its own error", async () => {
  const answers: Record<string, Answer> = {
    Version: { code: 12, text: "unknown service runtime.v1.RuntimeService" },
    Status: "silence",
    StopPodSandbox: { type: "StopPodSandboxResponse", message: {}, afterMs: 400 },
  };
  const state = async (call: Promise<unknown>) =>
    await call.then(() => "no error", (error: UserError) => error.message.replace(/^[^"]*"[^"]*": /, ""));
  await withRuntime(answers, async (socket) => {
    const runtime = containerRuntime(socket, () => {}, 200);
    assert.match(await state(runtime.version()), /^the runtime does not serve runtime\.v1/);
    const sandbox = { id: "s1", podName: "a", podNamespace: "b", podUid: "u", ready: true, ofKubelet: true };
    const stopped = state(runtime.stopSandbox({ ...sandbox, createdAt: new Date(0) })); // may take longer
    assert.equal(await state(runtime.status()), "no answer within 0.2 s");
    assert.equal(await stopped, "no error");
  });
  const dir = await Deno.makeTempDir();
  const version = (socket: string) => state(containerRuntime(socket, () => {}).version());
  assert.equal(await version(`${dir}/none`), "the socket does not exist");
  using listener = Deno.listen({ transport: "unix", path: `${dir}/other` });
  const served = listener.accept().then(async (connection) => {
    await connection.write(new TextEncoder().encode("SSH-2.0-OpenSSH_9.2\r\n".repeat(5)));
    connection.close();
  });
  assert.match(await version(`${dir}/other`), /^the server is not a container runtime/);
  await served;
  listener.close();
  assert.equal(await version(`${dir}/other`).then((text) => /does not exist|no runtime listens/.test(text)), true);
  assert.throws(() => containerRuntime("containerd.sock", () => {}), /must be unix:/);
  await Deno.remove(dir, { recursive: true });
});
