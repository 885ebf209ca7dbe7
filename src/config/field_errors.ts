import { InvalidInput, placeText, type Problem } from "../errors.ts";
import type { Hint } from "./schema.ts";

/** Where a value came from, when not from the file: names the flag for a field path. */
export type PlaceOf = (path: string) => string;

/** Where a field path is in the file: `value`, or the `key` before it; undefined when it is not there. */
export type Locate = (path: string, at: "key" | "value") => Pick<Problem, "source" | "line" | "column"> | undefined;

/** Whether one path is the other, or lies within it. */
function related(a: string, b: string): boolean {
  const within = (inner: string, outer: string) =>
    inner.startsWith(outer) && /^([.[]|$)/.test(inner.slice(outer.length));
  return within(a, b) || within(b, a);
}

/** More than anybody reads; a text that has as many is not a configuration. */
const MOST = 100;

/** Gathers problems by field path, so that all of them can be told at once. */
export class FieldErrors {
  readonly #placeOf: PlaceOf;
  readonly #locate: Locate;
  readonly #warn: (message: string) => void;
  readonly #summary: string;
  readonly #labelOf: (path: string) => string;
  readonly #list: Problem[] = [];
  readonly #paths: string[] = [];
  #settled = 0;

  /**
   * @param placeOf names the flag that a value came from.
   * @param locate finds a field in the file.
   * @param warn takes what is not wrong, but should be known.
   * @param summary what cannot be done, for when there are too many problems to look for more.
   * @param labelOf names what would set a field, for hints.
   */
  constructor(
    placeOf: PlaceOf,
    locate: Locate = () => undefined,
    warn: (message: string) => void = () => {},
    summary = "Cannot use this configuration:",
    labelOf: (path: string) => string = (path) => path,
  ) {
    this.#placeOf = placeOf;
    this.#locate = locate;
    this.#warn = warn;
    this.#summary = summary;
    this.#labelOf = labelOf;
  }

  /**
   * Adds a problem, unless an earlier stage found one at, in or around the path: then this one only follows from it.
   * @throws {InvalidInput} when there are too many: looking for all the others would take too long.
   */
  readonly add = (path: string, what: string, hint?: Hint, at: "key" | "value" = "value"): void => {
    if (this.#paths.slice(0, this.#settled).some((earlier) => related(earlier, path))) return;
    this.#paths.push(path);
    const where = this.#placeOf(path);
    // One flag may set two fields (`--token`): its value is wrong once.
    if (this.#list.some((earlier) => earlier.where === where && earlier.what === what)) return;
    if (this.#list.length === MOST || this.#paths.length > 100 * MOST) {
      this.#list.push({ where, what: `and more: only the first ${MOST} problems are told` });
      throw new InvalidInput(this.#summary, this.#list);
    }
    const place = where === path ? this.#locate(path, at) : undefined;
    const told = typeof hint === "function" ? hint(this.#labelOf) : hint;
    this.#list.push({ where, what, ...(told === undefined ? {} : { hint: told }), ...place });
  };

  /** Tells what is not wrong, but should be known: once for each place. */
  readonly warn = (path: string, what: string): void => {
    const where = this.#placeOf(path);
    const place = where === path ? this.#locate(path, "value") : undefined;
    this.#warn(`${where}${placeText(place ?? {})}: ${what}`);
  };

  /** Adds a problem whose place is known. */
  put(problem: Problem): void {
    this.#paths.push(problem.where);
    this.#list.push(problem);
  }

  /** Ends a stage; what is added from now on is compared with what was found so far. */
  settle(): void {
    this.#settled = this.#paths.length;
  }

  /** What was found so far. */
  get all(): readonly Problem[] {
    return this.#list;
  }

  /** @throws {InvalidInput} with all problems, if there are any. */
  throwIfAny(summary: string): void {
    if (this.#list.length > 0) throw new InvalidInput(summary, this.#list);
  }
}
