/** Writes DER (X.690): what `der.ts` reads. @module */
import { TAG } from "./der.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Byte strings, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** An element with this content, its length in the shortest form. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Bytes {
  const content = concat(...contents);
  const { length } = content;
  if (length < 128) return concat(Uint8Array.of(tag, length), content);
  const octets = Uint8Array.fromHex(evenHex(BigInt(length)));
  return concat(Uint8Array.of(tag, 0x80 | octets.length), octets, content);
}

export const sequence = (...contents: readonly Uint8Array[]) => element(TAG.sequence, ...contents);
export const set = (...contents: readonly Uint8Array[]) => element(TAG.set, ...contents);
export const octetString = (content: Uint8Array) => element(TAG.octetString, content);
export const bitString = (bytes: Uint8Array, unused = 0) => element(TAG.bitString, Uint8Array.of(unused), bytes);
export const boolean = (value: boolean) => element(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const nothing = () => element(TAG.null);
/** An explicit context-specific tag. */
export const tagged = (n: number, ...contents: readonly Uint8Array[]) => element(TAG.context(n, true), ...contents);

/** A number that is not negative. */
export function integer(value: bigint): Bytes {
  const hex = evenHex(value);
  return element(TAG.integer, Uint8Array.fromHex(/^[89a-f]/.test(hex) ? `00${hex}` : hex));
}

/** An object identifier in dotted decimal. */
export function objectIdentifier(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((value) => {
    const groups = [value & 0x7f];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift(left & 0x7f | 0x80);
    }
    return groups;
  });
  return element(TAG.objectIdentifier, new Uint8Array(octets));
}

/** A PrintableString where the text can be one, else a UTF8String, as Go writes names. */
export function text(value: string): Bytes {
  const printable = /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value);
  return element(printable ? 0x13 : TAG.utf8String, new TextEncoder().encode(value));
}

/** UTCTime to the end of 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5); neither with fractions of a second. */
export function time(date: Date): Bytes {
  const digits = `${date.toISOString().replace(/\.\d+Z$/, "").replace(/[-:T]/g, "")}Z`;
  const utc = date.getUTCFullYear() < 2050;
  return element(utc ? TAG.utcTime : TAG.generalizedTime, new TextEncoder().encode(utc ? digits.slice(2) : digits));
}

function evenHex(value: bigint): string {
  const hex = value.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}
