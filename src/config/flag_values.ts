/**
 * Parses values of flags like Go's flag libraries, so that a command line means the same to kubewright and kubeadm. Each
 * function returns undefined for a text that the library rejects.
 * @see https://github.com/spf13/pflag/blob/v1.0.10/string_slice.go (and bool.go, int32.go)
 * @module
 */

const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** strconv.ParseBool. */
export function parseBoolean(text: string): boolean | undefined {
  return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined;
}

/** Forms of numbers in each base; underscores stand between digits or after the prefix. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^0[xX](_?[\da-fA-F])+$/, "0x"],
  [/^0[bB](_?[01])+$/, "0b"],
  [/^0[oO](_?[0-7])+$/, "0o"],
  [/^0(_?[0-7])*$/, "0o"],
  [/^[1-9](_?\d)*$/, ""],
];

/** strconv.ParseInt with base 0 and 32 bits: `0x1F`, `010` (eight), `1_000`. */
export function parseInteger(text: string): number | undefined {
  const [, sign, digits] = /^([-+]?)(.*)$/s.exec(text)!;
  const form = FORMS.find(([pattern]) => pattern.test(digits!));
  if (!form || digits!.length > 64) return undefined;
  const plain = digits!.replaceAll("_", "").replace(/^0[xXbBoO]?(?=.)/, "");
  const value = BigInt(`${form[1]}${plain}`) * (sign === "-" ? -1n : 1n);
  return value >= -(2n ** 31n) && value < 2n ** 31n ? Number(value) : undefined;
}

/** strconv.ParseInt with base 10: klog's level. */
export function parseDecimal(text: string): number | undefined {
  return /^[-+]?\d{1,10}$/.test(text) && Math.abs(Number(text)) < 2 ** 31 ? Number(text) : undefined;
}

/** One field of a CSV record and its terminator. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|$|\n)/y;

/**
 * The items of a list flag: the first record of Go's encoding/csv. Quotes hold commas, line ends and (doubled) quotes;
 * spaces belong to the items.
 */
export function parseList(text: string): string[] | undefined {
  if (text === "") return [];
  const record = text.replaceAll("\r\n", "\n").replace(/\r$/, "").replace(/^\n+/, "");
  if (record === "") return undefined;
  const items: string[] = [];
  FIELD.lastIndex = 0;
  while (true) {
    const match = FIELD.exec(record);
    if (!match) return undefined;
    items.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] !== ",") return items;
  }
}
