/**
 * From the words of a command line to flags and arguments, by the rules of pflag, which kubeadm uses.
 * @see https://github.com/spf13/pflag/blob/v1.0.10/flag.go
 * @module
 */
import type { Flag } from "./flags.ts";

/** The values of each flag, in order; `undefined`: the value is missing, at the end or before another flag. */
export type Values = ReadonlyMap<string, readonly (string | undefined)[]>;

/** The parts of a command line. */
export interface Words {
  values: Values;
  args: readonly string[];
  /** Unknown flags, without their values. */
  unknown: readonly string[];
}

/** Separates flags from arguments. Flags can be anywhere before `--`. A switch takes a value only after `=`. */
export function readWords(words: readonly string[], flags: readonly Flag[]): Words {
  const values = new Map<string, (string | undefined)[]>();
  const args: string[] = [];
  const unknown: string[] = [];
  const isFlag = (word: string) => flags.some(({ name }) => word === `--${name}` || word.startsWith(`--${name}=`));
  let next = 0;
  const put = ({ name, type }: Flag, value: string | undefined) => {
    if (value === undefined && type === "switch") value = "true";
    else if (value === undefined && next < words.length && !isFlag(words[next]!)) value = words[next++];
    values.set(name, [...values.get(name) ?? [], value]);
  };
  /** Letters in one word: switches, and at the end a flag whose value is the rest or the next word. */
  const letters = (word: string) => {
    for (let rest = word.slice(1); rest !== ""; rest = rest.slice(1)) {
      const flag = flags.find(({ short }) => short === rest[0]);
      if (!flag) return void unknown.push(`-${rest[0]}`);
      if (rest[1] === "=") return put(flag, rest.slice(2));
      if (flag.type !== "switch") return put(flag, rest.slice(1) || undefined);
      put(flag, undefined);
    }
  };
  while (next < words.length) {
    const word = words[next++]!;
    if (word === "--") {
      args.push(...words.slice(next));
      break;
    }
    if (word === "-" || !word.startsWith("-")) args.push(word);
    else if (!word.startsWith("--")) letters(word);
    else {
      const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!;
      const flag = flags.find((candidate) => candidate.name === name);
      if (flag) put(flag, value);
      else unknown.push(`--${name}`);
    }
  }
  return { values, args, unknown };
}
