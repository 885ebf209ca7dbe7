/** Random choices that a seed repeats. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Seeds that follow one another shall not give sequences that do.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  }

  /** A number of [0, 1). Mulberry32. */
  next(): number {
    this.#state = this.#state + 0x6d2b79f5 >>> 0;
    let t = Math.imul(this.#state ^ this.#state >>> 15, this.#state | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  }

  /** A whole number of [0, end). */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Up to `most` items, joined: texts that nobody wrote. */
  mix(parts: readonly string[], most: number): string {
    return Array.from({ length: 1 + this.below(most) }, () => this.pick(parts)).join("");
  }
}
