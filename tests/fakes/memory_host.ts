/**
 * A host in memory, for unit tests and golden clusters: it has what it is given and nothing else.
 * @module
 */
import type {
  ChangeSink,
  Command,
  CommandOutput,
  FileStat,
  Host,
  InterfaceAddress,
  ManagerState,
  ServiceStates,
  TimerState,
  UnitState,
  Wait,
} from "../../src/system.ts";
import { UserError } from "../../src/errors.ts";
import { commandError } from "../../src/programs.ts";
import { commandLine } from "../../src/text/shell.ts";
import { parseMountPoints } from "../../src/host/mounts.ts";
import { streamOf } from "../../src/host/content.ts";
import { recordingHost } from "../../src/host/recording_host.ts";
import { notAsked, serviceChanges } from "../../src/host/systemd.ts";
import { waitUntil } from "../../src/host/wait.ts";

/** What the host has. Everything has a default, and the defaults never change from run to run. */
export interface MemoryHostOptions {
  /** Content by absolute path; their directories are there, too. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** Modes of some of the files and directories; 0600 for other keys and kubeconfigs, 0755 for directories, else 0644. */
  modes?: Readonly<Record<string, number>>;
  /** What else is so of some files and directories than of others: their owner, their kind. */
  stats?: Readonly<Record<string, Partial<FileStat>>>;
  /** Files that cannot be read. */
  unreadable?: readonly string[];
  /** Output by command line (`kubelet --version`), or a function of its input. Others do not exist (`failure: "not found"`). */
  commands?: Readonly<Record<string, string | CommandOutput | ((stdin: string) => string | CommandOutput)>>;
  /** What programs print whatever they are asked, by their path; `commands` goes first. */
  programs?: Readonly<Record<string, string>>;
  /** Ports that something listens on. */
  takenPorts?: readonly number[];
  /** Where links lead, by their path. */
  links?: Readonly<Record<string, string>>;
  /** Files on which another process holds a lock. */
  locked?: readonly string[];
  /** Names that resolve besides the host's own. */
  names?: readonly string[];
  /** Units by their name; an error: systemd cannot be asked about it. Others are not there, but for a time service. */
  units?: Readonly<Record<string, Partial<UnitState> | UserError>>;
  /** Timers by their name. Others are not there. */
  timers?: Readonly<Record<string, Partial<TimerState>>>;
  /** Units that start at boot, besides those of `units` that are enabled: files tell that even where systemd does not run. */
  enabled?: readonly string[];
  /** What units wrote, by their name. */
  journals?: Readonly<Record<string, string>>;
  /** What `services.manager` answers. */
  manager?: ManagerState;
  /** false: there is no systemd, and no systemctl. Else what it is told to do is done, unless `commands` says otherwise. */
  systemd?: boolean;
  /** What `lock` does; absent: it is granted. */
  lock?(command: string): Promise<void>;
  hostname?: string;
  addresses?: readonly InterfaceAddress[];
  environment?: Readonly<Record<string, string>>;
  uid?: number;
  cpus?: number;
  now?: Date;
  /** Really probe in `wait`, instead of answering what it assumes. */
  waits?: boolean;
}

