/**
 * containerd's own API over its socket: the content store and the names of images, in the namespace of Kubernetes.
 * @see https://github.com/containerd/containerd/blob/main/docs/garbage-collection.md
 * @module
 */
import { UserError } from "../errors.ts";
import { restartHint } from "../runtimes.ts";
import type { Message } from "../grpc/codec.ts";
import type { CallOptions, GrpcClient } from "../grpc/client.ts";
import type { ChangeSink, ImageStore } from "../system.ts";
import {
  GRPC_STATUS,
  GrpcBrokenOff,
  GrpcError,
  GrpcTimeout,
  GrpcTooLong,
  NoConnection,
  NotGrpc,
} from "../system/grpc.ts";
import { oneLine } from "../text/visible.ts";

/** Where the kubelet's images are. */
const NAMESPACE = "k8s.io";

/** Time limit of a call that carries no content, in ms. */
const CALL_MS = 30_000;
/** After so many hours the lease of a killed run ends by itself. */
const LEASE_HOURS = 24;

/** Labels of an image: the kubelet's garbage collection leaves it, and the CRI plugin shows it. */
const IMAGE_LABELS = { "io.cri-containerd.image": "managed", "io.cri-containerd.pinned": "pinned" };

/** Longest piece of content in a message, in bytes: well below what gRPC servers accept (4 MiB). */
const PIECE = 1 << 20;

