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
export function phasePaths<C>(phases: readonly Phase<C>[], parent = ""): string[] {
  const paths = phases.flatMap((phase) => {
    const path = parent + phase.name;
    return [path, ...phasePaths(phase.phases ?? [], `${path}/`)];
  });
  return [...new Set(paths)];
}

/**
 * Refuses names that are not in the tree.
 * @throws {InvalidInput} naming every unknown phase.
 */
export function checkPhaseNames<C>(phases: readonly Phase<C>[], names: readonly string[]): void {
  const known = new Set(phasePaths(phases));
  const problems = names.filter((name) => !known.has(name))
    .map((name) => ({ where: "skipPhases", what: `there is no phase "${name}"; phases are ${[...known].join(", ")}` }));
  if (problems.length > 0) throw new InvalidInput("Cannot skip phases:", problems);
}

/**
 * Runs a tree in order and stops at the first failure.
 * @param skip paths of phases to leave out, each with everything below it.
 */
export async function runPhases<C>(
  phases: readonly Phase<C>[],
  context: C,
  skip: readonly string[],
  observer: PhaseObserver,
  parent = "",
): Promise<void> {
  for (const phase of phases) {
    const path = parent + phase.name;
    if (skip.includes(path) || phase.when?.(context) === false) continue;
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
    if (phase.phases) await runPhases(phase.phases, context, skip, observer, `${path}/`);
  }
}
