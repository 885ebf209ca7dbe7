/**
 * Everything outside the program, as contracts: types only. `mod.ts` builds the real ones, tests build fakes, and a dry
 * run wraps them (`host/recording.ts`). **Methods observe or change, never both**; changing methods return nothing.
 * @module
 */

/** A command line to execute without a shell. `argv[0]` is the program. Arguments never hold a secret. */
export interface Command {
  argv: readonly string[];
  /** Text for standard input; may hold a secret. */
  stdin?: string;
}

/** What a process left. */
export interface CommandOutput {
  /** The exit code; 127, 126 or above 128, as a shell counts, where the program had none of its own. */
  code: number;
  stdout: string;
  stderr: string;
  /**
   * Why there is no exit code of the program's own: there is no such program, it may not or cannot be executed, a signal
   * ended it. What such a program would have answered is unknown: `ask` in programs.ts makes an error of it.
   */
  failure?: "not found" | "not executable" | "killed";
  /** The signal that ended it, `SIGKILL`. */
  signal?: string;
}

/** What lies at a path, without following a symbolic link. `mode` are the permission bits (0o7777), `size` is in bytes. */
export interface FileStat {
  kind: "file" | "directory" | "symlink" | "other";
  mode: number;
  size: number;
  /** Numbers of its owner and its group. */
  uid: number;
  gid: number;
  /** When its content was last changed. */
  modified: Date;
}

/** One address of a network interface of this host. */
export interface InterfaceAddress {
  interface: string;
  address: string;
  family: "IPv4" | "IPv6";
}

/** A probe's answer: done with a value, or what is still missing, in words that a person can use. */
export type ProbeResult<T> = { done: true; value: T } | { done: false; state: string };

/** Something to wait for. */
export interface Wait<T> {
  /** What is waited for, in the form "kube-apiserver to be healthy". */
  what: string;
  /** Observes once. Thrown errors end the wait at once; what is merely not there yet is `{ done: false, state }`. */
  probe(): Promise<ProbeResult<T>>;
  /** Milliseconds until {@linkcode TimedOut}. */
  timeoutMs: number;
  /** Milliseconds between two probes; 100 when absent. */
  intervalMs?: number;
  /** What a dry run takes for the answer. */
  assume: T;
  /** Called when a probe has found it so: what there is to tell of it. A dry run, which only assumes, never calls it. */
  reached?(value: T): void;
  /** Nothing that the command does is needed for it, so that a dry run waits for it, too. */
  independent?: boolean;
  /** Called when time is up: more about why, for the error (container state, last log lines, what to run next). */
  explain?(): Promise<{ details: readonly string[]; hints: readonly string[] }>;
}

/** How a wait goes: sent whenever `state` changes, once a second while it does not, and when it is over. */
export interface WaitEvent {
  what: string;
  /** What is still missing, as the last probe put it; empty before the first one. */
  state: string;
  elapsedMs: number;
  done: boolean;
}

/** How to write something. */
export interface WriteOptions {
  /** It holds a key, a token or another secret: it is never shown, only how much it is. Whoever writes knows. */
  secret?: boolean;
}

/** The machine. Observing methods may be used in a dry run; changing ones report one {@linkcode Change} when they have an effect. */
export interface Host {
  /** The current time. */
  now(): Date;
  /** The kernel's host name, as it is. */
  hostname(): string;
  /** The program's environment variables. */
  environment(): Readonly<Record<string, string>>;
  /** The user id that the program runs as. */
  uid(): number;
  /** Number of CPUs that the program may use. */
  cpus(): number;
  /** All addresses of all interfaces. */
  addresses(): InterfaceAddress[];
  /** The bytes of the file, following links; undefined when nothing is there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Like `read`, as UTF-8 text. */
  readText(path: string): Promise<string | undefined>;
  /** What lies at the path, links not followed; undefined when nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Names in a directory, sorted; empty when it is not there. */
  list(path: string): Promise<string[]>;
  /** The path without symbolic links in it; undefined when nothing is there. */
  realPath(path: string): Promise<string | undefined>;
  /**
   * Runs a command that changes nothing and returns what it printed, and in `failure` why it printed nothing. The program
   * is looked for in a fixed list of directories (programs.ts), never in the caller's PATH.
   */
  query(command: Command): Promise<CommandOutput>;
  /**
   * Mount points in the order in which they were mounted; one that is covered occurs twice.
   * @throws {UserError} when they cannot be looked at: nobody may take that for "nothing is mounted".
   */
  mounts(): Promise<string[]>;
  /**
   * Whether another process holds a lock (flock(2)) on the file; false when nothing is there.
   * @throws {UserError} when that cannot be looked at.
   */
  isLocked(path: string): Promise<boolean>;
  /** Whether a TCP listener could be opened at the address (`0.0.0.0`, `::` or one address) and port just now. */
  portIsFree(address: string, port: number): Promise<boolean>;
  /** Whether the name resolves to an address. */
  resolves(name: string): Promise<boolean>;

