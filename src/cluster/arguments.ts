/**
 * Command lines of components: defaults and the user's arguments.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/arguments.go
 * @module
 */
import type { Arg } from "../config/types.ts";

/**
 * Formats `--name=value`. An override removes every default of the same name. The other defaults are sorted by name, the
 * overrides follow in the user's order: order and repetition have a meaning for flags such as `service-account-issuer`, whose
 * first value signs.
 */
export function commandArguments(defaults: Readonly<Record<string, string>>, overrides: readonly Arg[]): string[] {
  const overridden = new Set(overrides.map((arg) => arg.name));
  const kept = Object.keys(defaults).filter((name) => !overridden.has(name)).sort();
  return [
    ...kept.map((name) => `--${name}=${defaults[name]}`),
    ...overrides.map(({ name, value }) => `--${name}=${value}`),
  ];
}

/** The last value of a flag, which takes precedence; undefined when it is not set. */
export function argument(args: readonly Arg[], name: string): string | undefined {
  return args.findLast((arg) => arg.name === name)?.value;
}
