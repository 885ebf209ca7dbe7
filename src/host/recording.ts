/**
 * A system that changes nothing, for dry runs and tests. Changes are recorded as `Change`s and visible to later reads.
 * @module
 */
import type {
  ChangeSink,
  ContainerRuntime,
  EtcdClient,
  ImageStore,
  ImageTarget,
  KubeClient,
  RuntimeSandbox,
  System,
  WaitEvent,
} from "../system.ts";
import { type RecordedObjects, recordingApi } from "../kube/recording.ts";
import { receiptHost } from "./receipt.ts";
import { recordingHost } from "./recording_host.ts";

/** An overlay on the real system, whose changing methods are never called; `report` receives what a real run would change. */
export function recordingSystem(real: System, report: ChangeSink, onWait?: (event: WaitEvent) => void): System {
  const objects: RecordedObjects = new Map();
  const pulled = new Set<string>();
  const removedMembers = new Set<string>();
  return {
    // A real run would also create the receipt file; its lines are not Changes.
    host: receiptHost(recordingHost(real.host, report, onWait), { append: () => Promise.resolve() }),
    connect(credentials, timeLimitMs): KubeClient {
      return recordingApi(real.connect(credentials, timeLimitMs), objects, report);
    },
    runtime: (socket) => recordingRuntime(real.runtime(socket), pulled, report),
    imageStore: (socket) => recordingImages(real.imageStore(socket), report),
    etcd(endpoint, credentials, timeLimitMs) {
      return recordingEtcd(real.etcd(endpoint, credentials, timeLimitMs), removedMembers, report);
    },
    unverified: real.unverified,
    download: real.download,
    stdin: () => real.stdin(),
    readLine: () => real.readLine(),
    terminal: real.terminal,
    out: (line) => real.out(line),
    err: (text) => real.err(text),
  };
}

/** Content is neither read nor kept: what an image needs was looked at before. */
function recordingImages(real: ImageStore, report: ChangeSink): ImageStore {
  const imported = new Map<string, ImageTarget>();
  const image = async (name: string) => imported.get(name) ?? await real.image(name);
  return {
    has: (digest) => real.has(digest),
    image,
    write: () => Promise.resolve(),
    async tag(name, target) {
      if ((await image(name))?.digest === target.digest) return;
      imported.set(name, target);
      report({ kind: "import", image: name });
    },
  };
}

function recordingEtcd(real: EtcdClient, removed: Set<string>, report: ChangeSink): EtcdClient {
  return {
    endpoint: real.endpoint,
    members: async () => (await real.members()).filter(({ id }) => !removed.has(id)),
    removeMember({ id, name }) {
      if (!removed.has(id)) report({ kind: "delete", what: "etcd member", name });
      removed.add(id);
      return Promise.resolve();
    },
  };
}

/** Reads pass through; pulled images count as present, stopped and removed objects as gone. */
function recordingRuntime(real: ContainerRuntime, pulled: Set<string>, report: ChangeSink): ContainerRuntime {
  const gone = new Set<string>();
  const stopped = new Set<string>();
  const once = (kind: "stop" | "delete", what: "sandbox" | "container", id: string, name: string) => {
    const done = kind === "stop" ? stopped : gone;
    if (!done.has(id) && !gone.has(id)) report({ kind, what, name, id });
    done.add(id);
    return Promise.resolve();
  };
  const podOf = (sandbox: RuntimeSandbox) => `${sandbox.podNamespace}/${sandbox.podName}`;
  return {
    socket: real.socket,
    version: () => real.version(),
    status: () => real.status(),
    cgroupDriver: () => real.cgroupDriver(),
    hasImage: async (image) => !gone.has(image) && (pulled.has(image) || await real.hasImage(image)),
    image: async (image) => gone.has(image) ? undefined : await real.image(image),
    images: () => real.images(),
    containers: async () => (await real.containers()).filter(({ id }) => !gone.has(id)),
    sandboxes: async () =>
      (await real.sandboxes()).filter(({ id }) => !gone.has(id))
        .map((sandbox) => stopped.has(sandbox.id) ? { ...sandbox, ready: false } : sandbox),
    containerStatus: (id) => real.containerStatus(id),
    pullImage(image) {
      pulled.add(image);
      gone.delete(image);
      report({ kind: "pull", image });
      return Promise.resolve();
    },
    async removeImage(image) {
      if (gone.has(image) || !pulled.has(image) && !await real.hasImage(image)) return;
      gone.add(image);
      report({ kind: "delete", what: "image", name: image });
    },
    stopSandbox: (sandbox) => once("stop", "sandbox", sandbox.id, podOf(sandbox)),
    removeSandbox: (sandbox) => once("delete", "sandbox", sandbox.id, podOf(sandbox)),
    stopContainer: ({ id, name }) => once("stop", "container", id, name),
    removeContainer: ({ id, name }) => once("delete", "container", id, name),
  };
}
