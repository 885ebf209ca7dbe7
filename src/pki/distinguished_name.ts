/** Names of subjects and issuers (RFC 5280, 4.1.2.4), with the string types that Go's crypto/x509 reads. @module */
import { DerReader, ia5, latin1, Malformed, TAG } from "./der.ts";

/** One attribute of a name. */
export interface NameAttribute {
  /** Object identifier. */
  readonly type: string;
  readonly value: string;
}

/** Reads a Name, tag and length included. @throws {Malformed} when Go would not read it. */
export function readName(der: Uint8Array<ArrayBuffer>, what: string): NameAttribute[] {
  const names = new DerReader(der).within(TAG.sequence, what);
  const attributes: NameAttribute[] = [];
  while (!names.done) {
    const set = names.within(TAG.set, what);
    while (!set.done) {
      const attribute = set.within(TAG.sequence, what);
      const type = attribute.objectIdentifier(what);
      const { tag, content } = attribute.any(what);
      attributes.push({ type, value: stringOf(tag, content, what) });
    }
  }
  return attributes;
}

/** `*` and `&` are not of a PrintableString, but of certificates that there are. */
const PRINTABLE = /^[a-zA-Z0-9'()+,\-./ :=?*&]*$/;

function stringOf(tag: number, content: Uint8Array, what: string): string {
  const text = decoders[tag]?.(content);
  if (text === undefined) throw new Malformed(`malformed ${what}: an attribute is not a valid string`);
  return text;
}

/** By the tags of the string types; undefined when the bytes are not such a string. */
const decoders: Readonly<Record<number, (content: Uint8Array) => string | undefined>> = {
  0x0c: (content) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      return undefined;
    }
  },
  0x12: (content) => matching(content, /^[0-9 ]*$/), // NumericString
  0x13: (content) => matching(content, PRINTABLE), // PrintableString
  0x14: latin1, // T61String, which is read as ISO 8859-1
  0x16: ia5, // IA5String
  0x1e: bmpString,
};

function matching(content: Uint8Array, pattern: RegExp): string | undefined {
  const text = latin1(content);
  return pattern.test(text) ? text : undefined;
}

function bmpString(content: Uint8Array): string | undefined {
  if (content.length % 2 !== 0) return undefined;
  const units = Array.from({ length: content.length / 2 }, (_, i) => content[2 * i]! << 8 | content[2 * i + 1]!);
  if (units.at(-1) === 0) units.pop();
  if (units.some((u) => u >= 0xfffe || u >= 0xfdd0 && u <= 0xfdef || u >= 0xd800 && u <= 0xdfff)) return undefined;
  return units.map((unit) => String.fromCharCode(unit)).join("");
}
