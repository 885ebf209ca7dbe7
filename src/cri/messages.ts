/**
 * The messages of the Container Runtime Interface that we use, and their wire format.
 * Field numbers: https://github.com/kubernetes/cri-api/blob/v0.37.2/pkg/apis/runtime/v1/api.proto
 * @module
 */
import { codecOf, type MessageTable } from "../grpc/codec.ts";

/** Message -> field number -> name and type. Fields that are not read are omitted here, and skipped when they arrive. */
const MESSAGES: MessageTable = {
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

/** Encodes and decodes the messages. */
export const { encode, decode } = codecOf(MESSAGES);
