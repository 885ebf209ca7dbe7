/**
 * Mutations: of bytes, of texts and of values, all drawn from one seeded source, so that a seed says it all.
 *
 * @module
 */

/** A seeded source of numbers (mulberry32). */
export class Source {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * limit);
  }
  /** One of the items. */
  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** Texts that have broken something somewhere. */
const WORDS = [
  ...[
    "",
    " ",
    "\0",
    "\ufeff",
    "\r\n",
    "\t",
    "null",
    "~",
    "true",
    "yes",
    "0",
    "-1",
    "1e999",
    "NaN",
    ".inf",
    "0x10",
    "0o7",
    "08",
  ],
  ...[
    "9007199254740993",
    "999999999999999999999",
    "{}",
    "[]",
    "{",
    "[",
    "]",
    "}",
    ":",
    "- ",
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "!x ",
  ],
  ...[
    "---\n",
    "...\n",
    "%YAML 9.9\n",
    "|\n",
    ">-\n",
    "'",
    '"',
    "\\",
    "#",
    "@",
    "`",
    "__proto__",
    "constructor",
    "toString",
  ],
  ...[
    "../../etc/passwd",
    "/dev/zero",
    "$(reboot)",
    "%00",
    "%s%n",
    "ä",
    "\u202e",
    "\ud800",
    "😀",
    "::",
    "0.0.0.0/0",
    "fe80::1%eth0",
  ],
  ...["-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "sha256:", "v1.37.2", "1h", "--", "-", "="],
];

/** Values of every type, and the ends of each. */
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1,
    0.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 63),
    1e308,
    "",
    "x",
    "0",
    "true",
    "null",
    [],
    {},
    [[]],
    [null],
    [{}],
  ],
  ...[
    { "": "" },
    { a: { b: { c: [] } } },
    ["a", 1, null, {}],
    { __proto__x: 1 },
    "a".repeat(1_000),
    "\0",
    "1h",
    "10.0.0.0/8",
    "::1",
  ],
];

/** A text with one to four changes. */
export function mutateText(source: Source, text: string): string {
  for (let times = 1 + source.below(4); times > 0; times--) text = changeText(source, text);
  return text;
}

