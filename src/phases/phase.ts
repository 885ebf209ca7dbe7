import { suggestion } from "../config/suggest.ts";
import { InvalidInput } from "../errors.ts";

/**
 * A named step. The tree of phases is the order of work, the help text and the `phase` subcommands at once.
 * A phase has `run` or `phases`, or both (`run` first).
 */
export interface Phase<in Context> {
  /** As users type it, without its parent: `apiserver`. */
  name: string;
  /** One line for help. */
  summary: string;
  /** Absent: always. */
  when?(context: Context): boolean;
  run?(context: Context): Promise<void>;
  phases?: readonly Phase<Context>[];
}

/** Is told when a phase begins and ends; `path` is `certs/apiserver`, `ms` the time it took. */
export interface PhaseObserver {
  started(path: string): void;
  finished(path: string, ms: number): void;
  failed(path: string, ms: number): void;
}

/** All paths of a tree in order of work: `certs`, `certs/ca`, …; each once, also of a phase that is done in two parts. */
export function phasePaths<C>(phases: PhaseList<C>, parent = ""): string[] {
  const paths = phases.flat().flatMap((phase) => {
    const path = parent + phase.name;
    return [path, ...phasePaths(phase.phases ?? [], `${path}/`)];
  });
  return [...new Set(paths)];
}

/**
 * Some of the phases below a phase, in the order given, so that others can come between its parts. The phase's own work
 * goes into one of them, `withOwn`.
 */
export function partOf<C>(phase: Phase<C>, names: readonly string[], withOwn = false): Phase<C> {
  const { run, phases = [], ...rest } = phase;
  const below = names.map((name) => phases.find((child) => child.name === name)!);
  return { ...rest, ...(withOwn && run ? { run } : {}), phases: below };
}

/** Phases in order; a list among them is phases that do not wait for one another. */
export type PhaseList<C> = readonly (Phase<C> | readonly Phase<C>[])[];

/** Which phases of a tree to run. */
export interface Selection {
  /** Paths of phases to leave out, each with everything below it. */
  skip: readonly string[];
  /** Path of the one phase to run, with everything below it; what stands above it checks, so it runs, too. Absent: all. */
  only?: string;
  /** Paths of phases that the only one cannot do without: they run, too, in their order. */
  also?: readonly string[];
}

/**
 * Refuses names that are not in the tree.
 * @throws {InvalidInput} naming every unknown phase.
 */
export function checkPhaseNames<C>(phases: PhaseList<C>, { skip, only }: Selection): void {
  const known = phasePaths(phases);
  const problems = [
    ...skip.map((name) => ({ where: "skipPhases", name })),
    ...(only === undefined ? [] : [{ where: "phase", name: only }]),
  ].filter(({ name }) => !known.includes(name))
    .map(({ where, name }) => ({ where, what: `there is no phase "${name}"${suggestion(name, known)}` }));
  if (problems.length === 0) return;
  throw new InvalidInput("Cannot select phases:", problems, { hint: `Phases are ${known.join(", ")}` });
}

/**
 * `["certs", "all"]` and `["certs"]` are the phase `certs` with all below it; undefined is every phase.
 * @param needs by the first word of a phase: paths of phases without which it cannot be run alone.
 */
export function selectionOf(
  skip: readonly string[],
  words: readonly string[] | undefined,
  needs: Readonly<Record<string, readonly string[]>> = {},
): Selection {
  if (words === undefined) return { skip };
  const path = (words.at(-1) === "all" ? words.slice(0, -1) : words).join("/");
  const also = Object.hasOwn(needs, words[0] ?? "") ? needs[words[0]!] : undefined;
  return { skip, only: path, ...(also ? { also } : {}) };
}

function isSelected(path: string, { skip, only, also = [] }: Selection): boolean {
  if (skip.includes(path)) return false;
  if (only === undefined || also.includes(path)) return true;
  return path === only || path.startsWith(`${only}/`) || only.startsWith(`${path}/`);
}

/**
 * Runs the selected phases of a tree in order and stops at the first failure; phases that run at the same time all come
 * to their end first.
 */
export async function runPhases<C>(
  phases: PhaseList<C>,
  context: C,
  selection: Selection,
  observer: PhaseObserver,
  parent = "",
): Promise<void> {
  for (const item of phases) {
    const atOnce = Array.isArray(item) ? item as readonly Phase<C>[] : [item as Phase<C>];
    const ends = await Promise.allSettled(
      atOnce.map((phase) => runPhase(phase, context, selection, observer, parent + phase.name)),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }
}

async function runPhase<C>(
  phase: Phase<C>,
  context: C,
  selection: Selection,
  observer: PhaseObserver,
  path: string,
): Promise<void> {
  if (!isSelected(path, selection) || phase.when?.(context) === false) return;
  if (phase.run) {
    const start = performance.now();
    observer.started(path);
    try {
      await phase.run(context);
    } catch (error) {
      observer.failed(path, performance.now() - start);
      throw error;
    }
    observer.finished(path, performance.now() - start);
  }
  if (phase.phases) await runPhases(phase.phases, context, selection, observer, `${path}/`);
}
