/** The container runtime. @module */

/** A container in the runtime. */
export interface RuntimeContainer {
  id: string;
  /** Container name in its pod, `kube-apiserver`. */
  name: string;
  podName: string;
  podNamespace: string;
  state: "created" | "running" | "exited" | "unknown";
  /** Restart count. */
  attempt: number;
  /** When it was created. */
  createdAt: Date;
  image: string;
}

/** More about one container. */
export interface RuntimeContainerStatus {
  exitCode?: number;
  reason: string;
  message: string;
  /** Path of its log file on the host. */
  logPath: string;
  startedAt?: Date;
  finishedAt?: Date;
}

/** A pod's sandbox in the runtime: it has the network namespace and the containers. */
export interface RuntimeSandbox {
  id: string;
  podName: string;
  podNamespace: string;
  podUid: string;
  /** Whether its network and processes exist; false for a stopped sandbox. */
  ready: boolean;
  createdAt: Date;
  /** Created by a kubelet: other programs (`crictl runp`) do not set a kubelet's labels. */
  ofKubelet: boolean;
}

/** An image in the runtime. */
export interface RuntimeImage {
  id: string;
  /** Names with tags, `registry.k8s.io/pause:3.10`. */
  tags: readonly string[];
  /** Unpacked or compressed, as the runtime counts; bytes. */
  size: number;
  /** Never removed by the kubelet's garbage collection. */
  pinned: boolean;
}

/** The container runtime over its socket (`runtime.v1`). Errors are `UserError`s that name the socket. */
export interface ContainerRuntime {
  readonly socket: string;
  /** Name and version of the runtime and of its API. */
  version(): Promise<{ runtimeName: string; runtimeVersion: string; runtimeApiVersion: string }>;
  /** Conditions of the runtime: `RuntimeReady`, `NetworkReady`. */
  status(): Promise<{ type: string; status: boolean; reason: string; message: string }[]>;
  /** The cgroup driver of the runtime (RuntimeConfig RPC); undefined when it does not report one. */
  cgroupDriver(): Promise<"systemd" | "cgroupfs" | undefined>;
  /** Whether the image is present. */
  hasImage(image: string): Promise<boolean>;
  /** The image, by name, name with digest, or id; undefined when it is not present. */
  image(image: string): Promise<RuntimeImage | undefined>;
  /** All images. */
  images(): Promise<RuntimeImage[]>;
  /** All containers, newest first, exited ones too. */
  containers(): Promise<RuntimeContainer[]>;
  /** One container in detail. */
  containerStatus(id: string): Promise<RuntimeContainerStatus>;
  /** All pod sandboxes, stopped ones too. */
  sandboxes(): Promise<RuntimeSandbox[]>;

  /** Pulls the image, without a time limit (the interface does not report progress). Reports a Change. */
  pullImage(image: string): Promise<void>;
  /** Removes the image; a no-op when it is not present. Reports a Change. */
  removeImage(image: string): Promise<void>;
  /** Stops the sandbox's containers at once and removes its network. May be called again. Reports a Change. */
  stopSandbox(sandbox: RuntimeSandbox): Promise<void>;
  /** Removes a stopped sandbox with its containers; a no-op when it does not exist. Reports a Change. */
  removeSandbox(sandbox: RuntimeSandbox): Promise<void>;
  /** Asks the container to stop, and kills it after `graceSeconds`. Reports a Change. */
  stopContainer(container: Pick<RuntimeContainer, "id" | "name">, graceSeconds: number): Promise<void>;
  /** Removes the container, running or not; a no-op when it does not exist. Reports a Change. */
  removeContainer(container: Pick<RuntimeContainer, "id" | "name">): Promise<void>;
}
