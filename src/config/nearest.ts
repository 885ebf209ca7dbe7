/** Number of single-letter insertions, deletions and replacements between two texts. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The known name that was probably meant, letter case aside; undefined when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > 64) return;
  const limit = Math.max(1, Math.floor(name.length / 3));
  const ranked = [...known].map((word) => ({ word, cost: distance(name.toLowerCase(), word.toLowerCase()) }));
  return ranked.filter(({ cost }) => cost <= limit).sort((a, b) => a.cost - b.cost)[0]?.word;
}

/** `; did you mean "x"?`, or nothing when no known name is near. */
export function suggestion(name: string, known: Iterable<string>): string {
  const word = nearest(name, known);
  return word === undefined ? "" : `; did you mean "${word}"?`;
}
