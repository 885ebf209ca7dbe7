/**
 * DER (X.690) as Go's cryptobyte reads it: definite and shortest lengths, shortest numbers, tags of one byte. What this
 * refuses, every component of Kubernetes refuses; BER, which other libraries take as well, is none of it.
 * @module
 */

/** What is wrong with a structure, in words that go on from "it is malformed". */
export class Malformed extends Error {}

/** Tags of one byte: universal types, and context-specific ones. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
  /** `[n]`, primitive or constructed. */
  context: (n: number, constructed = false) => (constructed ? 0xa0 : 0x80) | n,
} as const;

/** One element. */
export interface Element {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Uint8Array<ArrayBuffer>;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** A BIT STRING; unused bits are zero. */
export interface Bits {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly length: number;
}

/** Reads elements one after another. Every method throws {@linkcode Malformed}, with `what` for the name of the field. */
export class DerReader {
  #at = 0;
  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {}

  /** Whether nothing is left. */
  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** Whether the next element has this tag. */
  next(tag: number): boolean {
    return !this.done && this.bytes[this.#at] === tag;
  }

  /** The next element, which stays the next one. */
  peek(what: string): Element {
    const at = this.#at;
    const element = this.any(what);
    this.#at = at;
    return element;
  }

  /** The next element, whatever it is. */
  any(what: string): Element {
    const refuse = () => new Malformed(`malformed ${what}`);
    const { bytes } = this;
    const start = this.#at;
    if (bytes.length - start < 2) throw refuse();
    const [tag, first] = [bytes[start]!, bytes[start + 1]!];
    if ((tag & 0x1f) === 0x1f) throw refuse();
    let [length, header] = [first, 2];
    if (first & 0x80) {
      const octets = first & 0x7f;
      if (octets === 0 || octets > 4 || bytes.length - start < 2 + octets) throw refuse();
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + bytes[start + 2 + i]!;
      if (length < 128 || bytes[start + 2] === 0) throw refuse(); // not the shortest form
      header += octets;
    }
    const end = start + header + length;
    if (end > bytes.length) throw refuse();
    this.#at = end;
    return { tag, whole: bytes.subarray(start, end), content: bytes.subarray(start + header, end) };
  }

  /** The next element, which has this tag. */
  element(tag: number, what: string): Element {
    if (!this.next(tag)) throw new Malformed(`malformed ${what}`);
    return this.any(what);
  }

  /** Its content, when the next element has this tag. */
  optional(tag: number, what: string): Uint8Array<ArrayBuffer> | undefined {
    return this.next(tag) ? this.any(what).content : undefined;
  }

  /** A reader of what is in the next element. */
  within(tag: number, what: string): DerReader {
    return new DerReader(this.element(tag, what).content);
  }

  integer(what: string): bigint {
    return integerOf(this.element(TAG.integer, what).content, what);
  }

  boolean(what: string): boolean {
    const { content } = this.element(TAG.boolean, what);
    if (content.length !== 1 || content[0] !== 0 && content[0] !== 0xff) throw new Malformed(`malformed ${what}`);
    return content[0] !== 0;
  }

  /** Dotted decimal. */
  objectIdentifier(what: string): string {
    return objectIdentifierOf(this.element(TAG.objectIdentifier, what).content, what);
  }

  bits(what: string): Bits {
    const { content } = this.element(TAG.bitString, what);
    const [unused = 8, last] = [content[0], content.at(-1)!];
    const bytes = content.subarray(1);
    if (unused > 7 || bytes.length === 0 && unused !== 0 || bytes.length > 0 && (last & ((1 << unused) - 1)) !== 0) {
      throw new Malformed(`malformed ${what}`);
    }
    return { bytes, length: bytes.length * 8 - unused };
  }

  /** UTCTime or GeneralizedTime. */
  time(what: string): Date {
    const { tag, content } = this.any(what);
    const time = tag === TAG.utcTime || tag === TAG.generalizedTime
      ? timeOf(latin1(content), tag === TAG.utcTime)
      : undefined;
    if (!time) throw new Malformed(`malformed ${what}`);
    return time;
  }
}

/** The number that the content of an INTEGER is, in two's complement and the fewest octets. */
export function integerOf(content: Uint8Array, what: string): bigint {
  const [first, second = 0] = content;
  const padded = content.length > 1 && (first === 0 && second < 0x80 || first === 0xff && second >= 0x80);
  if (first === undefined || padded) throw new Malformed(`malformed ${what}`);
  const magnitude = BigInt(`0x${content.toHex()}`);
  return first < 0x80 ? magnitude : magnitude - (1n << BigInt(8 * content.length));
}

function objectIdentifierOf(content: Uint8Array, what: string): string {
  const numbers: number[] = [];
  let [value, octets] = [0, 0];
  for (const octet of content) {
    if (octets === 5 || value >= 1 << 24 || octets === 0 && octet === 0x80) throw new Malformed(`malformed ${what}`);
    value = value * 128 + (octet & 0x7f);
    octets++;
    if (octet & 0x80) continue;
    numbers.push(value);
    [value, octets] = [0, 0];
  }
  const [first, ...rest] = numbers;
  if (first === undefined || octets > 0) throw new Malformed(`malformed ${what}`);
  const head = first < 80 ? [Math.floor(first / 40), first % 40] : [2, first - 80];
  return [...head, ...rest].join(".");
}

/** Date and time, the seconds optional in UTCTime, then `Z` or a distance from UTC; only dates that there are. */
function timeOf(text: string, utc: boolean): Date | undefined {
  const form = utc
    ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/
    : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z|[+-]\d{4})$/;
  const match = form.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fullYear = utc ? year + (year < 50 ? 2000 : 1900) : year;
  const time = new Date(0);
  time.setUTCFullYear(fullYear, month - 1, day);
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    return undefined;
  }
  const zone = match[7]!;
  const offset = zone === "Z" ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  if (zone !== "Z" && (offset === 0 || Number(zone.slice(1, 3)) > 24 || Number(zone.slice(3)) > 59)) return undefined;
  time.setUTCHours(hour, minute, second);
  return new Date(time.getTime() - (zone[0] === "-" ? -1 : 1) * offset * 60_000);
}

/** One character for each byte. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** Text of IA5String: seven bits a character; undefined when it is not. */
export function ia5(bytes: Uint8Array): string | undefined {
  return bytes.some((byte) => byte > 127) ? undefined : latin1(bytes);
}
