/**
 * Reads DER (X.690) with asn1js, which accepts BER, and rejects what Go's cryptobyte and thus every component of Kubernetes
 * rejects. Loads asn1js (about 30 ms): import this where a certificate or a key is read.
 * @module
 */
import {
  type AsnType,
  BitString,
  Boolean,
  Constructed,
  Enumerated,
  fromBER,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Sequence,
} from "asn1js";

/** A malformed structure; the message is the detail in parentheses of another message. */
export class Malformed extends Error {}

export type Bytes = Uint8Array<ArrayBuffer>;

/** The most elements: more than those of 10 000 alternative names, and readable in a second. asn1js allows 10 000 by default. */
const MOST_ELEMENTS = 100_000;

/**
 * Reads one element.
 * @param more whether others may follow, as Go allows after private keys.
 * @throws {Malformed} when the bytes are not one element in DER.
 */
export function parseDer(der: Uint8Array, what: string, more?: "more may follow"): AsnType {
  let parsed: ReturnType<typeof fromBER>;
  try {
    parsed = fromBER(der as Bytes, { maxNodes: MOST_ELEMENTS, parseEmbedded: false });
  } catch (cause) {
    throw new Malformed(`malformed ${what}`, { cause }); // the string is too long for asn1js
  }
  const { result, offset } = parsed;
  if (offset === -1 || !isDer(result)) throw new Malformed(`malformed ${what}`);
  if (offset < der.length && !more) throw new Malformed("bytes follow the end");
  return result;
}

/** Whether lengths are definite and shortest, tags have one byte, and values have their only DER form, recursively. */
function isDer(node: AsnType): boolean {
  const { idBlock, lenBlock, blockLength } = node;
  const { length, isIndefiniteForm } = lenBlock;
  const octets = length < 128 ? 1 : 1 + Math.ceil(Math.log2(length + 1) / 8);
  if (idBlock.blockLength !== 1 || isIndefiniteForm || lenBlock.blockLength !== octets) return false;
  if (blockLength !== 1 + octets + length) return false; // asn1js allows inner elements to exceed the outer one
  if (node instanceof Constructed) return idBlock.isConstructed && node.valueBlock.value.every(isDer);
  return !idBlock.isConstructed && isDerValue(node, length);
}

function isDerValue(node: AsnType, length: number): boolean {
  const content = node.valueBeforeDecodeView.subarray(node.valueBeforeDecodeView.length - length);
  const [first = 0, second = 0] = content;
  if (node instanceof Boolean) return length === 1 && (first === 0 || first === 0xff);
  if (node instanceof Integer) {
    const padded = first === 0 && second < 0x80 || first === 0xff && second >= 0x80;
    return length === 1 || length > 1 && !padded;
  }
  if (node instanceof BitString) {
    return length === 1 ? first === 0 : first < 8 && (content.at(-1)! & ((1 << first) - 1)) === 0 && length > 0;
  }
  if (node instanceof Null) return length === 0;
  if (!(node instanceof ObjectIdentifier)) return true;
  // Go's numbers in object identifiers have 31 bits.
  return length > 0 &&
    node.valueBlock.value.every(({ valueHexView, isHexOnly, valueDec }) =>
      (valueHexView[0] !== 0 || valueHexView.length === 1) && !isHexOnly && valueDec < 2 ** 31
    );
}

/** The elements of a SEQUENCE. @throws {Malformed} for another element. */
export function elementsOf(node: AsnType | undefined, what: string): AsnType[] {
  if (!(node instanceof Sequence)) throw new Malformed(`malformed ${what}`);
  return node.valueBlock.value;
}

/** The element in an explicit context-specific tag; undefined for another tag. @throws {Malformed} when it is empty. */
export function explicit(node: AsnType | undefined, tagNumber: number, what: string): AsnType | undefined {
  const { idBlock } = node ?? {};
  if (idBlock?.tagClass !== 3 || idBlock.tagNumber !== tagNumber) return undefined;
  const inner = node instanceof Constructed ? node.valueBlock.value[0] : undefined;
  if (!inner) throw new Malformed(`malformed ${what}`);
  return inner;
}

/** The number of an INTEGER. @throws {Malformed} for another element. */
export function integerOf(node: AsnType | undefined, what: string): bigint {
  if (!(node instanceof Integer) || node instanceof Enumerated) throw new Malformed(`malformed ${what}`);
  return node.toBigInt();
}

/** The octets of an OCTET STRING. @throws {Malformed} for another element. */
export function octetsOf(node: AsnType | undefined, what: string): Bytes {
  if (!(node instanceof OctetString)) throw new Malformed(`malformed ${what}`);
  return node.valueBlock.valueHexView.slice();
}

/** The octets of a BIT STRING of whole octets. @throws {Malformed} for another element. */
export function bitsOf(node: AsnType | undefined, what: string): Bytes {
  if (!(node instanceof BitString) || node.valueBlock.unusedBits !== 0) throw new Malformed(`malformed ${what}`);
  return node.valueBlock.valueHexView.slice();
}