/** Makes the host. Writes are kept in memory and reported; `run` of a command that it does not have is an error. */
export function memoryHost(options: MemoryHostOptions, report: ChangeSink): Host {
  const now = options.now ?? NOW;
  const hostname = options.hostname ?? "node-1";
  const files = new Map<string, Uint8Array>();
  for (const [path, content] of Object.entries(options.files ?? {})) {
    files.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
  const execute = async (command: Command): Promise<CommandOutput> => {
    const known = options.commands?.[commandLine(command.argv)] ?? options.programs?.[command.argv[0]!];
    const { stdin = "" } = command;
    const input = typeof stdin === "string" ? stdin : await new Response(stdin).text();
    const output = typeof known === "function" ? known(input) : known;
    if (output === undefined) {
      await command.stdout?.abort();
      return { code: 127, failure: "not found", stdout: "", stderr: `${command.argv[0]}: command not found` };
    }
    return await printed(command, typeof output === "string" ? { code: 0, stdout: output, stderr: "" } : output);
  };
  const never = () => Promise.reject(new Error("changes go to the overlay"));

  const isDirectory = (path: string) =>
    path === "/" || path !== "" && [...files.keys()].some((file) => file.startsWith(`${path}/`));
  // deno-lint-ignore require-await -- a refusal is a rejection
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const bytes = files.get(path);
    if (options.unreadable?.includes(path)) throw new UserError(`Cannot read "${path}": Input/output error`);
    if (bytes === undefined && isDirectory(path)) throw new UserError(`Cannot read "${path}": it is a directory`);
    return bytes;
  };

  const base: Host = {
    now: () => now,
    hostname: () => hostname,
    workingDirectory: () => "/root",
    environment: () => options.environment ?? {},
    uid: () => options.uid ?? 0,
    cpus: () => options.cpus ?? 2,
    addresses: () => [...options.addresses ?? [{ interface: "eth0", address: "192.0.2.10", family: "IPv4" }]],
    read,
    readText: (path) => Promise.resolve(files.has(path) ? new TextDecoder().decode(files.get(path)) : undefined),
    open: async (path, from = 0) => {
      const bytes = await read(path);
      return bytes && streamOf(bytes.subarray(from));
    },
    stat(path) {
      const bytes = files.get(path);
      const about = { size: bytes?.length ?? 0, uid: 0, gid: 0, modified: now };
      const other = options.stats?.[path];
      if (bytes !== undefined) {
        return Promise.resolve({
          kind: "file",
          mode: options.modes?.[path] ?? (/\.(?:key|conf)$/.test(path) ? 0o600 : 0o644),
          ...about,
          ...other,
        });
      }
      return Promise.resolve(
        isDirectory(path) ? { kind: "directory", mode: options.modes?.[path] ?? 0o755, ...about, ...other } : undefined,
      );
    },
    list(path) {
      const prefix = path === "/" ? "/" : `${path}/`;
      const below = [...files.keys()].filter((file) => file.startsWith(prefix));
      return Promise.resolve([...new Set(below.map((file) => file.slice(prefix.length).split("/")[0] ?? ""))].sort());
    },
    realPath: async (path) => options.links?.[path] ?? (await base.stat(path) === undefined ? undefined : path),
    query: execute,
    mounts: async () => parseMountPoints(await base.readText("/proc/self/mountinfo") ?? "1 0 8:1 / / rw"),
    isLocked: (path) => Promise.resolve(options.locked?.includes(path) === true),
    portIsFree: (_address, port) => Promise.resolve(!options.takenPorts?.includes(port)),
    resolves: (name) => Promise.resolve(name === hostname || options.names?.includes(name) === true),
    put: never,
    makeDirectory: never,
    remove: never,
    removeTree: never,
    run: never,
    services: { ...memoryStates(options, (path) => base.stat(path)), ...serviceChanges(never) },
    lock: never,
    unlock: never,
    wait: never,
  };
  const overlay = recordingHost(base, report);
  const states = memoryStates(options, (path) => base.stat(path));
  const change = (command: Command) => {
    const isTold = options.systemd !== false && options.commands?.[commandLine(command.argv)] === undefined;
    return isTold ? overlay.run(command) : host.run(command);
  };
  const host: Host = {
    now: () => overlay.now(),
    hostname: () => overlay.hostname(),
    workingDirectory: () => overlay.workingDirectory(),
    environment: () => overlay.environment(),
    uid: () => overlay.uid(),
    cpus: () => overlay.cpus(),
    addresses: () => overlay.addresses(),
    portIsFree: (address, port) => overlay.portIsFree(address, port),
    resolves: (name) => overlay.resolves(name),
    read: (path) => overlay.read(path),
    readText: (path) => overlay.readText(path),
    open: (path, from) => overlay.open(path, from),
    stat: (path) => overlay.stat(path),
    list: (path) => overlay.list(path),
    realPath: (path) => overlay.realPath(path),
    mounts: () => overlay.mounts(),
    isLocked: (path) => overlay.isLocked(path),
    query: (command) => overlay.query(command),
    put: (file) => overlay.put(file),
    makeDirectory: (path, mode) => overlay.makeDirectory(path, mode),
    remove: (path) => overlay.remove(path),
    removeTree: (path) => overlay.removeTree(path),
    services: { ...states, ...serviceChanges(change) },
    async run(command) {
      const output = await execute(command);
      if (output.failure !== undefined || output.code !== 0) throw commandError(command, output);
      await overlay.run({ argv: command.argv });
    },
    lock: (command) => options.lock?.(command) ?? Promise.resolve(),
    unlock: () => overlay.unlock(),
    async wait<T>(wait: Wait<T>) {
      if (options.waits !== true) return await overlay.wait(wait);
      report({ kind: "wait", what: wait.what });
      return await waitUntil(wait);
    },
  };
  return host;
}

