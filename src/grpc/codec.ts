/**
 * Protocol Buffers messages from tables of their fields: what is in no table is left out, and skipped when it comes.
 * @module
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A decoded message: scalars by field name, `message:` fields nested, `repeated` ones as lists, maps as records. */
export interface Message {
  [field: string]: string | number | boolean | Uint8Array | Message | Message[] | string[] | Record<string, string>;
}

/** How a field is encoded; the name behind a colon is a message of the table. int64 becomes a number (ns lose their last digits). */
export type FieldType =
  | "string"
  | "bool"
  | "bytes"
  | "int32"
  | "uint32"
  | "int64"
  | "enum"
  | "map"
  | "strings"
  | `message:${string}`
  | `repeated:${string}`;

/** Message -> field number -> name and type. */
export type MessageTable = Readonly<Record<string, Readonly<Record<number, readonly [name: string, type: FieldType]>>>>;

/** Turns the messages of a table into bytes and back. */
export interface Codec {
  /** Encodes a message; absent fields are left out, as proto3 does with defaults. */
  encode(type: string, message: Message): Uint8Array;
  /** Decodes a message: every scalar, list and map of the table is there (proto3 defaults), messages only when sent. */
  decode(type: string, bytes: Uint8Array): Message;
}

/** The codec of a table. */
export function codecOf(table: MessageTable): Codec {
  const fieldsOf = (type: string) => {
    const fields = table[type];
    if (fields === undefined) throw new Error(`no message ${type}`);
    return fields;
  };
  const codec: Codec = {
    encode(type, message) {
      const writer = new BinaryWriter();
      for (const [number, [name, fieldType]] of Object.entries(fieldsOf(type))) {
        const value = message[name];
        if (value !== undefined) writeField(codec, writer, Number(number), fieldType, value);
      }
      return writer.finish();
    },
    decode(type, bytes) {
      const reader = new BinaryReader(bytes);
      const fields = fieldsOf(type);
      const message: Message = {};
      for (const [name, fieldType] of Object.values(fields)) {
        const initial = defaultOf(fieldType);
        if (initial !== undefined) message[name] = initial;
      }
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag();
        const field = fields[number];
        if (field === undefined) reader.skip(wireType, number);
        else readField(codec, reader, field, message);
      }
      return message;
    },
  };
  return codec;
}

function writeField(codec: Codec, writer: BinaryWriter, number: number, type: FieldType, value: Message[string]): void {
  const [kind, of = ""] = type.split(":");
  if (kind === "message" || kind === "repeated") {
    for (const item of (kind === "repeated" ? value : [value]) as Message[]) {
      writer.tag(number, WireType.LengthDelimited).bytes(codec.encode(of, item));
    }
  } else if (kind === "strings") {
    for (const text of value as string[]) writer.tag(number, WireType.LengthDelimited).string(text);
  } else if (kind === "map") {
    for (const [key, text] of Object.entries(value as Record<string, string>)) {
      writer.tag(number, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(text).join();
    }
  } else if (kind === "string") {
    writer.tag(number, WireType.LengthDelimited).string(value as string);
  } else if (kind === "bytes") {
    writer.tag(number, WireType.LengthDelimited).bytes(value as Uint8Array);
  } else if (kind === "bool") {
    writer.tag(number, WireType.Varint).bool(value as boolean);
  } else {
    writer.tag(number, WireType.Varint).int64(value as number);
  }
}

function defaultOf(type: FieldType): Message[string] | undefined {
  if (type.startsWith("message:")) return undefined;
  if (type.startsWith("repeated:") || type === "strings") return [];
  if (type === "bytes") return new Uint8Array();
  return type === "string" ? "" : type === "bool" ? false : type === "map" ? {} : 0;
}

function readField(
  codec: Codec,
  reader: BinaryReader,
  [name, type]: readonly [string, FieldType],
  message: Message,
): void {
  const [kind, of = ""] = type.split(":");
  if (kind === "message") message[name] = codec.decode(of, reader.bytes());
  else if (kind === "repeated") (message[name] as Message[]).push(codec.decode(of, reader.bytes()));
  else if (kind === "strings") (message[name] as string[]).push(reader.string());
  else if (kind === "map") Object.assign(message[name] as Record<string, string>, readMapEntry(reader));
  else if (kind === "string") message[name] = reader.string();
  else if (kind === "bytes") message[name] = reader.bytes();
  else if (kind === "bool") message[name] = reader.bool();
  else message[name] = kind === "uint32" ? reader.uint32() : kind === "int64" ? Number(reader.int64()) : reader.int32();
}

function readMapEntry(reader: BinaryReader): Record<string, string> {
  const end = reader.uint32() + reader.pos;
  let key = "";
  let value = "";
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    if (number === 1) key = reader.string();
    else if (number === 2) value = reader.string();
    else reader.skip(wireType, number);
  }
  return { [key]: value };
}