  /**
   * Makes the file have these bytes and this mode: temporary file (dot name, final mode from its first byte) in the same
   * directory, fsync, rename, fsync of the directory. Missing parents are made with mode 0755 (call `makeDirectory` first
   * for another). A no-op when content and mode are already so. Never follows a symbolic link at the target.
   */
  write(path: string, content: string | Uint8Array, mode: number, options?: WriteOptions): Promise<void>;
  /** As `write`, for a file that the user asked for and gets: it does not come into the receipt, and `reset` leaves it. */
  writeUserFile(path: string, content: string | Uint8Array, mode: number, options?: WriteOptions): Promise<void>;
  /**
   * Makes the directory with this mode, and its missing parents with mode 0755, each with one Change; a no-op when it is
   * there, whatever its mode.
   */
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Removes the file or empty directory; a no-op when it is not there. */
  remove(path: string): Promise<void>;
  /**
   * Removes what lies at the path, a directory with everything below it; a no-op when it is not there. Never follows a
   * link, and refuses when something is mounted there or below.
   */
  removeTree(path: string): Promise<void>;
  /** Runs a command for its effect; a non-zero exit is a `UserError` with the command line and its output. */
  run(command: Command): Promise<void>;

  /**
   * Makes this process the only one that changes the host, until `unlock` or its end. Dry runs and observers need not.
   * @param command its words, without flags and their values, for whoever is refused.
   * @throws {HostBusy} when another process is, with its command, process id and start.
   */
  lock(command: string): Promise<void>;
  /** Ends that; a no-op without a lock. */
  unlock(): Promise<void>;
  /** Probes until done or out of time ({@linkcode TimedOut}). A dry run says so and answers `assume`. */
  wait<T>(wait: Wait<T>): Promise<T>;
}

/** Any Kubernetes object. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    resourceVersion?: string;
    uid?: string;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/** Names one object; `namespace` is absent for cluster-wide kinds. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
}

/** An HTTP answer in short. */
export interface HttpAnswer {
  status: number;
  body: string;
}

/** The Kubernetes API, as one identity (a kubeconfig) sees it. Errors are `KubeError` with the API's reason and message. */
export interface KubeClient {
  /** The server URL, without a trailing slash. */
  readonly server: string;
  /** GET of a raw path (`/livez?verbose`, `/version`). Any HTTP status is an answer; only transport trouble throws. */
  probe(path: string): Promise<HttpAnswer>;
  /** The object, or undefined when there is none of that name (404). */
  get(reference: ObjectReference): Promise<KubeObject | undefined>;
  /** All objects of a kind, in a namespace or in all; by label or field selector. */
  list(
    query: { apiVersion: string; kind: string; namespace?: string; labelSelector?: string; fieldSelector?: string },
  ): Promise<KubeObject[]>;

  /** Server-side apply as field manager "kubewright" (force). Reports a Change only when the object changed. A Secret is secret. */
  apply(object: KubeObject, options?: WriteOptions): Promise<void>;
  /** JSON merge patch (RFC 7386). `resourceVersion` inside makes it conditional. Reports a Change only when the object changed. */
  patch(reference: ObjectReference, patch: Record<string, unknown>, options?: WriteOptions): Promise<void>;
  /** Deletes the object; a no-op when there is none. */
  delete(reference: ObjectReference): Promise<void>;
}

/** A container as the runtime sees it. */
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

/** A pod's sandbox as the runtime sees it: what holds its network namespace and its containers. */
export interface RuntimeSandbox {
  id: string;
  podName: string;
  podNamespace: string;
  podUid: string;
  /** Whether its network and processes are there; stopped ones are not. */
  ready: boolean;
  createdAt: Date;
  /** Made by a kubelet: others (`crictl runp`) do not set a kubelet's labels. */
  ofKubelet: boolean;
}

/** An image as the runtime keeps it. */
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
  /** The cgroup driver that the runtime wants, where it can tell (RuntimeConfig RPC); undefined where it cannot. */
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

  /** Pulls the image, however long it takes (the interface has no progress to tell). Reports a Change. */
  pullImage(image: string): Promise<void>;
  /** Removes the image; a no-op when it is not present. Reports a Change. */
  removeImage(image: string): Promise<void>;
  /** Ends the sandbox's containers at once and takes its network down. May be called again. Reports a Change. */
  stopSandbox(sandbox: RuntimeSandbox): Promise<void>;
  /** Removes a stopped sandbox with its containers; a no-op when it is not there. Reports a Change. */
  removeSandbox(sandbox: RuntimeSandbox): Promise<void>;
  /** Asks the container to end, and ends it when `graceSeconds` are over. Reports a Change. */
  stopContainer(container: Pick<RuntimeContainer, "id" | "name">, graceSeconds: number): Promise<void>;
  /** Removes the container, running or not; a no-op when it is not there. Reports a Change. */
  removeContainer(container: Pick<RuntimeContainer, "id" | "name">): Promise<void>;
}

