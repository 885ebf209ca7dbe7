/**
 * Command lines of components: defaults, and what the user puts in their place.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/arguments.go
 * @module
 */
import type { Arg } from "../config/types.ts";

/**
 * Renders `--name=value`. A name among `overrides` removes every default of that name; what remains of the defaults is
 * sorted by name, the overrides follow in the user's order (order and repetition mean something to flags like
 * `service-account-issuer`, whose first value signs).
 */
export function commandArguments(defaults: Readonly<Record<string, string>>, overrides: readonly Arg[]): string[] {
  const overridden = new Set(overrides.map((arg) => arg.name));
  const kept = Object.keys(defaults).filter((name) => !overridden.has(name)).sort();
  return [
    ...kept.map((name) => `--${name}=${defaults[name]}`),
    ...overrides.map(({ name, value }) => `--${name}=${value}`),
  ];
}

/** The value that counts when a flag is given more than once: the last. Undefined when it is not given. */
export function argument(args: readonly Arg[], name: string): string | undefined {
  return args.findLast((arg) => arg.name === name)?.value;
}
