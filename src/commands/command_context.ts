import { milliseconds } from "../config/duration.ts";
import type { Timeouts } from "../config/types.ts";
import type { PhaseObserver } from "../phases/phase.ts";
import type { System } from "../system.ts";

/** What `main` lays out for a command to work with. */
export interface CommandContext {
  /** The real outside world. Where another command is changing this host, any change in it is refused. */
  system: System;
  /** The real outside world, for a command that is about to change it. @throws {HostBusy} when another one does. */
  changing(): System;
  /** The same world with every change only recorded. A command takes it when its configuration says `dryRun`. */
  dryRun(): System;
  observer: PhaseObserver;
  /** Milliseconds, as `performance.now()`, but standing still while somebody is asked. */
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

/** The world that a configuration asks for: recorded in a dry run, and as patient with the API server and etcd as it says. */
export function systemFor(command: CommandContext, config: { dryRun: boolean; timeouts: Timeouts }): System {
  const system = config.dryRun ? command.dryRun() : command.changing();
  const [api, etcd] = [milliseconds(config.timeouts.kubernetesAPICall), milliseconds(config.timeouts.etcdAPICall)];
  return {
    ...system,
    connect: (credentials) => system.connect(credentials, api),
    etcd: (endpoint, credentials) => system.etcd(endpoint, credentials, etcd),
  };
}

/** What a command prints that ran one phase only. */
export function phaseOutcome(phase: string, dryRun: boolean): Outcome {
  if (dryRun) return { text: "", result: { phase, dryRun } };
  return { text: `Phase ${phase} finished.`, brief: "", result: { phase } };
}

/** Makes the value once, when it is first asked for. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
