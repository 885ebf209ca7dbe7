import { ADDONS } from "../cluster/addons/table.ts";
import { controlPlaneImages } from "../cluster/control_plane/images.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { UserError } from "../errors.ts";
import type { ContainerRuntime } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What fetching images needs. */
export interface ImagesContext {
  node: ControlPlaneNode;
  /** Pulls are only recorded. */
  dryRun: boolean;
  podNetwork: { kind: string };
  runtime: ContainerRuntime;
  note(message: string): void;
  warn(message: string): void;
}

/** How often a pull is tried; registries have bad moments. As kubeadm. */
const ATTEMPTS = 5;

/** The name under which `--ignore-preflight-errors` takes it, as in kubeadm. */
const CHECK = "imagepull";

/** `, 31.5 MB`, or nothing when the runtime does not tell. */
async function sizeOf(runtime: ContainerRuntime, image: string): Promise<string> {
  const size = (await runtime.image(image))?.size ?? 0;
  return size > 0 ? `, ${(size / 1e6).toFixed(1)} MB` : "";
}

async function pull({ dryRun, runtime, note }: ImagesContext, image: string): Promise<void> {
  if (dryRun) return await runtime.pullImage(image); // only recorded, so there is no news of it
  note(`pulling ${image}`);
  const start = performance.now();
  for (let attempt = 1;; attempt++) {
    try {
      await runtime.pullImage(image);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      return note(`pulled ${image}: ${seconds} s${await sizeOf(runtime, image)}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (attempt < ATTEMPTS) continue;
      throw new UserError(`Cannot pull the image "${image}": it is not on this host, and ${ATTEMPTS} tries failed`, {
        cause: error,
        hint:
          "Give this host a way to the registry, name another with --image-repository, or load the image: ctr -n k8s.io images import FILE",
      });
    }
  }
}

/** Has the images here before anything needs them: a static pod that waits for one says little about it. */
export const images: Phase<ImagesContext> = {
  name: "images",
  summary: "pull the images that are not on this host",
  when: ({ node }) => node.registration.imagePullPolicy !== "Never",
  async run(context) {
    const { node, runtime, podNetwork, warn } = context;
    const { imagePullPolicy, imagePullSerial, ignorePreflightErrors } = node.registration;
    const wanted = [
      ...controlPlaneImages(node.cluster),
      ...(ADDONS.flannel.wanted({ cluster: node.cluster, podNetwork }) ? ADDONS.flannel.images(node.cluster) : []),
    ];
    const tolerated = [CHECK, "all"].some((name) => ignorePreflightErrors.includes(name));
    const failures: UserError[] = [];
    const fetch = async (image: string) => {
      try {
        if (imagePullPolicy === "Always" || !await runtime.hasImage(image)) await pull(context, image);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        if (tolerated) warn(`ImagePull: ${error.message}`);
        else failures.push(error);
      }
    };
    if (!imagePullSerial) await Promise.all(wanted.map(fetch));
    else for (const image of wanted) await fetch(image);
    throwAll(failures);
  },
};

/** One failure as it is; several as one error that names them all. */
function throwAll(failures: readonly UserError[]): void {
  const [first] = failures;
  if (!first) return;
  const messages = [...new Set(failures.map(({ message }) => message))];
  if (messages.length === 1) throw first;
  throw new UserError(
    `Cannot pull ${failures.length} images:\n${messages.map((message) => `  ${message}`).join("\n")}`,
    {
      cause: first.cause,
      hint: first.hints,
    },
  );
}
