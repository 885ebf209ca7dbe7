import { levenshteinDistance as untypedDistance } from "@std/text/levenshtein-distance";

// deno-std ships no types.
const distance = untypedDistance as (a: string, b: string) => number;

/** The known name nearest to a name, ignoring case; undefined when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > 64) return;
  const limit = Math.max(1, Math.ceil(name.length / 3));
  const ranked = [...known].map((word) => ({ word, cost: distance(name.toLowerCase(), word.toLowerCase()) }));
  return ranked.filter(({ cost }) => cost <= limit).sort((a, b) => a.cost - b.cost)[0]?.word;
}

/** `; did you mean "x"?`, or nothing when no known name is near. */
export function suggestion(name: string, known: Iterable<string>): string {
  const word = nearest(name, known);
  return word === undefined ? "" : `; did you mean "${word}"?`;
}
