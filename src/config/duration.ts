/**
 * Parses and formats Go's duration text (`1h30m`, `1.5s`, `250ms`) like Go, so that stored text is byte for byte that of
 * kubeadm.
 * @module
 */

/** A span of time. An object, so that numbers cannot be mistaken for durations. */
export interface Duration {
  readonly nanoseconds: bigint;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "µs": 1_000n,
  "μs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const LARGEST = (1n << 63n) - 1n;
/** More characters than any duration needs. */
const LONGEST = 200;

/** The duration; undefined when the text is not a Go duration that fits 64 bits of nanoseconds. */
export function parseDuration(text: string): Duration | undefined {
  // The pattern must match digits in one way only: otherwise the time grows with the square of their number.
  if (text.length > LONGEST || !/^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text)) return;
  let total = 0n;
  for (const [, whole, fraction, unit] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = UNITS[unit!]!;
    const digits = (fraction ?? "").slice(0, 18);
    total += BigInt(whole || "0") * scale + BigInt(digits || "0") * scale / 10n ** BigInt(digits.length);
  }
  if (total > LARGEST) return;
  return { nanoseconds: text.startsWith("-") ? -total : total };
}

/**
 * Parses the duration of a constant.
 * @throws {RangeError} when the text is not a duration.
 */
export function duration(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`"${text}" is not a duration`);
  return parsed;
}

/** The decimal text of a fraction, without trailing zeros. */
function decimal(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(value % unit).padStart(digits, "0").slice(0, digits).replace(/0+$/, "");
  return `${value / unit}${digits > 0 && fraction ? `.${fraction}` : ""}`;
}

/** Go's text of a duration: `24h0m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration({ nanoseconds }: Duration): string {
  if (nanoseconds < 0n) return `-${formatDuration({ nanoseconds: -nanoseconds })}`;
  if (nanoseconds === 0n) return "0s";
  if (nanoseconds < UNITS.s!) {
    const unit = nanoseconds < UNITS.us! ? "ns" : nanoseconds < UNITS.ms! ? "µs" : "ms";
    return `${decimal(nanoseconds, UNITS[unit]!)}${unit}`;
  }
  const hours = nanoseconds / UNITS.h!;
  const minutes = nanoseconds % UNITS.h! / UNITS.m!;
  const seconds = `${decimal(nanoseconds % UNITS.m!, UNITS.s!)}s`;
  return hours > 0n ? `${hours}h${minutes}m${seconds}` : minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

/** Whole milliseconds, rounded down. */
export function milliseconds({ nanoseconds }: Duration): number {
  return Number(nanoseconds / UNITS.ms!);
}
