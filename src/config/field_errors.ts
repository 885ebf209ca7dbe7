import { InvalidInput, placeText, type Problem } from "../errors.ts";
import type { Hint } from "./schema.ts";

/** Names the flag that a value came from, by field path; the path itself for a value of the file. */
export type PlaceOf = (path: string) => string;

/** Where a field path is in the file: `value`, or the `key` before it; undefined when it is not there. */
export type Locate = (path: string, at: "key" | "value") => Pick<Problem, "source" | "line" | "column"> | undefined;

/** Whether one path is the other, or lies within it. */
function related(a: string, b: string): boolean {
  const within = (inner: string, outer: string) =>
    inner.startsWith(outer) && /^([.[]|$)/.test(inner.slice(outer.length));
  return within(a, b) || within(b, a);
}

/** The most problems that are collected: a text with more is not a configuration. */
const MOST = 100;

/** Collects problems by field path, so that all of them are reported at once. */
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
   * @param warn receives warnings.
   * @param summary the first line of the error when the limit of problems is reached.
   * @param labelOf names what sets a field, for hints.
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
   * Adds a problem, unless an earlier stage found one at, in or around the path, which causes this one.
   * @throws {InvalidInput} when the limit is reached.
   */
  readonly add = (path: string, what: string, hint?: Hint, at: "key" | "value" = "value"): void => {
    if (this.#paths.slice(0, this.#settled).some((earlier) => related(earlier, path))) return;
    this.#paths.push(path);
    const where = this.#placeOf(path);
    // One flag can set two fields (`--token`): its value is reported once.
    if (this.#list.some((earlier) => earlier.where === where && earlier.what === what)) return;
    if (this.#list.length === MOST || this.#paths.length > 100 * MOST) {
      this.#list.push({ where, what: `more problems found; only the first ${MOST} are shown` });
      throw new InvalidInput(this.#summary, this.#list);
    }
    const place = where === path ? this.#locate(path, at) : undefined;
    const shown = typeof hint === "function" ? hint(this.#labelOf) : hint;
    this.#list.push({ where, what, ...(shown === undefined ? {} : { hint: shown }), ...place });
  };

  /** Reports a warning at a field path. */
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

  /** Ends a stage: problems added later are dropped where they follow from those found so far. */
  settle(): void {
    this.#settled = this.#paths.length;
  }

  /** The problems found so far. */
  get all(): readonly Problem[] {
    return this.#list;
  }

  /** @throws {InvalidInput} with all problems, if there are any. */
  throwIfAny(summary: string): void {
    if (this.#list.length > 0) throw new InvalidInput(summary, this.#list);
  }
}
