/**
 * Fakes of the outside world that have only what a test needs.
 * @module
 */

/** Some parts of a `T`; `undefined` for one that is optional, where the program looks whether it is there. */
export type Parts<T> = { [Name in keyof T]?: T[Name] | undefined };

/** What is looked for in any value, to await it or to write it as JSON; and what any function has that is handed on. */
const LOOKED_FOR = ["then", "toJSON"];
const OF_FUNCTIONS = ["apply", "call", "bind"];

/**
 * A fake `T` of some of its parts. Any other part may be taken and handed on, as what wraps all methods does, but to call
 * it or to look into it throws an `Error` that names it: a test then fails by what is missing in it, and not by "is not a
 * function" somewhere in the program, or not at all.
 * @param name what the fake stands for, for that error: `container runtime`.
 */
export function fake<T extends object>(name: string, parts: Parts<NoInfer<T>>): T {
  return new Proxy(parts as T, {
    get(target, part, receiver) {
      if (part in target || typeof part === "symbol" || LOOKED_FOR.includes(part)) {
        return Reflect.get(target, part, receiver);
      }
      return missing(`the fake ${name} of this test has no "${part}"; it has ${Object.keys(target).join(", ")}`);
    },
  });
}

/** Stands for a part that is not there. */
function missing(message: string): unknown {
  const refuse = () => {
    throw new Error(message);
  };
  return new Proxy(refuse, {
    get(target, part) {
      if (typeof part === "symbol" || OF_FUNCTIONS.includes(part)) return Reflect.get(target, part);
      return LOOKED_FOR.includes(part) ? undefined : refuse();
    },
  });
}
