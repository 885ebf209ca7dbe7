/**
 * The count over all configurations, and the verdict.
 *
 * @module
 */

import { type Allowance, allowanceFor, compare, describe, type Difference, type Outcome } from "./compare.ts";

/** Collects comparisons; `verdict` says whether they hold. */
export class Tally {
  readonly #allowances: readonly Allowance[];
  readonly #used = new Map<Allowance, number>();
  readonly #refused: string[] = [];
  readonly #configurations = new Set<string>();
  #documents = 0;
  #fields = 0;

  /** `minor`: the release of Kubernetes in use, `1.37`. */
  constructor(allowances: readonly Allowance[], minor: string) {
    this.#allowances = allowances.filter((allowance) => (allowance.minor ?? minor) === minor);
  }

  /** Adds what the two made of one configuration; returns one line about it. */
  add(configuration: string, stage: string, kubeadm: Outcome, kubewright: Outcome): string {
    if (kubeadm.size === 0) throw new Error(`Cannot compare ${configuration} (${stage}): kubeadm made nothing`);
    const { fields, differences } = compare(kubeadm, kubewright);
    this.#configurations.add(configuration);
    this.#documents += kubeadm.size;
    this.#fields += fields;
    const refused = differences.filter((difference) => !this.#allow(difference, configuration));
    this.#refused.push(...refused.map((difference) => `${configuration} (${stage}): ${describe(difference)}`));
    return `${configuration}: ${fields} fields of ${kubeadm.size} documents, ` +
      `${differences.length - refused.length} allowed differences, ${refused.length} others`;
  }

  /** Whether two outcomes differ in something that nothing allows; counts nothing. */
  refuses(configuration: string, kubeadm: Outcome, kubewright: Outcome): boolean {
    const { differences } = compare(kubeadm, kubewright);
    return differences.some((found) => !allowanceFor(found, this.#allowances, configuration));
  }

  /** Adds a configuration that could not be compared at all. */
  broken(configuration: string, stage: string, error: unknown): string {
    const reason = error instanceof Error ? error.message : String(error);
    this.#refused.push(`${configuration} (${stage}): ${reason}`);
    return `${configuration}: not compared`;
  }

  #allow(difference: Difference, configuration: string): boolean {
    const found = allowanceFor(difference, this.#allowances, configuration);
    if (found) this.#used.set(found, (this.#used.get(found) ?? 0) + 1);
    return found !== undefined;
  }

  /** Figures for people: what was compared, each allowance with how often it was used. */
  report(): string[] {
    return [
      `${this.#configurations.size} configurations, ${this.#documents} documents, ${this.#fields} fields compared`,
      "allowed differences:",
      ...this.#allowances.map((allowance) =>
        `  ${String(this.#used.get(allowance) ?? 0).padStart(5)}  ${allowance.reason}`
      ),
    ];
  }

  /** Differences that nothing allows, and, after a `whole` run, allowances that nothing needed; empty: all is well. */
  problems(whole: boolean): string[] {
    const idle = whole ? this.#allowances.filter((allowance) => !this.#used.has(allowance)) : [];
    return [
      ...this.#refused,
      ...idle.map(({ reason }) => `an allowed difference never occurred, take it off the list: ${reason}`),
    ];
  }
}
