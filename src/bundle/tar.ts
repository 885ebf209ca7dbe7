/**
 * tar archives (POSIX.1-2017, pax, "ustar Interchange Format"): the ones that kubewright writes, in which nothing varies,
 * and those of other programs, read with all that GNU tar and Go write.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
 * @module
 */
import type { ByteSource } from "./bytes.ts";

/** Length of a header, and what contents are padded to, in bytes. */
export const BLOCK = 512;

/** Longest pax record or GNU long name that is read, in bytes: longer ones are no name. */
const LONGEST_EXTENSION = 1 << 20;

const [ENCODER, DECODER] = [new TextEncoder(), new TextDecoder("utf-8", { fatal: true })];

/** An archive that is not one, or that ends too early. */
export class BadTar extends Error {
  override readonly name = "BadTar";
}

/** What a member of an archive is. */
export type TarKind = "file" | "directory" | "link" | "symlink" | "other";

/** A member of an archive. Its content has to be read, or is passed over, before the next one comes. */
export interface TarMember {
  /** As it is written in the archive. */
  name: string;
  kind: TarKind;
  /** In bytes; 0 for all but files. */
  size: number;
  /** Permission bits, 0o7777. */
  mode: number;
  /** Where a link leads, as it is written in the archive. */
  target: string;
  /** Offset of the content in the archive, in bytes. */
  offset: number;
  /** The content in pieces, each valid until the next one is asked for. @throws {BadTar} when the archive ends before it. */
  content(): AsyncGenerator<Uint8Array, void>;
}

/** How many bytes pad content of this size. */
export function padding(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}

/**
 * The header of a file with this name and size, mode 0644 or 0755, owned by root, without a time: the only one that
 * kubewright writes and accepts for it.
 * @throws {BadTar} when the name or size does not fit (100 bytes, 8 GiB).
 */
