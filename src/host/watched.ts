/**
 * Long calls are shown as waits: clients retry for minutes, and pulls and commands have no short limit, so the user must see
 * what the program is doing.
 * @module
 */
import type { ContainerRuntime, EtcdClient, ImageStore, KubeClient, WaitEvent } from "../system.ts";

/** How long (ms) a call may take before it is shown, and the interval of its events after that. */
const QUIET_MS = 3_000;
const TICK_MS = 1_000;

/** Awaits the work; when that takes long, `onWait` receives events until its end. */
export type Watch = <T>(what: string, work: Promise<T>, state?: () => string) => Promise<T>;

/** Creates the watch. */
export function watchOf(onWait: (event: WaitEvent) => void, { quietMs = QUIET_MS, tickMs = TICK_MS } = {}): Watch {
  return async (what, work, state = () => "") => {
    const start = performance.now();
    let shown = false;
    const report = (done: boolean) => onWait({ what, state: state(), elapsedMs: performance.now() - start, done });
    const ticking = setInterval(() => {
      if (performance.now() - start < quietMs) return;
      shown = true;
      report(false);
    }, tickMs);
    try {
      return await work;
    } finally {
      clearInterval(ticking);
      if (shown) report(true);
    }
  };
}

/** The client with watched calls. @param open creates it; `onRetry` receives the reason of each retry. */
export function watchedKube(watch: Watch, open: (onRetry: (why: string) => void) => KubeClient): KubeClient {
  let why = "";
  const real = open((now) => why = now);
  const what = `the API server "${real.server}" to answer`;
  const watched = <T>(call: () => Promise<T>): Promise<T> => {
    why = "";
    return watch(what, call(), () => why);
  };
  return {
    server: real.server,
    probe: (path) => watched(() => real.probe(path)),
    get: (reference) => watched(() => real.get(reference)),
    list: (query) => watched(() => real.list(query)),
    apply: (object, options) => watched(() => real.apply(object, options)),
    patch: (reference, patch, options) => watched(() => real.patch(reference, patch, options)),
    delete: (reference) => watched(() => real.delete(reference)),
  };
}

/** The client with watched calls. */
export function watchedEtcd(watch: Watch, real: EtcdClient): EtcdClient {
  const what = `etcd at "${real.endpoint}" to answer`;
  return {
    endpoint: real.endpoint,
    members: () => watch(what, real.members()),
    removeMember: (member) => watch(what, real.removeMember(member)),
  };
}

/** The runtime with watched changing calls: observing calls have a limit of seconds. */
export function watchedRuntime(watch: Watch, real: ContainerRuntime): ContainerRuntime {
  const pod = ({ podNamespace, podName }: { podNamespace: string; podName: string }) => `${podNamespace}/${podName}`;
  return {
    socket: real.socket,
    version: () => real.version(),
    status: () => real.status(),
    cgroupDriver: () => real.cgroupDriver(),
    hasImage: (image) => real.hasImage(image),
    image: (image) => real.image(image),
    images: () => real.images(),
    containers: () => real.containers(),
    containerStatus: (id) => real.containerStatus(id),
    sandboxes: () => real.sandboxes(),
    pullImage: (image) => watch(`image "${image}" to be pulled`, real.pullImage(image)),
    removeImage: (image) => watch(`image "${image}" to be removed`, real.removeImage(image)),
    stopSandbox: (sandbox) => watch(`pod "${pod(sandbox)}" to stop`, real.stopSandbox(sandbox)),
    removeSandbox: (sandbox) => watch(`pod "${pod(sandbox)}" to be removed`, real.removeSandbox(sandbox)),
    stopContainer: (container, seconds) =>
      watch(`container "${container.name}" to stop`, real.stopContainer(container, seconds)),
    removeContainer: (container) =>
      watch(`container "${container.name}" to be removed`, real.removeContainer(container)),
  };
}

/** The image store with watched calls: a disk can take its time to commit content. */
export function watchedImages(watch: Watch, real: ImageStore): ImageStore {
  return {
    has: (digest) => real.has(digest),
    image: (name) => real.image(name),
    write: (content, pieces) => watch(`content ${content.digest} to be written`, real.write(content, pieces)),
    tag: (name, target) => watch(`image "${name}" to be imported`, real.tag(name, target)),
  };
}
