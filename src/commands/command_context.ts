import { milliseconds } from "../config/duration.ts";
import type { Timeouts } from "../config/types.ts";
import type { PhaseObserver } from "../phases/phase.ts";
import type { System } from "../system.ts";

/** What `main` provides to a command. */
export interface CommandContext {
  /** The real outside world. Where another command is changing this host, any change in it is refused. */
  system: System;
  /** The real outside world, for a command that changes it. @throws {HostBusy} when another command does. */
  changing(): System;
  /** The same world with every change only recorded. For a configuration with `dryRun`. */
  dryRun(): System;
  observer: PhaseObserver;
  /** Milliseconds, as `performance.now()`, without the time that a person takes to answer. */
  clock(): number;
  /** Reports what the command has been doing for so many milliseconds. */
  doing(what: string, ms: number): void;
  /** Reports something worth a line. */
  note(message: string): void;
  /** Reports something that may be a mistake. */
  warn(message: string): void;
}

/** What a command prints at its end: text for a person, an object, or several of a kind, for a program. */
export interface Outcome {
  text: string;
  /** What of the text remains with --quiet: what scripts use. Absent: all of it. */
  brief?: string;
  result: Record<string, unknown> | readonly Record<string, unknown>[];
  /** The text is a document that programs read: nothing is added to it. */
  document?: true;
  /** Absent: 0. The answer itself may be bad news (`status`). */
  exitCode?: number;
}

/** The world that a configuration requires: recorded in a dry run, with its timeouts for the API server and etcd. */
export function systemFor(command: CommandContext, config: { dryRun: boolean; timeouts: Timeouts }): System {
  const system = config.dryRun ? command.dryRun() : command.changing();
  const [api, etcd] = [milliseconds(config.timeouts.kubernetesAPICall), milliseconds(config.timeouts.etcdAPICall)];
  return {
    ...system,
    connect: (credentials) => system.connect(credentials, api),
    etcd: (endpoint, credentials) => system.etcd(endpoint, credentials, etcd),
  };
}

/** Warns where the default values replace a configuration that cannot be read. */
export function warnOfDefaults(
  { warn }: Pick<CommandContext, "warn">,
  { origin, reason }: { origin: string; reason?: string },
): void {
  if (origin !== "defaults") return;
  warn(`Using the default values, because the cluster's configuration cannot be read: ${reason}`);
}

/** The outcome of a command that ran one phase only. */
export function phaseOutcome(phase: string, dryRun: boolean): Outcome {
  if (dryRun) return { text: "", result: { phase, dryRun } };
  return { text: `Phase ${phase} finished.`, brief: "", result: { phase } };
}

/** Creates the value at the first call, and returns the same one later. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
