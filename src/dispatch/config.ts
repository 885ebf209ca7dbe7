import { flag, list, type ParentSpec, path, sets, text } from "../cli/flags.ts";
import { CONFIG, CRI_SOCKET, DRY_RUN, KUBECONFIG, PRINTER_FLAGS, readFeatureGates } from "../cli/shared_flags.ts";
import { nameOf, requiredText, settingsOf, textOf, type TextSource } from "../cli/options.ts";
import type { Parsed } from "../cli/parse.ts";
import type { Command } from "./command.ts";

const EXPERIMENTAL = flag("allow-experimental-api", "also accept kubeadm.k8s.io/v1, which is experimental");

const experimental = (parsed: Parsed) => ({
  allowed: parsed.switch("allow-experimental-api") === true,
  label: `--${EXPERIMENTAL.name}`,
});

/** Flags that choose images. */
export const IMAGES = [
  CONFIG,
  {
    ...sets(
      text("feature-gates", "<gates>", "feature gates of kubeadm", { example: "Name=true,Other=false" }),
      "ClusterConfiguration.featureGates",
    ),
    read: readFeatureGates,
  },
  sets(
    text("image-repository", "<repository>", "registry and path of the images", { default: "registry.k8s.io" }),
    "ClusterConfiguration.imageRepository",
  ),
  sets(
    text("kubernetes-version", "<version>", "Kubernetes version of the control plane", {
      default: "the version of the kubelet on this host, otherwise the newest supported one",
      example: "v1.37.2",
    }),
    "ClusterConfiguration.kubernetesVersion",
  ),
];

/** One of the commands that print defaults. */
function printing(kind: string, document: string, withComponents: boolean): Command {
  const components = list(
    "component-configs",
    "<kinds>",
    "component configurations to add, separated by commas: KubeProxyConfiguration, KubeletConfiguration",
    { example: "KubeletConfiguration" },
  );
  return {
    spec: {
      name: `config print ${kind}-defaults`,
      group: "configuration",
      summary: `print ${document} with default values`,
      description: [],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [...(withComponents ? [components] : []), KUBECONFIG],
      examples: [`kubewright config print ${kind}-defaults > ${kind}.yaml`],
    },
    async run({ parsed, context }) {
      const { printDefaults } = await import("../commands/config.ts");
      return printDefaults(context, kind, parsed.list("component-configs") ?? []);
    },
  };
}

/** What was asked for with them. */
export async function imagesRequest(parsed: Parsed, source: TextSource) {
  return {
    configText: await textOf(parsed, "config", source),
    configName: nameOf(parsed, "config"),
    settings: await settingsOf(parsed, source),
  };
}

/** `config` and its subcommands that have subcommands. */
export const CONFIG_PARENTS: readonly ParentSpec[] = [
  {
    name: "config",
    group: "configuration",
    summary: "print, validate and migrate configuration files; list and pull images",
  },
  { name: "config print", group: "configuration", summary: "print configurations with default values" },
  { name: "config images", group: "configuration", summary: "list or pull the images of the control plane" },
];

/** `config` and what belongs to it. */
export const CONFIG_COMMANDS: readonly Command[] = [
  printing("init", "InitConfiguration and ClusterConfiguration", true),
  printing("join", "JoinConfiguration", false),
  printing("reset", "ResetConfiguration", false),
  printing("upgrade", "UpgradeConfiguration", false),
  {
    spec: {
      name: "config validate",
      group: "configuration",
      summary: "validate a configuration file and list all problems",
      description: [
        "Checks every document in the file, without looking at this host. Each problem is listed with field, line " +
        "and column.",
      ],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [
        flag("allow-deprecated-api", "do not warn about kubeadm.k8s.io/v1beta3"),
        EXPERIMENTAL,
        CONFIG,
        KUBECONFIG,
      ],
      examples: ["kubewright config validate --config cluster.yaml"],
    },
    async run({ parsed, source, context }) {
      const file = await requiredText(parsed, "config", source);
      const { validate } = await import("../commands/config.ts");
      return validate(context, file, {
        allowDeprecated: parsed.switch("allow-deprecated-api") === true,
        experimental: experimental(parsed),
      });
    },
  },
  {
    spec: {
      name: "config migrate",
      group: "configuration",
      summary: "convert a configuration file to kubeadm.k8s.io/v1beta4, with all defaults",
      description: [
        "Keeps KubeletConfiguration and KubeProxyConfiguration documents. Adds no bootstrap token where the file " +
        "has none.",
      ],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [
        EXPERIMENTAL,
        DRY_RUN,
        KUBECONFIG,
        path("new-config", "<file>", "file to write", { default: "standard output" }),
        text("old-config", "<file>", "file to convert (v1beta3 or v1beta4); required; - reads standard input"),
      ],
      examples: ["kubewright config migrate --old-config old.yaml --new-config new.yaml"],
    },
    async run({ parsed, source, context }) {
      const file = await requiredText(parsed, "old-config", source);
      const { migrate } = await import("../commands/config.ts");
      return await migrate(context, file, {
        experimental: experimental(parsed),
        newPath: parsed.text("new-config"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  {
    spec: {
      name: "config images list",
      group: "configuration",
      summary: "list the images of a control plane",
      description: [],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [...IMAGES, KUBECONFIG, ...PRINTER_FLAGS],
      examples: ["kubewright config images list --kubernetes-version v1.36.3"],
    },
    run: async ({ parsed, source, context }) =>
      await (await import("../commands/config.ts")).listImages(context, await imagesRequest(parsed, source)),
  },
  {
    spec: {
      name: "config images pull",
      group: "configuration",
      summary: "pull the images of a control plane",
      description: [],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [
        ...IMAGES,
        sets(CRI_SOCKET, "InitConfiguration.nodeRegistration.criSocket"),
        sets(DRY_RUN, "InitConfiguration.dryRun"),
        KUBECONFIG,
      ],
      examples: ["kubewright config images pull --config cluster.yaml"],
    },
    run: async ({ parsed, source, context }) =>
      await (await import("../commands/config.ts")).pullImages(context, await imagesRequest(parsed, source)),
  },
];
