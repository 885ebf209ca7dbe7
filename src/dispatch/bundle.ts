import { list, type ParentSpec, text } from "../cli/flags.ts";
import { CRI_SOCKET, DRY_RUN } from "../cli/shared_flags.ts";
import type { Parsed } from "../cli/parse.ts";
import { InvalidInput } from "../errors.ts";
import type { Command } from "./command.ts";
import { IMAGES, imagesRequest } from "./config.ts";

/** The bundle that the command line names. */
function bundleOf({ command, args: [file] }: Parsed): string {
  if (file !== undefined) return file;
  throw new InvalidInput(`Cannot run "${command.name}":`, [{ where: "FILE", what: "is required: the bundle" }]);
}

/** `bundle`. */
export const BUNDLE_PARENT: ParentSpec = {
  name: "bundle",
  group: "other",
  summary: "create, inspect, verify and load bundles for hosts without a network",
};

/** `bundle` and what belongs to it. */
export const BUNDLE_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "bundle create",
      group: "other",
      summary: "create a bundle: the images and programs of a configuration in one file",
      description: [
        "The bundle is complete or it is not written: every image that the configuration runs, with all its layers, the " +
        "pod network flannel, kubelet and kubectl. The same inputs give the same bytes.",
      ],
      args: "FILE",
      maxArgs: 1,
      output: "document",
      flags: [
        {
          ...text("architecture", "amd64|arm64", "architecture of the hosts", { default: "the one of this program" }),
        },
        ...IMAGES,
        {
          ...list(
            "from",
            "<paths>",
            "OCI archives (.tar) of images, programs, and directories of both, separated by commas; required",
            { example: "images.tar,bin" },
          ),
          needed: true,
        },
      ],
      examples: ["kubewright bundle create kubernetes.kwb --config cluster.yaml --from images,bin"],
    },
    async run({ parsed, source, context, build }) {
      const { create } = await import("../commands/bundle.ts");
      return await create(context, {
        ...await imagesRequest(parsed, source),
        output: bundleOf(parsed),
        from: parsed.list("from") ?? [],
        architecture: parsed.text("architecture") ?? build.platform?.split("/")[1],
      });
    },
  },
  {
    spec: {
      name: "bundle inspect",
      group: "other",
      summary: "list the images and programs of a bundle",
      description: ["Reads the manifest only; verify reads every byte."],
      args: "FILE",
      maxArgs: 1,
      output: "document",
      flags: [],
      examples: ["kubewright bundle inspect kubernetes.kwb"],
    },
    async run({ parsed, context }) {
      return await (await import("../commands/bundle.ts")).inspect(context, bundleOf(parsed));
    },
  },
  {
    spec: {
      name: "bundle verify",
      group: "other",
      summary: "verify every byte of a bundle, and that it holds all that a configuration needs",
      description: [],
      args: "FILE",
      maxArgs: 1,
      output: "document",
      flags: [...IMAGES],
      examples: ["kubewright bundle verify kubernetes.kwb --config cluster.yaml"],
    },
    async run({ parsed, source, context }) {
      const { verify } = await import("../commands/bundle.ts");
      return await verify(context, bundleOf(parsed), await imagesRequest(parsed, source));
    },
  },
  {
    spec: {
      name: "bundle load",
      group: "other",
      summary: "import the images of a bundle into the container runtime",
      description: [
        "Verifies the whole bundle before it writes anything. Images that exist are skipped. Imported images are pinned: " +
        "the kubelet does not remove them.",
      ],
      args: "FILE",
      maxArgs: 1,
      changesHost: true,
      output: "events",
      flags: [CRI_SOCKET, DRY_RUN],
      examples: ["kubewright bundle load kubernetes.kwb"],
    },
    async run({ parsed, context }) {
      const { load } = await import("../commands/bundle.ts");
      return await load(context, bundleOf(parsed), {
        criSocket: parsed.text("cri-socket"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
];
