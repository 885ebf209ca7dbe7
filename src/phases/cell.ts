/** What one phase finds out and later ones need: set once, read by name. @module */

/** A value that comes to be while phases run. */
export interface Cell<T> {
  /** @throws {Error} when it is set already: two phases would each take theirs for the truth. */
  set(value: T): void;
  /** @throws {Error} naming the cell, when no phase has set it. */
  get(): T;
  /** The value, or this one where the phase that sets it did not run. */
  or<U>(otherwise: U): T | U;
}

/** @param name what it holds, for errors: `kubelet started at`. */
export function cell<T>(name: string): Cell<T> {
  let held: { value: T } | undefined;
  return {
    set(value) {
      if (held !== undefined) throw new Error(`Cannot set "${name}" a second time`);
      held = { value };
    },
    get() {
      if (held === undefined) throw new Error(`Cannot read "${name}": no phase has set it`);
      return held.value;
    },
    or: (otherwise) => held === undefined ? otherwise : held.value,
  };
}

/** A cell for each key, all of one meaning. */
export type CellsBy<T> = (key: string) => Cell<T>;

/** @param name what each holds; its key is added in errors. */
export function cellsBy<T>(name: string): CellsBy<T> {
  const cells = new Map<string, Cell<T>>();
  return (key) => {
    const known = cells.get(key) ?? cell<T>(`${name} ${key}`);
    cells.set(key, known);
    return known;
  };
}
