/**
 * The real outside world, in which the process kills itself right before or right after one of its Changes. Only test
 * builds hold this module (`KUBEWRIGHT_TEST_BUILD=failpoints ./compile.sh`): in a release there is nothing to switch on.
 *
 * KUBEWRIGHT_FAILPOINT is `before:N`, `after:N`, or `count:FILE`, to which one line is written for each Change.
 * @module
 */
import { realSystem } from "../../mod.ts";
import type { Events } from "../../src/main.ts";
import type {
  Change,
  ContainerRuntime,
  EtcdClient,
  Host,
  ImageStore,
  KubeClient,
  Services,
  System,
} from "../../src/system.ts";

/** SIGKILL, which no handler and no `finally` sees. */
function die(): void {
  Deno.kill(Deno.pid, "SIGKILL");
  for (;;); // until the kernel does it
}

/** What a Change is of, without what it may hold. */
export function labelOf(change: Change): string {
  switch (change.kind) {
    case "write":
    case "directory":
    case "remove":
      return `${change.kind} ${change.path}`;
    case "run":
      return `run ${change.command.argv.join(" ")}`;
    case "wait":
      return `wait ${change.what}`;
    case "apply":
      return `apply ${change.object.kind} ${change.object.metadata.name}`;
    case "patch":
      return `patch ${change.reference.kind} ${change.reference.name}`;
    case "delete":
      return "reference" in change
        ? `delete ${change.reference.kind} ${change.reference.name}`
        : `delete ${change.what} ${change.name}`;
    case "pull":
    case "import":
      return `${change.kind} ${change.image}`;
    case "stop":
      return `stop ${change.what} ${change.name}`;
  }
}

/** Which methods may make a Change; one without an answer does not compile. */
type Changes<T> = { readonly [K in keyof Required<T>]: boolean };

const HOST: Changes<Omit<Host, "services">> = {
  hostname: false,
  workingDirectory: false,
  environment: false,
  uid: false,
  cpus: false,
  addresses: false,
  portIsFree: false,
  resolves: false,
  now: false,
  wait: true,
  read: false,
  readText: false,
  open: false,
  stat: false,
  list: false,
  realPath: false,
  mounts: false,
  isLocked: false,
  put: true,
  makeDirectory: true,
  remove: true,
  removeTree: true,
  query: false,
  run: true,
  lock: false,
  unlock: false,
};

const SERVICES: Changes<Services> = {
  booted: false,
  manager: false,
  state: false,
  states: false,
  timer: false,
  isEnabled: false,
  journal: false,
  start: true,
  stop: true,
  restart: true,
  enable: true,
  disable: true,
  resetFailed: true,
  daemonReload: true,
};

const KUBE: Changes<KubeClient> = {
  server: false,
  probe: false,
  get: false,
  list: false,
  apply: true,
  patch: true,
  delete: true,
};

const RUNTIME: Changes<ContainerRuntime> = {
  socket: false,
  version: false,
  status: false,
  cgroupDriver: false,
  hasImage: false,
  image: false,
  images: false,
  containers: false,
  containerStatus: false,
  sandboxes: false,
  pullImage: true,
  removeImage: true,
  stopSandbox: true,
  removeSandbox: true,
  stopContainer: true,
  removeContainer: true,
};

const ETCD: Changes<EtcdClient> = { endpoint: false, members: false, removeMember: true };

const IMAGES: Changes<ImageStore> = { has: false, image: false, write: true, tag: true };

/** The object, whose methods that may make a Change call `first` before they do anything. */
function preceded<T extends object>(object: T, changes: Changes<T>, first: () => void): T {
  const member = (name: keyof T, mayChange: unknown) => {
    const method = object[name];
    if (typeof method !== "function") return method;
    return (...args: unknown[]) => {
      if (mayChange) first();
      return method.apply(object, args);
    };
  };
  return Object.fromEntries(Object.entries(changes).map(([name, may]) => [name, member(name as keyof T, may)])) as T;
}

/** Builds the system; as `realSystem`, or as `build`, which it wraps. */
export function failingSystem(events: Events, build: typeof realSystem = realSystem): Required<System> {
  const [when = "", of = ""] = (Deno.env.get("KUBEWRIGHT_FAILPOINT") ?? "").split(/:(.*)/s);
  const point = Number(of);
  let count = 0;
  const change = (made: Change) => {
    count++;
    if (when === "count") Deno.writeTextFileSync(of, `${labelOf(made)}\n`, { append: true });
    if (when === "after" && count === point) die();
    events.change(made);
  };
  // The receipt's line is written by then. A call that would change nothing is taken for the Change, too; a Change that
  // is made within the call of another (a file's folder) has no moment of its own, and the next call is taken.
  const before = () => {
    if (when === "before" && count >= point - 1) die();
  };
  const real = build({ ...events, change }, (host) => ({
    ...preceded<Omit<Host, "services">>(host, HOST, before),
    services: preceded(host.services, SERVICES, before),
  }));
  return {
    host: real.host,
    connect: (...args) => preceded(real.connect(...args), KUBE, before),
    runtime: (...args) => preceded(real.runtime(...args), RUNTIME, before),
    imageStore: (...args) => preceded(real.imageStore(...args), IMAGES, before),
    etcd: (...args) => preceded(real.etcd(...args), ETCD, before),
    unverified: real.unverified,
    download: real.download,
    signals: real.signals!,
    check: () => real.check?.(),
    stdin: () => real.stdin(),
    readLine: () => real.readLine(),
    terminal: real.terminal,
    out: (line) => real.out(line),
    err: (text) => real.err(text),
  };
}
