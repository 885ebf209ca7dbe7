import { ADDONS } from "../cluster/addons/table.ts";
import { controlPlaneImages } from "../cluster/control_plane/images.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { UserError } from "../errors.ts";
import type { ContainerRuntime } from "../system.ts";
import { CHECKS } from "./checks.ts";
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

/** Number of attempts for each image, as in kubeadm. */
const ATTEMPTS = 5;

/** `, 31.5 MB`, or nothing when the runtime does not report the size. */
async function sizeOf(runtime: ContainerRuntime, image: string): Promise<string> {
  const size = (await runtime.image(image))?.size ?? 0;
  return size > 0 ? `, ${(size / 1e6).toFixed(1)} MB` : "";
}

async function pull({ dryRun, runtime, note }: ImagesContext, image: string): Promise<void> {
  if (dryRun) return await runtime.pullImage(image); // only recorded
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
      throw new UserError(
        `Cannot pull the image "${image}": it does not exist on this host, and ${ATTEMPTS} attempts failed`,
        {
          cause: error,
          hint: CHECKS.images.fix,
        },
      );
    }
  }
}

/** Pulls the images before anything needs them, because a static pod that waits for an image reports little about it. */
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
    const tolerated = [CHECKS.images.name.toLowerCase(), "all"].some((name) => ignorePreflightErrors.includes(name));
    const failures: UserError[] = [];
    const fetch = async (image: string) => {
      try {
        if (imagePullPolicy === "Always" || !await runtime.hasImage(image)) await pull(context, image);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        if (tolerated) warn(`${CHECKS.images.name}: ${error.message}`);
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
