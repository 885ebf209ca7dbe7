/**
 * The messages of the Container Runtime Interface that we use, and their wire format.
 * Field numbers: https://github.com/kubernetes/cri-api/blob/v0.37.2/pkg/apis/runtime/v1/api.proto
 * @module
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A decoded message: scalars by field name, `message:` fields nested, `repeated` ones as lists, maps as records. */
export interface Message {
  [field: string]: string | number | boolean | Message | Message[] | string[] | Record<string, string>;
}

/** How a field is encoded; after a colon is a message of the table. int64 becomes a number (ns lose their last digits). */
type FieldType =
  | "string"
  | "bool"
  | "int32"
  | "uint32"
  | "int64"
  | "enum"
  | "map"
  | "strings"
  | `message:${string}`
  | `repeated:${string}`;

/** Message -> field number -> name and type. Fields that are not read are omitted here, and skipped when they arrive. */
const MESSAGES: Readonly<Record<string, Readonly<Record<number, readonly [name: string, type: FieldType]>>>> = {
  VersionRequest: { 1: ["version", "string"] },
  VersionResponse: {
    2: ["runtimeName", "string"],
    3: ["runtimeVersion", "string"],
    4: ["runtimeApiVersion", "string"],
  },
  StatusRequest: { 1: ["verbose", "bool"] },
  StatusResponse: { 1: ["status", "message:RuntimeStatus"] },
  RuntimeStatus: { 1: ["conditions", "repeated:RuntimeCondition"] },
  RuntimeCondition: { 1: ["type", "string"], 2: ["status", "bool"], 3: ["reason", "string"], 4: ["message", "string"] },
  RuntimeConfigRequest: {},
  RuntimeConfigResponse: { 1: ["linux", "message:LinuxRuntimeConfiguration"] },
  LinuxRuntimeConfiguration: { 1: ["cgroupDriver", "enum"] },
  ImageSpec: { 1: ["image", "string"] },
  Image: {
    1: ["id", "string"],
    2: ["repoTags", "strings"],
    4: ["size", "int64"],
    8: ["pinned", "bool"],
  },
  ListImagesRequest: {},
  ListImagesResponse: { 1: ["images", "repeated:Image"] },
  RemoveImageRequest: { 1: ["image", "message:ImageSpec"] },
  RemoveImageResponse: {},
  ImageStatusRequest: { 1: ["image", "message:ImageSpec"] },
  ImageStatusResponse: { 1: ["image", "message:Image"] },
  PullImageRequest: { 1: ["image", "message:ImageSpec"] },
  PullImageResponse: { 1: ["imageRef", "string"] },
  ListContainersRequest: {},
  ListContainersResponse: { 1: ["containers", "repeated:Container"] },
  Container: {
    1: ["id", "string"],
    3: ["metadata", "message:ContainerMetadata"],
    4: ["image", "message:ImageSpec"],
    6: ["state", "enum"],
    7: ["createdAt", "int64"],
    8: ["labels", "map"],
  },
  ListPodSandboxRequest: {},
  ListPodSandboxResponse: { 1: ["items", "repeated:PodSandbox"] },
  PodSandbox: {
    1: ["id", "string"],
    2: ["metadata", "message:PodSandboxMetadata"],
    3: ["state", "enum"],
    4: ["createdAt", "int64"],
    5: ["labels", "map"],
  },
  PodSandboxMetadata: { 1: ["name", "string"], 2: ["uid", "string"], 3: ["namespace", "string"] },
  StopPodSandboxRequest: { 1: ["podSandboxId", "string"] },
  StopPodSandboxResponse: {},
  RemovePodSandboxRequest: { 1: ["podSandboxId", "string"] },
  RemovePodSandboxResponse: {},
  StopContainerRequest: { 1: ["containerId", "string"], 2: ["timeout", "int64"] },
  StopContainerResponse: {},
  RemoveContainerRequest: { 1: ["containerId", "string"] },
  RemoveContainerResponse: {},
  ContainerMetadata: { 1: ["name", "string"], 2: ["attempt", "uint32"] },
  ContainerStatusRequest: { 1: ["containerId", "string"] },
  ContainerStatusResponse: { 1: ["status", "message:ContainerStatus"] },
  ContainerStatus: {
    3: ["state", "enum"],
    5: ["startedAt", "int64"],
    6: ["finishedAt", "int64"],
    7: ["exitCode", "int32"],
    10: ["reason", "string"],
    11: ["message", "string"],
    15: ["logPath", "string"],
  },
};

/** The fields of a message in the table. */
function fieldsOf(type: string): Readonly<Record<number, readonly [string, FieldType]>> {
  const fields = MESSAGES[type];
  if (fields === undefined) throw new Error(`no message ${type}`);
  return fields;
}

/** Encodes a message; absent fields are left out, as proto3 does with defaults. */
export function encode(type: string, message: Message): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, [name, fieldType]] of Object.entries(fieldsOf(type))) {
    const value = message[name];
    if (value !== undefined) writeField(writer, Number(number), fieldType, value);
  }
  return writer.finish();
}

function writeField(writer: BinaryWriter, number: number, type: FieldType, value: Message[string]): void {
  const [kind, of = ""] = type.split(":");
  if (kind === "message" || kind === "repeated") {
    for (const item of (kind === "repeated" ? value : [value]) as Message[]) {
      writer.tag(number, WireType.LengthDelimited).bytes(encode(of, item));
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
  } else if (kind === "bool") {
    writer.tag(number, WireType.Varint).bool(value as boolean);
  } else {
    writer.tag(number, WireType.Varint).int64(value as number);
  }
}

/** Decodes a message: every scalar, list and map of the table is set (proto3 defaults), messages only when sent. */
export function decode(type: string, bytes: Uint8Array): Message {
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
    else readField(reader, field, message);
  }
  return message;
}

function defaultOf(type: FieldType): Message[string] | undefined {
  if (type.startsWith("message:")) return undefined;
  if (type.startsWith("repeated:") || type === "strings") return [];
  return type === "string" ? "" : type === "bool" ? false : type === "map" ? {} : 0;
}

function readField(reader: BinaryReader, [name, type]: readonly [string, FieldType], message: Message): void {
  const [kind, of = ""] = type.split(":");
  if (kind === "message") message[name] = decode(of, reader.bytes());
  else if (kind === "repeated") (message[name] as Message[]).push(decode(of, reader.bytes()));
  else if (kind === "strings") (message[name] as string[]).push(reader.string());
  else if (kind === "map") Object.assign(message[name] as Record<string, string>, readMapEntry(reader));
  else if (kind === "string") message[name] = reader.string();
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
