/**
 * Bad input as plain data, and what becomes of one: the program runs with it on a host in memory.
 *
 * @module
 */

import { EXIT } from "../../src/errors.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import { run, unfit, type World } from "../program/program.ts";

/** One bad input, and what must come of it. */
export interface BadInput {
  name: string;
  args: readonly string[];
  /** Files added to those of the fit host; `undefined` takes one away. */
  files?: Readonly<Record<string, string | Uint8Array | undefined>>;
  /** What else is otherwise on the host. */
  host?: MemoryHostOptions;
  stdin?: string;
  /** What answers, where something is to answer. */
  world?: World;
  /** What must be said: the place and the trouble. */
  says: RegExp;
  code: number;
  /** Texts that may appear nowhere, besides the tokens and keys that are in the input. */
  secrets?: readonly string[];
}

/** A bad input that takes keys or certificates: known by its name, made when its test runs. */
export interface Later {
  name: string;
  make(): Promise<BadInput>;
}

/** Bad inputs of one kind. */
export interface Category {
  name: string;
  cases(): readonly (BadInput | Later)[];
}

/** What is made when it is asked for first, and not again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

/** Where the configuration file of a case is. */
export const CONFIG = "/root/cluster.yaml";
export const API_VERSION = "apiVersion: kubeadm.k8s.io/v1beta4";
export const TOKEN = "abcdef.0123456789abcdef";
export const HASH = `sha256:${"0".repeat(64)}`;
/** The command line of a `join` that lacks nothing. */
export const JOIN = ["join", "192.0.2.1:6443", "--token", TOKEN, "--discovery-token-ca-cert-hash", HASH] as const;

/** Longest time that one bad input may take, in ms: of the CPU (this thread's: test files run beside one another), and by the clock on a machine that does other things, too. */
export const TIME_LIMIT_MS = { cpu: 2_000, clock: 30_000 } as const;

/** A moment: CPU time of this thread and the clock, both in ms. */
export interface Moment {
  cpu: number;
  clock: number;
}

/**
 * The time now, for {@linkcode timeTrouble}. Test files run beside one another in threads of one process, so the CPU time
 * is this thread's, from /proc (the oldest Deno has no `process.threadCpuUsage`).
 */
export function startTime(): Moment {
  const [nanoseconds] = Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ");
  return { cpu: Number(nanoseconds) / 1e6, clock: performance.now() };
}

/** What is wrong with the time that has gone since `start`. */
export function timeTrouble(start: Moment): string[] {
  const now = startTime();
  const [cpu, clock] = [now.cpu - start.cpu, now.clock - start.clock];
  if (cpu < TIME_LIMIT_MS.cpu && clock < TIME_LIMIT_MS.clock) return [];
  return [`took ${Math.round(cpu)} ms of the CPU, ${Math.round(clock)} ms`];
}

/** `init` with a configuration file. */
export function initFile(name: string, text: string, says: RegExp, more: Partial<BadInput> = {}): BadInput {
  const { files, ...rest } = more;
  return {
    name,
    args: ["init", "--config", CONFIG],
    files: { [CONFIG]: text, ...files },
    says,
    code: EXIT.invalid,
    ...rest,
  };
}

/** `init` with a ClusterConfiguration. */
export function cluster(name: string, yaml: string, says: RegExp, more: Partial<BadInput> = {}): BadInput {
  return initFile(name, `${API_VERSION}\nkind: ClusterConfiguration\n${yaml}\n`, says, more);
}

/** `init` with an InitConfiguration. */
export function init(name: string, yaml: string, says: RegExp, more: Partial<BadInput> = {}): BadInput {
  return initFile(name, `${API_VERSION}\nkind: InitConfiguration\n${yaml}\n`, says, more);
}

/** `join` with a JoinConfiguration. */
export function join(name: string, yaml: string, says: RegExp, more: Partial<BadInput> = {}): BadInput {
  const text = `${API_VERSION}\nkind: JoinConfiguration\n${yaml}\n`;
  return initFile(name, text, says, { args: ["join", "--config", CONFIG], ...more });
}

/** A command line alone. */
export function line(name: string, args: readonly string[], says: RegExp, more: Partial<BadInput> = {}): BadInput {
  return { name, args, says, code: EXIT.invalid, ...more };
}

/** The secret halves of tokens, the bodies of private keys (of kubeconfigs, too) and other secrets in an input. */
function secretsIn({ args, files = {}, stdin = "", secrets = [] }: BadInput): string[] {
  const texts = [...args, stdin, ...Object.values(files).filter((file) => typeof file === "string")];
  const keys = texts.flatMap((text) => [...text.matchAll(/PRIVATE KEY-----\n([^-]*)-----END/g)])
    .flatMap(([, body]) => body!.split("\n").filter((text) => text.length > 20));
  const clientKeys = texts.flatMap((text) => [...text.matchAll(/client-key-data: (\S{40})/g)]).map(([, key]) => key!);
  const tokens = texts.flatMap((text) => [...text.matchAll(/\b[a-z0-9]{6}\.([a-z0-9]{16})\b/g)]).map(([, half]) =>
    half!
  );
  return [...keys, ...clientKeys, ...tokens, ...secrets];
}

/** What text never says to a person: parts of JavaScript that were put into a sentence. */
const NOT_FOR_PEOPLE = /defect of kubewright|\bundefined\b|\[object |\bNaN\b|TypeError|RangeError|SyntaxError/;

/** What is wrong with how the program took a bad input; empty when it was refused as it should be. */
export async function shortcomings(bad: BadInput): Promise<string[]> {
  const start = startTime();
  const host = unfit(bad.host ?? {}, bad.files);
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), TIME_LIMIT_MS.clock);
  const ran = await Promise.race([run(bad.args, host, bad.stdin ?? "", bad.world), late.promise]);
  clearTimeout(timer);
  if (!ran) return [`${bad.name}: does not end`];
  const slow = timeTrouble(start);
  const said = `${ran.err}\n${ran.out}`;
  const changes = ran.changes.filter(({ kind }) => kind !== "wait");
  const nonsense = NOT_FOR_PEOPLE.exec(said)?.[0];
  return [
    ...(ran.code === bad.code ? [] : [`ends with ${ran.code}, not ${bad.code}`]),
    ...(bad.says.test(said) ? [] : [`does not say ${bad.says}`]),
    ...(nonsense ? [`says "${nonsense}"`] : []),
    ...(changes.length > 0 ? [`changed ${changes.length} things: ${changes[0]?.kind}`] : []),
    ...slow,
    ...(said.length < 100_000 ? [] : [`says ${said.length} characters`]),
    ...secretsIn(bad).filter((secret) => said.includes(secret)).map((secret) => `shows the secret "${secret}"`),
  ].map((shortcoming) =>
    `${bad.name}: ${shortcoming}\n${said.slice(Math.max(0, said.indexOf("error: "))).slice(0, 700)}`
  );
}
