import { suggestion } from "../config/suggest.ts";
import { inShort, Interruption, InvalidInput } from "../errors.ts";

/**
 * A named step. The tree of phases defines the order of work, the help text and the `phase` subcommands. A phase has `run` or
 * `phases`, or both (`run` first). It has no abort signal: a signal ends the calls it makes (host/interruptible.ts).
 */
export interface Phase<in Context> {
  /** The name without its parent: `apiserver`. */
  name: string;
  /** One line for help. */
  summary: string;
  /** Paths of phases that also run when this phase is run alone. */
  needs?: readonly string[];
  /** Absent: always. */
  when?(context: Context): boolean;
  run?(context: Context): Promise<void>;
  /**
   * Undoes what `run` did, even if it failed halfway, and nothing else. Values that `run` found are in cells of the context.
   * Absent: nothing to undo, or another run continues from there.
   */
  undo?(context: Context): Promise<void>;
  phases?: readonly Phase<Context>[];
}

/** Called when a phase starts and ends; `path` is `certs/apiserver`, `ms` its duration. */
export interface PhaseObserver {
  started(path: string): void;
  finished(path: string, ms: number): void;
  failed(path: string, ms: number): void;
}

/** All phases of a tree in order of work, each with its path, `certs/ca`, once: also one that is done in two parts. */
export function phaseRows<C>(phases: PhaseList<C>, parent = ""): { path: string; summary: string }[] {
  const rows = phases.flat().flatMap(({ name, summary, phases = [] }) => {
    const path = parent + name;
    return [{ path, summary }, ...phaseRows(phases, `${path}/`)];
  });
  return [...new Map(rows.map((row) => [row.path, row])).values()];
}

/** The paths of all phases of a tree in order of work: `certs`, `certs/ca`. */
export function phasePaths<C>(phases: PhaseList<C>): string[] {
  return phaseRows(phases).map(({ path }) => path);
}

/**
 * Some of the child phases, in the given order, so that other phases can run between them. The `run` of the phase itself
 * belongs to the part `withOwn`.
 */
export function partOf<C>(phase: Phase<C>, names: readonly string[], withOwn = false): Phase<C> {
  const { run, undo, phases = [], ...rest } = phase;
  const below = names.map((name) => phases.find((child) => child.name === name)!);
  return { ...rest, ...(withOwn && run ? { run } : {}), ...(withOwn && undo ? { undo } : {}), phases: below };
}

/** Phases in order; the phases of an inner list run at the same time. */
export type PhaseList<C> = readonly (Phase<C> | readonly Phase<C>[])[];

/** Which phases of a tree to run. */
export interface Selection {
  /** Paths of phases to skip, each with its children. */
  skip: readonly string[];
  /** Path of the one phase to run, with its children; its parents run, too, because they verify. Absent: all. */
  only?: string;
  /** Paths of phases that the only one needs: they run, too, in their order. */
  also?: readonly string[];
}

/**
 * Rejects names that are not in the tree.
 * @throws {InvalidInput} with every unknown phase.
 */
export function checkPhaseNames<C>(phases: PhaseList<C>, { skip, only }: Selection): void {
  const known = phasePaths(phases);
  const problems = [
    ...skip.map((name) => ({ where: "skipPhases", name })),
    ...(only === undefined ? [] : [{ where: "phase", name: only }]),
  ].filter(({ name }) => !known.includes(name))
    .map(({ where, name }) => ({ where, what: `unknown phase "${name}"${suggestion(name, known)}` }));
  if (problems.length === 0) return;
  throw new InvalidInput("Cannot select phases:", problems, { hint: `Supported phases: ${known.join(", ")}` });
}

/**
 * `["certs", "all"]` and `["certs"]` select the phase `certs` with its children; undefined selects every phase.
 * @param phases the tree with the needs of each phase.
 */
