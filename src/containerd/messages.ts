/**
 * The messages of containerd's API that we use.
 * Field numbers: https://github.com/containerd/containerd/tree/api/v1.11.1/api/services
 * @module
 */
import { codecOf, type MessageTable } from "../grpc/codec.ts";

const MESSAGES: MessageTable = {
  Empty: {},
  // leases.v1
  LeaseCreateRequest: { 1: ["id", "string"], 3: ["labels", "map"] },
  LeaseDeleteRequest: { 1: ["id", "string"], 2: ["sync", "bool"] },
  // content.v1
  Info: { 1: ["digest", "string"], 2: ["size", "int64"], 5: ["labels", "map"] },
  InfoRequest: { 1: ["digest", "string"] },
  InfoResponse: { 1: ["info", "message:Info"] },
  UpdateRequest: { 1: ["info", "message:Info"], 2: ["updateMask", "message:FieldMask"] },
  FieldMask: { 1: ["paths", "strings"] },
  WriteContentRequest: {
    1: ["action", "enum"],
    2: ["ref", "string"],
    3: ["total", "int64"],
    4: ["expected", "string"],
    5: ["offset", "int64"],
    6: ["data", "bytes"],
    7: ["labels", "map"],
  },
  WriteContentResponse: { 1: ["action", "enum"], 4: ["offset", "int64"], 6: ["digest", "string"] },
  AbortRequest: { 1: ["ref", "string"] },
  // images.v1
  Descriptor: { 1: ["mediaType", "string"], 2: ["digest", "string"], 3: ["size", "int64"] },
  Image: { 1: ["name", "string"], 2: ["labels", "map"], 3: ["target", "message:Descriptor"] },
  GetImageRequest: { 1: ["name", "string"] },
  GetImageResponse: { 1: ["image", "message:Image"] },
  CreateImageRequest: { 1: ["image", "message:Image"] },
  UpdateImageRequest: { 1: ["image", "message:Image"], 2: ["updateMask", "message:FieldMask"] },
};

/** `WriteAction` by name. */
export const WRITE_ACTION = { stat: 0, write: 1, commit: 2 } as const;

/** Encodes and decodes them. */
export const { encode, decode } = codecOf(MESSAGES);
