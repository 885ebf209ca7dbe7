/** Values that one phase finds and later phases read: set once, read by name. @module */

/** A value that a phase sets. */
export interface Cell<T> {
  /** @throws {Error} when it is already set. */
  set(value: T): void;
  /** @throws {Error} naming the cell, when no phase has set it. */
  get(): T;
  /** The value, or this one when no phase has set it. */
  or<U>(otherwise: U): T | U;
}

/** @param name its name in errors: `kubelet started at`. */
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

/** One cell for each key. */
export type CellsBy<T> = (key: string) => Cell<T>;

/** @param name the name in errors, to which the key is added. */
export function cellsBy<T>(name: string): CellsBy<T> {
  const cells = new Map<string, Cell<T>>();
  return (key) => {
    const known = cells.get(key) ?? cell<T>(`${name} ${key}`);
    cells.set(key, known);
    return known;
  };
}
