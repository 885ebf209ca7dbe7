/**
 * The wording of problems with values: one form for each kind, read after the field or flag and a colon.
 * @module
 */
import { suggestion } from "./suggest.ts";

/** A text as it is shown in a message. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** `must be a list; got the string "x"`. Without `got`, the value is a secret and is not shown. */
export function mustBe(expected: string, got?: string): string {
  return `must be ${expected}${got === undefined ? "" : `; got ${got}`}`;
}

/** `must not overlap serviceSubnet "10.96.0.0/12"; got "10.97.0.0/16"`. */
export function mustNot(rule: string, got?: string): string {
  return `must not ${rule}${got === undefined ? "" : `; got ${got}`}`;
}

/** `must be one of A, B; got "x"; did you mean "B"?` Without `got`, the value is a secret and is not shown. */
export function mustBeOneOf(values: readonly string[], got?: string): string {
  const known = values.filter(Boolean);
  const one = `one of ${known.join(", ")}`;
  return got === undefined ? mustBe(one) : `${mustBe(one, quoted(got))}${suggestion(got, known)}`;
}

/** A value that is absent. */
export function required(because?: string): string {
  return because === undefined ? "is required" : `is required because ${because}`;
}

/** `requires --control-plane`: a value that has no effect without another one. */
export function requires(other: string): string {
  return `requires ${other}`;
}

/** `unknown field "maxPod"; did you mean "maxPods"?` */
export function unknown(thing: string, name: string, known: Iterable<string> = []): string {
  return `unknown ${thing} ${quoted(name)}${suggestion(name, known)}`;
}

/** `local and external are mutually exclusive`. */
export function exclusive(...names: readonly string[]): string {
  return `${names.join(" and ")} are mutually exclusive`;
}

/** `duplicate value "a"`. Without `value`, it is a secret and is not shown. */
export function duplicate(value?: string, thing = "value"): string {
  return `duplicate ${thing}${value === undefined ? "" : ` ${quoted(value)}`}`;
}

/** `"ipvs" is deprecated since Kubernetes 1.35; use "nftables"`. */
export function deprecated(what: string, instead: string, since?: string): string {
  return `${what} is deprecated${since === undefined ? "" : ` since ${since}`}; use ${instead}`;
}

/** A valid value that differs from the recommended one. */
export function notRecommended(given: string, recommended: string): string {
  return `is ${given}; recommended: ${recommended}`;
}

/** A limit on a number. */
export function range(min: number, max = Infinity): string {
  return max === Infinity ? `${min} or more` : `between ${min} and ${max}`;
}