/** Opens a client; loaded only where images are imported. */
async function connectTo(socket: string): Promise<GrpcClient> {
  return (await import("../grpc/client.ts")).grpcClient({ socket: socket.replace(/^unix:\/\//, "") });
}

/**
 * The image store of containerd at its socket, `unix:///run/containerd/containerd.sock`.
 * @param now for the time at which the lease of what is imported ends.
 * @param signal from then on no call begins.
 * @param connect for tests.
 */
export function containerdImages(
  socket: string,
  report: ChangeSink,
  now: () => Date,
  signal?: AbortSignal,
  connect: (socket: string) => Promise<GrpcClient> = connectTo,
): ImageStore {
  const lease = `kubewright-${crypto.randomUUID()}`;
  let leased: Promise<void> | undefined;
  const loaded = () => Promise.all([connect(socket), import("./messages.ts")]);
  const options = (more: CallOptions = {}): CallOptions => ({
    timeoutMs: CALL_MS,
    ...more,
    metadata: { "containerd-namespace": NAMESPACE, ...more.metadata },
  });
  /** A call of one message; undefined when what it asks for is not found. */
  async function call(
    method: string,
    [requestType, request]: readonly [string, Message],
    answerType: string,
    more?: CallOptions,
  ): Promise<Message | undefined> {
    signal?.throwIfAborted();
    const [grpc, { decode, encode }] = await loaded();
    try {
      const bytes = encode(requestType, request);
      return decode(answerType, await grpc.unary(`/containerd.services.${method}`, bytes, options(more)));
    } catch (error) {
      if (error instanceof GrpcError && error.code === GRPC_STATUS.notFound) return undefined;
      throw callError(socket, method, error);
    }
  }
  /** A lease holds content until an image leads to it. It expires by itself, should this program be killed. */
  const underLease = async (): Promise<CallOptions> => {
    const expires = new Date(now().getTime() + LEASE_HOURS * 3_600_000).toISOString();
    const request: Message = { id: lease, labels: { "containerd.io/gc.expire": expires } };
    await (leased ??= call("leases.v1.Leases/Create", ["LeaseCreateRequest", request], "Empty").then(() => {}));
    return { metadata: { "containerd-lease": lease } };
  };
  const store: ImageStore = {
    async has(digest) {
      return await call("content.v1.Content/Info", ["InfoRequest", { digest }], "InfoResponse") !== undefined;
    },
    async image(name) {
      const answer = await call("images.v1.Images/Get", ["GetImageRequest", { name }], "GetImageResponse");
      const target = (answer?.["image"] as Message | undefined)?.["target"] as Message | undefined;
      return target && {
        mediaType: String(target["mediaType"]),
        digest: String(target["digest"]),
        size: Number(target["size"]),
      };
    },
    async write({ digest, size, labels }, pieces) {
      const more = await underLease();
      if (await store.has(digest)) {
        const paths = Object.keys(labels).map((name) => `labels.${name}`);
        if (paths.length === 0) return;
        const request: Message = { info: { digest, labels: { ...labels } }, updateMask: { paths } };
        await call("content.v1.Content/Update", ["UpdateRequest", request], "Empty", more);
        return;
      }
      const ref = `kubewright-${digest}`;
      await call("content.v1.Content/Abort", ["AbortRequest", { ref }], "Empty", more);
      const [grpc, codec] = await loaded();
      try {
        const messages = writing(codec, { ref, digest, size, labels }, pieces);
        const { timeoutMs: _, ...unlimited } = options(more);
        for await (const _ of grpc.stream("/containerd.services.content.v1.Content/Write", messages, unlimited));
      } catch (error) {
        if (error instanceof GrpcError && error.code === GRPC_STATUS.alreadyExists) return;
        throw callError(socket, "content.v1.Content/Write", error);
      }
    },
    async tag(name, target) {
      const there = await store.image(name);
      if (there?.digest === target.digest) return;
      const image: Message = { name, labels: IMAGE_LABELS, target: { ...target } };
      const more = await underLease();
      if (there === undefined) await call("images.v1.Images/Create", ["CreateImageRequest", { image }], "Empty", more);
      else {
        const paths = ["target", ...Object.keys(IMAGE_LABELS).map((label) => `labels.${label}`)];
        const request: Message = { image, updateMask: { paths } };
        await call("images.v1.Images/Update", ["UpdateImageRequest", request], "Empty", more);
      }
      report({ kind: "import", image: name });
    },
  };
  return store;
}

/** The messages that write content: its pieces, and then that it is whole. */
async function* writing(
  { encode, WRITE_ACTION }: typeof import("./messages.ts"),
  { ref, digest, size, labels }: {
    ref: string;
    digest: string;
    size: number;
    labels: Readonly<Record<string, string>>;
  },
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let offset = 0;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; from += PIECE) {
      const data = piece.subarray(from, from + PIECE);
      const request: Message = { action: WRITE_ACTION.write, ref, total: size, expected: digest, offset, data };
      yield encode("WriteContentRequest", request);
      offset += data.length;
    }
  }
  const request = { action: WRITE_ACTION.commit, ref, total: size, expected: digest, offset, labels: { ...labels } };
  yield encode("WriteContentRequest", request);
}

/** The error of a failed call; what is not of the call, such as a bundle that cannot be read, stays as it is. */
function callError(socket: string, method: string, error: unknown): unknown {
  const what = `Cannot call ${method} of containerd at "${socket}"`;
  const trouble = (state: string, hint: string) => new UserError(`${what}: ${state}`, { cause: error, hint });
  if (error instanceof GrpcError) {
    const state = `${oneLine(error.message)} (gRPC status ${error.code})`;
    if (error.code !== GRPC_STATUS.unimplemented) return new UserError(`${what}: ${state}`, { cause: error });
    return trouble(
      state,
      "Images can only be imported into containerd; other runtimes have programs of their own for it.",
    );
  }
  if (error instanceof NoConnection) return trouble(`no connection (${error.code})`, restartHint(socket));
  if (error instanceof GrpcTimeout) return trouble(`no answer within ${CALL_MS / 1000} s`, restartHint(socket));
  if (error instanceof NotGrpc || error instanceof GrpcBrokenOff || error instanceof GrpcTooLong) {
    return trouble(oneLine(error.message), "Name the socket of containerd with --cri-socket.");
  }
  return error;
}
