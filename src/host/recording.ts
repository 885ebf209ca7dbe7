/**
 * A system that changes nothing: a dry run, and tests. What is changed is recorded as `Change`s and seen by later reads.
 * @module
 */
import type { ChangeSink, ContainerRuntime, KubeClient, System } from "../system.ts";
import { type RecordedObjects, recordingApi } from "../kube/recording.ts";
import { receiptHost } from "./receipt.ts";
import { recordingHost } from "./recording_host.ts";

/** An overlay on the real system. Of that, only observing methods are used; `report` hears what a real run would change. */
export function recordingSystem(real: System, report: ChangeSink): System {
  const objects: RecordedObjects = new Map();
  const pulled = new Set<string>();
  return {
    // The receipt is a file that a real run would make, too; its lines are no changes of their own.
    host: receiptHost(recordingHost(real.host, report), { append: () => Promise.resolve() }),
    connect(credentials): KubeClient {
      return recordingApi(real.connect(credentials), objects, report);
    },
    runtime: (socket) => recordingRuntime(real.runtime(socket), pulled, report),
    unverified: real.unverified,
    stdin: () => real.stdin(),
    terminal: real.terminal,
    out: (line) => real.out(line),
    err: (text) => real.err(text),
  };
}

/** Reads pass through; pulled images count as present. */
function recordingRuntime(real: ContainerRuntime, pulled: Set<string>, report: ChangeSink): ContainerRuntime {
  return {
    socket: real.socket,
    version: () => real.version(),
    status: () => real.status(),
    cgroupDriver: () => real.cgroupDriver(),
    hasImage: async (image) => pulled.has(image) || await real.hasImage(image),
    containers: () => real.containers(),
    containerStatus: (id) => real.containerStatus(id),
    pullImage(image) {
      pulled.add(image);
      report({ kind: "pull", image });
      return Promise.resolve();
    },
  };
}