/** What a program prints, given to whom the command says. */
async function printed({ stdout, onLine }: Command, output: CommandOutput): Promise<CommandOutput> {
  const lines = (text: string) => text.split("\n").slice(0, text.endsWith("\n") ? -1 : undefined);
  for (const from of ["stdout", "stderr"] as const) {
    if (onLine && output[from] !== "" && !(stdout && from === "stdout")) {
      for (const line of lines(output[from])) onLine(line, from);
    }
  }
  if (stdout === undefined) return output;
  await streamOf(output.stdout).pipeTo(stdout);
  return { ...output, stdout: "" };
}

/** What the clock shows, unless it is told otherwise. */
const NOW = new Date("2026-01-01T00:00:00Z");

/** A unit that is not there. */
const NO_UNIT: UnitState = {
  load: "not-found",
  active: "inactive",
  sub: "dead",
  enabled: "",
  result: "success",
  restarts: 0,
  exitStatus: 0,
  activeSinceBoot: 0,
  needsReload: false,
  conditionFailed: false,
  triedSinceBoot: 0,
};

const NO_TIMER: TimerState = { load: "not-found", active: "inactive", enabled: "", result: "success", starts: "" };

/** The second at which a unit became active that says only how long after boot that was. */
function sinceOf(options: MemoryHostOptions, { activeSinceBoot }: Partial<UnitState>): Pick<UnitState, "activeSince"> {
  if (!activeSinceBoot) return {};
  const uptime = parseFloat(String(options.files?.["/proc/uptime"]));
  const now = (options.now ?? NOW).getTime() / 1_000;
  return { activeSince: new Date(Math.floor(now - uptime + activeSinceBoot) * 1_000) };
}

/** systemd's answers; where there is none, nothing can be asked. */
function memoryStates(options: MemoryHostOptions, stat: Host["stat"]): ServiceStates {
  const units: MemoryHostOptions["units"] = { "chrony.service": { active: "active" }, ...options.units };
  const state = (unit: string): Promise<UnitState> => {
    const known = units[unit];
    if (known instanceof UserError) return Promise.reject(known);
    if (options.systemd !== false) {
      return Promise.resolve({ ...NO_UNIT, ...(known && { load: "loaded", ...sinceOf(options, known), ...known }) });
    }
    return unasked(unit);
  };
  const unasked = (unit: string) => {
    const output: CommandOutput = { code: 127, failure: "not found", stdout: "", stderr: "" };
    return Promise.reject(commandError({ argv: ["systemctl"] }, output, notAsked([unit])));
  };
  return {
    booted: async () => await stat("/run/systemd/system") !== undefined,
    manager: () => Promise.resolve(options.manager),
    state,
    timer(unit) {
      if (options.systemd === false) return unasked(unit);
      const known = options.timers?.[unit];
      return Promise.resolve({ ...NO_TIMER, ...(known === undefined ? {} : { load: "loaded", ...known }) });
    },
    states: (names) => Promise.all(names.map(state)),
    isEnabled: async (unit) => options.enabled?.includes(unit) || (await state(unit)).enabled === "enabled",
    journal: (unit, lines) =>
      Promise.resolve((options.journals?.[unit] ?? "").split("\n").filter(Boolean).slice(-lines)),
  };
}