function changeText(source: Source, text: string): string {
  const at = source.below(text.length + 1);
  const length = source.below(Math.min(64, text.length - at + 1));
  const [before, part, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  const lines = text.split("\n");
  const line = source.below(lines.length);
  switch (source.below(12)) {
    case 0:
      return before + after;
    case 1:
      return before + source.one(WORDS) + part + after;
    case 2:
      return before + source.one(WORDS) + after;
    case 3:
      return before + part.repeat(2 + source.below(20)) + after;
    case 4:
      return before + String.fromCharCode(source.below(source.below(2) === 0 ? 128 : 65_536)) + part.slice(1) + after;
    case 5:
      return lines.toSpliced(line, 1).join("\n");
    case 6:
      return lines.toSpliced(line, 0, source.one(lines)).join("\n");
    case 7:
      return lines.with(line, " ".repeat(source.below(9)) + lines[line]!.trimStart()).join("\n");
    case 8: // a scalar behind a key
      return lines.with(line, lines[line]!.replace(/: .*$/, `: ${JSON.stringify(source.one(VALUES)) ?? ""}`)).join(
        "\n",
      );
    case 9:
      return text.slice(0, at);
    case 10:
      return lines.with(
        line,
        lines[line]!.replace(/\d+/, source.one(["0", "-1", "99999999999999999999", "08", "1e9", "0x7f"])),
      ).join("\n");
    default: {
      const open = source.one(["[", "{a: ", "- ", '{"a":', "? ", "  "]);
      return before + open.repeat(1 + source.below(source.below(20) === 0 ? 20_000 : 80)) + after;
    }
  }
}

/** Bytes with one to four changes; some know the form of DER. */
export function mutateBytes(source: Source, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let changed = new Uint8Array(bytes);
  for (let times = 1 + source.below(4); times > 0; times--) changed = changeBytes(source, changed);
  return changed;
}

function changeBytes(source: Source, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return new Uint8Array([source.below(256)]);
  const at = source.below(bytes.length);
  const join = (...parts: (Uint8Array | number[])[]) => new Uint8Array(parts.flatMap((part) => [...part]));
  switch (source.below(9)) {
    case 0:
      return bytes.with(at, bytes[at]! ^ (1 << source.below(8)));
    case 1:
      return bytes.with(at, source.below(256));
    case 2:
      return bytes.slice(0, at);
    case 3:
      return join(bytes.subarray(0, at), bytes.subarray(at + 1 + source.below(16)));
    case 4:
      return join(
        bytes.subarray(0, at),
        bytes.subarray(source.below(bytes.length)).subarray(0, 32),
        bytes.subarray(at),
      );
    case 5:
      return bytes.with(at, source.one([0, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xff]));
    case 6: // a tag of ASN.1
      return bytes.with(
        at,
        source.one([0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x18, 0x30, 0x31, 0xa0, 0xa3, 0x1f, 0x24]),
      );
    case 7: // one in another
      return join(
        ...Array.from(
          { length: 1 + source.below(source.below(20) === 0 ? 5_000 : 20) },
          () => [0x30, source.one([0x80, 0x7f, 2])],
        ),
        bytes,
      );
    default:
      return join(bytes.subarray(0, at), [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], bytes.subarray(at));
  }
}

/** A JSON value with one to three changes somewhere within. */
export function mutateValue(source: Source, value: unknown): unknown {
  let changed = structuredClone(value);
  for (let times = 1 + source.below(3); times > 0; times--) changed = changeValue(source, changed);
  return changed;
}

function changeValue(source: Source, value: unknown): unknown {
  if (typeof value === "string" && source.below(2) === 0) return mutateText(source, value);
  if (typeof value !== "object" || value === null || source.below(8) === 0) return source.one(VALUES);
  if (Array.isArray(value)) {
    const at = source.below(value.length + 1);
    if (at === value.length || source.below(4) === 0) return value.toSpliced(at, source.below(2), source.one(VALUES));
    return value.with(at, changeValue(source, value[at]));
  }
  const entries = Object.entries(value);
  if (entries.length === 0 || source.below(10) === 0) return { ...value, [source.one(WORDS)]: source.one(VALUES) };
  const at = source.below(entries.length);
  const [key, item] = entries[at]!;
  if (source.below(8) === 0) return Object.fromEntries(entries.toSpliced(at, 1));
  return Object.fromEntries(entries.with(at, [key, changeValue(source, item)]));
}

/** Words with one to three changes. */
export function mutateWords(source: Source, words: readonly string[], more: readonly string[]): string[] {
  let changed = [...words];
  for (let times = 1 + source.below(3); times > 0; times--) {
    const at = source.below(changed.length + 1);
    const kind = source.below(5);
    if (kind === 0) changed = changed.toSpliced(at, 1);
    else if (kind === 1) changed = changed.toSpliced(at, 0, source.one(more));
    else if (kind === 2) changed = changed.toSpliced(at, 1, source.one(more));
    else if (kind === 3) changed = changed.toSpliced(at, 0, source.one(WORDS));
    else if (at < changed.length) changed = changed.with(at, mutateText(source, changed[at]!));
  }
  return changed;
}

/** Smaller forms of a failing input, nearest to nothing first. */
export function smaller<T extends string | Uint8Array | readonly string[]>(input: T): T[] {
  const found: T[] = [];
  for (let size = Math.ceil(input.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < input.length && found.length < 400; at += size) {
      if (typeof input === "string") found.push(input.slice(0, at) + input.slice(at + size) as T);
      else if (input instanceof Uint8Array) {
        found.push(new Uint8Array([...input.subarray(0, at), ...input.subarray(at + size)]) as unknown as T);
      } else found.push((input as readonly string[]).toSpliced(at, size) as unknown as T);
    }
  }
  return found;
}
