/**
 * The system of a command that a signal may end. Every call passes through here: after the signal, observing calls are
 * abandoned, changing calls have a moment to finish, and no new call begins.
 * @module
 */
import type {
  ContainerRuntime,
  Download,
  EtcdClient,
  Host,
  ImageStore,
  KubeClient,
  KubeObject,
  ObjectReference,
  Services,
  System,
  UnverifiedHttp,
} from "../system.ts";
import { orAborted } from "./abortable.ts";

/** How long (ms) a change in progress may take to finish. */
export const GRACE_MS = 500;

/** The kind of a method: it changes something (the function names it), observes, or returns at once (`pass`). */
type Kind<F> = "pass" | "observe" | (F extends (...args: infer A) => unknown ? (...args: A) => string : never);
/** One row for each method: a method without a row does not compile. */
type Kinds<T> = { readonly [K in keyof Required<T>]: Kind<Required<T>[K]> };

const named = ({ kind, name, namespace }: Omit<ObjectReference, "apiVersion">) =>
  `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
const object = ({ kind, metadata: { name, namespace } }: KubeObject) =>
  named({ kind, name, ...(namespace === undefined ? {} : { namespace }) });

const HOST: Kinds<Omit<Host, "services">> = {
  hostname: "pass",
  workingDirectory: "pass",
  environment: "pass",
  uid: "pass",
  cpus: "pass",
  addresses: "pass",
  portIsFree: "observe",
  resolves: "observe",
  now: "pass",
  wait: "observe",
  read: "observe",
  readText: "observe",
  open: "observe",
  stat: "observe",
  list: "observe",
  realPath: "observe",
  mounts: "observe",
  isLocked: "observe",
  put: ({ path }) => `write "${path}"`,
  makeDirectory: (path) => `create the directory "${path}"`,
  remove: (path) => `remove "${path}"`,
  removeTree: (path) => `remove "${path}"`,
  query: "observe",
  run: ({ argv }) => `run "${argv.join(" ")}"`,
  lock: "pass",
  unlock: "pass",
};

const SERVICES: Kinds<Services> = {
  booted: "observe",
  manager: "observe",
  state: "observe",
  states: "observe",
  timer: "observe",
  isEnabled: "observe",
  journal: "observe",
  start: (unit) => `start ${unit}`,
  stop: (unit) => `stop ${unit}`,
  restart: (unit) => `restart ${unit}`,
  enable: (unit) => `enable ${unit}`,
  disable: (unit) => `disable ${unit}`,
  resetFailed: (unit) => `reset the failure of ${unit}`,
  daemonReload: () => "reload systemd's units",
};

const KUBE: Kinds<KubeClient> = {
  server: "pass",
  probe: "observe",
  get: "observe",
  list: "observe",
  apply: (one) => `apply ${object(one)}`,
  patch: (reference) => `patch ${named(reference)}`,
  delete: (reference) => `delete ${named(reference)}`,
};

const RUNTIME: Kinds<ContainerRuntime> = {
  socket: "pass",
  version: "observe",
  status: "observe",
  cgroupDriver: "observe",
  hasImage: "observe",
  image: "observe",
  images: "observe",
  containers: "observe",
  containerStatus: "observe",
  sandboxes: "observe",
  pullImage: (image) => `pull ${image}`,
  removeImage: (image) => `remove the image ${image}`,
  stopSandbox: ({ podNamespace, podName }) => `stop the pod ${podNamespace}/${podName}`,
  removeSandbox: ({ podNamespace, podName }) => `remove the pod ${podNamespace}/${podName}`,
  stopContainer: ({ name }) => `stop the container ${name}`,
  removeContainer: ({ name }) => `remove the container ${name}`,
};

const IMAGES: Kinds<ImageStore> = {
  has: "observe",
  image: "observe",
  write: ({ digest }) => `write the content ${digest}`,
  tag: (name) => `import the image ${name}`,
};

const ETCD: Kinds<EtcdClient> = {
  endpoint: "pass",
  members: "observe",
  removeMember: ({ name }) => `remove the etcd member ${name}`,
};

const UNVERIFIED: Kinds<UnverifiedHttp> = { get: "observe" };
const DOWNLOAD: Kinds<Download> = { get: "observe", toFile: "observe" }; // its Change is the file's

/** One run of a command that a signal may end. */
export interface Gate {
  /** The system, whose calls pass through the gate. */
  through(real: System): System;
  /** Settles as the work does; rejects with the signal's reason when it aborts first, once no change is in progress. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Changes that had not finished in time: whether they happened is unknown. */
  pending(): string[];
}

/** @param signal undefined: nothing ends the run early. */
export function interruptionGate(signal: AbortSignal | undefined, graceMs = GRACE_MS): Gate {
  const changing = new Map<Promise<unknown>, string>();

  /** Waits until all changes in progress have finished, or time is up. */
  async function settled(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, graceMs));
    await Promise.race([Promise.allSettled([...changing.keys()]), late]);
    clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve)); // their callers continue first
  }

  function gated<T extends object>(real: T, kinds: Kinds<T>): T {
    const through = (name: keyof T, kind: unknown) => {
      const method = real[name];
      if (typeof method !== "function") return method;
      if (kind === "pass") return (...args: unknown[]) => method.apply(real, args);
      return async (...args: unknown[]) => {
        signal?.throwIfAborted();
        const work = Promise.resolve(method.apply(real, args));
        if (kind === "observe") return await orAborted(work, signal);
        changing.set(work, (kind as (...args: unknown[]) => string)(...args));
        const over = () => void changing.delete(work);
        work.then(over, over);
        return await work;
      };
    };
    return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, through(name as keyof T, kind)])) as T;
  }

  return {
    through: (real) => ({
      host: {
        ...gated<Omit<Host, "services">>(real.host, HOST),
        services: gated(real.host.services, SERVICES),
      },
      connect: (...args) => gated(real.connect(...args), KUBE),
      runtime: (socket) => gated(real.runtime(socket), RUNTIME),
      imageStore: (socket) => gated(real.imageStore(socket), IMAGES),
      etcd: (...args) => gated(real.etcd(...args), ETCD),
      unverified: gated(real.unverified, UNVERIFIED),
      download: gated(real.download, DOWNLOAD),
      stdin: () => orAborted(real.stdin(), signal),
      readLine: () => orAborted(real.readLine(), signal),
      terminal: real.terminal,
      out: (line) => real.out(line),
      err: (text) => real.err(text),
    }),
    async until(work) {
      try {
        return await orAborted(work, signal);
      } catch (error) {
        if (signal?.aborted === true) await settled();
        throw error;
      }
    },
    pending: () => [...changing.values()],
  };
}