export function fileHeader(name: string, size: number, mode: 0o644 | 0o755 = 0o644): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (offset: number, text: string) => header.set(ENCODER.encode(text), offset);
  if (ENCODER.encode(name).length > 100) throw new BadTar(`the name "${name}" has more than 100 bytes`);
  if (size >= 8 ** 11) throw new BadTar(`"${name}" has ${size} bytes, and at most ${8 ** 11 - 1} fit`);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  put(0, name);
  put(100, `${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`); // mode, owner, group
  put(124, `${octal(size, 11)}\0${octal(0, 11)}\0`); // size, time
  put(148, "        0"); // the checksum counts as blanks; then the type: a regular file
  put(257, "ustar\x0000");
  put(148, `${octal(header.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
  return header;
}

/** The end of an archive. */
export const END = new Uint8Array(2 * BLOCK);

/**
 * The members of an archive, in its order. Extensions (pax, GNU long names) are applied, not returned.
 * @throws {BadTar} for a header with a wrong checksum, numbers that are none, and an archive that ends too early.
 */
export async function* readTar(source: ByteSource): AsyncGenerator<TarMember, void> {
  let extended: Record<string, string> = {};
  const global: Record<string, string> = {};
  for (;;) {
    const at = source.position;
    const block = await source.take(BLOCK);
    if (block.length === 0) throw new BadTar("it ends without the two empty blocks of a tar archive's end");
    if (block.length < BLOCK) throw new BadTar(`it ends in a header, after ${source.position} bytes`);
    if (block.every((byte) => byte === 0)) return;
    const header = parseHeader(block.slice(), at);
    const { type } = header;
    if (type === "x" || type === "g" || type === "L" || type === "K") {
      const bytes = await extension(source, header.size, at);
      if (type === "g") Object.assign(global, paxRecords(bytes, at));
      else if (type === "x") extended = { ...extended, ...paxRecords(bytes, at) };
      else extended = { ...extended, [type === "L" ? "path" : "linkpath"]: cString(bytes, at) };
      continue;
    }
    const fields = { ...global, ...extended };
    extended = {};
    if (Object.keys(fields).some((name) => name.startsWith("GNU.sparse"))) {
      throw new BadTar(`the member at byte ${at} is a sparse file`);
    }
    const kind = kindOf(type);
    const size = kind === "file" ? sizeOf(fields["size"], header.size, at) : 0;
    const end = source.position + size + padding(size);
    yield {
      name: fields["path"] ?? header.name,
      kind,
      size,
      mode: header.mode,
      target: fields["linkpath"] ?? header.target,
      offset: source.position,
      async *content() {
        const start = source.position;
        yield* source.pieces(size);
        if (source.position < start + size) throw new BadTar(`it ends after ${source.position} bytes, in a file`);
      },
    };
    await source.skip(end - source.position);
    if (source.position < end) throw new BadTar(`it ends after ${source.position} bytes, in a file`);
  }
}

interface Header {
  name: string;
  mode: number;
  size: number;
  type: string;
  target: string;
}

function kindOf(type: string): TarKind {
  if (type === "0" || type === "\0" || type === "7") return "file";
  return ({ "1": "link", "2": "symlink", "5": "directory" } as const)[type] ?? "other";
}

function parseHeader(block: Uint8Array, at: number): Header {
  const sum = block.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (number(block.subarray(148, 156), at) !== sum) throw new BadTar(`the header at byte ${at} has a wrong checksum`);
  const text = (from: number, length: number) => cString(block.subarray(from, from + length), at);
  const isUstar = text(257, 5) === "ustar";
  const prefix = isUstar && block[263] === 0x30 ? text(345, 155) : "";
  return {
    name: `${prefix === "" ? "" : `${prefix}/`}${text(0, 100)}`,
    mode: number(block.subarray(100, 108), at) & 0o7777,
    size: number(block.subarray(124, 136), at),
    type: String.fromCharCode(block[156]!),
    target: text(157, 100),
  };
}

/** Octal digits, or, where the first bit is set, the number itself (GNU tar's). */
function number(field: Uint8Array, at: number): number {
  if ((field[0]! & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    if (field[0] === 0x80 && Number.isSafeInteger(value)) return value;
  } else {
    const text = String.fromCharCode(...field).replace(/[\0 ]+$/, "").trimStart();
    if (/^[0-7]*$/.test(text)) return parseInt(text || "0", 8);
  }
  throw new BadTar(`the header at byte ${at} has a number that is none`);
}

function sizeOf(pax: string | undefined, size: number, at: number): number {
  if (pax === undefined) return size;
  if (!/^\d{1,15}$/.test(pax)) throw new BadTar(`the header at byte ${at} has a size that is none`);
  return Number(pax);
}

function cString(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0);
  try {
    return DECODER.decode(end < 0 ? bytes : bytes.subarray(0, end));
  } catch {
    throw new BadTar(`the header at byte ${at} has a name that is not UTF-8`);
  }
}

async function extension(source: ByteSource, size: number, at: number): Promise<Uint8Array> {
  if (size > LONGEST_EXTENSION) throw new BadTar(`the extended header at byte ${at} has ${size} bytes`);
  const bytes = (await source.take(size)).slice();
  if (bytes.length < size) throw new BadTar(`it ends after ${source.position} bytes, in a header`);
  await source.skip(padding(size));
  return bytes;
}

/** Records `LENGTH NAME=VALUE\n`. */
function paxRecords(bytes: Uint8Array, at: number): Record<string, string> {
  const records: Record<string, string> = {};
  for (let from = 0; from < bytes.length;) {
    const blank = bytes.indexOf(0x20, from);
    const digits = blank < 0 ? "" : String.fromCharCode(...bytes.subarray(from, Math.min(blank, from + 8)));
    const end = from + Number(/^\d{1,7}$/.test(digits) ? digits : NaN);
    const equals = bytes.indexOf(0x3d, blank);
    if (!(end > blank && end <= bytes.length) || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end) {
      throw new BadTar(`the extended header at byte ${at} is damaged`);
    }
    records[cString(bytes.subarray(blank + 1, equals), at)] = cString(bytes.subarray(equals + 1, end - 1), at);
    from = end;
  }
  return records;
}