/** One member of an etcd cluster. */
export interface EtcdMember {
  /** Decimal. */
  id: string;
  /** Empty until it has started. */
  name: string;
  peerURLs: readonly string[];
  clientURLs: readonly string[];
  isLearner: boolean;
}

/** etcd, as one of its members sees it. Errors are `UserError`s that name the endpoint. */
export interface EtcdClient {
  readonly endpoint: string;
  /** All members of the cluster. */
  members(): Promise<EtcdMember[]>;

  /** Takes the member out of the cluster; a no-op when it is not in it. Reports a Change. */
  removeMember(member: EtcdMember): Promise<void>;
}

/** How to prove who we are to etcd. PEM texts. */
export interface EtcdCredentials {
  caPem: string;
  certificatePem: string;
  keyPem: string;
}

/** Where to reach an API server and how to prove who we are. PEM texts. */
export interface KubeCredentials {
  server: string;
  caPem: string;
  /** Client certificate and its key. */
  client?: { certificatePem: string; keyPem: string };
  /** Bearer token, instead of a certificate. */
  token?: string;
}

/** Talks to what cannot be verified yet; see `kube/discovery.ts` for what makes its answers trustworthy. */
export interface UnverifiedHttp {
  /** HTTPS GET without verifying the server, without sending anything secret. Bodies over 1 MiB and redirects are refused. */
  get(url: string, timeoutMs: number): Promise<HttpAnswer>;
}

/** How to fetch a document. */
export interface DownloadOptions {
  /** Milliseconds until the answer has to be whole. */
  timeoutMs: number;
  /** Longest body, in bytes. */
  limit: number;
  /** The only CA certificates that the server's may be of (PEM). Without it, only `http://` can be fetched. */
  caPem?: string;
  /** Client certificate and its key. */
  client?: { certificatePem: string; keyPem: string };
}

/** Fetches documents from servers that are no API server, verified by the CA certificates that are given. */
export interface Download {
  /**
   * GET. Any status is an answer, but a redirect is refused.
   * @throws {Untrusted} when the server cannot be trusted, redirects or answers without end; {@linkcode UserError} for
   * trouble that another try may mend.
   */
  get(url: string, options: DownloadOptions): Promise<HttpAnswer>;
}

/** Everything outside the program. */
export interface System {
  readonly host: Host;
  /** @param timeLimitMs how long a call is tried again for (60 s). */
  connect(credentials: KubeCredentials, timeLimitMs?: number): KubeClient;
  runtime(socket: string): ContainerRuntime;
  /** etcd at a client URL, `https://127.0.0.1:2379`. @param timeLimitMs how long a call is tried again for (120 s). */
  etcd(endpoint: string, credentials: EtcdCredentials, timeLimitMs?: number): EtcdClient;
  readonly unverified: UnverifiedHttp;
  readonly download: Download;
  /** @throws {InvalidInput} when secrets could leak whatever this program does; absent: they cannot. */
  check?(): void;
  /** Reads all of standard input. */
  stdin(): Promise<Uint8Array>;
  /** Reads one line of standard input, an answer to a question; undefined when there is none. */
  readLine(): Promise<string | undefined>;
  /** Whether standard output / error is a terminal. */
  readonly terminal: { out: boolean; err: boolean };
  /** Writes one line of result to standard output. */
  out(line: string): void;
  /** Writes raw text to standard error (progress, diagnosis). */
  err(text: string): void;
}

/** One effect on the world, as data. What holds a private key or a token says so; only `cli/report.ts` turns it into text. */
export type Change =
  | { kind: "write"; path: string; mode: number; before?: Uint8Array; after: Uint8Array; secret?: true }
  | { kind: "directory"; path: string; mode: number }
  | { kind: "remove"; path: string }
  | { kind: "run"; command: Command }
  | { kind: "wait"; what: string }
  | { kind: "apply"; object: KubeObject; before?: KubeObject; secret?: true }
  | { kind: "patch"; reference: ObjectReference; patch: Record<string, unknown>; secret?: true }
  | { kind: "delete"; reference: ObjectReference }
  | { kind: "pull"; image: string }
  | { kind: "stop" | "discard"; what: "sandbox" | "container"; name: string; id: string }
  | { kind: "discard"; what: "image" | "etcd member"; name: string };

/** Where changing methods report what they did (or, in a dry run, would do). */
export type ChangeSink = (change: Change) => void;