export function selectionOf<C>(
  phases: PhaseList<C>,
  skip: readonly string[],
  words: readonly string[] | undefined,
): Selection {
  if (words === undefined) return { skip };
  const path = (words.at(-1) === "all" ? words.slice(0, -1) : words).join("/");
  const also = needsOf(phases, path);
  const missing = also.filter((need) => !phasePaths(phases).includes(need));
  if (missing.length > 0) {
    throw new Error(`"${path}" needs phases that this command does not have: ${missing.join(", ")}`);
  }
  return { skip, only: path, also };
}

/** The needs of a phase and of its parents; a phase that is split into parts has the same needs in each. */
function needsOf<C>(phases: PhaseList<C>, path: string, parent = ""): string[] {
  const needs = phases.flat().flatMap((phase) => {
    const own = parent + phase.name;
    if (path !== own && !path.startsWith(`${own}/`)) return [];
    return [...phase.needs ?? [], ...needsOf(phase.phases ?? [], path, `${own}/`)];
  });
  return [...new Set(needs)];
}

function isSelected(path: string, { skip, only, also = [] }: Selection): boolean {
  if (skip.includes(path)) return false;
  if (only === undefined || also.includes(path)) return true;
  return path === only || path.startsWith(`${only}/`) || only.startsWith(`${path}/`);
}

/** What happens to the phases that ran before one that failed. */
export type OnFailure =
  /** They are kept: the same command continues from there. */
  | { onFailure: "stop" }
  /** They are undone, last first; failures are reported with `warn`. `limitMs`: time limit of each (30 s). */
  | { onFailure: "undo"; warn(message: string): void; limitMs?: number };

/** Default time limit (ms) of undoing one phase. */
const UNDO_MS = 30_000;

/** One run of a tree. */
interface Run<C> {
  context: C;
  selection: Selection;
  observer: PhaseObserver;
  /** Phases whose `run` was started, in that order. */
  begun: { path: string; phase: Phase<C> }[];
}

/**
 * Runs the selected phases of a tree in order and stops at the first failure, after all phases that run at the same time have
 * ended. A signal is not a failure: nothing is undone.
 * @throws the error of the phase that failed.
 */
export async function runPhases<C>(
  phases: PhaseList<C>,
  context: C,
  selection: Selection,
  observer: PhaseObserver,
  options: OnFailure = { onFailure: "stop" },
): Promise<void> {
  const run: Run<C> = { context, selection, observer, begun: [] };
  try {
    await runList(phases, run, "");
  } catch (error) {
    if (options.onFailure === "undo" && !(error instanceof Interruption)) await undoAll(run, options);
    throw error;
  }
}

async function undoAll<C>({ begun, context }: Run<C>, options: OnFailure & { onFailure: "undo" }): Promise<void> {
  const limitMs = options.limitMs ?? UNDO_MS;
  for (const { path, phase } of begun.toReversed()) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`timed out after ${limitMs / 1_000} s`)), limitMs);
    });
    try {
      await Promise.race([phase.undo?.(context), late]);
    } catch (error) {
      options.warn(`Cannot undo phase ${path}: ${error instanceof Error ? inShort(error) : String(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function runList<C>(phases: PhaseList<C>, run: Run<C>, parent: string): Promise<void> {
  for (const item of phases) {
    const atOnce = Array.isArray(item) ? item as readonly Phase<C>[] : [item as Phase<C>];
    const ends = await Promise.allSettled(atOnce.map((phase) => runPhase(phase, run, parent + phase.name)));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }
}

async function runPhase<C>(phase: Phase<C>, run: Run<C>, path: string): Promise<void> {
  const { context, selection, observer, begun } = run;
  if (!isSelected(path, selection) || phase.when?.(context) === false) return;
  if (phase.run) {
    const start = performance.now();
    observer.started(path);
    begun.push({ path, phase });
    try {
      await phase.run(context);
    } catch (error) {
      observer.failed(path, performance.now() - start);
      throw error;
    }
    observer.finished(path, performance.now() - start);
  }
  if (phase.phases) await runList(phase.phases, run, `${path}/`);
}
