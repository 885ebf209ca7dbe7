/**
 * The container runtime over its socket: `runtime.v1` of the Container Runtime Interface.
 * @module
 */
import { UserError } from "../errors.ts";
import { restartHint, runtimeUnit } from "../runtimes.ts";
import type { ChangeSink, ContainerRuntime, RuntimeContainer, RuntimeImage, RuntimeSandbox } from "../system.ts";
import {
  GRPC_STATUS,
  GrpcBrokenOff,
  GrpcError,
  GrpcTimeout,
  GrpcTooLong,
  NoConnection,
  NotGrpc,
} from "../system/grpc.ts";
import { oneLine } from "../text/visible.ts";
import type { CallOptions } from "../grpc/client.ts";
import type { Message } from "../grpc/codec.ts";

/** Time limit of a call that observes, in ms: a runtime on a busy host takes seconds. */
const CALL_MS = 10_000;
/** Time limit of a call that changes something, in ms, as the kubelet has it by default. A pull has none. */
const CHANGE_MS = 120_000;

/** `ContainerState` by number. */
const STATES = ["created", "running", "exited", "unknown"] as const;
/** `CgroupDriver` by number. */
const CGROUP_DRIVERS = ["systemd", "cgroupfs"] as const;

/**
 * The runtime at a socket, `unix:///run/containerd/containerd.sock` or a path. Each call has its own connection.
 * @param callMs time limit of a call that observes, in ms.
 * @param signal after it aborts, no call begins, and observing calls are abandoned with the signal's reason.
 */
