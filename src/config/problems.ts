import { InvalidInput, type Problem } from "../errors.ts";

/** Where a value came from, when not from the file: names the flag for a field path. */
export type PlaceOf = (path: string) => string;

/** Whether one path is the other, or lies within it. */
function related(a: string, b: string): boolean {
  const within = (inner: string, outer: string) =>
    inner.startsWith(outer) && /^([.[]|$)/.test(inner.slice(outer.length));
  return within(a, b) || within(b, a);
}

/** Gathers problems by field path, so that all of them can be told at once. */
export class Problems {
  readonly #placeOf: PlaceOf;
  readonly #list: Problem[] = [];
  readonly #paths: string[] = [];
  #settled = 0;

  constructor(placeOf: PlaceOf) {
    this.#placeOf = placeOf;
  }

  /** Adds a problem, unless an earlier stage found one at, in or around the path: then this one only follows from it. */
  readonly add = (path: string, what: string, hint?: string): void => {
    if (this.#paths.slice(0, this.#settled).some((earlier) => related(earlier, path))) return;
    this.#paths.push(path);
    const where = this.#placeOf(path);
    // One flag may set two fields (`--token`): its value is wrong once.
    if (this.#list.some((earlier) => earlier.where === where && earlier.what === what)) return;
    this.#list.push({ where, what, ...(hint === undefined ? {} : { hint }) });
  };

  /** Ends a stage; what is added from now on is compared with what was found so far. */
  settle(): void {
    this.#settled = this.#paths.length;
  }

  /** @throws {InvalidInput} with all problems, if there are any. */
  throwIfAny(summary: string): void {
    if (this.#list.length > 0) throw new InvalidInput(summary, this.#list);
  }
}