export function containerRuntime(
  socket: string,
  report: ChangeSink,
  callMs = CALL_MS,
  signal?: AbortSignal,
): ContainerRuntime {
  const path = socket.replace(/^unix:\/\//, "");
  if (!path.startsWith("/")) {
    throw new UserError(`Cannot use the container runtime "${socket}": it must be unix:///PATH/TO/SOCKET`);
  }

  /** Calls `<service>/<name>` with `<name>Request` and returns its `<name>Response`. */
  async function call(service: string, name: string, request: Message, options: CallOptions = {}): Promise<Message> {
    signal?.throwIfAborted();
    const [{ grpcClient }, { decode, encode }] = await Promise.all([
      import("../grpc/client.ts"), // neither is needed to start the program
      import("./messages.ts"),
    ]);
    let answer: Uint8Array;
    try {
      const bytes = encode(`${name}Request`, request);
      answer = await grpcClient({ socket: path }).unary(`/runtime.v1.${service}/${name}`, bytes, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw callError(socket, name, error, options.timeoutMs);
    }
    try {
      return decode(`${name}Response`, answer);
    } catch (error) {
      throw callError(
        socket,
        name,
        new NotGrpc(`the answer is not a ${name}Response`, { cause: error }),
        options.timeoutMs,
      );
    }
  }
  /** A changing call; false when the runtime does not have the object. */
  async function change(name: string, request: Message, service = "RuntimeService", timeoutMs = CHANGE_MS) {
    try {
      await call(service, name, request, { timeoutMs });
      return true;
    } catch (error) {
      if (hasStatus(error, GRPC_STATUS.notFound)) return false;
      throw error;
    }
  }
  /** A call that observes. */
  const ask = (name: string, request: Message = {}, service = "RuntimeService") =>
    call(service, name, request, { timeoutMs: callMs, ...(signal ? { signal } : {}) });

  return {
    socket,
    async version() {
      const { runtimeName, runtimeVersion, runtimeApiVersion } = await ask("Version", { version: "v1" });
      if (runtimeName === "") throw callError(socket, "Version", new NotGrpc("it has no name"));
      return {
        runtimeName: String(runtimeName),
        runtimeVersion: String(runtimeVersion),
        runtimeApiVersion: String(runtimeApiVersion),
      };
    },
    async status() {
      const { status } = await ask("Status");
      return list(status, "conditions").map(({ type, status, reason, message }) => ({
        type: String(type),
        status: status === true,
        reason: String(reason),
        message: String(message),
      }));
    },
    async cgroupDriver() {
      try {
        const { linux } = await ask("RuntimeConfig");
        return linux === undefined ? undefined : CGROUP_DRIVERS[Number((linux as Message).cgroupDriver)];
      } catch (error) { // containerd before 2.0 does not have the call
        if (hasStatus(error, GRPC_STATUS.unimplemented)) return undefined;
        throw error;
      }
    },
    async hasImage(image) {
      return (await ask("ImageStatus", { image: { image } }, "ImageService")).image !== undefined;
    },
    async image(image) {
      const answer = await ask("ImageStatus", { image: { image } }, "ImageService");
      return answer.image === undefined ? undefined : toImage(answer.image as Message);
    },
    async images() {
      return list(await ask("ListImages", {}, "ImageService"), "images").map(toImage);
    },
    async sandboxes() {
      return list(await ask("ListPodSandbox"), "items").map(toSandbox);
    },
    async containers() {
      const answer = await ask("ListContainers");
      return list(answer, "containers").map(toContainer).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    },
    async containerStatus(id) {
      const status = (await ask("ContainerStatus", { containerId: id })).status as Message | undefined ?? {};
      const startedAt = dateOf(status.startedAt);
      const finishedAt = dateOf(status.finishedAt);
      return {
        ...(STATES[Number(status.state)] === "exited" ? { exitCode: Number(status.exitCode) } : {}),
        reason: String(status.reason ?? ""),
        message: String(status.message ?? ""),
        logPath: String(status.logPath ?? ""),
        ...(startedAt === undefined ? {} : { startedAt }),
        ...(finishedAt === undefined ? {} : { finishedAt }),
      };
    },
    async pullImage(image) {
      await call("ImageService", "PullImage", { image: { image } });
      report({ kind: "pull", image });
    },
    async removeImage(image) {
      if ((await ask("ImageStatus", { image: { image } }, "ImageService")).image === undefined) return;
      await change("RemoveImage", { image: { image } }, "ImageService");
      report({ kind: "delete", what: "image", name: image });
    },
    async stopSandbox(sandbox) {
      const { id } = sandbox;
      if (await change("StopPodSandbox", { podSandboxId: id })) {
        report({ kind: "stop", what: "sandbox", name: podOf(sandbox), id });
      }
    },
    async removeSandbox(sandbox) {
      const { id } = sandbox;
      if (await change("RemovePodSandbox", { podSandboxId: id })) {
        report({ kind: "delete", what: "sandbox", name: podOf(sandbox), id });
      }
    },
    async stopContainer({ id, name }, graceSeconds) {
      const request = { containerId: id, timeout: graceSeconds };
      if (await change("StopContainer", request, "RuntimeService", CHANGE_MS + graceSeconds * 1000)) {
        report({ kind: "stop", what: "container", name, id });
      }
    },
    async removeContainer({ id, name }) {
      if (await change("RemoveContainer", { containerId: id })) {
        report({ kind: "delete", what: "container", name, id });
      }
    },
  };
}

/** Whether the call was answered with this gRPC status. */
function hasStatus(error: unknown, code: number): boolean {
  return error instanceof UserError && error.cause instanceof GrpcError && error.cause.code === code;
}

/** A repeated field of a message that may be absent. */
function list(message: Message[string] | undefined, field: string): Message[] {
  return ((message as Message | undefined)?.[field] ?? []) as Message[];
}

/** The kubelet names pods by labels (https://github.com/kubernetes/kubelet/blob/v0.37.2/pkg/types/labels.go). */
function toContainer(container: Message): RuntimeContainer {
  const labels = container.labels as Record<string, string>;
  const metadata = container.metadata as Message | undefined;
  return {
    id: String(container.id),
    name: String(metadata?.name ?? labels["io.kubernetes.container.name"] ?? ""),
    podName: labels["io.kubernetes.pod.name"] ?? "",
    podNamespace: labels["io.kubernetes.pod.namespace"] ?? "",
    state: STATES[Number(container.state)] ?? "unknown",
    attempt: Number(metadata?.attempt ?? 0),
    createdAt: dateOf(container.createdAt) ?? new Date(0),
    image: String((container.image as Message | undefined)?.image ?? ""),
  };
}

function toSandbox(sandbox: Message): RuntimeSandbox {
  const labels = sandbox.labels as Record<string, string>;
  const metadata = sandbox.metadata as Message | undefined;
  return {
    id: String(sandbox.id),
    podName: String(metadata?.name ?? ""),
    podNamespace: String(metadata?.namespace ?? ""),
    podUid: String(metadata?.uid ?? ""),
    ready: Number(sandbox.state) === 0,
    createdAt: dateOf(sandbox.createdAt) ?? new Date(0),
    ofKubelet: labels["io.kubernetes.pod.uid"] !== undefined,
  };
}

/** `kube-system/etcd-node-1`. */
function podOf({ podNamespace, podName }: RuntimeSandbox): string {
  return `${podNamespace}/${podName}`;
}

function toImage(image: Message): RuntimeImage {
  return {
    id: String(image.id),
    tags: image.repoTags as string[],
    size: Number(image.size),
    pinned: image.pinned === true,
  };
}

/** Nanoseconds since 1970; 0 is "never". */
function dateOf(nanoseconds: Message[string] | undefined): Date | undefined {
  return typeof nanoseconds === "number" && nanoseconds > 0 ? new Date(nanoseconds / 1e6) : undefined;
}

/** Why connecting failed, by errno, and what to do. */
const SOCKET_TROUBLES: Readonly<Record<string, { state: string; hint(socket: string): string }>> = {
  ENOENT: {
    state: "the socket does not exist",
    hint: (socket) => {
      const unit = runtimeUnit(socket);
      const start = unit === undefined ? "" : ` (systemctl start ${unit})`;
      return `Install and start a container runtime${start}, or set its socket with --cri-socket.`;
    },
  },
  ECONNREFUSED: { state: "the socket exists, but no runtime listens on it", hint: restartHint },
  EACCES: { state: "permission denied", hint: () => "Run the command as root." },
  EPERM: { state: "permission denied", hint: () => "Run the command as root." },
};

/** The error for a failed call, with the socket and, if one was sent, the call. */
function callError(socket: string, name: string, error: unknown, timeoutMs = CALL_MS): UserError {
  if (error instanceof GrpcError) {
    if (error.code === GRPC_STATUS.unimplemented && error.message.includes("unknown service")) {
      return new UserError(
        `Cannot call ${name} of "${socket}": the runtime does not serve runtime.v1 (${oneLine(error.message)})`,
        {
          hint: runtimeUnit(socket) === "containerd"
            ? 'Use containerd 1.6 or newer, and remove "cri" from disabled_plugins in /etc/containerd/config.toml.'
            : "Use a container runtime that serves CRI v1, or set its socket with --cri-socket.",
          cause: error,
        },
      );
    }
    return new UserError(`Cannot call ${name} of "${socket}": ${oneLine(error.message)} (gRPC status ${error.code})`, {
      cause: error,
    });
  }
  if (error instanceof GrpcTimeout) {
    return new UserError(`Cannot call ${name} of "${socket}": no answer within ${timeoutMs / 1000} s`, {
      hint: `The container runtime does not respond or is overloaded. ${restartHint(socket)}`,
      cause: error,
    });
  }
  if (error instanceof NotGrpc || error instanceof GrpcBrokenOff || error instanceof GrpcTooLong) {
    return new UserError(
      `Cannot call ${name} of "${socket}": the server is not a container runtime (${oneLine(error.message)})`,
      {
        hint: "Set the socket of the container runtime with --cri-socket.",
        cause: error,
      },
    );
  }
  const code = error instanceof NoConnection ? error.code : "";
  const trouble = SOCKET_TROUBLES[code] ?? { state: String(error), hint: () => "" };
  const hint = trouble.hint(socket);
  return new UserError(`Cannot connect to the container runtime "${socket}": ${trouble.state}`, {
    cause: error,
    ...(hint === "" ? {} : { hint }),
  });
}
